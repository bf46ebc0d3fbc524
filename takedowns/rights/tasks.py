"""Jobs of what the law asks."""

from __future__ import annotations

from procrastinate.contrib.django import app

from takedowns.postgres.queueing import BackOff


@app.periodic(cron="47 3 * * *")
@app.task(name="rights.pseudonymise", queue="house", queueing_lock="put pseudonyms", retry=BackOff())
def pseudonymise(timestamp: int = 0) -> None:  # noqa: ARG001 - procrastinate passes it at night
    """Give pseudonyms to people who left: those for whom it is agreed, and those whose time is over."""
    from takedowns.rights.pseudonyms import put_all  # noqa: PLC0415 - models are not there at import

    put_all()
