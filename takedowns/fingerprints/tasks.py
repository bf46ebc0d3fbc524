"""Jobs of fingerprints."""

from __future__ import annotations

from procrastinate.contrib.django import app


@app.periodic(cron="* * * * *")
@app.task(name="fingerprints.make", queueing_lock="make fingerprints")
def make_each_minute(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Each minute, make the fingerprints of pictures that were attached; nothing where the installation uses none."""
    from takedowns.fingerprints.making import make_missing  # noqa: PLC0415 - models are not there at import

    make_missing()
