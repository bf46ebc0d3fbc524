"""Jobs of case work, queued in the transaction of what they are about."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from procrastinate.contrib.django import app
from procrastinate.types import JSONValue


@app.task(name="referrals.send_bundle", queue="mail", retry=3)
def send_bundle(sending_id: str) -> None:
    """Send a hand-off bundle by mail. What the mail server refuses is recorded, and sent again when a person says so."""
    from takedowns.referrals.mail import send  # noqa: PLC0415 - models are not there at import

    send(UUID(sending_id))


def send_later(sending_ids: Sequence[UUID]) -> None:
    """Queue bundles to be sent. One statement."""
    arguments: list[dict[str, JSONValue]] = [{"sending_id": str(one)} for one in sending_ids]
    send_bundle.batch_defer(*arguments)
