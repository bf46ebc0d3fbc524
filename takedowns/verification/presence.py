"""Where an outlet was up, and when: on which platforms, how many items, gone and back. Read from looks, not from answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final
from uuid import UUID

from django.db import connection

OUTLETS_A_PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Step:
    """From this hour on (UTC), so many of the outlet's items were up on a platform."""

    at: datetime
    up: int


@dataclass(frozen=True, slots=True)
class Stay:
    """An outlet on one platform.

    Attributes:
        items: handed in, in all.
        since: when the first was handed in.
        first_gone_at: when one was first seen gone; None where none was.
        came_back: how often one that had been seen gone was seen online again.
        came_back_at: when that was first seen.
        after: for how long something of the outlet had been seen gone elsewhere when it first turned up here; None where
            it was here before.
        steps: how many were up, hour by hour, where that changed. An item is up from when it was handed in until it is
            seen gone, and again once it is seen online.
    """

    platform_id: str
    name: str
    items: int
    since: datetime
    first_gone_at: datetime | None
    came_back: int
    came_back_at: datetime | None
    after: timedelta | None
    steps: tuple[Step, ...]

    @property
    def up(self) -> int:
        """How many are up, as far as anybody saw."""
        return self.steps[-1].up


@dataclass(frozen=True, slots=True)
class Summary:
    """An outlet in a list: how many of its items the reader may see, how many of them are up, where, since when."""

    outlet_id: UUID
    name: str
    items: int
    online: int
    platforms: int
    latest_at: datetime


_STEPS: Final = """
WITH known AS (
    SELECT item.id, item.platform_id, item.first_seen_at FROM referrals_item AS item
    WHERE item.outlet_id = %s AND EXISTS (SELECT 1 FROM referrals_referral AS referral WHERE referral.item_id = item.id)
), looks AS (
    SELECT known.platform_id, look.at, look.seen = 'online' AS up,
           lag(look.seen = 'online', 1, true) OVER (PARTITION BY look.item_id ORDER BY look.at, look.id) AS was_up
    FROM known JOIN verification_check AS look ON look.item_id = known.id WHERE look.seen <> 'unknown'
), steps AS (
    SELECT platform_id, first_seen_at AS at, 1 AS change, true AS is_first FROM known
    UNION ALL
    SELECT platform_id, at, CASE WHEN up THEN 1 ELSE -1 END, false FROM looks WHERE up <> was_up
)
SELECT steps.platform_id, platform.name, date_trunc('hour', steps.at, 'UTC') AS hour, sum(change),
       count(*) FILTER (WHERE is_first), min(steps.at) FILTER (WHERE is_first),
       min(steps.at) FILTER (WHERE change < 0),
       count(*) FILTER (WHERE change > 0 AND NOT is_first), min(steps.at) FILTER (WHERE change > 0 AND NOT is_first)
FROM steps JOIN directory_platform AS platform ON platform.slug = steps.platform_id
GROUP BY 1, 2, 3 ORDER BY 1, 3
"""


def presence(outlet_id: UUID) -> list[Stay]:
    """Return an outlet's stays on platforms, the first in front, of the items the transaction may see. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_STEPS, [outlet_id])
        rows = cursor.fetchall()
    hours = {slug: list(group) for slug, group in groupby(rows, key=lambda row: str(row[0]))}
    since = {slug: min(row[5] for row in group if row[5]) for slug, group in hours.items()}
    gone = {slug: min((row[6] for row in group if row[6]), default=None) for slug, group in hours.items()}
    stays = []
    for slug, group in hours.items():
        up, steps = 0, []
        for row in group:
            up += int(row[3])
            steps.append(Step(row[2], up))
        elsewhere = [
            at for other, at in gone.items() if other != slug and at is not None and at <= since[slug]
        ]
        stays.append(
            Stay(
                platform_id=slug,
                name=group[0][1],
                items=sum(row[4] for row in group),
                since=since[slug],
                first_gone_at=gone[slug],
                came_back=sum(row[7] for row in group),
                came_back_at=min((row[8] for row in group if row[8]), default=None),
                after=since[slug] - min(elsewhere) if elsewhere else None,
                steps=tuple(steps),
            )
        )
    return sorted(stays, key=lambda stay: (stay.since, stay.platform_id))


def outlets(search: str = "", *, after: str = "", size: int = OUTLETS_A_PAGE) -> tuple[list[Summary], str]:
    """Return up to ``size`` outlets by name from behind ``after`` on, and the name the next page begins behind. One statement.

    An outlet of which the running transaction may see no item is left out. ``search`` finds part of a name, whatever
    its letter case.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH named AS (
                SELECT id, name FROM referrals_outlet
                WHERE strpos(lower(name), lower(%s)) > 0 AND name > %s ORDER BY name LIMIT %s
            )
            SELECT named.id, named.name, count(DISTINCT item.id),
                   count(DISTINCT item.id) FILTER (WHERE item.availability = 'online'),
                   count(DISTINCT item.platform_id), max(item.first_seen_at)
            FROM named
            LEFT JOIN (
                referrals_item AS item JOIN referrals_referral AS referral ON referral.item_id = item.id
            ) ON item.outlet_id = named.id
            GROUP BY 1, 2 ORDER BY 2
            """,
            [search, after, size + 1],
        )
        rows = cursor.fetchall()
    more, rows = len(rows) > size, rows[:size]
    return [Summary(*row) for row in rows if row[2]], rows[-1][1] if more else ""
