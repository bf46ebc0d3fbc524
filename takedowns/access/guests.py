"""Whoever comes without an account, by a link that opens one hand-off: no person, and named as the link in all that they do.

What lets them in is known to an app above (``sending``), which registers how to find it; the middleware asks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, cast

from django.http import HttpRequest
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from takedowns.access.actor import Actor

#: In a session: at which link's door this browser stands. The address that it came by is not kept.
DOOR: Final = "hand_off_door"
_GUEST: Final = "_guest"
_finders: list[Callable[[HttpRequest], Actor | None]] = []


def register_guests(finder: Callable[[HttpRequest], Actor | None]) -> None:
    """Have ``finder`` asked who comes with a request of nobody signed in. Apps do it when they are ready."""
    if finder not in _finders:
        _finders.append(finder)


def guest_of(request: HttpRequest) -> Actor | None:
    """Return as whom somebody without an account asks, or None; each request is looked at once."""
    if not hasattr(request, _GUEST):
        setattr(request, _GUEST, next((found for finder in _finders if (found := finder(request))), None))
    return cast("Actor | None", getattr(request, _GUEST))


def named(to: str) -> str:
    """Return the name of whoever came by a link, by the address that it was sent to."""
    return _("link to %(address)s") % {"address": to}
