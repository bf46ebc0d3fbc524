"""Referrals sorted by a moment, along an index: of all that a reader may read, and nothing narrowed.

A platform's lie beside each other in an index of its own; an agency's within each operation of which it sees anything, in the index
that the pages go along. What has no such moment comes last, in either direction. Of orders, which alone are due, there are
few: those go along an index of them, and the rest comes out of cells.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from takedowns.referrals.models import Cell
from takedowns.referrals.sorting import BY_MOMENT
from takedowns.representation.cells import ids_by_id
from takedowns.representation.reader import Reader

#: By what a list is sorted: the key in the indexes.
_KEYS: Final = {f"{name}_at": BY_MOMENT[name].format(of="referral") for name in ("referred", "decided")}
_BY_PLATFORM: Final = ("platform_id", "SELECT %(platform)s::text")
_BY_OPERATION: Final = ("operation_id", "SELECT DISTINCT cell.operation_id FROM referrals_cell AS cell")
#: The order by what leads keeps the planner on the index.
_WITH: Final = """
    SELECT referral.id, referral.{name} AS at FROM referrals_referral AS referral
    WHERE referral.{leads} = lead.id AND {key} > '-infinity' {edge}
    ORDER BY referral.{leads} {order}, {key} {order}, referral.id {order} LIMIT %(wanted)s
"""
_WITHOUT: Final = """
    SELECT referral.id, NULL::timestamptz FROM referrals_referral AS referral
    WHERE referral.{leads} = lead.id AND {key} = '-infinity' {edge}
    ORDER BY referral.{leads} {order}, {key} {order}, referral.id {order} LIMIT %(wanted)s
"""
_DUE: Final = """
    SELECT referral.id, referral.due_at AS at FROM referrals_referral AS referral
    WHERE referral.due_at IS NOT NULL {edge} ORDER BY referral.due_at {order}, referral.id {order} LIMIT %(wanted)s
"""


class Edge(NamedTuple):
    """After what a page begins: a moment, None where there is none, and a referral."""

    at: datetime | None
    last: UUID


def rows_by_moment(
    reader: Reader, name: str, edge: Edge | None, wanted: int, *, descends: bool
) -> list[tuple[UUID, datetime | None]]:
    """Return the next referrals with the moment by which they are sorted, ``referred_at`` or ``decided_at``. One statement.

    Row-level security narrows them to those that the reader may read.
    """
    order, beyond = ("DESC", "<") if descends else ("ASC", ">")
    values: dict[str, Any] = {"platform": reader.platform_id, "wanted": wanted}
    key, with_edge, without_edge = _KEYS[name], "", ""
    if edge is not None:
        values |= {"at": edge.at, "last": edge.last}
        if edge.at is None:
            without_edge = f"AND referral.id {beyond} %(last)s"
        else:
            with_edge = f"AND ({key}, referral.id) {beyond} (%(at)s, %(last)s::uuid)"
    parts = [] if edge is not None and edge.at is None else [(_WITH, with_edge)]
    parts.append((_WITHOUT, without_edge))
    leads, those = _BY_OPERATION if reader.platform_id is None else _BY_PLATFORM
    rows = " UNION ALL ".join(
        f"({one.format(name=name, leads=leads, key=key, order=order, edge=where)})" for one, where in parts
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT rows.* FROM ({those}) AS lead (id) CROSS JOIN LATERAL ({rows}) AS rows (id, at)"
            f" ORDER BY rows.at {order} NULLS LAST, rows.id {order} LIMIT %(wanted)s",
            values,
        )
        return [*cursor.fetchall()]


def rows_by_due(
    cells: QuerySet[Cell], edge: Edge | None, wanted: int, *, descends: bool
) -> list[tuple[UUID, datetime | None]]:
    """As :func:`rows_by_moment`, by ``due_at``. Two statements at most.

    Args:
        cells: those in which the reader's referrals stand.
    """
    order, beyond = ("DESC", "<") if descends else ("ASC", ">")
    found: list[tuple[UUID, datetime | None]] = []
    if edge is None or edge.at is not None:
        where = (
            "" if edge is None else f"AND (referral.due_at, referral.id) {beyond} (%(at)s, %(last)s::uuid)"
        )
        values = {"wanted": wanted} | ({} if edge is None else edge._asdict())
        with connection.cursor() as cursor:
            cursor.execute(_DUE.format(order=order, edge=where), values)
            found = [*cursor.fetchall()]
    if len(found) < wanted:
        last = edge.last if edge is not None and edge.at is None else None
        others = ids_by_id(
            cells, wanted - len(found), last, descends=descends, also="referral.due_at IS NULL"
        )
        found += [(pk, None) for pk in others]
    return found
