"""Each request asks as the person who is signed in, or as the link that somebody came by."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from takedowns.access.actor import NOBODY, Actor, acting_as
from takedowns.access.guests import guest_of
from takedowns.access.origin import coming_from, of_link, of_request
from takedowns.access.parts import part_of
from takedowns.postgres.parts import connected_as


class ActorMiddleware:
    """Names who asks for the time of the view, in one transaction that is rolled back when the view fails."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        actor = Actor.of(request.user) if request.user.is_authenticated else guest_of(request) or NOBODY
        request.actor = actor  # type: ignore[attr-defined]
        origin = of_link(actor.link.id, request) if actor.link else of_request(request)
        with coming_from(origin), connected_as(part_of(request.path)):
            if actor is NOBODY:
                return self.get_response(request)
            with acting_as(actor):
                return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:  # noqa: ARG002
        """Take back what a failing view wrote: Django makes a page of its exception before ``__call__`` could see it."""
        if connection.in_atomic_block:
            transaction.set_rollback(True)
