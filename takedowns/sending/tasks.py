"""Jobs of case work, queued in the transaction of what they are about."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app


@app.task(name="sending.send_bundle", queue="mail", retry=3)
def send_bundle(sending_id: str) -> None:
    """Send a hand-off bundle by mail. What the mail server refuses is recorded, and sent again when a person says so."""
    from takedowns.sending.mail import send  # noqa: PLC0415 - models are not there at import

    send(UUID(sending_id))
