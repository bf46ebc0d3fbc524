"""An agency's list before it is submitted: look, say what is what, confirm or discard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from takedowns.access.actor import Actor
from takedowns.access_log.declaring import Opens
from takedowns.access_log.vocabulary import What
from takedowns.api import parsers, wire
from takedowns.api.acting import ActView
from takedowns.api.brought import brought_by, take, told_of_lists
from takedowns.api.problems import Problem
from takedowns.api.serializers.casework import Act
from takedowns.api.serializers.previews import PreviewChanged, PreviewDiscarded, PreviewShown
from takedowns.api.serializers.submissions import FileAsked, SubmissionHandedIn, SubmissionReceived
from takedowns.api.views.submissions import handed_in
from takedowns.directory.models import Scope, User
from takedowns.intake import confirm as service
from takedowns.intake.amendments import Amendments, UnfitError, amend, questions
from takedowns.intake.models import Submission
from takedowns.intake.preview import Preview, RemarkedRow, preview
from takedowns.intake.receive import IntakeError, Loading
from takedowns.intake.repairs_page import repairs_shown
from takedowns.readers import Layout, ReaderError
from takedowns.readers.model import place_of

_HANDED_IN = "It was submitted. Its report: GET /submissions/{id}/rows."


class Previews(ActView):
    """Bringing a list to look at."""

    opens = Opens(What.SUBMISSION, "id")
    scope = Scope.SUBMISSIONS_WRITE
    parameters = FileAsked
    parser_classes = [wire.JsonParser, parsers.CsvParser, parsers.XlsxParser, parsers.OdsParser]
    max_body = settings.SUBMISSION_MAX_BYTES

    @extend_schema(
        operation_id="bring_list",
        tags=["Submissions"],
        summary="Preview a list before it is submitted",
        parameters=[FileAsked],
        request={"application/json": SubmissionHandedIn, **dict.fromkeys(parsers.FILES, OpenApiTypes.BINARY)},
        responses={201: PreviewShown, 200: PreviewShown},
        description="Takes what POST /submissions takes, and refers nothing: it tells what submitting would do, and asks what only a person can"
        " decide. 200: the same content is previewed already. 409: it was submitted before. 422: nothing of it can be read, and nothing is kept.",
    )
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """Keep the list, and tell what it holds."""
        with told_of_lists():
            received = take(self, brought_by(self), Loading.PREVIEW)
        submission = received.submission
        if submission.state != Submission.State.PREVIEWED:
            detail = f"The same list was submitted before: GET /submissions/{submission.pk}."
            raise Problem("conflict", detail, code="handed_in", submission=str(submission.pk))
        told = preview(submission)
        if told.error is not None:
            if not received.repeated:
                submission.content.delete(save=False)  # its row is taken back with the call
            with told_of_lists():
                raise told.error
        location = {"Location": f"/api/v1/previews/{submission.pk}"}
        return Response(_shown(submission, told), 200 if received.repeated else 201, headers=location)


class OnePreview(ActView):
    """One list that is not submitted yet."""

    opens = Opens(What.SUBMISSION, "submission_id")
    scope = {
        "GET": Scope.SUBMISSIONS_READ,
        "PATCH": Scope.SUBMISSIONS_WRITE,
        "DELETE": Scope.SUBMISSIONS_WRITE,
    }
    parameters = {"DELETE": PreviewDiscarded}

    @extend_schema(
        operation_id="get_preview",
        tags=["Submissions"],
        summary="See what submitting a list would do",
        responses=PreviewShown,
    )
    def get(self, request: Request, submission_id: UUID) -> Response:  # noqa: ARG002
        """Tell what it would do now."""
        submission = _one(self, submission_id)
        told = preview(submission)
        if told.error is not None:
            with told_of_lists():
                raise told.error
        return Response(_shown(submission, told))

    @extend_schema(
        operation_id="change_preview",
        tags=["Submissions"],
        summary="Say what is what in a list",
        request=PreviewChanged,
        responses=PreviewShown,
        description="Which column is which, what words mean, what is put right in rows or left out, and what the list asks. The list stays as it came."
        " All of it is kept, or nothing.",
    )
    def patch(self, request: Request, submission_id: UUID) -> Response:  # noqa: ARG002
        """Keep what is said, and tell what the list holds then."""
        given = self.body(PreviewChanged)
        submission = _one(self, submission_id)
        said = cast("Amendments", {name: one for name, one in given.items() if name != "acted_by"})
        with self.acting(given) as actor, told_of_lists():
            try:
                told = amend(submission_id, _person(actor), said, by=actor)
            except UnfitError as error:
                raise _unfit(error) from None
            except ReaderError as error:
                columns = said.get("columns")
                if error.code != "mapping" or not columns:
                    raise
                raise _no_such_column(error, columns) from None
        submission.refresh_from_db(fields=["platform_id"])
        return Response(_shown(submission, told))

    @extend_schema(
        operation_id="discard_preview",
        tags=["Submissions"],
        summary="Discard a list that is not submitted",
        parameters=[PreviewDiscarded],
        responses={204: None},
    )
    def delete(self, request: Request, submission_id: UUID) -> Response:  # noqa: ARG002
        """Forget it and its content."""
        _one(self, submission_id)
        with self.acting(self.asked) as actor, told_of_lists():
            service.discard(submission_id, _person(actor), by=actor)
        return Response(status=204)


class Confirmation(ActView):
    """Submitting what was previewed."""

    opens = Opens(What.SUBMISSION, "submission_id")
    scope = Scope.SUBMISSIONS_WRITE
    needs_body = False

    @extend_schema(
        operation_id="confirm_preview",
        tags=["Submissions"],
        summary="Submit a list that was previewed",
        request=Act,
        responses={201: SubmissionReceived, 200: SubmissionReceived, 202: SubmissionReceived},
        description="Whoever is behind this call is behind the list, and does not review it. 202: it is long, and the worker reads it. 200: it was"
        " submitted before. 422 (undecided): it asks something that nobody has decided.",
    )
    def post(self, request: Request, submission_id: UUID) -> Response:  # noqa: ARG002
        """Submit it, once."""
        given = self.body(Act)
        found = Submission.objects.visible_to(self.caller.actor).filter(pk=submission_id).first()
        if found is None:
            raise _gone()
        loading = Loading.HERE if self.caller.actor.sandbox else Loading.BY_SIZE
        with self.acting(given) as actor, told_of_lists():
            try:
                received = service.confirm(submission_id, _person(actor), loading, by=actor)
            except IntakeError as error:
                raise _undecided(found) if error.code == "undecided" else error from None
            if received.submission.state == Submission.State.FAILED:
                raise ReaderError("unreadable", received.submission.error)
        return handed_in(received, None)


def _one(view: ActView, submission_id: UUID) -> Submission:
    """Return a list of the caller's agency that is not submitted yet.

    Raises:
        Problem: ``not-found``, or ``conflict``: it was submitted.
    """
    found = (
        Submission.objects.visible_to(view.caller.actor)
        .select_related("operation", "agency", "submitted_by")
        .filter(pk=submission_id)
        .first()
    )
    if found is None:
        raise _gone()
    if found.state != Submission.State.PREVIEWED:
        raise Problem("conflict", _HANDED_IN.replace("{id}", str(found.pk)), code="handed_in")
    return found


def _gone() -> Problem:
    return Problem("not-found", "Your agency has no such list: perhaps it was discarded.")


def _undecided(submission: Submission) -> Problem:
    errors = [
        {"pointer": f"#/{one.name}", "code": "undecided", "detail": one.sentence}
        for one in questions(preview(submission))
    ]
    detail = f"Decide first what the preview asks (PATCH /previews/{submission.pk}). {errors[0]['detail']}"
    return Problem("undecided", detail, code="undecided", errors=errors)


def _person(actor: Actor) -> User | None:
    return User.objects.filter(pk=actor.user_id).first() if actor.user_id else None


def _unfit(error: UnfitError) -> Problem:
    errors = [
        {"pointer": f"#/{'/'.join(map(str, one.where))}", "code": one.code, "detail": one.sentence}
        for one in error.faults
    ]
    return Problem("invalid-body", f"{errors[0]['pointer']}: {errors[0]['detail']}", errors=errors)


def _no_such_column(error: ReaderError, said: Mapping[str, str]) -> Problem:
    missing = [error.field] if error.field else []
    missing += [name for name, header in said.items() if header and header not in error.headers]
    pointers = [f"#/columns/{name}" for name in missing] or ["#/columns"]
    return Problem(
        "invalid-body",
        f"{pointers[0]}: {error.message}",
        errors=[{"pointer": one, "code": error.code, "detail": error.message} for one in pointers],
        headers_seen=error.headers,
    )


def _shown(submission: Submission, told: Preview) -> dict[str, Any]:
    assert told.layout is not None  # noqa: S101 - it was read
    sheets = told.layout.sheets_read
    repairs = told.decided.repairs if told.decided else ()
    return {
        "id": submission.pk,
        "operation": submission.operation.reference,
        "filename": submission.filename or None,
        "instrument": submission.instrument or submission.operation.default_instrument,
        "platform": submission.platform_id or None,
        "submitted_by": submission.submitted_by.email if submission.submitted_by else None,
        "received_at": submission.received_at,
        "discarded_at": submission.received_at + service.KEPT,
        "asks": [{"name": one.name, "detail": one.sentence} for one in questions(told)],
        "rows_read": told.rows,
        "whole": told.is_whole,
        "counts": dict(told.outcomes),
        "layout": _layout(told.layout, told.headers),
        "platforms": [
            {"platform": slug, "rows": rows, "outside": slug in told.outside}
            for slug, rows in told.platforms.most_common()
        ],
        "already_referred": [
            {
                "whose": one.whose,
                "agency": one.agency or None,
                "rows": one.rows,
                "lines": [str(line) for line in one.lines],
            }
            for one in told.already
        ],
        "unknown_hosts": [
            {"domain": domain, "rows": one.rows, "hosts": list(one.hosts)}
            for domain, one in told.unknown.items()
        ],
        "words": [
            {
                "field": one.field,
                "word": one.word,
                "rows": one.rows,
                "means": one.value or None,
                "said": one.said,
            }
            for one in told.words.values()
        ],
        "in_question": told.in_question,
        "rows": _rows(told, sheets),
        "decisions": [
            {
                "subject": one.subject,
                "about": one.about,
                "detail": said.what,
                "by": one.by.email if one.by else None,
                "at": one.at,
            }
            for one, said in zip(repairs, repairs_shown(repairs, sheets), strict=True)
        ],
    }


def _layout(layout: Layout, headers: list[str]) -> dict[str, Any]:
    sheets = [
        {"name": one.name, "hidden": one.hidden, "read": one.read, "rows": one.height}
        for one in layout.sheets
    ]
    sheets += [
        {"name": one.name, "hidden": one.hidden, "read": False, "rows": None} for one in layout.other_sheets
    ]
    return {
        "format": layout.format,
        "encoding": layout.encoding or None,
        "delimiter": layout.delimiter or None,
        "header_line": layout.header_line,
        "headers": headers,
        "columns": [
            {"field": name, "header": header, "guessed": name in layout.guessed}
            for name, header in layout.columns.items()
        ],
        "not_read": layout.unrecognised,
        "more_addresses": layout.more_links,
        "other_addresses": layout.other_links,
        "hidden_columns": layout.hidden_columns,
        "titles": layout.titles,
        "sheets": sheets,
        "hidden_rows": layout.hidden_rows,
        "filtered": layout.filtered,
        "zone": layout.zone,
        "dates": layout.dates or None,
        "dates_decided_by": layout.dates_decided_by or None,
    }


def _rows(told: Preview, sheets: Mapping[int, str]) -> list[dict[str, Any]]:
    """Return each row that is asked about once, by its place, with all that is said of it."""
    refused = {one.place for one in told.invalid}
    found: dict[int, tuple[RemarkedRow, list[str]]] = {}
    for one in (*told.invalid, *told.remarked):
        _row, remarks = found.setdefault(one.place, (one, []))
        remarks += one.remarks
    return [
        {
            "line": place_of(place).line,
            "sheet": sheets.get(place_of(place).sheet),
            "part": row.part,
            "parts": row.parts,
            "refused": place in refused,
            "reason": row.reason or None,
            "problems": remarks,
            "raw": row.raw,
            "url": row.url,
            "kind": row.kind,
            "found_at": row.found_at,
            "choices": list(row.asks),
        }
        for place, (row, remarks) in sorted(found.items())
    ]
