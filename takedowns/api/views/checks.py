"""Looks at a referral's item: what an agency's people saw, and what robots did."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from takedowns.access_log.declaring import Opens, Shown
from takedowns.access_log.vocabulary import What
from takedowns.api import cursors
from takedowns.api.acting import IF_MATCH, NAME, ActView, of_agencies
from takedowns.api.problems import Problem
from takedowns.api.serializers.checks import CheckList, ChecksAsked, CheckShown, CheckTold
from takedowns.api.shown import check_shown
from takedowns.directory.models import Scope
from takedowns.referrals.models import Referral
from takedowns.referrals.vocabulary import Availability
from takedowns.verification.looking import NotMarked, NotYoursError, mark
from takedowns.verification.models import Check

#: Where in the body what is wrong with a look stands, and as which code it is told.
_OF_THE_BODY: Final = {"misdated": ("#/at", "misdated"), "no_evidence": ("#/evidence", "not_found")}


class Checks(ActView):
    """The looks at one referral's item."""

    opens = Opens(What.REFERRAL, "referral_id")
    scope = {"GET": Scope.REFERRALS_READ, "POST": Scope.REFERRALS_WRITE}
    parameters = {"GET": ChecksAsked}

    @extend_schema(
        operation_id="list_checks",
        tags=["Case work"],
        summary="Read what was seen of a referral's item",
        parameters=[NAME, ChecksAsked],
        responses=CheckList,
        description="For agencies: each look, by whichever agency's person or robot, the latest first. A platform reads what was seen in its changes.",
    )
    def get(self, request: Request, name: str) -> Response:  # noqa: ARG002
        """Return one page."""
        of_agencies(self.caller)
        referral_id = self.named(name)
        page, following = cursors.page_of_moments(_of(referral_id), "at", self.asked)
        self.saw = Shown((str(referral_id),))
        return Response(
            {
                "checks": [check_shown(one, referral_id, self.caller.agency_id) for one in page],
                "next": following,
            }
        )

    @extend_schema(
        operation_id="report_check",
        tags=["Case work"],
        summary="Say what somebody saw",
        parameters=[NAME, IF_MATCH],
        request=CheckTold,
        responses={201: CheckShown},
        description="For agencies that take part in the operation. It changes the referral's availability unless somebody looked later, and never its"
        " status. Send the ETag of the referral as you saw it to be told (412) where somebody else looked meanwhile.",
    )
    def post(self, request: Request, name: str) -> Response:  # noqa: ARG002
        """Record it."""
        given = self.body(CheckTold)
        referral_id = self.referral(name)
        operation = Referral.objects.select_related("operation").get(pk=referral_id).operation
        with self.acting(given, also_in_sandbox=True) as actor:
            try:
                done = mark(
                    [referral_id],
                    Availability(given["seen"]),
                    operation,
                    by=actor,
                    note=given.get("note", ""),
                    at=given.get("at"),
                    evidence_id=given.get("evidence"),
                )
            except NotYoursError:
                raise Problem(
                    "forbidden",
                    f"Looking is for agencies that take part in {operation.reference}; yours does not.",
                ) from None
        for refused in done.refused:
            raise _problem(refused)
        made = _of(referral_id).filter(by=actor.user_id).order_by("-pk")[0]
        return Response(check_shown(made, referral_id, self.caller.agency_id), status=201)


def _of(referral_id: UUID) -> QuerySet[Check]:
    item = Referral.objects.filter(pk=referral_id).values("item_id")
    return Check.objects.filter(item_id__in=item).select_related("agency", "by", "evidence")


def _problem(refused: NotMarked) -> Problem:
    if refused.code in _OF_THE_BODY:
        pointer, code = _OF_THE_BODY[refused.code]
        errors = [{"pointer": pointer, "code": code, "detail": refused.message}]
        return Problem("invalid-body", f"{pointer}: {refused.message}", errors=errors)
    return Problem("not-found" if refused.code == "not_found" else "conflict", refused.message)
