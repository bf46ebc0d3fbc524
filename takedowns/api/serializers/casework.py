"""What an agency's program does with the agency's referrals."""

from __future__ import annotations

from rest_framework import serializers

from takedowns.api.serializers.fields import Form
from takedowns.intake.withdrawal import LONGEST_REASON


class Act(Form):
    """What every act of an agency's program may say."""

    acted_by = serializers.EmailField(
        required=False,
        help_text="e-mail of whose act it is: an officer, reviewer or coordinator of your agency. The person registered with the key"
        " where left out.",
    )


class ReferralWithdrawal(Act):
    """Why the agency no longer asks."""

    reason = serializers.CharField(max_length=LONGEST_REASON, help_text="It stands with the referral.")


class SubmissionWithdrawal(ReferralWithdrawal):
    """Why the agency no longer asks for what a submission handed in, and what of it is to end."""

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
