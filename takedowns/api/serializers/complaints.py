"""Complaints about what was done upon a referral, as they are told and shown."""

from __future__ import annotations

from rest_framework import serializers

from takedowns.api.serializers.fields import Choice, Form, Moment
from takedowns.complaints.models import Complainant, Verdict


class ComplaintTold(Form):
    """A complaint as it came to you."""

    received_at = Moment(help_text="When it came: not in the future, not before the referral.")
    complainant = Choice(Complainant.choices, required=False, default=str(Complainant.CONTENT_PROVIDER))
    puid = serializers.RegexField(
        r"^[a-zA-Z0-9_-]+\Z",
        required=False,
        max_length=500,
        help_text="Your own unique reference of the complaint. The same one again is the same complaint.",
    )
    explanation = serializers.CharField(
        required=False, max_length=5000, help_text="What it says. Leave out who complained."
    )


class ComplaintDecision(Form):
    """How you decided it."""

    verdict = Choice(Verdict.choices)
    decided_at = Moment(required=False, help_text="When you decided. Now where left out.")
    explanation = serializers.CharField(required=False, max_length=5000)
    reinstates = serializers.BooleanField(
        required=False,
        default=True,
        help_text="With upheld: that the item is put back. The referral is then reinstated.",
    )


class ComplaintShown(serializers.Serializer[object]):
    """A complaint and how it stands."""

    id = serializers.UUIDField()
    referral_id = serializers.UUIDField()
    complainant = serializers.ChoiceField(Complainant.choices)
    received_at = serializers.DateTimeField()
    puid = serializers.CharField(allow_null=True)
    explanation = serializers.CharField(allow_null=True)
    verdict = serializers.ChoiceField(Verdict.choices, allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    decision_explained = serializers.CharField(allow_null=True)
    recorded_at = serializers.DateTimeField()


class ComplaintList(serializers.Serializer[object]):
    """The complaints about one referral, in the order in which they came."""

    complaints = ComplaintShown(many=True)
