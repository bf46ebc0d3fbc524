"""Where a job that is queued under a lock stands: waiting, being done, to be tried again, and whether anybody works."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

#: A worker says so every ten seconds.
SILENT: Final = "30 seconds"


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is known of a job.

    Attributes:
        status: ``todo`` or ``doing``; None where none is queued.
        scheduled_at: not before when it is tried.
        is_alive: the worker that does it was heard of lately.
        some_worker: any was.
    """

    status: str | None
    scheduled_at: datetime | None
    is_alive: bool
    some_worker: bool


def waiting(queueing_lock: str) -> Waiting:
    """Return where the job of a queueing lock stands. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT job.status, job.scheduled_at, coalesce(worker.last_heartbeat > now() - %(silent)s::interval, false),
                   EXISTS (SELECT 1 FROM procrastinate_workers WHERE last_heartbeat > now() - %(silent)s::interval)
            FROM (SELECT 1) AS one
            LEFT JOIN LATERAL (
                SELECT status::text, scheduled_at, worker_id FROM procrastinate_jobs
                WHERE status IN ('todo', 'doing') AND queueing_lock = %(lock)s ORDER BY status = 'doing' DESC LIMIT 1
            ) AS job ON true
            LEFT JOIN procrastinate_workers AS worker ON worker.id = job.worker_id
            """,
            {"silent": SILENT, "lock": queueing_lock},
        )
        return Waiting(*cursor.fetchone())
