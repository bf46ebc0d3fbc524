"""What an authority decides or is told beside removal orders: read, recorded, taken back."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from takedowns.access_log.declaring import Opens
from takedowns.access_log.vocabulary import What
from takedowns.api import cursors
from takedowns.api.acting import ActView, of_agencies
from takedowns.api.problems import Problem
from takedowns.api.serializers.duties import DutiesAsked, DutyList, DutyShown, DutyTakenBack, DutyTold
from takedowns.directory.models import Platform, Scope
from takedowns.duties import services
from takedowns.duties.models import Duty, DutyQuerySet, Outcome
from takedowns.duties.services import DutyError, Told
from takedowns.installation.switches import Way, is_on

_TAG = ["Duties"]


class _OfDuties(ActView):
    """What these addresses share: they are there only where the installation records duties, and for authorities."""

    opens = Opens(What.ORDERS, "id", "duties")

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let the caller in, or say why not."""
        super().initial(request, *args, **kwargs)
        of_agencies(self.caller)
        if not is_on(Way.DUTIES):
            raise Problem("not-found", "This installation does not record what authorities do beside orders.")

    def own(self) -> DutyQuerySet:
        """Return the authority's records."""
        found = Duty.objects.filter(agency_id=cast("UUID", self.caller.agency_id))
        return found.select_related("recorded_by")


class Duties(_OfDuties):
    """The list, and recording one."""

    scope = {"GET": Scope.REFERRALS_READ, "POST": Scope.REFERRALS_WRITE}
    parameters = {"GET": DutiesAsked}

    @extend_schema(
        operation_id="list_duties",
        tags=_TAG,
        summary="List what your authority recorded beside orders",
        parameters=[DutiesAsked],
        responses=DutyList,
        description="Notices of imminent threats to life (Regulation (EU) 2021/784, Art. 14(5)), scrutiny of orders of others (Art. 4),"
        " decisions on exposed providers (Art. 5), requests for preserved content (Art. 6); the latest recorded first.",
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """Return one page."""
        page, following = cursors.page_of_moments(self.own(), "recorded_at", self.asked)
        return Response({"duties": [_shown(one) for one in page], "next": following})

    @extend_schema(
        operation_id="record_duty",
        tags=_TAG,
        summary="Record one",
        request=DutyTold,
        responses={201: DutyShown},
        description="A coordinator of yours is behind it (acted_by, or whoever is registered with the key). It counts in the yearly figures of its day.",
    )
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """Record it."""
        given = self.body(DutyTold)
        platform = given.get("platform")
        if platform and not Platform.objects.filter(pk=platform).exists():
            raise _invalid(
                "platform", "unknown_value", "There is no platform of that name here; leave it out."
            )
        with self.acting(given, coordinator=True, also_in_sandbox=True) as actor:
            told = Told(
                cast("UUID", self.caller.agency_id),
                Outcome(given["outcome"]),
                given["at"],
                platform,
                given.get("file_number", "").strip(),
                given.get("note", "").strip(),
            )
            try:
                duty = services.record(told, by=actor)
            except DutyError as error:
                raise _invalid("at", "invalid", str(error)) from None
        return Response(_shown(self.own().get(pk=duty.pk)), 201)


class DutyTakeBack(_OfDuties):
    """The end of a record that was a mistake."""

    scope = Scope.REFERRALS_WRITE

    @extend_schema(
        operation_id="take_back_duty",
        tags=_TAG,
        summary="Take back what was recorded by mistake",
        request=DutyTakenBack,
        responses=DutyShown,
        description="It stays in the list and counts no longer. Once taken back it cannot be taken back again (409).",
    )
    def post(self, request: Request, duty_id: UUID) -> Response:  # noqa: ARG002
        """Take it back."""
        given = self.body(DutyTakenBack)
        if not self.own().filter(pk=duty_id).exists():
            raise Problem("not-found", "Your agency has no such record.")
        with self.acting(given, coordinator=True, also_in_sandbox=True) as actor:
            try:
                services.take_back(duty_id, given["reason"], by=actor)
            except DutyError as error:
                raise Problem("conflict", str(error)) from None
        return Response(_shown(self.own().get(pk=duty_id)))


def _invalid(name: str, code: str, detail: str) -> Problem:
    told = {"pointer": f"#/{name}", "code": code, "detail": detail}
    return Problem("invalid-body", f"#/{name}: {detail}", errors=[told])


def _shown(duty: Duty) -> dict[str, Any]:
    return {
        "id": duty.pk,
        "kind": duty.kind,
        "outcome": duty.outcome,
        "at": duty.at,
        "platform": duty.platform_id,
        "file_number": duty.file_number or None,
        "note": duty.note or None,
        "recorded_at": duty.recorded_at,
        "recorded_by": duty.recorded_by.email if duty.recorded_by else None,
        "taken_back_at": duty.taken_back_at,
        "taken_back_reason": duty.taken_back_reason or None,
    }
