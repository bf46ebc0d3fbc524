"""Keeping the hour of removal orders with what happens to their referrals: read, moved on and written for a set at once.

``apply`` calls :func:`follow` after each set of moves, so that the hour is the same whichever door an answer came through:
a page, the API, a returned file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from psycopg.types.json import Jsonb

from takedowns.access.actor import Actor
from takedowns.orders.clock import Clock
from takedowns.orders.vocabulary import Impediment
from takedowns.referrals.transitions import Moved
from takedowns.referrals.vocabulary import EventKind, Instrument

#: Moves that say something of the hour: a platform that asks for information has received the order.
CLOCKED: Final = frozenset({"acknowledge", "request_information", "provide_information"})


@dataclass(frozen=True, slots=True)
class Kept:
    """An order's hour as it is kept."""

    referral_id: UUID
    item_id: UUID
    clock: Clock
    impediment: str
    explained: str


@dataclass(frozen=True, slots=True)
class Change:
    """An order's hour as it becomes, and what the log says of it.

    Attributes:
        events: (kind, moment, details) of each.
    """

    kept: Kept
    events: tuple[tuple[str, datetime, dict[str, Any]], ...]


def follow(moves: Sequence[Moved], by: Actor) -> None:
    """Move on the hours of those orders that the moves say something of. Four statements, none where there are no orders."""
    clocked = [
        move for move in moves if move.instrument == Instrument.REMOVAL_ORDER and move.transition in CLOCKED
    ]
    if clocked:
        kept = read([move.referral_id for move in clocked])
        write([change for move in clocked if (change := _after(move, kept.get(move.referral_id)))], by)


def read(referral_ids: Sequence[UUID]) -> dict[UUID, Kept]:
    """Read the orders of referrals that are locked already. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT removal.referral_id, removal.item_id, removal.received_at, referral.due_at, removal.stopped_at,
                   removal.impediment, removal.impediment_explained
            FROM orders_removalorder AS removal
            JOIN referrals_referral AS referral ON referral.id = removal.referral_id
            WHERE removal.referral_id = ANY(%s)
            """,
            [list(referral_ids)],
        )
        return {row[0]: Kept(row[0], row[1], Clock(*row[2:5]), row[5], row[6]) for row in cursor.fetchall()}


def receive(kept: Kept, at: datetime) -> Change | None:
    """Return the order's hour after receipt, or None where that was known."""
    clock = kept.clock.started(at)
    if clock == kept.clock:
        return None
    return Change(replace(kept, clock=clock), ((EventKind.RECEIPT, at, _due(clock)),))


def impede(kept: Kept, at: datetime, impediment: str, explained: str) -> Change | None:
    """Return the order's hour after the provider said that it cannot comply, from ``at`` on; None where it stands still.

    It has received what it cannot comply with. What is said after the hour is logged, and undoes no breach.
    """
    if kept.clock.stopped_at is not None:
        return None
    received = receive(kept, at)
    before = (received.kept if received else kept).clock
    clock = before.stopped(at)
    details = {"impediment": impediment, "explained": explained, "stops_the_hour": clock != before}
    return Change(
        replace(kept, clock=clock, impediment=impediment, explained=explained),
        (*(received.events if received else ()), (EventKind.IMPEDIMENT, at, details)),
    )


def resume(kept: Kept, at: datetime) -> Change | None:
    """Return the order's hour after the impediment ended: a whole one from ``at``; None where nothing stops it."""
    clock = kept.clock.resumed(at)
    if clock == kept.clock:
        return None
    return Change(replace(kept, clock=clock), ((EventKind.IMPEDIMENT_ENDED, at, _due(clock)),))


def _due(clock: Clock) -> dict[str, Any]:
    return {"due_at": clock.due_at.isoformat()} if clock.due_at else {}


def _after(move: Moved, kept: Kept | None) -> Change | None:
    if kept is None:
        return None
    if move.transition == "request_information":
        question = str(move.facts.get("question", ""))
        return impede(kept, move.at, Impediment.INSUFFICIENT_INFORMATION, question)
    if move.transition == "provide_information":
        return resume(kept, move.at)
    return receive(kept, move.at)


def write(changes: Sequence[Change], by: Actor) -> None:
    """Write hours and their events. Three statements."""
    if not changes:
        return
    kept = [change.kept for change in changes]
    own = by.spoken_for
    events = [(one.kept, *event) for one in changes for event in one.events]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE orders_removalorder AS removal SET
                received_at = told.received_at, stopped_at = told.stopped_at,
                impediment = told.impediment, impediment_explained = told.explained
            FROM unnest(%s::uuid[], %s::timestamptz[], %s::timestamptz[], %s::text[], %s::text[])
                AS told (id, received_at, stopped_at, impediment, explained)
            WHERE removal.referral_id = told.id
            """,
            [
                [one.referral_id for one in kept],
                [one.clock.received_at for one in kept],
                [one.clock.stopped_at for one in kept],
                [str(one.impediment) for one in kept],
                [one.explained for one in kept],
            ],
        )
        cursor.execute(
            """
            UPDATE referrals_referral AS referral SET due_at = told.due_at
            FROM unnest(%s::uuid[], %s::timestamptz[]) AS told (id, due_at) WHERE referral.id = told.id
            """,
            [[one.referral_id for one in kept], [one.clock.due_at for one in kept]],
        )
        cursor.execute(
            """
            INSERT INTO referrals_event (item_id, referral_id, at, kind, actor_id, agency_id, details)
            SELECT told.item_id, told.referral_id, told.at, told.kind, %s, %s, told.details
            FROM unnest(%s::uuid[], %s::uuid[], %s::timestamptz[], %s::text[], %s::jsonb[])
                AS told (item_id, referral_id, at, kind, details)
            """,
            [
                by.user_id,
                next(iter(by.agencies)) if len(by.agencies) == 1 else None,
                [one.item_id for one, *_ in events],
                [one.referral_id for one, *_ in events],
                [at for _, _, at, _ in events],
                [str(kind) for _, kind, _, _ in events],
                [Jsonb(details | own) for *_, details in events],
            ],
        )
