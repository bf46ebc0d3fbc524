"""Jobs of the access log."""

from __future__ import annotations

from procrastinate.contrib.django import app

from takedowns.postgres.queueing import BackOff


@app.periodic(cron="7 * * * *")
@app.task(name="access_log.keep", queue="house", queueing_lock="keep the access log", retry=BackOff())
def keep_access_log(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Each hour, make the months to come and drop those past their time. Late or dead, entries go to the default partition."""
    from takedowns.access_log.partitions import forget, prepare  # noqa: PLC0415 - models are not there at import

    prepare()
    forget()
