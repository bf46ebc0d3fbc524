"""The page that is shown when something failed. It needs no database, no session and no collected static files."""

from __future__ import annotations

import logging
import sys
import uuid
from typing import Final

from django.contrib.sessions.exceptions import SessionInterrupted
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.views.defaults import bad_request

from takedowns.postgres.trouble import RETRY_AFTER, Trouble, trouble_of

log = logging.getLogger(__name__)

_TEMPLATES: Final = {
    Trouble.AWAY: "503.html",
    Trouble.FULL: "503_full.html",
    Trouble.UNRECORDED: "503_unrecorded.html",
    Trouble.CLOCKS: "503_clocks.html",
    None: "500.html",
}
_PLAIN: Final = (
    "Something went wrong on our side. Nothing was half-recorded. Try again in a while. Incident {}.\n"
)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer for an exception that nobody caught (Django's ``handler500``), in the reader's language.

    A failure of ours has a number, which stands in the log with all that is known of it. What is the matter outside the program (no database, no space) is 503, with the time after which to try again.
    """
    exception = sys.exc_info()[1]
    incident = uuid.uuid4()
    trouble = trouble_of(exception)
    status = 503 if trouble else 500
    spoken = _spoken_to(request)
    try:
        with translation.override(spoken):
            page, kind = (
                str(render_to_string(_TEMPLATES[trouble], {"incident": incident})),
                "text/html; charset=utf-8",
            )
    except Exception:
        log.exception("The page about a failure failed itself.")
        page, kind = _PLAIN.format(incident), "text/plain; charset=utf-8"
    response = HttpResponse(page, status=status, content_type=kind)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Language"] = spoken
    response._has_been_logged = True  # type: ignore[attr-defined] # what Django would add stands in the lines below
    if not trouble:
        person = getattr(getattr(request, "actor", None), "user_id", None)
        log.error("Incident %s at %s", incident, request.path, exc_info=exception, extra={"person": person})
    if trouble:
        log.error("%s: %s", trouble.name, " ".join(str(exception).split()))
        response.headers["Retry-After"] = str(RETRY_AFTER[trouble])
        response.trouble = trouble  # type: ignore[attr-defined] # for whoever tells it otherwise (api/middleware.py)
    return response


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for what cannot be taken in (Django's ``handler400``).

    A session that was ended elsewhere is noticed when it is written, after what the page did stands in the database.
    """
    template = "400_signed_out.html" if isinstance(exception, SessionInterrupted) else "400.html"
    with translation.override(_spoken_to(request)):
        return bad_request(request, exception, template)


def _spoken_to(request: HttpRequest) -> str:
    """Return the reader's language: what the person chose, where the middleware that knows it came to it."""
    return getattr(request, "LANGUAGE_CODE", None) or translation.get_language_from_request(request)
