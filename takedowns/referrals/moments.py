"""When something may be said to have happened: by whoever tells it later, by a clock that is not ours. One rule for every door."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from django.utils import timezone

#: How far the clock of whoever tells it may run before or behind ours; people tell it to the minute.
CLOCK_SKEW: Final = timedelta(minutes=1)


class Misdated(Enum):
    """Why a moment is refused."""

    AHEAD = auto()
    BEFORE = auto()


def misdated(at: datetime, *, since: datetime | None = None, now: datetime | None = None) -> Misdated | None:
    """Tell whether a moment lies ahead of now, or before what it follows on; None where it may be.

    Args:
        at: as it was told.
        since: the moment before which it cannot have happened, where there is one: nothing is answered before it is asked.
        now: the present, unless told.
    """
    if at > (now or timezone.now()) + CLOCK_SKEW:
        return Misdated.AHEAD
    if since is not None and at < since - CLOCK_SKEW:
        return Misdated.BEFORE
    return None


def moment_told(at: datetime, *, since: datetime | None = None, now: datetime | None = None) -> datetime:
    """Return the moment that is kept of one that may be: what :func:`misdated` forgives is put right by our clock."""
    at = min(at, now or timezone.now())
    return at if since is None else max(at, since)
