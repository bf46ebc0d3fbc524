"""As which part of the application a request connects to the database (``takedowns.postgres.parts``)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

from takedowns.postgres.parts import Part, connected_as

#: Pages that sign somebody in, or make or end what signs in: passwords, second factors, sessions, invitations, codes. And the one that
#: says what is held about somebody, wherever it is written. A program that gets a token signs in, too: wrong secrets are counted.
_OF_SIGN_IN: Final = re.compile(
    r"/(account|sign-in|sign-out|session|typed|language|people|invitation|invitations|hand-off)/"
    r"|/desk/[^/]+/(people|invitations)/|/retention/data-report/|/api/v1/oauth/"
)


def part_of(path: str) -> Part:
    """Return which part answers at an address."""
    if _OF_SIGN_IN.match(path):
        return Part.SIGN_IN
    return Part.API if path.startswith("/api/") else Part.WEB


class SignInPartMiddleware:
    """Finds out who is signed in, and stores the session afterwards, as the part that may read sessions and accounts.

    What stands inside of ``ActorMiddleware`` connects as :func:`part_of` says.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with connected_as(Part.SIGN_IN):
            return self.get_response(request)
