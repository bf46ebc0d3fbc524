"""Each page that shows something is recorded before it is given."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from takedowns.access.actor import NOBODY, Actor
from takedowns.access_log.recording import record_page


class AccessLogMiddleware:
    """Writes the entry of a page within the transaction of :class:`takedowns.access.middleware.ActorMiddleware`.

    Calls of the API are recorded where their own transaction is (``api/base.py``).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        actor: Actor = request.actor  # type: ignore[attr-defined]
        if actor is not NOBODY:
            record_page(request, response, by=actor)
        return response
