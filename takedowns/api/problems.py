"""Problem details (RFC 9457) for every error, each with a stable ``type`` that can be looked up.

A ``type`` is an address of this installation, ``/api/v1/problems/<name>``, which explains the problem. Names are never
changed and never reused.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DataError, OperationalError
from django.http import Http404
from psycopg.errors import QueryCanceled
from rest_framework import exceptions
from rest_framework.response import Response

from takedowns.access.request_ids import current_request_id
from takedowns.postgres.text import holds_nul
from takedowns.postgres.trouble import RETRY_AFTER, Trouble, trouble_of

log = logging.getLogger(__name__)

MEDIA_TYPE: Final = "application/problem+json"
BASE: Final = "/api/v1/problems/"


class Kind(NamedTuple):
    """One kind of problem: status code, title, and what a caller does about it."""

    status: int
    title: str
    remedy: str


PROBLEMS: Final[Mapping[str, Kind]] = {
    "malformed": Kind(
        400, "The request cannot be read", "Correct the body or the header that is named, then repeat."
    ),
    "invalid-parameter": Kind(
        400, "A query parameter is not valid", "Correct each parameter under “errors”, then repeat."
    ),
    "invalid-cursor": Kind(
        400,
        "The cursor is not valid",
        "Use a cursor exactly as an answer gave it, or leave it out to begin anew.",
    ),
    "not-authenticated": Kind(
        401,
        "No valid API key",
        "Send “Authorization: Bearer tkd_…” with a key that is neither expired nor revoked, or with a token got for one (tka_…).",
    ),
    "certificate-needed": Kind(
        401,
        "The key or the token is good with a client certificate alone",
        "Call the address for client certificates, with the certificate that the key or the token is bound to.",
    ),
    "not-allowed-here": Kind(
        403,
        "The key may not be used from this address",
        "Call from a listed address, or ask an administrator to add yours.",
    ),
    "missing-scope": Kind(403, "The key may not do this", "Use a key with the scope that is named."),
    "forbidden": Kind(403, "Not allowed", "Whoever calls has no right to this; the detail says who has."),
    "not-found": Kind(
        404, "Not found", "Check the address and the id. What you may not see does not exist for you, either."
    ),
    "method-not-allowed": Kind(
        405, "The method is not offered here", "Use one of those in the Allow header."
    ),
    "not-acceptable": Kind(
        406, "The answer is JSON", "Send “Accept: application/json”, or no Accept header."
    ),
    "conflict": Kind(409, "It cannot be done in this state", "The detail says what stands in the way."),
    "transition-refused": Kind(
        409,
        "The referral cannot make this move",
        "See “status_of_referral” for where it stands and “allowed” for what you may answer now.",
    ),
    "decisions-refused": Kind(
        409,
        "Nothing was changed",
        "With “atomic” all rows must be right. Correct those under “errors”, then repeat all.",
    ),
    "idempotency-in-use": Kind(
        409,
        "The first call with this idempotency key still runs",
        "Repeat in a second; you then get its answer.",
    ),
    "length-required": Kind(
        411, "The length of the body is not given", "Send Content-Length; chunked bodies are not read."
    ),
    "precondition-failed": Kind(
        412,
        "The referral has changed since you read it",
        "Read it again, decide anew, and send the new ETag.",
    ),
    "too-large": Kind(413, "The body is too large", "Send it in several calls."),
    "uri-too-long": Kind(
        414,
        "The address is too long",
        "An address may have 8000 characters as it is sent. Post longer ones, or ask for less at once.",
    ),
    "unsupported-media-type": Kind(
        415, "The content type is not read here", "Send one that the detail names."
    ),
    "invalid-body": Kind(422, "The body is not valid", "Correct each field under “errors”, then repeat."),
    "undecided": Kind(
        422,
        "The list asks something that only you can decide",
        "Nothing was submitted. Say what each entry under “errors” asks, and repeat.",
    ),
    "unreadable-list": Kind(
        422,
        "The list cannot be read",
        "Nothing was kept. Correct what the detail says, or say which column is which (column_url=…), and submit it again.",
    ),
    "idempotency-mismatch": Kind(
        422, "The idempotency key belongs to another request", "Use a new key for each new request."
    ),
    "rate-limited": Kind(429, "Too many requests", "Wait as many seconds as Retry-After says, then go on."),
    "too-many-at-once": Kind(
        429,
        "Too many calls at once",
        "Wait as many seconds as Retry-After says, and make one after the other.",
    ),
    "headers-too-large": Kind(
        431, "A header is too long", "Send fewer or shorter headers: each line may have 8000 characters."
    ),
    "too-slow": Kind(
        503, "It took too long", "Nothing was changed. Ask for less at once, or repeat in a while."
    ),
    "no-room-to-wait": Kind(
        503,
        "All places for calls that wait are taken",
        "There is no change for you. Ask again without wait, or after Retry-After seconds.",
    ),
    "unavailable": Kind(
        503,
        "The database does not answer",
        "Nothing was changed. Repeat the call after as many seconds as Retry-After says.",
    ),
    "no-space": Kind(
        503,
        "There is no space left on the server",
        "Nothing was changed. The operator has to make room; repeat the call later.",
    ),
    "not-recorded": Kind(
        503,
        "Who calls cannot be recorded",
        "Who reads what is recorded, and that record cannot be written now, so nothing is given and nothing was changed. Repeat"
        " the call after as many seconds as Retry-After says.",
    ),
    "clocks-differ": Kind(
        503,
        "The clocks of the servers differ",
        "The server's clock is more than five minutes behind the database's. Nothing was changed. The operator has to set it; repeat"
        " the call later.",
    ),
    "damaged": Kind(
        500,
        "The file does not match its digest",
        "It was altered or lost on the server, so it is not given. Tell the operator, who has a backup.",
    ),
    "internal": Kind(
        500,
        "The server failed",
        "Nothing was changed. Repeat later; if it stays, tell the operator the number of the incident.",
    ),
}


class Problem(Exception):  # noqa: N818 - the word of the RFC
    """Ends a call with problem details; what the call wrote is taken back.

    Args:
        name: one of :data:`PROBLEMS`.
        detail: what is wrong this time and what to do, as a sentence.
        errors: one entry for each field: ``pointer`` (JSON Pointer into the body) or ``parameter``, and ``detail``.
        headers: to send with it.
        extra: further members.
    """

    def __init__(
        self,
        name: str,
        detail: str = "",
        *,
        errors: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(detail or PROBLEMS[name].title)
        self.name = name
        self.detail = detail
        self.errors = errors
        self.headers = dict(headers or {})
        self.extra = extra

    @property
    def status(self) -> int:
        """HTTP status code."""
        return PROBLEMS[self.name].status

    def as_dict(self) -> dict[str, Any]:
        """Return the problem's members."""
        kind = PROBLEMS[self.name]
        members = {
            "type": f"{BASE}{self.name}",
            "title": kind.title,
            "status": kind.status,
            "detail": self.detail or kind.remedy,
            **self.extra,
        }
        if name := current_request_id():
            members["request_id"] = name
        return members | ({"errors": list(self.errors)} if self.errors else {})

    def as_response(self) -> Response:
        """Return the answer to send."""
        return Response(self.as_dict(), self.status, headers=self.headers, content_type=MEDIA_TYPE)


