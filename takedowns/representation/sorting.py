"""Lists of referrals in another order than that of ids: cut by what they are sorted by, then by id.

By id backwards and by tier, cells find a page. Of moments a list of all that is the reader's goes along an index
(``referrals/sql/referral_at_platform_by_*.sql``, ``referral_by_*.sql``); where filters narrow it, what they leave is sorted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db.models import F, Q, QuerySet

from takedowns.referrals.models import Cell, Referral
from takedowns.representation.cells import ids_by_id, ids_by_tier
from takedowns.representation.moments import Edge, rows_by_due, rows_by_moment
from takedowns.representation.reader import Reader
from takedowns.representation.referrals import (
    Shown,
    among,
    in_order,
    narrowed,
    narrows,
    only_cells,
    shown,
    visible,
)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
#: The order of which a list without "sort" is.
BY_ID: Final = "id"
_BY_TIER: Final = "tier"
_BY_DUE: Final = "due_at"
#: Every order; those of moments in both directions. What has no such moment comes last.
SORTS: Final = (
    BY_ID,
    "-id",
    _BY_TIER,
    *(f"{sign}{name}" for name in ("referred_at", "decided_at", _BY_DUE) for sign in ("", "-")),
)


class Place(NamedTuple):
    """Where a sorted list goes on: after what is sorted by (microseconds since 1970 for a moment; None for nothing) and id."""

    value: int | None
    last: UUID


def sorted_page(
    reader: Reader, filters: Mapping[str, Any], sort: str, after: Place | None, size: int
) -> tuple[list[Shown], Place | None]:
    """Return one page in an order of :data:`SORTS`, and the place to go on after (None on the last). At most four statements."""
    rows = _rows(reader, filters, sort, after, size + 1)
    ids = [pk for pk, _value in rows[:size]]
    found = in_order(shown(visible(reader).filter(among(ids)), reader), ids)
    if len(rows) <= size:
        return found, None
    pk, value = rows[size - 1]
    return found, Place(_number(value), pk)


def _rows(
    reader: Reader, filters: Mapping[str, Any], sort: str, after: Place | None, wanted: int
) -> list[tuple[UUID, Any]]:
    """Return the ids of the next referrals, each with what is compared; nothing where that is the id. Two statements at most."""
    name, descends = sort.removeprefix("-"), sort.startswith("-")
    cells, whole = only_cells(reader, filters), not narrows(filters)
    if cells is None and whole and name != BY_ID:
        # An agency's: row-level security shows those in which something may be its.
        cells = Cell.objects.all()
    if cells is not None and name == BY_ID:
        return [(pk, None) for pk in ids_by_id(cells, wanted, after and after.last, descends=descends)]
    if cells is not None and name == _BY_TIER:
        edge = None if after is None or after.value is None else (after.value, after.last)
        return [*ids_by_tier(cells, wanted, edge)]
    place = after and Edge(_moment(after.value), after.last)
    if cells is not None and whole and name == _BY_DUE:
        return [*rows_by_due(cells, place, wanted, descends=descends)]
    if whole and name != BY_ID:
        return [*rows_by_moment(reader, name, place, wanted, descends=descends)]
    return _sorted_rows(narrowed(reader, filters), name, after, wanted, descends=descends)


def _sorted_rows(
    found: QuerySet[Referral], name: str, after: Place | None, wanted: int, *, descends: bool
) -> list[tuple[UUID, Any]]:
    """Sort what the filters leave."""
    further = "lt" if descends else "gt"
    if name == BY_ID:
        order = [F("pk").desc() if descends else F("pk").asc()]
        if after is not None:
            found = found.filter(**{f"pk__{further}": after.last})
        return [(pk, None) for pk in found.order_by(*order).values_list("pk", flat=True)[:wanted]]
    if after is not None:
        found = found.filter(_beyond(name, after, further))
    column, pk = F(name), F("pk")
    order = [column.desc(nulls_last=True), pk.desc()] if descends else [column.asc(nulls_last=True), pk.asc()]
    return list(found.order_by(*order).values_list("pk", name)[:wanted])


def _beyond(name: str, after: Place, further: str) -> Q:
    last = Q((f"pk__{further}", after.last))
    if after.value is None:
        return Q((f"{name}__isnull", True)) & last
    value = after.value if name == _BY_TIER else _moment(after.value)
    return Q((f"{name}__{further}", value)) | Q((name, value)) & last | Q((f"{name}__isnull", True))


def _moment(value: int | None) -> datetime | None:
    return None if value is None else _EPOCH + value * _MICROSECOND


def _number(value: Any) -> int | None:
    return (value - _EPOCH) // _MICROSECOND if isinstance(value, datetime) else value
