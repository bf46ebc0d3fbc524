"""What an agency's program does with the agency's referrals."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers

from takedowns.api.serializers.fields import Choice, Form
from takedowns.identity import Kind
from takedowns.intake.withdrawal import LONGEST_REASON
from takedowns.referrals.corrections import LONGEST_NAME

#: What can be corrected.
FACTS: Final = ("tier", "kind", "outlet", "listed_group")


ACTED_BY: Final = (
    "e-mail of whose act it is: an officer, reviewer or coordinator of your agency. The person registered with the key where left"
    " out."
)


class Act(Form):
    """What every act of an agency's program may say."""

    acted_by = serializers.EmailField(required=False, help_text=ACTED_BY)


class ReferralWithdrawal(Act):
    """Why the agency no longer asks."""

    reason = serializers.CharField(max_length=LONGEST_REASON, help_text="It stands with the referral.")


class FactsCorrected(Act):
    """What is to be different; what is left out stays as it is."""

    tier = serializers.IntegerField(
        min_value=1,
        max_value=5,
        allow_null=True,
        required=False,
        help_text="Priority; null for none. Of this referral alone.",
    )
    kind = Choice(
        [str(kind) for kind in Kind], required=False, help_text="Of the item, and so of all its referrals."
    )
    outlet = serializers.CharField(
        max_length=LONGEST_NAME,
        allow_null=True,
        required=False,
        help_text="Who is behind the item, by name; made where nobody knew it. Null for none. Of the item, and so of all its referrals.",
    )
    listed_group = serializers.CharField(
        max_length=LONGEST_NAME,
        allow_null=True,
        required=False,
        help_text="Its name, another name or its code, of the listed groups that the installation keeps; as written where it keeps none. "
        "Null for none. Of this referral alone.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for something to be different."""
        if not attrs.keys() & FACTS:
            raise serializers.ValidationError(
                f"Nothing is to be changed: name at least one of {', '.join(FACTS)}."
            )
        return attrs


class Information(Act):
    """What the platform asked for."""

    answer = serializers.CharField(
        max_length=5000, help_text="The platform reads it. Nothing of an investigation belongs here."
    )


class QuestionShown(serializers.Serializer[object]):
    """What a platform waits to hear before it decides."""

    referral_id = serializers.UUIDField()
    question = serializers.CharField(allow_null=True, help_text="Null where it waits for nothing.")
    asked_at = serializers.DateTimeField(allow_null=True)


class SubmissionWithdrawal(ReferralWithdrawal):
    """Why the agency no longer asks for a submission, and what of it is to end."""

    expected = serializers.IntegerField(
        min_value=0,
        help_text="How many referrals are to end, as “ends” said when you looked. Would it be another number by now, nothing is done.",
    )


def _by_status(help_text: str) -> serializers.DictField:
    return serializers.DictField(child=serializers.IntegerField(), help_text=help_text)


class SubmissionWithdrawalShown(serializers.Serializer[object]):
    """What withdrawing a submission would do now, or did."""

    submission_id = serializers.UUIDField()
    withdrawn_at = serializers.DateTimeField(allow_null=True, help_text="Null: it stands.")
    reason = serializers.CharField(allow_null=True)
    ends = serializers.IntegerField(
        help_text="How many of its referrals end; of one that was withdrawn, ended."
    )
    ending = _by_status("Those, by the status they are in. Empty once it was withdrawn.")
    staying = _by_status("Those that stay as they are, by status: answered, rejected or withdrawn before.")
    waiting = serializers.IntegerField(
        help_text="Rows on hosts that nobody knows, which then wait for nothing."
    )
    passed_on = serializers.IntegerField(
        help_text="How many go on as another agency's that asks for them too; told by the call that withdraws."
    )
