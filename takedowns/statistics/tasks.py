"""Jobs of the figures."""

from __future__ import annotations

from procrastinate.contrib.django import app


@app.periodic(cron="* * * * *")
@app.task(name="statistics.fold", queue="statistics", queueing_lock="fold the figures")
def fold_figures(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Each minute, fold what is new, so that a figure is quick. Late or dead, it costs time and no figure."""
    from takedowns.statistics.fold import fold  # noqa: PLC0415 - models are not there at import

    fold()
