"""Complaints: told by a platform, decided by it, read by whoever sees the referral."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from takedowns.access_log.declaring import Opens
from takedowns.access_log.vocabulary import What
from takedowns.api.acting import NAME
from takedowns.api.base import ApiView
from takedowns.api.refusals import problem_of_refusal
from takedowns.api.serializers.complaints import (
    ComplaintDecision,
    ComplaintList,
    ComplaintShown,
    ComplaintTold,
)
from takedowns.api.shown import complaint_shown
from takedowns.api.views.referrals import one_or_problem
from takedowns.complaints.models import Complaint
from takedowns.complaints.services import Complained, Decided, decide_complaints, record_complaints
from takedowns.directory.models import Scope


class Complaints(ApiView):
    """The complaints about one referral."""

    opens = Opens(What.COMPLAINTS, "id", "complaints")
    scope = {"GET": Scope.REFERRALS_READ, "POST": Scope.DECISIONS_WRITE}

    @extend_schema(
        operation_id="list_complaints",
        tags=["Complaints"],
        summary="Read the complaints about a referral",
        parameters=[NAME],
        responses=ComplaintList,
    )
    def get(self, request: Request, name: str) -> Response:  # noqa: ARG002
        """Return them in the order in which they came."""
        found = one_or_problem(name, self.caller)
        complaints = Complaint.objects.visible_to(self.caller.actor).filter(referral_id=found["id"])
        return Response({"complaints": [complaint_shown(one) for one in complaints]})

    @extend_schema(
        operation_id="report_complaint",
        tags=["Complaints"],
        summary="Report a complaint",
        parameters=[NAME],
        request=ComplaintTold,
        responses={201: ComplaintShown},
        description="That somebody complains about what you removed or restricted upon a referral. Only where something"
        " was: otherwise 409. Leave out who it was.",
    )
    def post(self, request: Request, name: str) -> Response:  # noqa: ARG002
        """Record it."""
        referral_id = one_or_problem(name, self.caller)["id"]
        told = self.body(ComplaintTold)
        done = record_complaints([Complained(referral_id, **told)], by=self.caller.actor)
        if done.refused:
            raise problem_of_refusal(done.refused[0], "received_at")
        return Response(complaint_shown(Complaint.objects.get(pk=done.complaints[0])), status=201)


class DecideComplaint(ApiView):
    """The decision on one complaint."""

    opens = Opens(What.COMPLAINTS, "id")
    scope = Scope.DECISIONS_WRITE

    @extend_schema(
        operation_id="decide_complaint",
        tags=["Complaints"],
        summary="Decide a complaint",
        request=ComplaintDecision,
        responses=ComplaintShown,
        description="A complaint is decided once. One that is upheld reinstates the referral, unless reinstates is false.",
    )
    def post(self, request: Request, complaint_id: UUID) -> Response:  # noqa: ARG002
        """Record the decision."""
        given = self.body(ComplaintDecision)
        decided = Decided(
            complaint_id,
            given["verdict"],
            given.get("decided_at") or timezone.now(),
            given.get("explanation", ""),
            given["reinstates"],
        )
        done = decide_complaints([decided], by=self.caller.actor)
        if done.refused:
            raise problem_of_refusal(done.refused[0], "decided_at")
        return Response(complaint_shown(Complaint.objects.get(pk=complaint_id)))
