"""The jobs of the workers: what waits, runs and failed, and who does it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

#: A worker that was not heard of for so many seconds is dead.
SILENT_SECONDS: Final = 30
SHOWN: Final = 100

# What a job is about is its arguments: ids. Nothing else is in them.
_JOB: Final = """
    SELECT job.id, job.task_name, job.queue_name, job.status::text, job.attempts, job.scheduled_at,
           job.args - '{timestamp,trace}'::text[] AS about, job.worker_id,
           (SELECT max(event.at) FROM procrastinate_events AS event WHERE event.job_id = job.id) AS since,
           coalesce(failure.reason, '') AS reason
    FROM procrastinate_jobs AS job LEFT JOIN operating_jobfailure AS failure ON failure.job_id = job.id
"""


@dataclass(frozen=True)
class Job:
    """One job.

    Attributes:
        attempts: how often it was tried and did not succeed.
        scheduled_at: not before when, or None.
        about: its arguments, as ``name=value``.
        since: when it came into its state.
        reason: why the last try failed; empty where that is not known.
    """

    id: int
    task: str
    queue: str
    status: str
    attempts: int
    scheduled_at: datetime | None
    about: str
    worker_id: int | None
    since: datetime | None
    reason: str


@dataclass(frozen=True)
class Worker:
    """A worker, by its own word: it writes down every ten seconds that it lives."""

    id: int
    last_heard: datetime
    is_silent: bool
    running: int


@dataclass(frozen=True)
class Overview:
    """Numbers and lists for one look.

    Attributes:
        waiting: jobs that could run now.
        later: jobs that wait for their moment.
        oldest_waiting_seconds: for how long the longest of those that could run has waited; 0 where none does.
        failing: jobs that wait for another try.
    """

    waiting: int
    later: int
    running: int
    failed: int
    oldest_waiting_seconds: float
    failing: int


def overview() -> Overview:
    """Count. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) FILTER (WHERE status = 'todo' AND coalesce(scheduled_at, '-infinity') <= now()),
                   count(*) FILTER (WHERE status = 'todo' AND scheduled_at > now()),
                   count(*) FILTER (WHERE status = 'doing'),
                   count(*) FILTER (WHERE status = 'failed'),
                   coalesce(extract(epoch FROM now() - min(coalesce(scheduled_at, (
                       SELECT min(at) FROM procrastinate_events WHERE job_id = job.id)))
                       FILTER (WHERE status = 'todo' AND coalesce(scheduled_at, '-infinity') <= now())), 0)::float,
                   count(*) FILTER (WHERE status = 'todo' AND attempts > 0)
            FROM procrastinate_jobs AS job WHERE status IN ('todo', 'doing', 'failed')
            """
        )
        return Overview(*cursor.fetchone())


def workers() -> list[Worker]:
    """Return the workers that are known, those heard of last first. One that ends in order takes itself away."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT worker.id, worker.last_heartbeat, worker.last_heartbeat < now() - make_interval(secs => %s),
                   (SELECT count(*) FROM procrastinate_jobs WHERE worker_id = worker.id AND status = 'doing')
            FROM procrastinate_workers AS worker ORDER BY worker.last_heartbeat DESC
            """,
            [SILENT_SECONDS],
        )
        return [Worker(*row) for row in cursor.fetchall()]


def listed(statuses: Sequence[str], limit: int = SHOWN, *, tried: bool = False) -> list[Job]:
    """Return jobs of those states, the newest first; with ``tried`` only those that were tried before. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_JOB} WHERE job.status = ANY(%s::procrastinate_job_status[]) AND job.attempts >= %s ORDER BY job.id DESC LIMIT %s",
            [list(statuses), int(tried), limit],
        )
        return [_job(row) for row in cursor.fetchall()]


def try_again(job_id: int) -> bool:
    """Put a failed job back into the queue, unless one that does the same waits already. Return whether it waits now."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE procrastinate_jobs AS job SET status = 'todo', scheduled_at = NULL
            WHERE job.id = %s AND (job.status = 'failed' OR (job.status = 'todo' AND job.scheduled_at > now()))
              AND NOT EXISTS (
                SELECT 1 FROM procrastinate_jobs AS other
                WHERE other.queueing_lock = job.queueing_lock AND other.status = 'todo' AND other.id <> job.id)
            RETURNING id
            """,
            [job_id],
        )
        return cursor.fetchone() is not None


def _job(row: Sequence[Any]) -> Job:
    number, task, queue, status, attempts, scheduled_at, about, worker_id, since, reason = row
    about = json.loads(about) if isinstance(about, str) else about
    said = ", ".join(f"{name}={value}" for name, value in dict(about).items())
    return Job(number, task, queue, status, attempts, scheduled_at, said, worker_id, since, reason)
