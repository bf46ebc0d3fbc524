"""Jobs of the figures."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app


@app.periodic(cron="* * * * *")
@app.task(name="figures.fold", queue="statistics", queueing_lock="fold the figures")
def fold_figures(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Each minute, fold what is new, so that a figure is quick. Late or dead, it costs time and no figure."""
    from takedowns.figures.fold import fold  # noqa: PLC0415 - models are not there at import

    fold()


# Tried again for an hour: a long transaction that began before the moment must end first.
@app.periodic(cron="15 2 * * *")
@app.task(
    name="figures.export",
    queue="statistics",
    queueing_lock="export the figures",
    lock="export the figures",
    retry=RetryStrategy(max_attempts=60, wait=60),
)
def export_figures(timestamp: int) -> None:
    """Each night, write every operation's figures to a folder, if the installation wants it. As of the planned moment."""
    if not settings.EXPORT_FOLDER:
        return
    from takedowns.figures.nightly import write_nightly  # noqa: PLC0415 - models are not there at import

    write_nightly(datetime.fromtimestamp(timestamp, UTC))
