"""A NUL, which no text of the database holds, and bytes that are no text are told in a sentence; none is replaced in silence.

An address with one is refused here. A form names the field itself; what a view reads without one is refused when the database
refuses it, and what was written is taken back. A list, pasted or a file, is kept as it came: its reader shows the NUL as a sign and
refuses that row alone. The API says the same in its own words (``api/problems.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from takedowns.pages.routes import API
from takedowns.postgres.text import NUL, holds_nul


class WellFormedMiddleware:
    """Refuses an address with a NUL before a view reads it, and a form with one where a view let it through."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(API):
            if _stands_in_address(request):
                return _refused(
                    _(
                        "The address holds a NUL character (%00), which no text here may hold. Take it out and try again."
                    )
                )
            if not is_text(request.META.get("QUERY_STRING", "")) or not _is_text_in_form(request):
                return _refused(
                    _(
                        "What was sent is no text in UTF-8, so it cannot be kept as it is. Nothing was recorded. Open the page anew and send it again."
                    )
                )
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for a view that handed a NUL on to the database; what it wrote is taken back."""
        if request.path_info.startswith(API) or not holds_nul(exception):
            return None
        return _refused(
            _(
                "What was sent holds a NUL character, which no text here may hold. Nothing was recorded. Take it out and send it again."
            )
        )


def is_text(encoded: str | bytes) -> bool:
    """Tell whether an encoded query or form is UTF-8; Django would put a sign in the place of each byte that is none."""
    try:
        unquote_to_bytes(encoded).decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_text_in_form(request: HttpRequest) -> bool:
    """Tell whether a form is UTF-8. One that brings files is not looked at: lists and files are judged by their readers."""
    return request.content_type != "application/x-www-form-urlencoded" or is_text(request.body)


def _stands_in_address(request: HttpRequest) -> bool:
    return NUL in request.path_info or any(
        NUL in text for name, values in request.GET.lists() for text in (name, *values)
    )


def _refused(why: str) -> HttpResponse:
    return HttpResponse(render_to_string("400.html", {"why": why}), status=400)
