"""Lists of referrals in another order than that of ids: cut by what they are sorted by, then by id.

No index stands behind these orders, as behind that of ids; what is sorted is what the filters leave.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db.models import F, Q

from takedowns.representation.reader import Reader
from takedowns.representation.referrals import Shown, among, narrowed, shown, visible

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
#: The order of which a list without "sort" is.
BY_ID: Final = "id"
#: Every order; those of moments in both directions. What has no such moment comes last.
SORTS: Final = (
    BY_ID,
    "-id",
    "tier",
    *(f"{sign}{name}" for name in ("referred_at", "decided_at", "due_at") for sign in ("", "-")),
)


class Place(NamedTuple):
    """Where a sorted list goes on: after what is sorted by (microseconds since 1970 for a moment; None for nothing) and id."""

    value: int | None
    last: UUID


def sorted_page(
    reader: Reader, filters: Mapping[str, Any], sort: str, after: Place | None, size: int
) -> tuple[list[Shown], Place | None]:
    """Return one page in an order of :data:`SORTS`, and the place to go on after (None on the last). At most three statements."""
    name, descends = sort.removeprefix("-"), sort.startswith("-")
    found = narrowed(reader, filters)
    if name == BY_ID:
        order = [F("pk").desc() if descends else F("pk").asc()]
        if after is not None:
            found = found.filter(**{"pk__lt" if descends else "pk__gt": after.last})
    else:
        column = F(name).desc(nulls_last=True) if descends else F(name).asc(nulls_last=True)
        order = [column, F("pk").asc()]
        if after is not None:
            found = found.filter(_beyond(name, after, descends=descends))
    rows = list(found.order_by(*order).values_list("pk", name)[: size + 1])
    ids = [pk for pk, _value in rows[:size]]
    by_id = {one["id"]: one for one in shown(visible(reader).filter(among(ids)), reader)}
    following = None
    if len(rows) > size:
        pk, value = rows[size - 1]
        following = Place(None if name == BY_ID else _number(value), pk)
    return [by_id[one] for one in ids if one in by_id], following


def _beyond(name: str, after: Place, *, descends: bool) -> Q:
    if after.value is None:
        return Q((f"{name}__isnull", True), pk__gt=after.last)
    value: Any = after.value if name == "tier" else _EPOCH + after.value * _MICROSECOND
    further = "lt" if descends else "gt"
    return (
        Q((f"{name}__{further}", value)) | Q((name, value), pk__gt=after.last) | Q((f"{name}__isnull", True))
    )


def _number(value: Any) -> int | None:
    return (value - _EPOCH) // _MICROSECOND if isinstance(value, datetime) else value
