"""Where a submission stands that is not loaded yet: being read, waiting, to be tried again when, and what stood in the way."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final
from uuid import UUID

from django.db import DatabaseError, connection
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.intake.models import Hindrance, Progress, Submission
from takedowns.intake.queueing import lock_of
from takedowns.postgres.trouble import Trouble, trouble_of
from takedowns.postgres.waiting import waiting

log = logging.getLogger(__name__)

#: Reading tells of itself four times a second; what told so lately is going on.
_LATELY: Final = timedelta(seconds=10)
#: A submission that is handed in has its job in the same transaction, or is loaded by whoever hands it in.
_FORGOTTEN_AFTER: Final = "2 minutes"


class Kind(Enum):
    """What is the case."""

    READING = "reading"
    WAITING = "waiting"
    LATER = "later"  # the last try failed
    STOPPED = "stopped"  # the worker that read it is gone; the others take it up
    NO_WORKER = "no_worker"
    UNQUEUED = "unqueued"  # until the next sweep


@dataclass(frozen=True)
class Standing:
    """Where it stands.

    Attributes:
        try_at: when it is tried again, or None.
        hindrance: why the last try failed, as a sentence; empty where none did.
    """

    kind: Kind
    try_at: datetime | None
    hindrance: str
    bytes_read: int
    rows_read: int


def standing(submission: Submission) -> Standing:
    """Return where a submission stands that was received and is not loaded. Two statements."""
    done = Progress.objects.filter(pk=submission.pk).first()
    job = waiting(lock_of(submission.pk))
    now = timezone.now()
    is_later = job.status == "todo" and job.scheduled_at is not None and job.scheduled_at > now
    hindrance = Hindrance(done.hindrance).label if done and done.hindrance else ""
    if (job.status == "doing" and job.is_alive) or (
        done is not None and not is_later and now - done.updated_at < _LATELY
    ):
        kind = Kind.READING
    elif job.status == "doing":
        kind = Kind.STOPPED
    elif not job.some_worker:
        kind = Kind.NO_WORKER
    elif job.status is None:
        kind = Kind.UNQUEUED
    else:
        kind = Kind.LATER if is_later else Kind.WAITING
    return Standing(
        kind,
        job.scheduled_at if is_later else None,
        str(hindrance),
        min(done.bytes_read, submission.size) if done else 0,
        done.rows_read if done else 0,
    )


def record_failure(submission_id: UUID, error: Exception) -> None:
    """Write down what stood in the way of a load; where not even that can be written, the log says so."""
    match trouble_of(error):
        case Trouble.FULL:
            hindrance = Hindrance.NO_SPACE
        case Trouble.AWAY:
            hindrance = Hindrance.NO_DATABASE
        case _:
            hindrance = Hindrance.NO_FILE if isinstance(error, OSError) else Hindrance.OTHER
    try:
        with acting_as(SYSTEM):
            Progress.objects.update_or_create(
                pk=submission_id, defaults={"hindrance": hindrance, "hindered_at": timezone.now()}
            )
    except DatabaseError:
        log.exception("Why submission %s was not loaded could not be written down.", submission_id)


def forgotten() -> list[UUID]:
    """Return the submissions that wait to be loaded and of which no job is left, oldest first."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT submission.id FROM intake_submission AS submission
            WHERE submission.state = %s AND submission.received_at < now() - %s::interval AND NOT EXISTS (
                SELECT 1 FROM procrastinate_jobs AS job
                WHERE job.status IN ('todo', 'doing') AND job.queueing_lock = 'submission ' || submission.id)
            ORDER BY submission.received_at
            """,
            [Submission.State.RECEIVED, _FORGOTTEN_AFTER],
        )
        return [row[0] for row in cursor.fetchall()]
