"""Pages of referrals out of cells: of those in which they stand, only those are read that can hold rows of the page.

A platform's referrals stand in thousands of cells. One descent into the index for each finds its first row; a cell whose first row
is not among the first ``wanted`` first rows has none on the page, so that at most that many are read further.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from takedowns.referrals.models import Cell

#: Before every id, and beyond: where a cell is read from its end.
_ENDS: Final = (UUID(int=0), UUID(int=2**128 - 1))
#: The order by cell first keeps the planner on the index (cell, id).
_IN_CELL: Final = """
    SELECT referral.id FROM referrals_referral AS referral
    WHERE referral.cell_id = cell.id AND referral.id {beyond} {edge} {also}
    ORDER BY referral.cell_id {order}, referral.id {order}
"""
_PAGE: Final = """
    WITH heads AS MATERIALIZED (
        SELECT cell.id, cell.key FROM ({cells}) AS cell (id, key) CROSS JOIN LATERAL ({in_cell} LIMIT 1) AS head
        {reached} ORDER BY cell.key, head.id {order} LIMIT %(wanted)s
    )
    SELECT rows.id, cell.key FROM heads AS cell CROSS JOIN LATERAL ({in_cell} LIMIT %(wanted)s) AS rows
    ORDER BY cell.key, rows.id {order} LIMIT %(wanted)s
"""


def ids_by_id(
    cells: QuerySet[Cell], wanted: int, after: UUID | None = None, *, descends: bool = False, also: str = ""
) -> list[UUID]:
    """Return the ids of the first referrals in these cells, of those after an id. One statement.

    Row-level security narrows them to those that the actor may see.

    Args:
        also: the SQL of a further condition, of ``referral``, which most rows of a cell meet or none.
    """
    start = _ENDS[descends] if after is None else after
    found = _rows(
        cells,
        "0",
        "%(edge)s",
        {"wanted": wanted, "edge": start},
        also=f"AND {also}" if also else "",
        descends=descends,
    )
    return [pk for pk, _key in found]


def ids_by_tier(
    cells: QuerySet[Cell], wanted: int, after: tuple[int, UUID] | None = None
) -> list[tuple[UUID, int]]:
    """Return the first referrals in these cells by tier, then id, each with its tier; of those after one. One statement."""
    tier, last = after or (None, _ENDS[0])
    values = {"wanted": wanted, "edge": last, "tier": tier, "first": _ENDS[0]}
    edge = "CASE WHEN cell.key = %(tier)s THEN %(edge)s::uuid ELSE %(first)s END"
    reached = "" if tier is None else "WHERE cell.key >= %(tier)s"
    return _rows(cells, "tier", edge, values, reached=reached)


def _rows(
    cells: QuerySet[Cell],
    key: str,
    edge: str,
    values: dict[str, Any],
    *,
    reached: str = "",
    also: str = "",
    descends: bool = False,
) -> list[tuple[UUID, int]]:
    found, given = cells.order_by().values("pk", "tier").query.sql_with_params()
    named = {f"cells_{number}": one for number, one in enumerate(given)}
    statement = found % tuple(f"%({name})s" for name in named)
    order, beyond = ("DESC", "<") if descends else ("ASC", ">")
    told = (
        f"SELECT chosen.id, {'chosen.tier' if key == 'tier' else '0'} FROM ({statement}) AS chosen (id, tier)"
    )
    in_cell = _IN_CELL.format(beyond=beyond, edge=edge, also=also, order=order)
    with connection.cursor() as cursor:
        cursor.execute(
            _PAGE.format(cells=told, in_cell=in_cell, reached=reached, order=order), {**named, **values}
        )
        return [*cursor.fetchall()]
