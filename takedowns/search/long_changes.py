"""Changes of more referrals than one transaction should lock: asked for on a page, done by the worker, portion by portion.

Each portion is one change of many as any other: judged anew by the rules of that moment for whoever asked, whole or not at
all, and undone by itself. What killed the worker left the portion that was under way untouched, and another goes on with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import F, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.postgres.waiting import Waiting, waiting
from takedowns.referrals.models import Operation
from takedowns.referrals.permissions import MAY_CORRECT, agencies_with_a_role
from takedowns.search.bulk_changes import BulkError, Change, MovedOn, carry_out
from takedowns.search.models import BulkChange, LongChange, Portion

#: So many referrals are locked at once.
PORTION: Final = 5_000
#: So many at most are asked for on a page, which holds their ids.
MOST: Final = 200_000
_FORGOTTEN_AFTER: Final = "2 minutes"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long change has come.

    Attributes:
        portions: number, how many referrals it names, and what it did; None where it is not done.
        changed, unchanged, refused: as of a change of many, over all portions that are done.
        job: where its job stands; None where nothing is left to do.
    """

    portions: list[tuple[int, int, BulkChange | None]]
    changed: int
    unchanged: int
    refused: list[tuple[str, int]]
    job: Waiting | None

    @property
    def done(self) -> int:
        """How many referrals the portions that are done name."""
        return sum(number for _, number, change in self.portions if change)

    @property
    def left(self) -> int:
        """How many referrals were not looked at yet."""
        return sum(number for _, number, change in self.portions if not change)

    @property
    def try_at(self) -> datetime | None:
        """When it is tried again after a failure."""
        job = self.job
        later = job and job.status == "todo" and job.scheduled_at and job.scheduled_at > timezone.now()
        return job.scheduled_at if job and later else None


def ask_for(
    change: Change, referral_ids: Sequence[UUID], operation: Operation, *, by: Actor, expected: int
) -> LongChange:
    """Write down what is to be done, in portions, and queue it. A fixed number of statements.

    Args:
        expected: how many referrals were found when the person was told.

    Raises:
        MovedOn: there are more of them now, or fewer.
        BulkError: too many, or none, or nothing is to be changed; nobody asks.
    """
    if by.user_id is None or not referral_ids or not change.given:
        raise BulkError(_("Nothing is selected: go back to the list and choose referrals."))
    require_not_more(referral_ids)
    if len(referral_ids) != expected:
        raise MovedOn(_("Meanwhile the filters find others. Nothing was done; look at what is found now."))
    cuts = range(0, len(referral_ids), PORTION)
    with acting_as(SYSTEM):
        asked = LongChange.objects.create(
            operation=operation,
            by_id=by.user_id,
            at=timezone.now(),
            kind=change.kind,
            given=dict(change.given),
            language=translation.get_language() or "en",
            referrals=len(referral_ids),
        )
        Portion.objects.bulk_create(
            Portion(
                long_change=asked, number=number, referral_ids=list(referral_ids[first : first + PORTION])
            )
            for number, first in enumerate(cuts, start=1)
        )
        do_later(asked.pk)
    return asked


def require_not_more(referral_ids: Sequence[UUID]) -> None:
    """Refuse more than a page may ask for.

    Raises:
        BulkError: they are more.
    """
    if len(referral_ids) > MOST:
        raise BulkError(
            _("More than %(most)d at once: narrow the list first, by platform or agency, say.")
            % {"most": MOST}
        )


def lock_of(long_change_id: UUID) -> str:
    """Return the queueing lock of a long change: one waits at a time."""
    return f"long change {long_change_id}"


def do_later(long_change_id: UUID) -> None:
    """Queue what is left of it; what waits already is not queued twice."""
    with suppress(AlreadyEnqueued):
        app.configure_task(
            "search.do_portions", allow_unknown=False, queueing_lock=lock_of(long_change_id)
        ).defer(long_change_id=str(long_change_id))


def do_next_portion(long_change_id: UUID) -> bool:
    """Do the first portion that nobody is doing; tell whether there was one. One transaction, a fixed number of statements.

    Who asked for it is asked for anew what they may do: a role that was taken from them ends it, and the page says so.
    """
    with acting_as(SYSTEM):
        asked = (
            LongChange.objects.filter(pk=long_change_id, stopped_at=None)
            .select_related("operation", "by")
            .first()
        )
        portion = (
            Portion.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(long_change_id=long_change_id, change=None)
            .order_by("number")
            .first()
        )
        if asked is None or portion is None:
            return False
        person = Actor.of(asked.by)
        if not agencies_with_a_role(person, MAY_CORRECT):
            LongChange.objects.filter(pk=asked.pk).update(stopped_at=timezone.now())
            return False
        change = Change(BulkChange.Kind(asked.kind), asked.given)
        with acting_as(person), translation.override(asked.language):
            done = carry_out(change, portion.referral_ids, asked.operation, by=person, expected=None)
        Portion.objects.filter(long_change_id=asked.pk, number=portion.number).update(change=done)
    return True


def stop(long_change_id: UUID, operation: Operation, *, by: Actor) -> None:
    """Begin no further portion. What is done stays; the portion that is under way is finished.

    Raises:
        BulkError: there is no such change, or nothing of it is left to stop.
    """
    with acting_as(SYSTEM):
        left = Portion.objects.filter(long_change_id=long_change_id, change=None)
        stopped = left.exists() and LongChange.objects.filter(
            pk=long_change_id, operation=operation, stopped_at=None
        ).update(stopped_at=timezone.now(), stopped_by_id=by.user_id)
        if not stopped:
            raise BulkError(_("Nothing of it is left to stop."))


def progress_of(asked: LongChange) -> Progress:
    """Return how far it has come. Two statements."""
    portions = [
        (one.number, one.size, one.change)
        for one in Portion.objects.filter(long_change=asked)
        .annotate(size=F("referral_ids__len"))
        .select_related("change")
        .defer("referral_ids", "change__before")
        .order_by("number")
    ]
    done = [change for _, _, change in portions if change]
    refused: Counter[str] = Counter()
    for change in done:
        refused.update(dict(change.refused))
    is_over = asked.stopped_at is not None or len(done) == len(portions)
    return Progress(
        portions,
        sum(change.changed for change in done),
        sum(change.unchanged for change in done),
        refused.most_common(),
        None if is_over else waiting(lock_of(asked.pk)),
    )


def latest(operation: Operation, most: int) -> list[LongChange]:
    """Return the latest of an operation, with how many were changed so far as ``changed``. One statement."""
    found = LongChange.objects.filter(operation=operation).select_related("by")
    return list(found.annotate(changed=Coalesce(Sum("portions__change__changed"), 0))[:most])


def forgotten() -> list[UUID]:
    """Return the long changes of which something is left to do and no job, the oldest first."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT asked.id FROM search_longchange AS asked
            WHERE asked.stopped_at IS NULL AND asked.at < now() - %s::interval
              AND EXISTS (SELECT 1 FROM search_portion AS portion WHERE portion.long_change_id = asked.id AND portion.change_id IS NULL)
              AND NOT EXISTS (
                SELECT 1 FROM procrastinate_jobs AS job
                WHERE job.status IN ('todo', 'doing') AND job.queueing_lock = 'long change ' || asked.id)
            ORDER BY asked.at
            """,
            [_FORGOTTEN_AFTER],
        )
        return [row[0] for row in cursor.fetchall()]
