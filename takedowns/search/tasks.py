"""Jobs of changes of many, queued in the transaction of what they are about."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from takedowns.postgres.queueing import BackOff


@app.task(name="search.do_portions", queue="changes", retry=BackOff())
def do_portions(long_change_id: str) -> None:
    """Do what is left of a long change, portion by portion; where one fails it stays whole, and is tried again later."""
    from takedowns.search.long_changes import do_next_portion  # noqa: PLC0415 - models are not there at import

    while do_next_portion(UUID(long_change_id)):
        pass


@app.periodic(cron="*/5 * * * *")
@app.task(name="search.sweep", queue="changes", queueing_lock="sweep long changes")
def sweep(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Every five minutes, queue each long change of which something is left and no job."""
    from takedowns.search.long_changes import do_later, forgotten  # noqa: PLC0415 - as above

    for long_change_id in forgotten():
        do_later(long_change_id)
