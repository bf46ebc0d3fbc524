"""Jobs of the intake, queued in the transaction of what they are about."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued


@app.task(name="intake.load_submission", queue="intake", retry=3)
def load_submission(submission_id: str) -> None:
    """Load a submission. One that another process is loading, or has loaded, is left alone."""
    from takedowns.intake.load import AlreadyLoading, load  # noqa: PLC0415 - the loader's models are not there at import

    try:
        load(UUID(submission_id))
    except AlreadyLoading:
        return


def load_later(submission_id: UUID) -> None:
    """Queue the load; a load that waits already is not queued twice."""
    try:
        load_submission.configure(queueing_lock=f"submission {submission_id}").defer(
            submission_id=str(submission_id)
        )
    except AlreadyEnqueued:
        return
