"""Holds of an agency, as they are told and shown."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers

from takedowns.api.serializers.casework import Act
from takedowns.api.serializers.fields import CursorField, LimitField, Moment, Parameters
from takedowns.api.serializers.referrals import ItemShown
from takedowns.referrals.corrections import LONGEST_NAME

LONGEST_REASON: Final = 2000
#: What a hold may be placed on: one of these.
ON: Final = ("referral", "url", "outlet")


class HoldTold(Act):
    """On what, why, until when. Name one of referral, url and outlet."""

    referral = serializers.CharField(
        max_length=40, required=False, help_text="Its id or short reference: a hold on its item."
    )
    url = serializers.CharField(
        max_length=8000,
        required=False,
        help_text="In any spelling; also of an item that nobody has submitted yet.",
    )
    outlet = serializers.CharField(
        max_length=LONGEST_NAME,
        required=False,
        help_text="Name of an outlet: a hold on every item of it, on all platforms.",
    )
    reason = serializers.CharField(
        max_length=LONGEST_REASON,
        help_text="Only your own agency sees it. Others see that there is a hold, not whose.",
    )
    ends_at = Moment(help_text="When it ends by itself. The installation sets the latest that may be.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for exactly one thing."""
        if len(attrs.keys() & {*ON}) != 1:
            raise serializers.ValidationError(f"Name one of {', '.join(ON)}, and one only.")
        return attrs


class HoldChanged(Act):
    """What is to be different of a hold that stands."""

    reason = serializers.CharField(max_length=LONGEST_REASON, required=False)
    ends_at = Moment(required=False, help_text="Earlier or later than it ends now.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for something to be different."""
        if not attrs.keys() & {"reason", "ends_at"}:
            raise serializers.ValidationError("Nothing is to be changed: name reason or ends_at.")
        return attrs


class HoldReleased(Act):
    """Nothing but who does it."""


class HoldShown(serializers.Serializer[object]):
    """A hold of your agency's: what it covers is not referred while it stands."""

    id = serializers.UUIDField()
    item = ItemShown(allow_null=True, help_text="What it is on, with what lies under it; null for an outlet.")
    outlet = serializers.CharField(allow_null=True)
    reason = serializers.CharField()
    placed_at = serializers.DateTimeField()
    placed_by = serializers.EmailField(allow_null=True)
    ends_at = serializers.DateTimeField()
    stands = serializers.BooleanField(help_text="Neither released nor past its end.")
    released_at = serializers.DateTimeField(allow_null=True)
    lifted_because = serializers.CharField(
        allow_null=True, help_text="The reason of the two coordinators who lifted it, where they did."
    )
    etag = serializers.CharField(help_text="For If-Match.")


class OneHoldShown(HoldShown):
    """One hold, and what it came too late for."""

    with_platforms = serializers.IntegerField(
        help_text="Open referrals of what it covers that your agency sees and that are with a platform already: it does not call them back."
        " Whether others have referred an address, /identify says."
    )


class HoldsAsked(Parameters):
    """Parameters of the list."""

    after = CursorField()
    limit = LimitField()
    stands = serializers.BooleanField(
        required=False,
        default=None,
        allow_null=True,
        help_text="Those that stand (true), or that have ended (false).",
    )


class HoldList(serializers.Serializer[object]):
    """Your agency's holds, the latest placed first."""

    holds = HoldShown(many=True)
    next = serializers.CharField(allow_null=True, help_text="Cursor of the next page; null on the last.")
