"""The oldest writing transaction of the whole server: it holds back whoever reads the log of events, in whichever database it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

#: From so many seconds on it is told to whoever runs the installation.
ALARM_SECONDS: Final = 60

# A role without pg_read_all_stats is shown the number and the database of others' transactions, not since when. Then the age
# is not known, and the worker tells how long it has seen it.
_OLDEST: Final = """
    SELECT pid, datname, usename, application_name, since, extract(epoch FROM now() - since)::float, is_prepared FROM (
        SELECT activity.pid, activity.datname, activity.usename, activity.application_name, activity.xact_start AS since,
               age(activity.backend_xid) AS age, false AS is_prepared
        FROM pg_stat_activity AS activity
        WHERE activity.backend_xid IS NOT NULL AND activity.pid <> pg_backend_pid()
        UNION ALL
        SELECT NULL, database, owner, '', prepared, age(transaction), true FROM pg_prepared_xacts
    ) AS writing
    ORDER BY age DESC LIMIT 1
"""


@dataclass(frozen=True)
class Oldest:
    """A transaction that writes.

    Attributes:
        since: when it began; None where this role is not told (it needs pg_read_all_stats).
        seconds: for how long it has been open; None likewise.
        is_prepared: whether it was prepared for two-phase commit and waits for nobody's session.
    """

    pid: int | None
    database: str
    role: str
    program: str
    since: datetime | None
    seconds: float | None
    is_prepared: bool

    @property
    def is_long(self) -> bool:
        """Whether it has been open for so long that somebody should look."""
        return self.seconds is not None and self.seconds >= ALARM_SECONDS

    def __str__(self) -> str:
        who = "a prepared transaction" if self.is_prepared else f"process {self.pid}"
        how_long = "" if self.seconds is None else f", open for {self.seconds:.0f} s"
        return f"{who} of role {self.role or '?'} in database {self.database}{how_long}"


def oldest() -> Oldest | None:
    """Return the oldest writing transaction beside one's own, or None. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST)
        row = cursor.fetchone()
    return (
        Oldest(row[0], row[1] or "", row[2] or "", row[3] or "", row[4], row[5], row[6])
        if row is not None
        else None
    )
