"""Folding: adding what new events change to the tallies, so that a figure costs the same however long the log is.

A reader of the log (DESIGN, principle 5): it goes in the order (xid, id), no further than the oldest transaction in
flight, and moves its cursor in the transaction that adds the tallies.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import connection

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals.log import Position, next_stretch

READER: Final = "figures"
#: Events folded in one transaction, at most.
STRETCH: Final = 200_000

BEGINNING: Final = UUID(int=0)
#: Any number of its own; two that fold at once would only wait for each other.
LOCK: Final = 0x466F_6C64

# One statement, hence one snapshot and one commit for the tallies and the cursor.
FOLD: Final = """
    WITH changes AS MATERIALIZED (
        SELECT * FROM takedowns_tally_changes(%(xid)s::xid8, %(id)s, %(upto_xid)s::xid8, %(upto_id)s, NULL, NULL)
    ),
    standing AS (
        INSERT INTO figures_standing AS tally (operation_id, platform_id, cell_id, referred, number)
        SELECT operation_id, platform_id, cell_id, referred, number FROM changes WHERE tally = 'standing'
        ON CONFLICT ON CONSTRAINT standing_once DO UPDATE SET number = tally.number + EXCLUDED.number
    ),
    reached AS (
        INSERT INTO figures_reached AS tally (operation_id, platform_id, step, referred, hour, number)
        SELECT operation_id, platform_id, step, referred, slot, number FROM changes WHERE tally = 'reached'
        ON CONFLICT ON CONSTRAINT reached_once DO UPDATE SET number = tally.number + EXCLUDED.number
    ),
    taken AS (
        INSERT INTO figures_taken AS tally (operation_id, platform_id, microseconds, number)
        SELECT operation_id, platform_id, slot, number FROM changes WHERE tally = 'taken'
        ON CONFLICT ON CONSTRAINT taken_once DO UPDATE SET number = tally.number + EXCLUDED.number
    )
    INSERT INTO figures_cursor (reader, xid, event_id, moved_at)
    VALUES (%(reader)s, %(upto_xid)s::xid8, %(upto_id)s, now())
    ON CONFLICT (reader) DO UPDATE SET xid = EXCLUDED.xid, event_id = EXCLUDED.event_id, moved_at = EXCLUDED.moved_at
"""


def fold(*, stretch: int = STRETCH) -> int:
    """Fold what is behind the oldest transaction in flight, a stretch to a transaction.

    Another process that folds is not waited for; then nothing is left to do.

    Args:
        stretch: how many events to fold in one transaction, at most.

    Returns:
        How many stretches were folded.
    """
    folded = 0
    while _fold_a_stretch(stretch):
        folded += 1
    return folded


def _fold_a_stretch(stretch: int) -> bool:
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return False
        cursor.execute("SELECT xid::text, event_id FROM figures_cursor WHERE reader = %s", [READER])
        xid, event_id = cursor.fetchone() or ("0", BEGINNING)
        # A stretch stays in memory; and the planner's guess is far too high, so that compiling would cost more than it saves.
        cursor.execute("SET LOCAL work_mem = '64MB'; SET LOCAL jit = off")
        bound = next_stretch(Position(int(xid), event_id), stretch)
        if bound is None:
            return False
        cursor.execute(
            FOLD,
            {
                "xid": xid,
                "id": event_id,
                "upto_xid": str(bound.xid),
                "upto_id": bound.event_id,
                "reader": READER,
            },
        )
    return True
