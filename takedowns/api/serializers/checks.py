"""What was seen of an item: looks, as they are told and shown."""

from __future__ import annotations

from rest_framework import serializers

from takedowns.api.serializers.casework import Act
from takedowns.api.serializers.fields import Choice, CursorField, LimitField, Moment, Parameters
from takedowns.referrals.vocabulary import Availability
from takedowns.verification.looking import LONGEST_NOTE
from takedowns.verification.models import Reason


class CheckTold(Act):
    """What a person of your agency saw."""

    seen = Choice(Availability.choices, help_text="online, offline, or unknown where they could not tell.")
    at = Moment(
        required=False,
        help_text="When they looked: not in the future, not before it was submitted. Now where left out.",
    )
    note = serializers.CharField(
        max_length=LONGEST_NOTE, required=False, help_text="For colleagues; the platform never reads it."
    )
    evidence = serializers.UUIDField(
        required=False,
        help_text="The screenshot of what they saw, which your agency attached to the referral before.",
    )


class CheckShown(serializers.Serializer[object]):
    """One look."""

    id = serializers.UUIDField()
    referral_id = serializers.UUIDField(help_text="The referral that was asked for; looks are of its item.")
    at = serializers.DateTimeField()
    seen = serializers.ChoiceField(Availability.choices)
    agency = serializers.CharField(allow_null=True, help_text="Slug of whose person looked.")
    by = serializers.EmailField(allow_null=True, help_text="Who looked, where they work for your agency.")
    robot = serializers.CharField(allow_null=True, help_text="Name of the probe, where no person looked.")
    reason = serializers.ChoiceField(Reason.choices, allow_null=True, help_text="Why a robot says so.")
    http_status = serializers.IntegerField(allow_null=True, help_text="What a robot was answered.")
    note = serializers.CharField(allow_null=True)
    evidence = serializers.UUIDField(allow_null=True, help_text="The screenshot, where your agency made it.")


class ChecksAsked(Parameters):
    """Parameters of the list."""

    after = CursorField()
    limit = LimitField()


class CheckList(serializers.Serializer[object]):
    """The looks at a referral's item, by people and robots, the latest first."""

    checks = CheckShown(many=True)
    next = serializers.CharField(allow_null=True, help_text="Cursor of the next page; null on the last.")
