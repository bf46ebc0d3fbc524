"""An agency's submissions: submit, follow, read the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from takedowns.access.actor import Actor
from takedowns.access_log.declaring import Opens
from takedowns.access_log.vocabulary import What
from takedowns.api import cursors, parsers, wire
from takedowns.api.base import ApiView
from takedowns.api.brought import brought_by, take, told_of_lists, unreadable
from takedowns.api.parameters import refused, unknown_names
from takedowns.api.problems import Problem
from takedowns.api.serializers.submissions import (
    FileAsked,
    RowPage,
    RowsAsked,
    SubmissionHandedIn,
    SubmissionList,
    SubmissionReceived,
    SubmissionsAsked,
    SubmissionShown,
)
from takedowns.directory.models import Scope
from takedowns.intake.models import Outcome, Progress, Submission, SubmissionRow
from takedowns.intake.receive import Loading, Received
from takedowns.intake.unattended import stated
from takedowns.readers import ReaderError
from takedowns.referrals.co_referrals import Became, became_of
from takedowns.referrals.models import Operation, Referral


class Submissions(ApiView):
    """Submitting, and what was submitted."""

    opens = Opens(What.SUBMISSIONS, "id", "submissions")
    scope = {"GET": Scope.SUBMISSIONS_READ, "POST": Scope.SUBMISSIONS_WRITE}
    parameters = {"GET": SubmissionsAsked, "POST": FileAsked}
    parser_classes = [wire.JsonParser, parsers.CsvParser, parsers.XlsxParser, parsers.OdsParser]
    max_body = settings.SUBMISSION_MAX_BYTES

    @extend_schema(
        operation_id="list_submissions",
        tags=["Submissions"],
        summary="List your agency's submissions",
        parameters=[SubmissionsAsked],
        responses=SubmissionList,
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """Return the latest."""
        asked = self.asked
        found = Submission.objects.visible_to(self.caller.actor).select_related("operation", "submitted_by")
        if "operation" in asked:
            mine = Operation.objects.visible_to(self.caller.actor).values_list("reference", flat=True)
            if errors := unknown_names("operation", asked["operation"], mine):
                raise refused(errors)
            found = found.filter(operation__reference__in=asked["operation"])
        page, following = cursors.page_of_moments(found, "received_at", asked)
        return Response({"submissions": _shown(page), "next": following})

    @extend_schema(
        operation_id="hand_in",
        tags=["Submissions"],
        summary="Submit a list",
        parameters=[FileAsked],
        request={"application/json": SubmissionHandedIn, **dict.fromkeys(parsers.FILES, OpenApiTypes.BINARY)},
        responses={201: SubmissionReceived, 200: SubmissionReceived, 202: SubmissionReceived},
        description="Rows in JSON, or a file as the body: CSV, XLSX or ODS. 201: its rows are in. 202: it is long and will be read by"
        " the worker; follow its progress. 200: the same content was submitted before, so nothing was changed. 422: nothing of it can be read, or the file leaves"
        " open what only you can say, such as whether hidden rows count; each entry of “errors” names the parameter that decides. Somebody of your agency is"
        " behind each list, who does not review it: the person of “submitted_by”, or the one registered with the key.",
    )
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """Take in a list of the agency's, for the person behind it."""
        brought = brought_by(self)
        in_sandbox = self.caller.actor.sandbox
        loading = Loading.HERE if in_sandbox else Loading.BY_SIZE
        with told_of_lists():
            received = take(self, brought, loading)
        submission = received.submission
        if submission.state == Submission.State.FAILED:
            submission.content.delete(save=False)  # its row is taken back with the call
            raise unreadable(ReaderError("unreadable", submission.error))
        how = None if received.repeated else stated(brought.said)
        return handed_in(received, how)


def handed_in(received: Received, decided: Mapping[str, Any] | None) -> Response:
    """Return the answer to submitting: 201, 202 where the worker reads it, 200 where it was submitted before."""
    submission = received.submission
    status = 202 if received.queued else 200 if received.repeated else 201
    location = {"Location": f"/api/v1/submissions/{submission.pk}"}
    told = {**_shown([submission])[0], "repeated": received.repeated, "decided": decided}
    return Response(told, status, headers=location)


class OneSubmission(ApiView):
    """One submission."""

    opens = Opens(What.SUBMISSION, "id")
    scope = Scope.SUBMISSIONS_READ

    @extend_schema(
        operation_id="get_submission",
        tags=["Submissions"],
        summary="Follow one submission",
        responses=SubmissionShown,
    )
    def get(self, request: Request, submission_id: UUID) -> Response:  # noqa: ARG002
        """Return how far it is."""
        return Response(_shown([one_or_problem(self, submission_id)])[0])


