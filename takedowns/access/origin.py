"""Where a change comes from: a page, a call with a key, a command. Events and entries of the ledger keep it.

One text, which the database keeps as it is: ``page ADDRESS``, ``key ID ADDRESS``, ``link ID ADDRESS``, ``partner ID ADDRESS``,
``command NAME``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

_origin: ContextVar[str] = ContextVar("origin", default="")


def origin() -> str:
    """Return where what is done now comes from; empty where nobody said."""
    return _origin.get() or _command()


@contextmanager
def coming_from(text: str) -> Iterator[None]:
    """Run a block whose changes come from there: see :func:`of_request` and :func:`of_key`."""
    token = _origin.set(text)
    try:
        yield
    finally:
        _origin.reset(token)


def of_request(request: HttpRequest) -> str:
    """Return the origin of a page's request."""
    return " ".join(filter(None, ("page", address_of(request))))


def of_key(key_id: UUID, request: HttpRequest) -> str:
    """Return the origin of a call with an API key."""
    return " ".join(filter(None, ("key", str(key_id), address_of(request))))


def of_link(link_id: UUID, request: HttpRequest) -> str:
    """Return the origin of a page's request by somebody who came by a link."""
    return " ".join(filter(None, ("link", str(link_id), address_of(request))))


def address_of(request: HttpRequest | None) -> str | None:
    """Return the caller's address; behind our own proxy, the one that the proxy itself wrote, which is the last.

    None where there is none, or what the proxy wrote is no address: nobody is kept from signing in for that.
    """
    if request is None:
        return None
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.API_TRUST_FORWARDED_FOR else ""
    written = forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
    try:
        return str(ip_address(written))
    except ValueError:
        return None


@cache
def _command() -> str:
    """Return which command of ours this process is, such as the worker."""
    program, *arguments = sys.argv or [""]
    return f"command {arguments[0]}" if Path(program).name == "manage.py" and arguments else ""
