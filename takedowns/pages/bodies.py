"""How much may be sent to a page, decided before anything of it is read: Django reads a form before it knows who sends it."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import inf
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from takedowns.access.guests import guest_of
from takedowns.pages.routes import API

#: The pages that take a file; how long it may be, their forms say. A proxy in front lets the same in (deploy/nginx, deploy/caddy).
FILES: Final = re.compile(
    r"/operations/[^/]+/(?:hand-in|answers|statements|exchange/bring|look-again)/|/desk/[^/]+/answers/|/exports/"
    r"|/listed-groups/import/"
)
#: The page that takes several of them at once, each at most ``EVIDENCE_MAX_BYTES``, and how many.
SEVERAL_FILES: Final = re.compile(r"/operations/[^/]+/referrals/[^/]+/evidence/")
FILES_AT_ONCE: Final = 20
#: Where a partner installation's program asks, which signs each call (deconfliction/); whoever names no pair is not read.
PARTNERS: Final = "/deconfliction/ask"
#: For whoever is not signed in, nor came by a link: an address of mail, a password, a code. Bytes.
OF_STRANGERS: Final = 64 * 1024


class BodiesMiddleware:
    """Refuses what is longer than its page takes; stands where it is known who sends it, and before anything is read.

    The API says the same in its own words (``api/base.py``).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(API) and length_of(request) > most_for(request):
            why = _("What was sent is longer than this page takes. Nothing of it was read or recorded.")
            response = HttpResponse(render_to_string("400.html", {"why": why}), status=413)
            response.headers["Connection"] = "close"
            return response
        return self.get_response(request)


def length_of(request: HttpRequest) -> float:
    """Return how many bytes a request says that it brings; what is no such number is more than anybody takes."""
    told = request.META.get("CONTENT_LENGTH") or "0"
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 20 else inf


def most_for(request: HttpRequest) -> int:
    """Return how many bytes a page takes from who sends them."""
    if request.path_info == PARTNERS:
        return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    if not request.user.is_authenticated and guest_of(request) is None:
        return OF_STRANGERS
    fields = int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    if FILES.fullmatch(request.path_info):
        return fields + int(settings.SUBMISSION_MAX_BYTES)
    if SEVERAL_FILES.fullmatch(request.path_info):
        return fields + FILES_AT_ONCE * int(settings.EVIDENCE_MAX_BYTES)
    return fields