class SubmissionRows(ApiView):
    """The report of one submission."""

    opens = Opens(What.SUBMISSION, "submission_id")
    scope = Scope.SUBMISSIONS_READ
    parameters = RowsAsked

    @extend_schema(
        operation_id="list_submission_rows",
        tags=["Submissions"],
        summary="Read what became of each row",
        parameters=[RowsAsked],
        responses=RowPage,
    )
    def get(self, request: Request, submission_id: UUID) -> Response:  # noqa: ARG002
        """Return one page, by line."""
        asked = self.asked
        start = cursors.place_of(asked["after"]) if "after" in asked else None
        rows, more = rows_after(self, submission_id, start, asked["limit"], asked.get("outcome"))
        return Response(
            {"rows": [one for _place, one in rows], "next": cursors.of_place(rows[-1][0]) if more else None}
        )


def rows_after(
    view: ApiView, submission_id: UUID, start: int | None, limit: int, outcomes: Sequence[str] | None = None
) -> tuple[list[tuple[int, dict[str, Any]]], bool]:
    """Return the rows of a submission that follow a place, each with its own, and whether there are more.

    Raises:
        Problem: ``not-found``.
    """
    found = SubmissionRow.objects.filter(submission=one_or_problem(view, submission_id))
    if outcomes is not None:
        found = found.filter(outcome__in=outcomes)
    if start is not None:
        found = found.filter(place__gt=start)
    rows = list(found.order_by("place")[: limit + 1])
    page = rows[:limit]
    told = _rows(page, view.caller.actor)
    return [(row.place, one) for row, one in zip(page, told, strict=True)], len(rows) > len(page)


def one_or_problem(view: ApiView, submission_id: UUID) -> Submission:
    """Return a submission of the caller's agency, or raise ``not-found``."""
    found = (
        Submission.objects.visible_to(view.caller.actor)
        .select_related("operation", "submitted_by")
        .filter(pk=submission_id)
        .first()
    )
    if found is None:
        raise Problem("not-found", "Your agency has no such submission.")
    return found


def _shown(submissions: Sequence[Submission] | Any) -> list[dict[str, Any]]:
    """Return submissions with how far those are that are being read. At most two statements."""
    rows = list(submissions)
    waiting = [one.pk for one in rows if one.state == Submission.State.RECEIVED]
    progress = Progress.objects.in_bulk(waiting) if waiting else {}
    return [_one_shown(one, progress.get(one.pk)) for one in rows]


def _one_shown(one: Submission, progress: Progress | None) -> dict[str, Any]:
    return {
        "id": one.pk,
        "operation": one.operation.reference,
        "state": str(one.state),
        "source": str(one.source),
        "submitted_by": one.submitted_by.email if one.submitted_by else None,
        "filename": one.filename or None,
        "instrument": one.instrument or one.operation.default_instrument,
        "received_at": one.received_at,
        "loaded_at": one.loaded_at,
        "size": one.size,
        "sha256": one.sha256,
        "rows_read": progress.rows_read if progress else None,
        "bytes_read": progress.bytes_read if progress else None,
        "columns": one.layout.get("columns", {}),
        "counts": one.counts,
        "error": one.error or None,
        "withdrawn_at": one.withdrawn_at,
    }


def _rows(rows: Sequence[SubmissionRow], actor: Actor) -> list[dict[str, Any]]:
    """Return rows with what became of them. Two statements at most."""
    seen = Referral.objects.visible_to(actor).in_bulk([row.referral_id for row in rows if row.referral_id])
    already = [row.item_id for row in rows if row.outcome == Outcome.ALREADY_REFERRED and row.item_id]
    joined = became_of(already, actor)
    none = UUID(int=0)
    return [_row(row, seen.get(row.referral_id or none) or joined.get(row.item_id or none)) for row in rows]


def _row(row: SubmissionRow, became: Referral | Became | None) -> dict[str, Any]:
    return {
        "line": row.line,
        "sheet": row.sheet or None,
        "part": row.part,
        "parts": row.parts,
        "outcome": row.outcome,
        "reason": row.reason or None,
        "message": row.message or None,
        "problems": row.problems,
        "url": row.url,
        "note": row.note or None,
        "moment": row.moment,
        "platform": row.platform_id or None,
        "domain": row.domain or None,
        "item_id": row.item_id,
        "referral_id": row.referral_id,
        "first_line": row.first_line,
        "first_part": row.first_part,
        "first_sheet": row.first_sheet or None,
        "status": became.status if became else None,
        "availability": became.availability if became else None,
    }
