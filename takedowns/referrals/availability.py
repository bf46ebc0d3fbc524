"""What was seen of items: recorded for a set at once, never inferred from a platform's decision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from psycopg.types.json import Jsonb

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.referrals.cells import Dimensions, ensure_cells
from takedowns.referrals.locks import lock_items, lock_rounds
from takedowns.referrals.vocabulary import Availability, EventKind


class Look(NamedTuple):
    """One look at an item."""

    item_id: UUID
    seen: Availability
    at: datetime


def record_seen(looks: Sequence[Look], *, by: Actor, agency_id: UUID | None = None, robot: str = "") -> int:
    """Let items and their latest referrals say what was last seen, and log each look. Fixed number of statements.

    A look older than the last one known is logged and changes nothing else, and so is that of a robot that could not
    tell: it takes nothing away from what was seen before. Items that do not exist are left out.

    Returns:
        How many of the looks concern items that exist.
    """
    if not looks:
        return 0
    latest: dict[UUID, Look] = {}
    for look in looks:
        if _tells_nothing(look, robot):
            continue
        if look.item_id not in latest or latest[look.item_id].at <= look.at:
            latest[look.item_id] = look
    with acting_as(SYSTEM):
        current = _update_items(list(latest.values()))
        moved = _move_referrals({item_id: latest[item_id] for item_id in current})
        return _log(looks, moved, by, agency_id, robot)


def _tells_nothing(look: Look, robot: str) -> bool:
    return bool(robot) and look.seen == Availability.UNKNOWN


def _update_items(looks: list[Look]) -> list[UUID]:
    """Store what was seen unless a later look is known; return the items this concerned."""
    lock_items([look.item_id for look in looks])
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE referrals_item AS item SET availability = look.seen, checked_at = look.at
            FROM unnest(%s::uuid[], %s::text[], %s::timestamptz[]) AS look (item_id, seen, at)
            WHERE item.id = look.item_id AND (item.checked_at IS NULL OR item.checked_at <= look.at)
            RETURNING item.id
            """,
            [
                [look.item_id for look in looks],
                [str(look.seen) for look in looks],
                [look.at for look in looks],
            ],
        )
        return [item_id for (item_id,) in cursor.fetchall()]


def _move_referrals(looks: dict[UUID, Look]) -> dict[UUID, tuple[int, int]]:
    """Move the latest referral of each item to the cell of what was seen.

    Returns:
        By item: the cells it was in and is in, also where they are the same.
    """
    lock_rounds(looks)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT DISTINCT ON (referral.item_id) referral.id, referral.item_id, referral.cell_id,
                   {", ".join(f"cell.{name}" for name in Dimensions._fields)}
            FROM referrals_referral AS referral JOIN referrals_cell AS cell ON cell.id = referral.cell_id
            WHERE referral.item_id = ANY(%s)
            ORDER BY referral.item_id, referral.round DESC
            """,
            [list(looks)],
        )
        found = [(row[0], row[1], row[2], Dimensions(*row[3:])) for row in cursor.fetchall()]
        targets = {
            item_id: dims._replace(availability=str(looks[item_id].seen)) for _, item_id, _, dims in found
        }
        cells = ensure_cells(list(targets.values()))
        moves = [(referral, item, before, cells[targets[item]]) for referral, item, before, _ in found]
        changed = [move for move in moves if move[2] != move[3]]
        cursor.execute(
            """
            UPDATE referrals_referral AS referral
            SET availability = move.seen, availability_since = move.at, cell_id = move.cell_id
            FROM unnest(%s::uuid[], %s::text[], %s::timestamptz[], %s::bigint[]) AS move (id, seen, at, cell_id)
            WHERE referral.id = move.id
            """,
            [
                [referral for referral, _, _, _ in changed],
                [str(looks[item].seen) for _, item, _, _ in changed],
                [looks[item].at for _, item, _, _ in changed],
                [cell for _, _, _, cell in changed],
            ],
        )
    return {item: (before, after) for _, item, before, after in moves}


def _log(
    looks: Sequence[Look], moved: dict[UUID, tuple[int, int]], by: Actor, agency_id: UUID | None, robot: str
) -> int:
    """Write one event a look. Of several looks at one item in a set, the latest carries the change of cell."""
    last: dict[UUID, int] = {}
    for place, look in enumerate(looks):
        if _tells_nothing(look, robot):
            continue
        if look.item_id in moved and look.at >= looks[last.get(look.item_id, place)].at:
            last[look.item_id] = place
    cells = [
        moved[look.item_id] if last.get(look.item_id) == place else (None, None)
        for place, look in enumerate(looks)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO referrals_event (item_id, referral_id, at, kind, from_cell_id, to_cell_id, actor_id, agency_id, details)
            SELECT look.item_id, latest.id, look.at, %s, look.from_cell, look.to_cell, %s, %s, look.details
            FROM unnest(%s::uuid[], %s::timestamptz[], %s::bigint[], %s::bigint[], %s::jsonb[])
                AS look (item_id, at, from_cell, to_cell, details)
            JOIN referrals_item AS item ON item.id = look.item_id
            LEFT JOIN LATERAL (
                SELECT id FROM referrals_referral WHERE item_id = look.item_id ORDER BY round DESC LIMIT 1
            ) AS latest ON true
            """,
            [
                EventKind.CHECK,
                by.user_id,
                agency_id,
                [look.item_id for look in looks],
                [look.at for look in looks],
                [before for before, _ in cells],
                [after for _, after in cells],
                [Jsonb({"seen": look.seen, **({"robot": robot} if robot else {})}) for look in looks],
            ],
        )
        return int(cursor.rowcount)
