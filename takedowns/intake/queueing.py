"""Queueing jobs of the intake, in the transaction of what they are about."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued


def lock_of(submission_id: UUID) -> str:
    """Return the queueing lock of a submission's load: one waits at a time."""
    return f"submission {submission_id}"


def load_later(submission_id: UUID) -> None:
    """Queue the load; a load that waits already is not queued twice."""
    with suppress(AlreadyEnqueued):
        app.configure_task(
            "intake.load_submission", allow_unknown=False, queueing_lock=lock_of(submission_id)
        ).defer(submission_id=str(submission_id))


def take_up_later(submission_id: UUID) -> None:
    """Queue the taking up of waiting rows; one that waits already is not queued twice."""
    with suppress(AlreadyEnqueued):
        app.configure_task(
            "intake.take_up", allow_unknown=False, queueing_lock=f"take up {submission_id}"
        ).defer(submission_id=str(submission_id))
