"""The page that is shown when something failed. It needs no database, no session and no collected static files."""

from __future__ import annotations

import logging
import sys
import uuid
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

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
    # Set by the middleware where the failure came after it: then it is what the person chose.
    spoken = getattr(request, "LANGUAGE_CODE", None) or translation.get_language_from_request(request)
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
