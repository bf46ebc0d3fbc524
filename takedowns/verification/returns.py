"""Which outlets of an operation are back: on another platform after they were seen gone, or online again where they were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.db import connection
from django.utils import timezone

from takedowns.referrals.models import Operation

#: An operation shorter than this collects on its own days what is there; a longer one sees outlets come and go.
ACTION: Final = timedelta(days=7)


def closes(operation: Operation) -> datetime | None:
    """Return the end of an action's last day, in the installation's zone; None for a stream of work over weeks."""
    if operation.ends is None or operation.ends - operation.starts >= ACTION:
        return None
    return datetime.combine(operation.ends + timedelta(days=1), time.min, timezone.get_default_timezone())


@dataclass(frozen=True, slots=True)
class ReturnedOutlet:
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


@dataclass(frozen=True, slots=True)
class Refuge:
    """A platform on which outlets turned up after they had been seen gone elsewhere.

    Attributes:
        outlets: how many; ``still``: those of which something was not seen gone there since.
        soonest: how long the quickest took after it was first seen gone.
        half_within: how long half of them took at most.
    """

    platform: str
    outlets: int
    still: int
    soonest: timedelta
    half_within: timedelta


def refuges(found: Sequence[ReturnedOutlet]) -> list[Refuge]:
    """Sum up by platform, most outlets first, then the soonest. No statement."""
    by_platform: defaultdict[str, list[ReturnedOutlet]] = defaultdict(list)
    for one in found:
        by_platform[one.platform].append(one)
    summed = []
    for platform, there in by_platform.items():
        took = sorted(one.after for one in there)
        still = sum(one.up > 0 for one in there)
        summed.append(Refuge(platform, len(there), still, took[0], took[(len(took) - 1) // 2]))
    return sorted(summed, key=lambda one: (-one.outlets, one.soonest, one.platform))


def returned_outlets(operation: Operation) -> list[ReturnedOutlet]:
    """Return outlets with items in ``operation`` that are on a further platform, the latest first. One statement.

    "Gone" is the operation's own: the first time somebody saw one of the outlet's items gone that it had referred. What came
    after, on a platform on which the outlet had nothing before that, is back; also where it is another operation's. What an
    action finds on its own days was there (:func:`closes`). The figures (``figures.resurfacing``) count the same.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH mine AS MATERIALIZED (
                SELECT item.id, item.outlet_id, min(referral.referred_at) AS referred_at FROM referrals_referral AS referral
                JOIN referrals_item AS item ON item.id = referral.item_id
                WHERE referral.operation_id = %(operation)s AND referral.referred_at IS NOT NULL AND item.outlet_id IS NOT NULL
                GROUP BY 1, 2
            ), gone AS (
                SELECT mine.outlet_id, min(look.at) AS at FROM mine
                JOIN takedowns_looks(%(operation)s) AS look
                  ON look.item_id = mine.id AND look.seen = 'offline' AND look.at >= mine.referred_at GROUP BY 1
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
            WHERE stays.since > greatest(gone.at, %(closes)s::timestamptz)
            ORDER BY stays.since DESC, outlet.name, platform.name
            """,
            {"operation": operation.pk, "closes": closes(operation)},
        )
        return [ReturnedOutlet(*row) for row in cursor.fetchall()]
