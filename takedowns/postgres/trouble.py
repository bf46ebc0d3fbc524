"""What went wrong outside the program, so that it is told as that and not as our fault: database away, disk full, clocks that differ."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Final

import psycopg
from django.db import InterfaceError

#: Connection exceptions, shutdown, crash, starting, no free connection, a standby that takes no writes.
_AWAY: Final = ("08", "57P", "53300", "25006")
_FULL: Final = ("53100",)
_FULL_DISK: Final = {errno.ENOSPC, errno.EDQUOT}


class Trouble(Enum):
    """What is the matter."""

    AWAY = "away"
    FULL = "full"
    UNRECORDED = "unrecorded"
    CLOCKS = "clocks"


class NotRecordedError(Exception):
    """Who looked could not be entered in the access log, so that nothing may be shown."""


class ClocksDifferError(Exception):
    """This machine's clock is so far behind the database's that the database believes nothing that is signed here."""


#: Seconds after which a caller may try again.
RETRY_AFTER: Final[Mapping[Trouble, int]] = {
    Trouble.AWAY: 5,
    Trouble.FULL: 60,
    Trouble.UNRECORDED: 60,
    Trouble.CLOCKS: 60,
}


def trouble_of(error: BaseException | None) -> Trouble | None:
    """Name the trouble outside that led to an exception, or None where it is the program's own."""
    for one in _chain(error):
        if isinstance(one, NotRecordedError):
            return Trouble.UNRECORDED
        if isinstance(one, ClocksDifferError):
            return Trouble.CLOCKS
        if isinstance(one, OSError) and one.errno in _FULL_DISK:
            return Trouble.FULL
        if isinstance(one, psycopg.Error):
            state = one.sqlstate or ""
            if state.startswith(_FULL):
                return Trouble.FULL
            # Where a connection breaks amid an answer, the driver has no state and knows no nearer class.
            is_broken = isinstance(one, psycopg.OperationalError) or type(one) is psycopg.DatabaseError
            if state.startswith(_AWAY) or (not state and is_broken):
                return Trouble.AWAY
        elif isinstance(one, InterfaceError):
            return Trouble.AWAY
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
