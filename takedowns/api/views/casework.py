"""An agency's program acts on its referrals: withdraws, corrects, answers. A person of the agency is behind each act."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from takedowns.access_log.declaring import Opens
from takedowns.access_log.vocabulary import What
from takedowns.api.acting import IF_MATCH, NAME, ActView
from takedowns.api.refusals import problem_of_agency
from takedowns.api.serializers.casework import ReferralWithdrawal
from takedowns.api.serializers.referrals import ReferralWithHistory
from takedowns.directory.models import Scope
from takedowns.referrals.transitions import Move, apply


class WithdrawReferral(ActView):
    """The end of one referral."""

    opens = Opens(What.REFERRAL, "id")
    scope = Scope.REFERRALS_WRITE

    @extend_schema(
        operation_id="withdraw_referral",
        tags=["Case work"],
        summary="Withdraw a referral",
        parameters=[NAME, IF_MATCH],
        request=ReferralWithdrawal,
        responses=ReferralWithHistory,
        description="Your agency no longer asks. Before the platform has answered; a platform that has it is told. Where another agency asks"
        " for the item too, it goes on as that agency's.",
    )
    def post(self, request: Request, name: str) -> Response:  # noqa: ARG002
        """Withdraw it."""
        given = self.body(ReferralWithdrawal)
        referral_id = self.referral(name)
        with self.acting(given) as actor:
            done = apply([Move(referral_id, "withdraw", {"reason": given["reason"].strip()})], by=actor)
        if done.refused:
            raise problem_of_agency(done.refused[0], "reason")
        return self.told(referral_id)
