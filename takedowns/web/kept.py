"""What of the start page is kept while nothing that it rests on has changed.

What is due to be looked at again costs most of all that is counted there: each answer is held against the last look at its item. Where the
open referrals stand comes next. Two hundred people who begin at nine would have both worked out two hundred times.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import IntegerField, OuterRef, Subquery, TextField
from django.db.models.expressions import RawSQL

from takedowns.access.actor import Actor
from takedowns.pages.single_flight import SingleFlight
from takedowns.referrals import piles
from takedowns.referrals.models import Operation
from takedowns.referrals.piles import Pile, Rows
from takedowns.referrals.vocabulary import Status
from takedowns.verification import due
from takedowns.verification.models import Schedule

K = TypeVar("K")

#: A look falls due without an event: what is due is kept for so long at most.
GOOD_FOR_S: Final = 10
RECHECKS: Final[SingleFlight[dict[UUID, Pile]]] = SingleFlight()
STANDING: Final[SingleFlight[dict[UUID, dict[str, int]]]] = SingleFlight()


def log_and_schedules() -> dict[str, Any]:
    """Return annotations of operations: ``looked_after`` (their schedule) and ``log`` (of all that are visible; see ``takedowns_log_state.sql``)."""
    schedule = Schedule.objects.filter(pk=OuterRef("pk"))
    log = "(SELECT takedowns_log_state(ARRAY(SELECT id FROM referrals_operation)))"
    return {
        "looked_after": Subquery(schedule.values("hours"), output_field=ArrayField(IntegerField())),
        "log": RawSQL(log, (), output_field=TextField()),  # noqa: S611 - nobody's words are in it
    }


def piles_with_due(
    asked: Mapping[K, Rows | None], kind: K, operations: Sequence[Operation], actor: Actor, now: datetime
) -> dict[K, dict[UUID, Pile]]:
    """Return what waits of each kind, and as one more kind what is due in operations that the actor sees the whole of. One statement at most."""
    if not operations:
        return {**piles.piles(asked), kind: {}}
    # None: no schedule of its own; of nothing: it does not look.
    schedules = tuple((one.pk, str(one.looked_after)) for one in operations)  # type: ignore[attr-defined]
    key = (*_rests_on(operations, actor), schedules, now.timestamp() // GOOD_FOR_S)
    made: dict[K, dict[UUID, Pile]] = {}

    def make() -> dict[UUID, Pile]:
        made.update(piles.piles({**asked, kind: due.waiting_in([one.pk for one in operations], now)}))
        return made[kind]

    kept = RECHECKS.get(key, make)
    return {**(made or piles.piles(asked)), kind: kept}


def standing_in(
    operations: Sequence[Operation], actor: Actor, statuses: Collection[Status]
) -> dict[UUID, dict[str, int]]:
    """Return by operation how many referrals stand in each of the statuses. One statement at most."""
    if not operations:
        return {}
    ids = [one.pk for one in operations]
    key = (*_rests_on(operations, actor), tuple(ids), tuple(statuses))
    return STANDING.get(key, lambda: piles.standing_in(ids, statuses))


def _rests_on(operations: Sequence[Operation], actor: Actor) -> tuple[Hashable, ...]:
    """Return who asks, as far as it decides what is seen, and where the log stands."""
    asks = (actor.sees_everything, tuple(sorted(actor.agencies)), tuple(sorted(actor.platforms)))
    return asks, operations[0].log  # type: ignore[attr-defined]
