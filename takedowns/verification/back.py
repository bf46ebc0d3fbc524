"""Which outlets of an operation are back: on another platform after they were seen gone, or online again where they were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection

from takedowns.referrals.models import Operation

SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Back:
    """An outlet on a platform it turned up on after it had been seen gone elsewhere.

    Attributes:
        items: of it on that platform; ``up``: those that nobody saw gone since.
        since: when the first was handed in, in whatever operation the reader sees.
        after: how long before that something of it was first seen gone on a platform it was on before.
    """

    outlet_id: UUID
    outlet: str
    platform: str
    items: int
    up: int
    since: datetime
    after: timedelta


def back(operation: Operation, limit: int = SHOWN) -> list[Back]:
    """Return outlets with items in ``operation`` that are on a further platform, the latest first. One statement.

    "Gone" is the operation's own: the first time somebody saw one of the outlet's items in it gone. What came after, on a
    platform on which the outlet had nothing before that, is back; also where it is another operation's.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH mine AS MATERIALIZED (
                SELECT DISTINCT item.id, item.outlet_id FROM referrals_referral AS referral
                JOIN referrals_item AS item ON item.id = referral.item_id
                WHERE referral.operation_id = %(operation)s AND item.outlet_id IS NOT NULL
            ), gone AS (
                SELECT mine.outlet_id, min(look.at) AS at FROM mine
                JOIN takedowns_looks(%(operation)s) AS look ON look.item_id = mine.id AND look.seen = 'offline' GROUP BY 1
            ), stays AS (
                SELECT item.outlet_id, item.platform_id, count(DISTINCT item.id) AS items,
                       count(DISTINCT item.id) FILTER (WHERE item.availability <> 'offline') AS up,
                       min(item.first_seen_at) AS since
                FROM referrals_item AS item JOIN referrals_referral AS referral ON referral.item_id = item.id
                WHERE item.outlet_id IN (SELECT outlet_id FROM gone) GROUP BY 1, 2
            )
            SELECT outlet.id, outlet.name, platform.name, stays.items, stays.up, stays.since, stays.since - gone.at
            FROM stays JOIN gone ON gone.outlet_id = stays.outlet_id
            JOIN referrals_outlet AS outlet ON outlet.id = stays.outlet_id
            JOIN directory_platform AS platform ON platform.slug = stays.platform_id
            WHERE stays.since > gone.at
            ORDER BY stays.since DESC, outlet.name, platform.name LIMIT %(limit)s
            """,
            {"operation": operation.pk, "limit": limit},
        )
        return [Back(*row) for row in cursor.fetchall()]
