"""What waits in each of several operations: how many, since when the oldest, and which is in front.

The rule of what waits stands in the subject's own queries (the reviewer's queue, what is due to be looked at again);
this only sums it up by operation.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db import connection

from takedowns.referrals.vocabulary import Status

K = TypeVar("K")

#: Up to here each cell's referrals are counted; beyond, "more than" is said.
COUNT_LIMIT: Final = 10_000


@dataclass(frozen=True, slots=True)
class Pile:
    """What waits in one operation.

    Attributes:
        oldest: since when the one in front waits; of what falls due, when that one fell due.
        first: the referral in front.
    """

    number: int
    oldest: datetime
    first: UUID


@dataclass(frozen=True, slots=True)
class Rows:
    """What waits, row by row; each subject has its own rule of it.

    Attributes:
        sql: of the columns ``operation_id``, ``id`` (of a referral) and ``since``.
        values: its parameters, by name.
    """

    sql: str
    values: Mapping[str, Any]


def piles(asked: Mapping[K, Rows | None]) -> dict[K, dict[UUID, Pile]]:
    """Return what waits of each kind, by operation. One statement at most; an operation in which nothing waits is left out.

    Args:
        asked: by kind; None where there is nothing of it for whoever asks.
    """
    found: dict[K, dict[UUID, Pile]] = {kind: {} for kind in asked}
    kinds = [(kind, rows) for kind, rows in asked.items() if rows is not None]
    if not kinds:
        return found
    parts: list[str] = []
    values: dict[str, Any] = {}
    for number, (_kind, rows) in enumerate(kinds):
        mine = rows.sql.replace("%(", f"%(of_{number}_")  # two rules may call their parameters the same
        values |= {f"of_{number}_{name}": value for name, value in rows.values.items()}
        parts.append(
            f"""
            SELECT {number}, operation_id, count(*), min(since), (array_agg(id ORDER BY since, id))[1]
            FROM ({mine}) AS waiting GROUP BY operation_id
            """
        )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        for number, operation_id, *pile in cursor.fetchall():
            found[kinds[number][0]][operation_id] = Pile(*pile)
    return found


#: Questions of platforms, by cells as the list of referrals reads them; each since it was asked last.
_QUESTIONS: Final = f"""
    SELECT cells.operation_id, rows.id, rows.since
    FROM (
        SELECT cell.id, cell.operation_id FROM referrals_cell AS cell
        WHERE cell.status = '{Status.INFORMATION_REQUESTED}' AND cell.operation_id = ANY(%(operations)s)
          AND (cell.agency_id = ANY(%(agencies)s) OR cell.operation_id = ANY(%(coordinated)s))
    ) AS cells
    CROSS JOIN LATERAL (
        SELECT referral.id, coalesce(
            (SELECT max(event.at) FROM referrals_event AS event
             WHERE event.referral_id = referral.id AND event.kind = 'request_information'),
            referral.submitted_at
        ) AS since
        FROM referrals_referral AS referral WHERE referral.cell_id = cells.id LIMIT %(limit)s
    ) AS rows
"""


def questions(
    operations: Collection[UUID], *, agencies: Collection[UUID], coordinated: Collection[UUID]
) -> Rows | None:
    """Return the questions of platforms that wait for an answer; None where nobody of the asking person's answers.

    Args:
        agencies: for whose referrals the asking person answers.
        coordinated: the operations of which all are theirs to answer.
    """
    if not agencies:
        return None
    return Rows(
        _QUESTIONS,
        {
            "operations": list(operations),
            "agencies": list(agencies),
            "coordinated": list(coordinated),
            "limit": COUNT_LIMIT,
        },
    )


_GOING_ON: Final = """
    SELECT cells.operation_id, cells.status, count(*)
    FROM (
        SELECT cell.id, cell.operation_id, cell.status FROM referrals_cell AS cell
        WHERE cell.operation_id = ANY(%(operations)s) AND cell.status = ANY(%(statuses)s)
    ) AS cells
    CROSS JOIN LATERAL (
        SELECT FROM referrals_referral AS referral WHERE referral.cell_id = cells.id LIMIT %(limit)s
    ) AS rows
    GROUP BY 1, 2
"""


def standing_in(operations: Collection[UUID], statuses: Collection[str]) -> dict[UUID, dict[str, int]]:
    """Return how many of each operation's referrals stand in each of some statuses, each cell up to a limit. One statement."""
    found: dict[UUID, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            _GOING_ON,
            {
                "operations": list(operations),
                "statuses": [str(one) for one in statuses],
                "limit": COUNT_LIMIT,
            },
        )
        for operation_id, status, number in cursor.fetchall():
            found.setdefault(operation_id, {})[status] = number
    return found
