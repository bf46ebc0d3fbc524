"""What is to be looked at again: worked out from decisions and the last look, never stored ahead.

A look falls due so many hours after a decision that says the item is gone (``removed``, ``unavailable``). What a platform
declined or limits it says is still there: nobody is sent to look. A look is made when somebody looked at or after that
moment, or a robot did and could tell; ``Item.checked_at`` is the last such look.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection

from takedowns.access.actor import Actor
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.piles import Rows
from takedowns.referrals.vocabulary import Status
from takedowns.verification.schedule import STANDARD_HOURS

#: Decisions that say an item is gone.
SAID_GONE: Final = (Status.REMOVED, Status.UNAVAILABLE)
#: Up to here what is due is counted; beyond, "more than" is said.
COUNT_LIMIT: Final = 10_000


class After(NamedTuple):
    """A place in the queue: behind the referral that fell due then."""

    due_at: datetime
    referral_id: UUID


@dataclass(frozen=True, slots=True)
class Due:
    """A referral whose item is to be looked at again, and since when."""

    referral: Referral
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of a platform's items are due."""

    platform_id: str
    name: str
    due: int


#: The first moment at which a look fell due that nobody made since; NULL where all were made.
NEXT_LOOK: Final = """
    SELECT min(referral.decided_at + delay) AS at FROM unnest(scheduled.delays) AS delay
    WHERE item.checked_at IS NULL OR referral.decided_at + delay > item.checked_at
"""
#: Whether a referral is the latest of its item: what came back is looked at for its own decision.
LATEST_ROUND: Final = """
    NOT EXISTS (
        SELECT 1 FROM referrals_referral AS later WHERE later.item_id = referral.item_id AND later.round > referral.round
    )
"""
_OF_ONE: Final = "SELECT %(operation)s::uuid AS operation_id, %(delays)s::interval[] AS delays, %(longest)s::interval AS longest"
#: Each operation that is asked for with its own schedule, or the standard one (``schedule.py``).
_OF_MANY: Final = """
    SELECT wanted.id AS operation_id, hours.delays, (SELECT max(delay) FROM unnest(hours.delays) AS delay) AS longest
    FROM unnest(%(operations)s::uuid[]) AS wanted (id)
    LEFT JOIN verification_schedule AS schedule ON schedule.operation_id = wanted.id
    CROSS JOIN LATERAL (SELECT ARRAY(
        SELECT make_interval(hours => hour) FROM unnest(coalesce(schedule.hours, %(standard)s::integer[])) AS hour
    ) AS delays) AS hours
    OFFSET 0  -- a schedule is worked out once for each operation, not for each referral
"""
_DUE: Final = f"""
    (
        SELECT referral.id, referral.item_id, referral.round, cell.platform_id, cell.operation_id, look.at
        FROM ({{schedules}}) AS scheduled
        -- Seen after the last look fell due: nothing is due, and the looks need not be worked out. Most are such.
        CROSS JOIN LATERAL takedowns_last_looks(scheduled.operation_id, %(said_gone)s, scheduled.longest) AS item
        JOIN referrals_referral AS referral ON referral.id = item.referral_id
        JOIN referrals_cell AS cell ON cell.id = referral.cell_id
        CROSS JOIN LATERAL ({NEXT_LOOK}) AS look
        WHERE (%(platform)s = '' OR cell.platform_id = %(platform)s) AND look.at <= %(now)s
        OFFSET 0  -- few are left: later rounds are looked for among these, not among all referrals there are
    ) AS referral
    WHERE {LATEST_ROUND}
"""
_DUE_OF_ONE: Final = _DUE.format(schedules=_OF_ONE)
_DUE_OF_MANY: Final = _DUE.format(schedules=_OF_MANY)


#: Both lists in one: first how many of each platform, then those in front.
_QUEUE: Final = f"""
    WITH due AS MATERIALIZED (SELECT referral.id, referral.platform_id, referral.at FROM {_DUE_OF_ONE})
    SELECT row_number() OVER (ORDER BY count(*) DESC, platform.name) AS place, NULL::uuid AS id, NULL::timestamptz AS at,
           platform.slug, platform.name, count(*)
    FROM (SELECT platform_id FROM due LIMIT %(limit)s) AS counted
    JOIN directory_platform AS platform ON platform.slug = counted.platform_id
    GROUP BY platform.slug, platform.name
    UNION ALL
    SELECT row_number() OVER (ORDER BY front.at, front.id), front.id, front.at, NULL, NULL, NULL
    FROM (
        SELECT due.id, due.at FROM due WHERE (%(only)s = '' OR due.platform_id = %(only)s) {{beyond}}
        ORDER BY due.at, due.id LIMIT %(size)s
    ) AS front
    ORDER BY place
"""


def queue(
    operation: Operation,
    actor: Actor,
    delays: Sequence[timedelta],
    now: datetime,
    *,
    size: int,
    platform_id: str = "",
    after: After | None = None,
) -> tuple[list[Waiting], list[Due]]:
    """Return how many are due at ``now`` by platform, most first, and those in front. Two statements.

    What is due is worked out once for both: that is nearly all that they cost.

    Args:
        size: so many in front.
        platform_id: only those of one platform in front.
        after: only those behind this place in front.
    """
    values = {**_values(operation, delays, now, ""), "only": platform_id, "size": size}
    beyond = ""
    if after is not None:
        beyond = "AND (due.at, due.id) > (%(after_at)s, %(after_id)s)"
        values |= {"after_at": after.due_at, "after_id": after.referral_id}
    with connection.cursor() as cursor:
        cursor.execute(_QUEUE.format(beyond=beyond), values)
        read = cursor.fetchall()
    waits = [Waiting(*row[3:]) for row in read if row[1] is None]
    return waits, _those(actor, [(row[1], row[2]) for row in read if row[1] is not None])


def _those(actor: Actor, rows: Sequence[tuple[UUID, datetime]]) -> list[Due]:
    found = (
        Referral.objects.visible_to(actor)
        .select_related("item__outlet", "platform", "agency")
        .in_bulk([one for one, _ in rows])
    )
    return [Due(found[one], at) for one, at in rows if one in found]


def waiting(operation: Operation, delays: Sequence[timedelta], now: datetime) -> list[Waiting]:
    """Count what is due at ``now`` by platform, most first, up to :data:`COUNT_LIMIT` in all. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            _QUEUE.format(beyond=""), {**_values(operation, delays, now, ""), "only": "", "size": 0}
        )
        return [Waiting(*row[3:]) for row in cursor.fetchall()]


def waiting_in(operations: Collection[UUID], now: datetime) -> Rows | None:
    """Return what is due at ``now`` in several operations, by their own schedules, up to :data:`COUNT_LIMIT` in all; None of none."""
    if not operations:
        return None
    values = {
        "operations": list(operations),
        "standard": list(STANDARD_HOURS),
        "now": now,
        "platform": "",
        "said_gone": [str(status) for status in SAID_GONE],
        "limit": COUNT_LIMIT,
    }
    due = (
        f"SELECT referral.operation_id, referral.id, referral.at AS since FROM {_DUE_OF_MANY} LIMIT %(limit)s"
    )
    return Rows(due, values)


def _values(
    operation: Operation, delays: Sequence[timedelta], now: datetime, platform_id: str
) -> dict[str, Any]:
    return {
        "operation": operation.pk,
        "said_gone": [str(status) for status in SAID_GONE],
        "delays": list(delays),
        "longest": max(delays, default=timedelta()),
        "now": now,
        "platform": platform_id,
        "limit": COUNT_LIMIT,
    }
