"""The oldest writing transaction of the whole server: it holds back whoever reads the log of events, in whichever database it is."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

#: From so many seconds on it is told to whoever runs the installation.
ALARM_SECONDS: Final = 60

# A role without pg_read_all_stats is shown the number and the database of others' transactions, not since when: then a process
# that lives long, as the worker does, knows for how long it has seen it.
_OLDEST: Final = """
    SELECT pid, datname, usename, since, extract(epoch FROM now() - since)::float, is_prepared, xid FROM (
        SELECT activity.pid, activity.datname, activity.usename, activity.xact_start AS since,
               age(activity.backend_xid) AS age, false AS is_prepared, activity.backend_xid::text AS xid
        FROM pg_stat_activity AS activity
        WHERE activity.backend_xid IS NOT NULL AND activity.pid <> pg_backend_pid()
        UNION ALL
        SELECT NULL, database, owner, prepared, age(transaction), true, transaction::text FROM pg_prepared_xacts
    ) AS writing
    ORDER BY age DESC LIMIT 1
"""


@dataclass(frozen=True)
class Oldest:
    """A transaction that writes.

    Attributes:
        since: when it began; None where this role is not told (it needs pg_read_all_stats).
        seconds: for how long it has been open; where that is not told, for how long this process has seen it.
        is_lower_bound: whether it is not told.
        is_prepared: whether it was prepared for two-phase commit and waits for nobody's session.
    """

    pid: int | None
    database: str
    role: str
    since: datetime | None
    seconds: float
    is_lower_bound: bool
    is_prepared: bool

    @property
    def is_long(self) -> bool:
        """Whether it has been open for so long that somebody should look."""
        return self.seconds >= ALARM_SECONDS

    def __str__(self) -> str:
        who = "a prepared transaction" if self.is_prepared else f"process {self.pid}"
        how_long = f"{'at least ' if self.is_lower_bound else ''}{self.seconds:.0f} s"
        return f"{who} of role {self.role or '?'} in database {self.database}, open for {how_long}"


#: The transaction that was the oldest when it was last asked, and when it was first seen.
_seen: dict[tuple[object, ...], float] = {}


def oldest() -> Oldest | None:
    """Return the oldest writing transaction beside one's own, or None. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST)
        row = cursor.fetchone()
    if row is None:
        _seen.clear()
        return None
    pid, database, role, since, seconds, is_prepared, xid = row
    first = _seen.get((pid, database, xid), time.monotonic())
    _seen.clear()
    _seen[pid, database, xid] = first
    known = seconds if seconds is not None else time.monotonic() - first
    return Oldest(pid, database or "", role or "", since, known, seconds is None, is_prepared)
