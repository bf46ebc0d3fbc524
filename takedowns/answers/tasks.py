"""Jobs of the answers."""

from __future__ import annotations

from procrastinate.contrib.django import app

from takedowns.postgres.queueing import BackOff


@app.periodic(cron="27 * * * *")
@app.task(
    name="answers.discard_abandoned",
    queue="intake",
    queueing_lock="discard abandoned answers",
    retry=BackOff(),
)
def discard_abandoned_batches(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Each hour, discard the answers that were looked at and that nobody recorded within a day."""
    from takedowns.answers.batches import discard_abandoned  # noqa: PLC0415 - the models are not there at import

    discard_abandoned()
