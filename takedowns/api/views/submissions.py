"""An agency's submissions: hand in, follow, read the report."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import IO, Any, Final, cast
from uuid import UUID

from django.conf import settings
from django.core.exceptions import BadRequest
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from takedowns.access.actor import Actor
from takedowns.access_log.declaring import Opens
from takedowns.access_log.vocabulary import What
from takedowns.api import cursors, parsers, wire
from takedowns.api.acting import person_of
from takedowns.api.base import ApiView
from takedowns.api.parameters import refused, unknown_names
from takedowns.api.problems import Problem
from takedowns.api.serializers.submissions import (
    COLUMN,
    FileAsked,
    RowPage,
    RowsAsked,
    SubmissionHandedIn,
    SubmissionList,
    SubmissionReceived,
    SubmissionsAsked,
    SubmissionShown,
)
from takedowns.directory.models import Agency, Scope, User
from takedowns.intake.load import AlreadyLoading
from takedowns.intake.models import Outcome, Progress, Submission, SubmissionRow
from takedowns.intake.receive import IntakeError, Loading, receive
from takedowns.intake.unattended import Said, UndecidedError, decided, stated
from takedowns.readers import FIELDS, ReaderError
from takedowns.referrals.co_referrals import Became, became_of
from takedowns.referrals.models import Operation, Referral

_PROBLEM_OF: Final = {
    "closed": "conflict",
    "read_otherwise": "conflict",
    "too_large": "too-large",
    "empty": "malformed",
}


class Submissions(ApiView):
    """Handing in, and what was handed in."""

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
        summary="Hand in a list",
        parameters=[FileAsked],
        request={"application/json": SubmissionHandedIn, **dict.fromkeys(parsers.FILES, OpenApiTypes.BINARY)},
        responses={201: SubmissionReceived, 200: SubmissionReceived, 202: SubmissionReceived},
        description="Rows in JSON, or a file as the body: CSV, XLSX or ODS. 201: its rows are in. 202: it is long and will be read by"
        " the worker; follow its progress. 200: the same content was handed in before, so nothing was changed. 422: nothing of it can be read, or the file leaves"
        " open what only you can say, such as whether hidden rows count; each entry of “errors” names the parameter that decides. Somebody of your agency is"
        " behind each list, who does not review it: the person of “submitted_by”, or the one registered with the key.",
    )
    def post(self, request: Request) -> Response:
        """Take in a list of the agency's, for the person behind it."""
        parameters = self.asked
        content: IO[bytes] | bytes
        sent: Any = request.data
        columns: dict[str, str] = parameters.pop("columns")
        if not hasattr(sent, "seek"):
            _refuse_with_rows([*parameters, *(f"{COLUMN}{name}" for name in columns)])
            asked = self.body(SubmissionHandedIn)
            reference, filename, content = asked["operation"], "api.csv", _as_csv(asked["rows"])
            instrument, platform = asked.get("instrument", ""), asked.get("platform", "")
            person = asked.get("submitted_by", "")
            said = Said(outside=asked.get("outside", ""))
        else:
            if "operation" not in parameters:
                raise Problem(
                    "invalid-parameter",
                    "operation: name the operation, such as ?operation=RAD19.",
                    errors=[{"parameter": "operation", "code": "required", "detail": "Name the operation."}],
                )
            reference, content = parameters["operation"], sent
            # "text/*" is read as well, as CSV.
            ending = parsers.FILES.get(request.content_type.partition(";")[0].strip().lower(), ".csv")
            filename = _name(parameters.get("filename", f"api{ending}"), ending)
            instrument, platform = parameters.get("instrument", ""), parameters.get("platform", "")
            person = parameters.get("submitted_by", "")
            said = Said(
                parameters.get("dates", ""),
                parameters.get("hidden", ""),
                tuple(parameters.get("sheets", ())),
                parameters.get("outside", ""),
                columns,
            )
        operation = Operation.objects.visible_to(self.caller.actor).filter(reference=reference).first()
        if operation is None:
            raise Problem("not-found", f"Your agency takes part in no operation “{reference}”.")
        try:
            named = person_of(self.caller, person)
        except IntakeError as error:
            told = {"code": error.code, "detail": error.message}
            if hasattr(sent, "seek"):
                raise refused([{"parameter": "submitted_by", **told}]) from None
            detail = f"#/submitted_by: {error.message}"
            raise Problem("invalid-body", detail, errors=[{"pointer": "#/submitted_by", **told}]) from None
        return self._receive(
            operation, filename, content, said, instrument=instrument, platform=platform, person=named
        )

    def _receive(
        self,
        operation: Operation,
        filename: str,
        content: IO[bytes] | bytes,
        said: Said,
        *,
        instrument: str,
        platform: str,
        person: User | None,
    ) -> Response:
        agency = Agency.objects.get(pk=cast("UUID", self.caller.agency_id))
        in_sandbox = self.caller.actor.sandbox
        if in_sandbox and int(self.request.META["CONTENT_LENGTH"]) > settings.SUBMISSION_INLINE_BYTES:
            raise wire.too_large(settings.SUBMISSION_INLINE_BYTES)  # the worker knows real submissions only
        stream = io.BytesIO(content) if isinstance(content, bytes) else content
        try:
            received = receive(
                operation=operation,
                agency=agency,
                user=person,
                by=self.caller.actor,
                source=Submission.Source.API,
                filename=filename,
                content=cast("Any", stream),
                instrument=instrument,
                platform=platform,
                decisions=decided(cast("Any", stream), filename, agency, said),
                loading=Loading.HERE if in_sandbox else Loading.BY_SIZE,
            )
        except UndecidedError as error:
            raise Problem(
                "undecided",
                error.message,
                code=error.code,
                errors=[
                    {"parameter": one.name, "code": error.code, "detail": one.sentence}
                    for one in error.questions
                ],
            ) from None
        except IntakeError as error:
            raise Problem(_PROBLEM_OF.get(error.code, "forbidden"), error.message, code=error.code) from None
        except AlreadyLoading as error:
            raise Problem("conflict", f"{error} Ask for its progress.") from None
        except ReaderError as error:
            raise _unreadable(error) from None
        submission = received.submission
        if submission.state == Submission.State.FAILED:
            submission.content.delete(save=False)  # its row is taken back with the call
            raise _unreadable(ReaderError("unreadable", submission.error))
        status = 202 if received.queued else 200 if received.repeated else 201
        location = {"Location": f"/api/v1/submissions/{submission.pk}"}
        how = None if received.repeated else stated(said)
        told = {**_shown([submission])[0], "repeated": received.repeated, "decided": how}
        return Response(told, status, headers=location)


