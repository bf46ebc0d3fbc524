"""Opaque cursors: where a page or a feed goes on. Their inside is ours and may change; callers only hand them back.

A cursor grants nothing: whoever makes one up sees what they may see, from another place on.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from takedowns.api.problems import Problem
from takedowns.referrals.log import Position
from takedowns.representation.sorting import SORTS, Place

_One = TypeVar("_One", bound=Model)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
#: Microseconds since 1970 that are a moment of the years 1 to 9999.
_EARLIEST: Final = -62 * 10**15
_LATEST: Final = 253 * 10**15


def of_referral(last: UUID) -> str:
    """Return the cursor after a referral in order of id."""
    return _pack(b"r", last.bytes)


def referral_of(cursor: str) -> UUID:
    """Return the referral a list goes on after.

    Raises:
        Problem: ``invalid-cursor``.
    """
    return UUID(bytes=_unpack(cursor, b"r", 16))


def of_sorted(sort: str, place: Place) -> str:
    """Return the cursor after a referral in one of the other orders; it names the order, for which alone it is good."""
    value = b"" if place.value is None else place.value.to_bytes(8, "big", signed=True)
    return _pack(b"o", bytes([SORTS.index(sort)]) + place.last.bytes + value)


def sorted_of(cursor: str, sort: str) -> Place:
    """Return the place that a list in that order goes on after.

    Raises:
        Problem: ``invalid-cursor``, also for one of another order.
    """
    inside = _unpack(cursor, b"o", 17, 25)
    if inside[0] != SORTS.index(sort):
        raise Problem(
            "invalid-cursor", "The cursor was given by a list in another order. Leave it out to begin anew."
        )
    value = int.from_bytes(inside[17:], "big", signed=True) if inside[17:] else None
    if value is not None and not _EARLIEST < value < _LATEST:
        raise _not_given()
    return Place(value, UUID(bytes=inside[1:17]))


def of_position(position: Position) -> str:
    """Return the cursor after a place in the log."""
    return _pack(b"c", position.xid.to_bytes(8, "big") + position.event_id.bytes)


def position_of(cursor: str) -> Position:
    """Return the place in the log a feed goes on after.

    Raises:
        Problem: ``invalid-cursor``.
    """
    inside = _unpack(cursor, b"c", 24)
    return Position(int.from_bytes(inside[:8], "big"), UUID(bytes=inside[8:]))


def of_moment(at: datetime, last: UUID) -> str:
    """Return the cursor after an entry of a list in order of time, the latest first."""
    return _pack(b"m", ((at - _EPOCH) // _MICROSECOND).to_bytes(8, "big", signed=True) + last.bytes)


def moment_of(cursor: str) -> tuple[datetime, UUID]:
    """Return the moment and the entry that a list goes on after.

    Raises:
        Problem: ``invalid-cursor``.
    """
    inside = _unpack(cursor, b"m", 24)
    try:
        at = _EPOCH + int.from_bytes(inside[:8], "big", signed=True) * _MICROSECOND
    except OverflowError:
        raise _not_given() from None
    return at, UUID(bytes=inside[8:])


def page_of_moments(
    found: QuerySet[_One], field: str, asked: Mapping[str, Any]
) -> tuple[list[_One], str | None]:
    """Return one page of a list in order of time, the latest first, and the cursor after it; None where nothing follows.

    Args:
        field: the name of its moment.
        asked: ``after`` and ``limit``, of the call's parameters.

    Raises:
        Problem: ``invalid-cursor``.
    """
    if "after" in asked:
        at, pk = moment_of(asked["after"])
        found = found.filter(Q((f"{field}__lt", at)) | Q((field, at), pk__lt=pk))
    rows = list(found.order_by(f"-{field}", "-pk")[: asked["limit"] + 1])
    page = rows[: asked["limit"]]
    return page, of_moment(getattr(page[-1], field), page[-1].pk) if len(rows) > len(page) else None


def of_numbered(number: int, last: UUID) -> str:
    """Return the cursor after an entry of a list in order of its numbers."""
    return _pack(b"n", number.to_bytes(8, "big") + last.bytes)


def numbered_of(cursor: str) -> tuple[int, UUID]:
    """Return the number and the entry that a list goes on after.

    Raises:
        Problem: ``invalid-cursor``.
    """
    inside = _unpack(cursor, b"n", 24)
    return min(int.from_bytes(inside[:8], "big"), 2**63 - 1), UUID(bytes=inside[8:])


def of_place(place: int) -> str:
    """Return the cursor after a row of a submission."""
    return _pack(b"p", place.to_bytes(8, "big"))


def place_of(cursor: str) -> int:
    """Return the place in a submission that its report goes on after.

    Raises:
        Problem: ``invalid-cursor``.
    """
    return min(int.from_bytes(_unpack(cursor, b"p", 8), "big"), 2**63 - 1)


def _pack(kind: bytes, inside: bytes) -> str:
    return base64.urlsafe_b64encode(kind + inside).rstrip(b"=").decode()


def _unpack(cursor: str, kind: bytes, *lengths: int) -> bytes:
    try:
        packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        packed = b""
    if packed[:1] != kind or len(packed) - 1 not in lengths:
        raise _not_given()
    return packed[1:]


def _not_given() -> Problem:
    return Problem("invalid-cursor", "The cursor was not given by this list.")