def answer(exception: Exception, context: Mapping[str, Any]) -> Response:
    """Return problem details for whatever went wrong in a view (DRF's ``EXCEPTION_HANDLER``)."""
    return problem_of(exception, context).as_response()


def problem_of(exception: Exception, context: Mapping[str, Any]) -> Problem:
    """Name what went wrong. What nobody foresaw is logged with a number and not explained to the caller."""
    match exception:
        case Problem():
            return exception
        case Http404() | exceptions.NotFound():
            return Problem("not-found", "There is nothing here that you may see.")
        case exceptions.MethodNotAllowed():
            allowed = ", ".join(context["view"].allowed_methods)
            return Problem(
                "method-not-allowed", f"{exception.detail} Offered: {allowed}.", headers={"Allow": allowed}
            )
        case exceptions.NotAcceptable():
            return Problem("not-acceptable")
        case exceptions.UnsupportedMediaType():
            read = ", ".join(parser.media_type for parser in context["view"].get_parsers())
            return Problem("unsupported-media-type", f"{exception.detail} This address reads: {read}.")
        case exceptions.ParseError():
            return Problem("malformed", str(exception.detail))
        case exceptions.AuthenticationFailed() | exceptions.NotAuthenticated():
            return Problem("not-authenticated", str(exception.detail), headers={"WWW-Authenticate": "Bearer"})
        case PermissionDenied() | exceptions.PermissionDenied():
            return Problem("forbidden", str(getattr(exception, "detail", exception)))
        case RequestDataTooBig():
            return Problem("too-large")
        case OperationalError(__cause__=QueryCanceled()):
            return Problem("too-slow", headers={"Retry-After": "5"})
        case SuspiciousOperation():
            return Problem("malformed", "The request is not well formed.")
    return _unforeseen(exception)


def _unforeseen(exception: Exception) -> Problem:
    if isinstance(exception, DataError) and holds_nul(exception):
        return Problem(
            "malformed",
            "The address or the body holds a NUL character (U+0000), which no text here may hold.",
        )
    if trouble := trouble_of(exception):
        log.error("%s: %s", trouble.name, " ".join(str(exception).split()))
        return of_trouble(trouble)
    incident = uuid.uuid4()
    log.error("API incident %s", incident, exc_info=exception)
    return Problem("internal", f"{PROBLEMS['internal'].remedy} Incident {incident}.", incident=str(incident))


def of_trouble(trouble: Trouble) -> Problem:
    """Return the problem that tells of a trouble outside the program."""
    name = {
        Trouble.AWAY: "unavailable",
        Trouble.FULL: "no-space",
        Trouble.UNRECORDED: "not-recorded",
        Trouble.CLOCKS: "clocks-differ",
    }[trouble]
    return Problem(name, headers={"Retry-After": str(RETRY_AFTER[trouble])})


def errors_of(detail: Any, pointer: str = "") -> list[dict[str, str]]:
    """Return a validation error of DRF's as a flat list with a JSON Pointer (RFC 6901) to each field."""
    if isinstance(detail, Mapping):
        return [
            found
            for name, inner in detail.items()
            for found in errors_of(
                inner, pointer if name == "non_field_errors" else f"{pointer}/{_escaped(str(name))}"
            )
        ]
    if isinstance(detail, list) and any(isinstance(one, dict | list) for one in detail):
        return [
            found for place, inner in enumerate(detail) for found in errors_of(inner, f"{pointer}/{place}")
        ]
    sentences = detail if isinstance(detail, list) else [detail]
    return [
        {"pointer": f"#{pointer}", "code": getattr(one, "code", "invalid") or "invalid", "detail": str(one)}
        for one in sentences
    ]


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