def _refuse_with_rows(names: Sequence[str]) -> None:
    """Refuse parameters of a file where rows are sent: they would count for nothing, silently."""
    detail = "It belongs to a file as the body; of rows in JSON the body says it."
    if names:
        raise refused([{"parameter": name, "code": "misplaced", "detail": detail} for name in names])


def _unreadable(error: ReaderError) -> Problem:
    """Return why nothing of a file can be read, with the headers that were seen, from which columns are named."""
    detail = error.message
    if error.code in ("no_url_column", "mapping"):
        detail += " Say which column is which with column_url, column_tier and so on: each takes a header as written."
    errors = (
        [{"parameter": f"{COLUMN}{error.field}", "code": error.code, "detail": error.message}]
        if error.field
        else []
    )
    return Problem("unreadable-list", detail, errors=errors, code=error.code, headers_seen=error.headers)


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


def _as_csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return rows as the file a person would have handed in: row n of the call is line n + 2."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(FIELDS)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in FIELDS])
    return out.getvalue().encode()


def _cell(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _name(filename: str, ending: str) -> str:
    """Return the file's name for people, ending as the content type says, whatever the name did."""
    name = filename.replace("\\", "/").rpartition("/")[2].strip()
    if not name:
        raise BadRequest("The filename is empty.")
    return name if name.lower().endswith(ending) else f"{name[: 255 - len(ending)]}{ending}"
