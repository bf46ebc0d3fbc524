"""No text of others turns the direction in which a page is read: its signs for that stand there, written out."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

from takedowns.tabular.signs import shown

_TYPES: Final = ("text/html", "image/svg+xml")
#: The first bytes of all of them in UTF-8: a page without these, as nearly every one, is not looked at further.
_MAYBE: Final = re.compile(b"\xe2(?:\x80[\x8e\x8f\xaa-\xae]|\x81[\xa6-\xa9])")
#: What people read is between tags. What a form holds is sent back, and stays as it is.
_KEPT: Final = re.compile(r"<textarea\b.*?</textarea>|<[^>]*>", re.DOTALL)


class DirectionsMiddleware:
    """Writes out, on each page, signs that turn the direction of reading."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = response.get("Content-Type", "").startswith(_TYPES) and not response.streaming
        if is_page and _MAYBE.search(response.content):
            response.content = _written_out(response.content.decode()).encode()
            if "Content-Length" in response:
                response.headers["Content-Length"] = str(len(response.content))
        return response


def _written_out(page: str) -> str:
    parts, at = [], 0
    for kept in _KEPT.finditer(page):
        parts += [shown(page[at : kept.start()]), kept[0]]
        at = kept.end()
    return "".join([*parts, shown(page[at:])])
