"""How jobs are queued and tried again: procrastinate's own ways, without an error where there is none.

procrastinate finds out that a job waits already by running into its unique index. That fills the server's log, and breaks the
transaction of whoever queues. Here the same is asked with ``ON CONFLICT``.

And where the machine's clock is set back, jobs do not wait until it has caught up: what comes by the clock comes by the new one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from procrastinate import App, exceptions, periodic
from procrastinate.jobs import Job
from procrastinate.manager import JobManager
from procrastinate.retry import BaseRetryStrategy, RetryDecision

from takedowns import tracing

_DEFER: Final = """
    INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)
    SELECT job.queue_name, job.task_name, job.priority, job.lock, job.queueing_lock, job.args, job.scheduled_at
    FROM unnest(%(jobs)s::procrastinate_job_to_defer_v1[]) AS job
    ON CONFLICT (queueing_lock) WHERE status = 'todo' DO NOTHING
    RETURNING id
"""
_WAITS: Final = (
    "SELECT 1 AS found FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock = %(queueing_lock)s"
)
_ANOTHER_WAITS: Final = """
    SELECT 1 AS found FROM procrastinate_jobs AS job
    JOIN procrastinate_jobs AS other ON other.queueing_lock = job.queueing_lock AND other.status = 'todo'
    WHERE job.id = %(job_id)s AND job.status = 'doing'
"""
# An event that is still to come was written by a clock that went ahead, and so was the moment that its job waits for.
_BY_ANOTHER_CLOCK: Final = """
    UPDATE procrastinate_jobs AS job SET scheduled_at = now()
    WHERE job.status = 'todo' AND job.scheduled_at > now() AND EXISTS (
        SELECT 1 FROM procrastinate_events AS event
        WHERE event.job_id = job.id AND event.type <> 'scheduled' AND event.at > now() + interval '5 seconds')
"""
# Whoever lives says so again within ten seconds, and whoever is dead is silent from now on.
_HEARTBEATS_TO_COME: Final = "UPDATE procrastinate_workers SET last_heartbeat = now() WHERE last_heartbeat > now() + interval '5 seconds'"
_FINISH: Final = "SELECT procrastinate_finish_job_v1(%(job_id)s, 'aborted', false)"


log = logging.getLogger(__name__)


class Manager(JobManager):
    """procrastinate's manager of jobs, which asks whether one waits already before it runs into it."""

    def _defer_jobs_query_kwargs(self, jobs: list[Job]) -> dict[str, Any]:
        if trace := tracing.carried():  # the worker takes it away again before it does the job
            jobs = [job.evolve(task_kwargs={**job.task_kwargs, tracing.CARRIED: trace}) for job in jobs]
        return {**super()._defer_jobs_query_kwargs(jobs), "query": _DEFER}

    def batch_defer_jobs(self, jobs: list[Job], connection: Any | None = None) -> list[Job]:
        """Queue jobs.

        Raises:
            AlreadyEnqueued: one of them waits already. The others are queued, and the transaction goes on.
        """
        try:
            return super().batch_defer_jobs(jobs, connection)
        except IndexError:
            raise exceptions.AlreadyEnqueued("A job with this queueing lock waits already.") from None

    async def batch_defer_jobs_async(self, jobs: list[Job], connection: Any | None = None) -> list[Job]:
        """As :meth:`batch_defer_jobs`."""
        try:
            return await super().batch_defer_jobs_async(jobs, connection)
        except IndexError:
            raise exceptions.AlreadyEnqueued("A job with this queueing lock waits already.") from None

    async def defer_periodic_job(self, job: Job, periodic_id: str, defer_timestamp: int) -> int | None:
        """Queue what is due by the clock, unless it waits from last time.

        Raises:
            AlreadyEnqueued: it does.
        """
        if job.queueing_lock and await self.connector.execute_query_all_async(
            _WAITS, queueing_lock=job.queueing_lock
        ):
            raise exceptions.AlreadyEnqueued("It waits from last time.")
        return await super().defer_periodic_job(job, periodic_id, defer_timestamp)

    async def retry_job_by_id_async(
        self,
        job_id: int,
        retry_at: datetime,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        """Put a job back into the queue; end it where another that does the same waits already."""
        if await self.connector.execute_query_all_async(_ANOTHER_WAITS, job_id=job_id):
            await self.connector.execute_query_async(_FINISH, job_id=job_id)
            return
        try:
            await super().retry_job_by_id_async(job_id, retry_at, priority, queue, lock)
        except exceptions.UniqueViolation:  # it came between the question and the change
            await self.connector.execute_query_async(_FINISH, job_id=job_id)

    async def follow_the_clock(self) -> None:
        """Let nothing wait for the moment from which the clock was set back: dead workers for their silence, jobs for their next try."""
        await self.connector.execute_query_async(_HEARTBEATS_TO_COME)
        await self.connector.execute_query_async(_BY_ANOTHER_CLOCK)


class Deferrer(periodic.PeriodicDeferrer):
    """procrastinate's own, which remembers what it queued last; where that is still to come, the clock was set back."""

    def get_previous_tasks(self, at: float) -> Iterable[periodic.TaskAtTime]:
        """Return what is due by the clock and was not queued yet."""
        to_come = [name for name, moment in self.last_defers.items() if moment > at]
        if to_come:
            log.warning("The clock was set back; what is done by the clock goes on by what it says now.")
        for name in to_come:
            del self.last_defers[name]
        return super().get_previous_tasks(at)


class BackOff(BaseRetryStrategy):
    """Try again until it succeeds: after half a minute, then after twice as long each time, at most after half an hour.

    For what fails for a reason outside, which somebody mends sooner or later. What only waits is seen on the page of jobs.
    """

    FIRST_S: Final = 30
    MOST_S: Final = 30 * 60

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        """Return when to try again. A worker that is asked to stop gives the job back at once."""
        if isinstance(exception, asyncio.CancelledError):
            return RetryDecision(retry_in={"seconds": 0})
        return RetryDecision(
            retry_in={"seconds": min(self.FIRST_S * 2 ** min(job.attempts, 20), self.MOST_S)}
        )


def set_up(app: App) -> None:
    """Let procrastinate's app queue by :class:`Manager` and :class:`Deferrer` (the setting ``PROCRASTINATE_ON_APP_READY``)."""
    app.job_manager = Manager(app.connector)
    periodic.PeriodicDeferrer = Deferrer  # type: ignore[misc]  # its worker takes no other
