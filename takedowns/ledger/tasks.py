"""Jobs of the ledger."""

from __future__ import annotations

from procrastinate.contrib.django import app


@app.periodic(cron="* * * * * */20")
@app.task(name="ledger.seal", queue="ledger", queueing_lock="seal the ledger")
def seal_ledger(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Every 20 seconds, seal what is new. Late or dead, entries wait; none is lost."""
    from takedowns.ledger.sealing import seal  # noqa: PLC0415 - models are not there at import

    seal()
