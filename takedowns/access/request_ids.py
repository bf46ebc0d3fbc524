"""A name for each request: the caller's own or one made here, given back with the answer and written in every line of the log."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

HEADER: Final = "X-Request-ID"
#: What is taken from a caller: nothing that could be read as more than a name where it is logged.
_SHAPE: Final = re.compile(r"[A-Za-z0-9._:-]{1,100}")

_current: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """Return the name of the request that is being answered; empty where there is none."""
    return _current.get()


def make_request_id() -> str:
    """Return a new name."""
    return uuid.uuid4().hex


class RequestIdMiddleware:
    """Names each request. Stands first, so that whatever answers bears the name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get(HEADER, "")
        name = given if _SHAPE.fullmatch(given) else make_request_id()
        token = _current.set(name)
        try:
            response = self.get_response(request)
        finally:
            _current.reset(token)
        response.headers[HEADER] = name
        return response


class RequestIdFilter(logging.Filter):
    """Lets each line of the log name the request it was written in."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the name; let every record pass."""
        # Django's server logs a response after the middleware has ended; the request knows its name no more then.
        record.request_id = current_request_id() or "-"
        return True
