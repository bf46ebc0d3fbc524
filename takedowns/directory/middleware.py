"""Each request asks as the person who is signed in."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from takedowns.directory.asking import NOBODY, Asker, asking_as
from takedowns.directory.models import User


class AskingMiddleware:
    """Names who asks for the time of the view, in one transaction that is rolled back when the view fails."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        asker = Asker.of(request.user) if isinstance(request.user, User) else NOBODY
        request.asker = asker  # type: ignore[attr-defined]
        if asker is NOBODY:
            return self.get_response(request)
        with asking_as(asker):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:  # noqa: ARG002
        """Take back what a failing view wrote: Django makes a page of its exception before ``__call__`` could see it."""
        if connection.in_atomic_block:
            transaction.set_rollback(True)
