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

_FIND = f"SELECT {_COLUMNS}, id FROM referrals_cell JOIN unnest({_ARRAYS}) AS wanted ({_COLUMNS}) USING ({_COLUMNS})"
_MAKE = f"INSERT INTO referrals_cell ({_COLUMNS}) SELECT * FROM unnest({_ARRAYS}) ON CONFLICT DO NOTHING RETURNING {_COLUMNS}, id"


def ensure_cells(wanted: Collection[Dimensions]) -> dict[Dimensions, int]:
    """Return the number of each cell, making those that are new: one statement, two where there are any, three where somebody
    else makes them at the same moment.

    In one order always, so that two writers who need the same new cells cannot wait for each other in a circle.
    """
    if not wanted:
        return {}
    ordered = sorted(set(wanted), key=lambda cell: tuple(map(str, cell)))
    numbers: dict[Dimensions, int] = {}
    for statement in (_FIND, _MAKE, _FIND):
        if missing := [cell for cell in ordered if cell not in numbers]:
            arrays = [list(column) for column in zip(*missing, strict=True)]
            with connection.cursor() as cursor:
                cursor.execute(statement, arrays)
                numbers |= {Dimensions(*row[:-1]): row[-1] for row in cursor.fetchall()}
    return numbers
