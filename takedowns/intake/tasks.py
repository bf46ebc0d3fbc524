"""Jobs of the intake, queued in the transaction of what they are about."""

from __future__ import annotations

import logging
from typing import cast
from uuid import UUID

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import ProcrastinateException

from takedowns.postgres.queueing import BackOff, Manager

log = logging.getLogger(__name__)

#: A worker that has not been heard of for this long is dead; its jobs are tried again.
SILENT_SECONDS = 30


@app.task(name="intake.load_submission", queue="intake", retry=BackOff())
def load_submission(submission_id: str) -> None:
    """Load a submission. One that another process is loading, or has loaded, is left alone.

    What stands in its way from outside (no space, no file, no database) is written down for its page, and it is tried again.
    """
    from takedowns.intake.load import AlreadyLoading, load  # noqa: PLC0415 - the loader's models are not there at import
    from takedowns.intake.standing import record_failure  # noqa: PLC0415

    try:
        load(UUID(submission_id))
    except AlreadyLoading:
        return
    except Exception as error:
        record_failure(UUID(submission_id), error)
        raise


@app.periodic(cron="*/5 * * * *")
@app.task(name="intake.sweep", queue="intake", queueing_lock="sweep submissions")
def sweep(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Every five minutes, queue each submission that waits to be loaded and of which no job is left."""
    from takedowns.intake.queueing import load_later  # noqa: PLC0415 - as above
    from takedowns.intake.standing import forgotten  # noqa: PLC0415

    for submission_id in forgotten():
        load_later(submission_id)


@app.task(name="intake.take_up", queue="intake", retry=BackOff())
def take_up_submission(submission_id: str) -> None:
    """Read the rows of a submission again that waited for a host; one being loaded is tried again later."""
    from takedowns.intake.load import take_up  # noqa: PLC0415 - the loader's models are not there at import

    take_up(UUID(submission_id))


@app.periodic(cron="23 * * * *")
@app.task(
    name="intake.discard_abandoned_previews",
    queue="intake",
    queueing_lock="discard abandoned previews",
    retry=BackOff(),
)
def discard_abandoned_previews(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Each hour, discard the previews that nobody handed in within a day, those of test keys as well."""
    from takedowns.access.actor import placed  # noqa: PLC0415 - as above
    from takedowns.intake.confirm import discard_abandoned  # noqa: PLC0415

    for sandbox in (False, True):
        with placed(in_sandbox=sandbox):
            discard_abandoned()


@app.periodic(cron="37 3 * * *")
@app.task(name="intake.delete_strays", queue="intake", queueing_lock="delete stray files", retry=BackOff())
def delete_stray_files(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Each night, delete the files of lists that no record names."""
    from takedowns.intake.stray_files import delete_strays  # noqa: PLC0415 - as above

    delete_strays()


@app.periodic(cron="* * * * *")
@app.task(name="intake.retry_abandoned", queue="intake", queueing_lock="retry abandoned", pass_context=True)
async def retry_abandoned(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Each minute, try the jobs of killed workers again: what they were doing was rolled back with them."""
    await retry_jobs_of_silent_workers(context)


async def retry_jobs_of_silent_workers(context: JobContext, seconds: float = SILENT_SECONDS) -> None:
    """Put the jobs of workers that have been silent for ``seconds`` back into the queue."""
    manager = cast("Manager", context.app.job_manager)
    await manager.follow_the_clock()
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=seconds):
        try:
            await manager.retry_job(job)
        except ProcrastinateException:  # another worker saw to it meanwhile; the others still wait for theirs
            log.warning("Job %s could not be put back into the queue.", job.id, exc_info=True)
