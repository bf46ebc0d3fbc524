"""Jobs of oversight."""

from __future__ import annotations

from procrastinate.contrib.django import app

from takedowns.postgres.queueing import BackOff


@app.periodic(cron="*/10 * * * *")
@app.task(
    name="oversight.raise_alarms",
    queue="house",
    queueing_lock="raise alarms about who looked",
    retry=BackOff(),
)
def raise_alarms(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Every ten minutes, raise what is unusual in who looked at what."""
    from takedowns.oversight.alarms import raise_alarms as look  # noqa: PLC0415 - models are not there at import

    look()
