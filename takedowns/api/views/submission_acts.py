"""What an agency's program does with a list that was submitted."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from takedowns.access_log.declaring import Opens
from takedowns.access_log.vocabulary import What
from takedowns.api.acting import ActView
from takedowns.api.problems import Problem
from takedowns.api.serializers.casework import SubmissionWithdrawal, SubmissionWithdrawalShown
from takedowns.api.views.submissions import one_or_problem
from takedowns.directory.models import Scope, User
from takedowns.intake import withdrawal
from takedowns.intake.models import Submission
from takedowns.intake.receive import IntakeError
from takedowns.intake.withdrawal import Withdrawal
from takedowns.referrals.vocabulary import Status

_NOTHING: Final = Withdrawal(Counter(), Counter())


class SubmissionWithdrawn(ActView):
    """The end of all that came with a submission."""

    opens = Opens(What.SUBMISSION, "submission_id")
    scope = {"GET": Scope.SUBMISSIONS_READ, "POST": Scope.REFERRALS_WRITE}

    @extend_schema(
        operation_id="look_at_withdrawal",
        tags=["Submissions"],
        summary="See what withdrawing a submission would do",
        responses=SubmissionWithdrawalShown,
        description="What would end now, and what stays as it is, by status. Of one that was withdrawn: when, and why.",
    )
    def get(self, request: Request, submission_id: UUID) -> Response:  # noqa: ARG002
        """Return what it would do."""
        found = one_or_problem(self, submission_id)
        told = withdrawal.look(found, by=self.caller.actor) if found.can_be_withdrawn else _NOTHING
        return Response(_shown(found, told))

    @extend_schema(
        operation_id="withdraw_submission",
        tags=["Submissions"],
        summary="Withdraw a submission",
        request=SubmissionWithdrawal,
        responses=SubmissionWithdrawalShown,
        description="All that it submitted, as far as each referral allows: once, and not to be taken back. Look first: where another number would"
        " end than you expect, nothing is done (409, moved_on).",
    )
    def post(self, request: Request, submission_id: UUID) -> Response:  # noqa: ARG002
        """Withdraw it."""
        given = self.body(SubmissionWithdrawal)
        found = one_or_problem(self, submission_id)
        with self.acting(given) as actor:
            person = User.objects.filter(pk=actor.user_id).first() if actor.user_id else None
            try:
                done = withdrawal.withdraw(
                    found.pk, person, reason=given["reason"], expected=given["expected"], by=actor
                )
            except IntakeError as error:
                raise Problem(
                    _PROBLEM_OF.get(error.code, "conflict"), error.message, code=error.code
                ) from None
        return Response(_shown(one_or_problem(self, submission_id), done))


_PROBLEM_OF: Final = {"not_your_role": "forbidden", "not_taking_part": "forbidden"}


def _shown(submission: Submission, told: Withdrawal) -> dict[str, Any]:
    gone = submission.withdrawn_at is not None
    return {
        "submission_id": submission.pk,
        "withdrawn_at": submission.withdrawn_at,
        "reason": submission.withdrawal_reason or None,
        "ends": submission.withdrawn if gone else told.number,
        "ending": {} if gone else _by_status(told.withdrawn),
        "staying": _by_status(told.staying),
        "waiting": told.waiting,
        "passed_on": told.passed_on,
    }


def _by_status(counted: Counter[Status]) -> dict[str, int]:
    return {str(status): number for status, number in counted.items()}
