"""Jobs of case work, queued in the transaction of what they are about."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from takedowns.postgres.queueing import BackOff


@app.task(name="sending.send_bundle", queue="mail", retry=BackOff())
def send_bundle(sending_id: str) -> None:
    """Send a hand-off bundle by mail. What the mail server refuses is recorded, and sent again when a person says so."""
    from takedowns.sending.mail import send  # noqa: PLC0415 - models are not there at import

    send(UUID(sending_id))


@app.periodic(cron="*/5 * * * *")
@app.task(name="sending.sweep", queue="mail", queueing_lock="sweep sendings")
def sweep(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Every five minutes, queue each bundle that waits to be sent and of which no job is left."""
    from takedowns.sending.mail import forgotten, send_later  # noqa: PLC0415 - as above

    if waiting := forgotten():
        send_later(waiting)
