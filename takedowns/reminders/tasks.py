"""Jobs about silent platforms."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from takedowns.postgres.queueing import BackOff


@app.task(name="reminders.send", queue="mail", retry=BackOff())
def send_reminder(reminder_id: str) -> None:
    """Mail one reminder. What the mail server refuses is recorded, and sent again when a person says so."""
    from takedowns.reminders.taking import send  # noqa: PLC0415 - models are not there at import

    send(UUID(reminder_id))


@app.periodic(cron="3-59/10 * * * *")
@app.task(name="reminders.take_steps", queue="mail", queueing_lock="take steps of silence", retry=BackOff())
def take_steps(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Every ten minutes, take the steps that are due, and queue each reminder of which no job is left."""
    from takedowns.reminders import taking  # noqa: PLC0415 - as above

    taking.take_steps()
    taking.send_later(taking.forgotten())
