"""How much an agency learns of what others have: as much as deconfliction needs, counted by agency and day, with an alarm.

Whether somebody else has referred an address, or holds it, is told to agencies that take part in an open operation, of
``IDENTIFY_MOST_A_DAY`` addresses a day: two agencies that hand in the same would otherwise act against each other, while
thousands of addresses a minute would read out the others' work. Handing in tells it of what is handed in, and is on record.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.conf import settings
from django.db import connection
from django.utils import timezone

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.search.models import Asked

log = logging.getLogger(__name__)
_COUNT: Final = """
    INSERT INTO search_asked AS counted (agency_id, day, asked, told)
    SELECT agency.id, current_date, %(number)s, least(%(number)s, %(most)s)
    FROM (
        SELECT asking.id FROM unnest(%(agencies)s::uuid[]) AS asking (id)
        WHERE EXISTS (
            SELECT FROM takedowns_operations_of(ARRAY[asking.id]) AS taken
            JOIN referrals_operation AS operation ON operation.id = taken.operation_id
            WHERE operation.closed_at IS NULL
        )
        ORDER BY 1 LIMIT 1
    ) AS agency
    ON CONFLICT (agency_id, day) DO UPDATE SET
        asked = counted.asked + EXCLUDED.asked,
        told = least(counted.asked + EXCLUDED.asked, greatest(counted.told, %(most)s))
    RETURNING agency_id, asked
"""


@dataclass(frozen=True, slots=True)
class Passed:
    """An agency that asked of more addresses in a day than it is told of."""

    agency: str
    day: date
    asked: int


def may_learn(number: int, actor: Actor) -> int:
    """Count that somebody asks of a number of addresses; return of how many of them, the first, what others have is told.

    Who takes part in no open operation is told of none. In the sandbox nothing is others' and nothing is counted. One statement;
    the caller asks as the system.
    """
    if actor.sandbox:
        return number
    if not number or not actor.agencies:
        return 0
    most = settings.IDENTIFY_MOST_A_DAY
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"number": number, "most": most, "agencies": sorted(actor.agencies)})
        row = cursor.fetchone()
    if row is None:
        return 0
    agency_id, asked = row
    if asked - number <= most < asked:
        log.warning(
            "Agency %s has asked of %d addresses today whether others have them; it is told of %d a day",
            agency_id,
            asked,
            most,
        )
    return max(0, min(number, int(most - (asked - number))))


def passed() -> list[Passed]:
    """Return which agencies asked of more addresses than they were told of, today and yesterday. One statement, as the system."""
    with acting_as(SYSTEM):
        since = timezone.now().date() - timedelta(days=1)
        found = Asked.objects.filter(day__gte=since, asked__gt=settings.IDENTIFY_MOST_A_DAY)
        return [Passed(str(one.agency), one.day, one.asked) for one in found.select_related("agency")]
