"""An agency's program acts on its referrals: withdraws, corrects, answers. A person of the agency is behind each act."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from takedowns.access_log.declaring import Opens
from takedowns.access_log.vocabulary import What
from takedowns.api.acting import IF_MATCH, NAME, ActView
from takedowns.api.refusals import problem_of_agency
from takedowns.api.serializers.casework import Information, QuestionShown, ReferralWithdrawal
from takedowns.api.serializers.referrals import ReferralWithHistory
from takedowns.api.views.referrals import one_or_problem
from takedowns.directory.models import Scope
from takedowns.referrals.models import Referral
from takedowns.referrals.queries import question_of
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


class AnswerQuestion(ActView):
    """What the platform asked before it decides."""

    opens = Opens(What.REFERRAL, "id")
    scope = {"GET": Scope.REFERRALS_READ, "POST": Scope.REFERRALS_WRITE}

    @extend_schema(
        operation_id="get_question",
        tags=["Case work"],
        summary="Read what the platform asks",
        parameters=[NAME],
        responses=QuestionShown,
        description="The question that waits for an answer (status information_requested); null where none does.",
    )
    def get(self, request: Request, name: str) -> Response:  # noqa: ARG002
        """Return the question."""
        referral = Referral.objects.get(pk=one_or_problem(name, self.caller)["id"])
        asked = question_of(referral)
        return Response(
            {
                "referral_id": referral.pk,
                "question": asked.text if asked else None,
                "asked_at": asked.at if asked else None,
            }
        )

    @extend_schema(
        operation_id="answer_question",
        tags=["Case work"],
        summary="Answer what the platform asked",
        parameters=[NAME, IF_MATCH],
        request=Information,
        responses=ReferralWithHistory,
        description="Gives the referral back to the platform, which reads the answer and decides. Of a removal order whose hour stands still for want of"
        " it, a whole hour begins.",
    )
    def post(self, request: Request, name: str) -> Response:  # noqa: ARG002
        """Answer it."""
        given = self.body(Information)
        referral_id = self.referral(name)
        with self.acting(given) as actor:
            move = Move(referral_id, "provide_information", {"answer": given["answer"].strip()})
            done = apply([move], by=actor)
        if done.refused:
            raise problem_of_agency(done.refused[0], "answer")
        return self.told(referral_id)
