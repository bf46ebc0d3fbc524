"""The sandbox: what stands in it, and what shall happen there."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from takedowns.api.rehearsal import HAPPENINGS, MAKINGS
from takedowns.api.serializers.fields import Choice, Form
from takedowns.api.serializers.referrals import ReferralWithHistory

TYPES = tuple((name, name) for name in (*MAKINGS, *HAPPENINGS))
VERDICT_CHOICES = tuple(
    (name, name) for name in dict.fromkeys(said for one in HAPPENINGS.values() for said in one.says)
)


class SandboxShown(serializers.Serializer[object]):
    """What stands in the sandbox."""

    referrals = serializers.IntegerField(help_text="How many were invented for you.")


class EventAsked(Form):
    """What shall happen, and to which referral."""

    type = Choice(TYPES)
    referral = serializers.CharField(
        max_length=100,
        required=False,
        help_text="Its id or short reference. Left out, one is taken to which it can happen.",
    )
    verdict = Choice(
        VERDICT_CHOICES,
        required=False,
        help_text="Of complaint_decided: upheld or dismissed. Of platform_answered: what the platform answers.",
    )
    text = serializers.CharField(
        max_length=2000, required=False, help_text="What is said with it: an answer, a reason, a note."
    )

    def validate(self, attrs: Any) -> Any:
        """Refuse what would not be read."""
        kind = attrs["type"]
        if kind in MAKINGS and "referral" in attrs:
            raise serializers.ValidationError({"referral": f"“{kind}” makes a new referral; leave this out."})
        says = HAPPENINGS[kind].says if kind in HAPPENINGS else ()
        if "verdict" in attrs and attrs["verdict"] not in says:
            known = f"knows the verdicts {', '.join(says)}" if says else "has no verdict; leave this out"
            raise serializers.ValidationError({"verdict": f"“{kind}” {known}."})
        return attrs


class EventHappened(serializers.Serializer[object]):
    """What happened, and the referral as it stands after it."""

    type = serializers.ChoiceField(TYPES)
    referral_id = serializers.UUIDField()
    referral = ReferralWithHistory()
