"""The way that each referral of a year went, read from the events written before a moment. One statement for a return.

Which agency and item a referral is of is written once and read from the referral; all else is from the events.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils import timezone

from takedowns.figures.moment import first_id_of, require_settled
from takedowns.figures.regulation.shapes import year_of
from takedowns.referrals.vocabulary import Action

#: Actions by which access is disabled though nothing is removed. Limits of another kind do not carry out an order.
DISABLING: Final = (Action.GEO_BLOCKED, Action.DISABLED)

# One pass over the referrals finds those of the year; their events follow by the index on the referral.
WAYS: Final = """
    WITH issued AS MATERIALIZED (
        SELECT mine.id, mine.item_id, mine.agency_id, mine.platform_id
        FROM referrals_referral AS mine
        WHERE mine.agency_id = ANY(%(agencies)s) AND mine.instrument = %(instrument)s AND EXISTS (
            SELECT 1 FROM referrals_event AS event
            WHERE event.referral_id = mine.id AND event.kind = 'refer'
              AND event.at >= %(since)s AND event.at < %(until)s AND event.id < %(before)s
        )
    ),
    told AS (
        SELECT event.referral_id,
               (array_agg(event.to_cell_id ORDER BY event.id DESC) FILTER (WHERE event.to_cell_id IS NOT NULL))[1] AS cell_id,
               bool_or(event.kind = 'remove') AS removed,
               bool_or(event.kind = 'restrict' AND event.details->>'action' = ANY(%(disabling)s)) AS disabled,
               min(event.at) FILTER (
                   WHERE event.kind = 'remove'
                      OR event.kind = 'restrict' AND event.details->>'action' = ANY(%(disabling)s)
               ) AS acted_at,
               min(event.at) FILTER (WHERE event.kind = 'receipt') AS received_at,
               (array_agg(event.details->>'due_at' ORDER BY event.id DESC)
                   FILTER (WHERE event.kind IN ('receipt', 'impediment_ended')))[1]::timestamptz AS due_at,
               (array_agg(event.kind ORDER BY event.id DESC) FILTER (
                   WHERE event.kind IN ('receipt', 'impediment_ended')
                      OR event.kind = 'impediment' AND (event.details->>'stops_the_hour')::boolean
               ))[1] = 'impediment' AS stopped,
               (array_agg(event.details->>'action' ORDER BY event.id DESC)
                   FILTER (WHERE event.kind IN ('remove', 'restrict')))[1] AS action
        FROM takedowns_standing_events(%(before)s) AS event
        WHERE event.referral_id IN (SELECT id FROM issued)
        GROUP BY 1
    ),
    ways AS MATERIALIZED (
        SELECT issued.*, cell.kind, cell.status, told.removed, told.disabled, told.acted_at, told.received_at, told.due_at,
               coalesce(told.stopped, false) AS stopped, told.action,
               CASE WHEN told.removed THEN 'removed' WHEN told.disabled THEN 'disabled'
                    WHEN cell.status IN ('restricted', 'reinstated') THEN 'limited'
                    WHEN cell.status IN ('unavailable', 'declined', 'withdrawn') THEN cell.status
                    ELSE 'unanswered' END AS outcome,
               platform.name AS platform, coalesce(provider.name, '') AS provider, agency.name AS agency
        FROM issued
        JOIN told ON told.referral_id = issued.id
        JOIN referrals_cell AS cell ON cell.id = told.cell_id
        JOIN directory_platform AS platform ON platform.slug = issued.platform_id
        LEFT JOIN directory_provider AS provider ON provider.slug = platform.provider_id
        JOIN directory_agency AS agency ON agency.id = issued.agency_id
    )
"""


#: Larger than every event's id.
_EVERYTHING: Final = UUID(int=2**128 - 1)


def settle(as_of: datetime | None) -> datetime:
    """Return the moment of the figures: now, or one that has passed and of which nothing is still being written.

    Raises:
        NotSettledError, ValueError: see :mod:`takedowns.figures.moment`.
    """
    if as_of is None:
        return timezone.now()
    first_id_of(as_of)
    require_settled(as_of)
    return as_of


def bounds(agencies: Sequence[UUID], instrument: str, year: int, as_of: datetime | None) -> dict[str, Any]:
    """Return the parameters of :data:`WAYS`; without a moment all that is recorded counts."""
    since, until = year_of(year)
    return {
        "agencies": list(agencies),
        "instrument": str(instrument),
        "since": since,
        "until": until,
        "before": _EVERYTHING if as_of is None else first_id_of(as_of),
        "disabling": [str(one) for one in DISABLING],
    }


def rows(statement: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    """Run one statement and return its rows by column."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
