"""Cells: the combinations of counted dimensions in which referrals stand."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from django.db import connection


class Dimensions(NamedTuple):
    """The counted dimensions of a referral, in the order of the cell's columns."""

    operation_id: UUID
    platform_id: str
    kind: str
    agency_id: UUID
    instrument: str
    tier: int
    status: str
    availability: str


_COLUMNS = ", ".join(Dimensions._fields)
_ARRAYS = "%s::uuid[], %s::text[], %s::text[], %s::uuid[], %s::text[], %s::smallint[], %s::text[], %s::text[]"


def ensure_cells(wanted: Collection[Dimensions]) -> dict[Dimensions, int]:
    """Return the number of each cell, making those that are new: two statements, however many.

    In one order always, so that two writers who need the same new cells cannot wait for each other in a circle.
    """
    if not wanted:
        return {}
    ordered = sorted(set(wanted), key=lambda cell: tuple(map(str, cell)))
    arrays = [list(column) for column in zip(*ordered, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO referrals_cell ({_COLUMNS}) SELECT * FROM unnest({_ARRAYS}) ON CONFLICT DO NOTHING",
            arrays,
        )
        cursor.execute(
            f"SELECT {_COLUMNS}, id FROM referrals_cell JOIN unnest({_ARRAYS}) AS wanted ({_COLUMNS}) USING ({_COLUMNS})",
            arrays,
        )
        return {Dimensions(*row[:-1]): row[-1] for row in cursor.fetchall()}
