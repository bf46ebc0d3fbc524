"""A list that an agency's program brings: read from the call, taken in, or refused with what to do."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, Any, Final, NamedTuple, cast
from uuid import UUID

from django.conf import settings
from django.core.exceptions import BadRequest

from takedowns.api import parsers, wire
from takedowns.api.acting import person_of
from takedowns.api.base import ApiView
from takedowns.api.parameters import refused
from takedowns.api.problems import Problem
from takedowns.api.serializers.submissions import COLUMN, SubmissionHandedIn
from takedowns.directory.models import Agency, User
from takedowns.intake.load import AlreadyLoading
from takedowns.intake.models import Submission
from takedowns.intake.receive import IntakeError, Loading, Received, receive
from takedowns.intake.unattended import Said, UndecidedError, decided
from takedowns.readers import FIELDS, ROW_FIELDS, ReaderError
from takedowns.referrals.models import Operation

_PROBLEM_OF: Final = {
    "closed": "conflict",
    "handed_in": "conflict",
    "read_otherwise": "conflict",
    "too_large": "too-large",
    "empty": "malformed",
}


class Brought(NamedTuple):
    """A list as a call brings it: the file itself, or its rows as one; ``person``: who is behind it, nobody in the sandbox alone."""

    operation: Operation
    filename: str
    content: IO[bytes]
    said: Said
    instrument: str
    platform: str
    person: User | None


def brought_by(view: ApiView) -> Brought:
    """Return the list of a call with all that was said of it.

    Raises:
        Problem: ``invalid-parameter``, ``invalid-body``, ``not-found``.
    """
    parameters = dict(view.asked)
    columns: dict[str, str] = parameters.pop("columns")
    sent: Any = view.request.data
    is_file = hasattr(sent, "seek")
    if is_file:
        if "operation" not in parameters:
            raise Problem(
                "invalid-parameter",
                "operation: name the operation, such as ?operation=RAD19.",
                errors=[{"parameter": "operation", "code": "required", "detail": "Name the operation."}],
            )
        asked = parameters
        # "text/*" is read as well, as CSV.
        content_type = view.request.content_type.partition(";")[0].strip().lower()
        ending = parsers.FILES.get(content_type, ".csv")
        filename, content = _name(parameters.get("filename", f"api{ending}"), ending), sent
    else:
        _refuse_with_rows([*parameters, *(f"{COLUMN}{name}" for name in columns)])
        asked = view.body(SubmissionHandedIn)
        filename, content = "api.csv", io.BytesIO(_as_csv(asked["rows"]))
    said = Said(
        asked.get("dates", ""),
        asked.get("hidden", ""),
        tuple(asked.get("sheets", ())),
        asked.get("outside", ""),
        columns,
    )
    operation = Operation.objects.visible_to(view.caller.actor).filter(reference=asked["operation"]).first()
    if operation is None:
        raise Problem("not-found", f"Your agency takes part in no operation “{asked['operation']}”.")
    return Brought(
        operation,
        filename,
        content,
        said,
        asked.get("instrument", ""),
        asked.get("platform", ""),
        _person(view, asked.get("submitted_by", ""), is_file=is_file),
    )


def _person(view: ApiView, email: str, *, is_file: bool) -> User | None:
    try:
        return person_of(view.caller, email)
    except IntakeError as error:
        told = {"code": error.code, "detail": error.message}
        if is_file:
            raise refused([{"parameter": "submitted_by", **told}]) from None
        detail = f"#/submitted_by: {error.message}"
        raise Problem("invalid-body", detail, errors=[{"pointer": "#/submitted_by", **told}]) from None


def take(view: ApiView, brought: Brought, loading: Loading) -> Received:
    """Take a list in. A preview asks later what only a person can decide; else all must be said.

    Raises:
        Problem: ``too-large``.
        IntakeError, ReaderError, AlreadyLoading: see :func:`told_of_lists`.
    """
    agency = Agency.objects.get(pk=cast("UUID", view.caller.agency_id))
    in_sandbox = view.caller.actor.sandbox
    if in_sandbox and int(view.request.META["CONTENT_LENGTH"]) > settings.SUBMISSION_INLINE_BYTES:
        raise wire.too_large(settings.SUBMISSION_INLINE_BYTES)  # the worker knows real submissions only
    content, asks = cast("Any", brought.content), loading is not Loading.PREVIEW
    return receive(
        operation=brought.operation,
        agency=agency,
        user=brought.person,
        by=view.caller.actor,
        source=Submission.Source.API,
        filename=brought.filename,
        content=content,
        instrument=brought.instrument,
        platform=brought.platform,
        decisions=decided(content, brought.filename, agency, brought.said, asks=asks),
        loading=loading,
    )


@contextmanager
def told_of_lists() -> Iterator[None]:
    """Turn what intake refuses into a problem that says what to do."""
    try:
        yield
    except UndecidedError as error:
        raise Problem(
            "undecided",
            error.message,
            code=error.code,
            errors=[
                {"parameter": one.name, "code": error.code, "detail": one.sentence} for one in error.questions
            ],
        ) from None
    except IntakeError as error:
        raise Problem(_PROBLEM_OF.get(error.code, "forbidden"), error.message, code=error.code) from None
    except AlreadyLoading as error:
        raise Problem("conflict", f"{error} Ask for its progress.") from None
    except ReaderError as error:
        raise unreadable(error) from None


def _refuse_with_rows(names: Sequence[str]) -> None:
    """Refuse parameters of a file where rows are sent: they would count for nothing, silently."""
    detail = "It belongs to a file as the body; of rows in JSON the body says it."
    if names:
        raise refused([{"parameter": name, "code": "misplaced", "detail": detail} for name in names])


def unreadable(error: ReaderError) -> Problem:
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


def _as_csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return rows as the file a person would have submitted: row n of the call is line n + 2."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    # Without hashes the file is what it always was, so that the same rows are the same submission.
    fields = FIELDS if all(row.keys() <= set(FIELDS) for row in rows) else ROW_FIELDS
    writer.writerow(fields)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in fields])
    return out.getvalue().encode()


def _cell(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _name(filename: str, ending: str) -> str:
    """Return the file's name for people, ending as the content type says, whatever the name did."""
    name = filename.replace("\\", "/").rpartition("/")[2].strip()
    if not name:
        raise BadRequest("The filename is empty.")
    return name if name.lower().endswith(ending) else f"{name[: 255 - len(ending)]}{ending}"
