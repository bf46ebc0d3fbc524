"""Jobs of the house itself."""

from __future__ import annotations

from procrastinate.contrib.django import app

from takedowns.postgres.queueing import BackOff


@app.periodic(cron="17 3 * * *")
@app.task(name="retention.forget", queue="house", queueing_lock="forget by night", retry=BackOff())
def forget_by_night(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Each night, delete what is past its time (``retention.py``)."""
    from takedowns.retention.services import forget  # noqa: PLC0415 - models are not there at import

    forget()
