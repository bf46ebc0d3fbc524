"""What is to be looked at again: worked out from decisions and the last look, never stored ahead.

A look falls due so many hours after a decision that says the item is gone (``removed``, ``unavailable``). What a platform
declined or limits it says is still there: nobody is sent to look. A look is made when somebody looked at or after that
moment, or a robot did and could tell; ``Item.checked_at`` is the last such look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection

from takedowns.access.actor import Actor
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.vocabulary import Status

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
    SELECT min(referral.decided_at + delay) AS at FROM unnest(%(delays)s::interval[]) AS delay
    WHERE item.checked_at IS NULL OR referral.decided_at + delay > item.checked_at
"""
#: Whether a referral is the latest of its item: what came back is looked at for its own decision.
LATEST_ROUND: Final = """
    NOT EXISTS (
        SELECT 1 FROM referrals_referral AS later WHERE later.item_id = referral.item_id AND later.round > referral.round
    )
"""
_DUE: Final = f"""
    (
        SELECT referral.id, referral.item_id, referral.round, cell.platform_id, look.at
        FROM referrals_cell AS cell
        JOIN referrals_referral AS referral ON referral.cell_id = cell.id
        JOIN referrals_item AS item ON item.id = referral.item_id
        CROSS JOIN LATERAL ({NEXT_LOOK}) AS look
        WHERE cell.operation_id = %(operation)s AND cell.status = ANY(%(said_gone)s)
          AND (%(platform)s = '' OR cell.platform_id = %(platform)s)
          -- Seen after the last look fell due: nothing is due, and the looks need not be worked out. Most are such.
          AND (item.checked_at IS NULL OR item.checked_at < referral.decided_at + %(longest)s)
          AND look.at <= %(now)s
        OFFSET 0  -- few are left: later rounds are looked for among these, not among all referrals there are
    ) AS referral
    WHERE {LATEST_ROUND}
"""


def front(
    operation: Operation, actor: Actor, delays: Sequence[timedelta], now: datetime, *,
    size: int, platform_id: str = "", after: After | None = None,
) -> list[Due]:  # fmt: skip
    """Return what is due at ``now``, the longest due in front. Two statements."""
    values = _values(operation, delays, now, platform_id)
    beyond = ""
    if after is not None:
        beyond = "AND (referral.at, referral.id) > (%(after_at)s, %(after_id)s)"
        values |= {"after_at": after.due_at, "after_id": after.referral_id}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT referral.id, referral.at FROM {_DUE} {beyond} ORDER BY referral.at, referral.id LIMIT %(size)s",
            {**values, "size": size},
        )
        rows = cursor.fetchall()
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
            f"""
            SELECT platform.slug, platform.name, count(*)
            FROM (SELECT referral.platform_id FROM {_DUE} LIMIT %(limit)s) AS due
            JOIN directory_platform AS platform ON platform.slug = due.platform_id
            GROUP BY 1, 2 ORDER BY 3 DESC, 2
            """,
            {**_values(operation, delays, now, ""), "limit": COUNT_LIMIT},
        )
        return [Waiting(*row) for row in cursor.fetchall()]


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
    }
