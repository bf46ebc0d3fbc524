"""Reading the log of events in one stable order, so that a reader with a cursor misses nothing and sees nothing twice.

Events are in order of (place of their transaction, id). A transaction's place is its number, within an epoch of the log where the
data have come from another server (``postgres/sql/takedowns_transaction.sql``): both in one number, the column ``xid``. Numbers are given when a transaction begins to write and seen when it
commits, so a later number can appear before an earlier one. Therefore a reader goes no further than the oldest
transaction still in flight: ``xid < takedowns_log_horizon()``. What lies before that is final. The price:
a transaction that stays open holds every reader back until it ends. One that loads a long list may do so for many seconds, and writes
nothing that a platform is told of: it says so (:func:`let_platforms_pass`), and platforms do not wait for it.

That horizon is taken once for a reading, before anything else is asked. Under READ COMMITTED each statement sees more than
the one before it: were the horizon taken anew with the events, an event could lie behind it whose cell or referral was not
there when the reader asked which are its own, and the cursor would pass it for ever. What lies behind the first horizon
was committed with all that belongs to it before any later statement looks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals.models import Event

#: How many events of the whole log one reading goes through at most, whosever they are.
STRETCH: Final = 50_000
#: Bits of a place that are the number of the transaction; those above are the epoch.
_NUMBER_BITS: Final = 44
_LAST_XID: Final = 2**64 - 1
#: The lock by which a transaction says that it only loads a list; ``takedowns_log_horizon_of_platforms.sql`` looks for it.
_LOADS: Final = (1953260140, 1)


class Position(NamedTuple):
    """A place in the log: after the event of that transaction (its place, with the epoch) and id."""

    xid: int
    event_id: UUID


BEGINNING: Final = Position(0, UUID(int=0))


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read.

    Attributes:
        events: in log order.
        position: where to go on; not before the last event, and after whatever was passed over.
        more: whether there is, or may be, more to read at once.
    """

    events: Sequence[Event]
    position: Position
    more: bool


def let_platforms_pass() -> None:
    """Say that the transaction that begins here only loads a list, so that no platform need wait for it. Its first statement.

    Nothing may be written in it of which a platform is told (``representation/changes.py``): the platform may have read past it.

    Raises:
        RuntimeError: there is no transaction, or it has written already.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(%s, %s), pg_current_xact_id_if_assigned() IS NOT NULL",
            _LOADS,
        )
        has_written = cursor.fetchone()[1]
    if has_written or not connection.in_atomic_block:
        raise RuntimeError("Only a transaction that has written nothing yet can let platforms pass.")


def read(
    wanted: Callable[[], QuerySet[Event]], after: Position, limit: int, *, for_platform: bool = False
) -> Reading:
    """Read the next events after a position. Two statements (and two that name who asks), and those of ``wanted``.

    Args:
        for_platform: what is wanted is what a platform is told of; it waits for no list that is being loaded.
        wanted: says which events, once the horizon is taken; what it asks for that may be asked for in statements of its
            own. Row-level security shows those of referrals that the actor may see.
        after: where the last reading ended.
        limit: how many at most.
    """
    horizon, bound = _horizon(
        after, "takedowns_log_horizon_of_platforms" if for_platform else "takedowns_log_horizon"
    )
    found = list(_between(wanted(), after, horizon, bound).order_by("xid", "pk")[: limit + 1])
    if len(found) > limit:
        found = found[:limit]
        return Reading(found, Position(found[-1].xid, found[-1].pk), more=True)
    if bound is not None:
        return Reading(found, bound, more=True)
    return Reading(found, Position(found[-1].xid, found[-1].pk) if found else after, more=False)


def place_in_words(xid: int) -> str:
    """Return the place of a transaction for a person: its number, and the epoch where it is not the first."""
    epoch, number = divmod(xid, 1 << _NUMBER_BITS)
    return f"{number:,} of epoch {epoch}" if epoch else f"{number:,}"


def latest() -> Position:
    """Return the last position before the oldest transaction in flight: from here on a reader sees what is new."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT event.xid::text, event.id FROM referrals_event AS event
            WHERE event.xid < takedowns_log_horizon()
            ORDER BY event.xid DESC, event.id DESC LIMIT 1
            """
        )
        row = cursor.fetchone()
    return Position(int(row[0]), row[1]) if row else BEGINNING


def next_stretch(after: Position, most: int) -> Position | None:
    """Return where the next at most ``most`` events of the whole log end; None where there are none. One statement.

    For a reader that goes through all of it in SQL of its own. The caller asks as the system.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT stretch.xid::text, stretch.id FROM (
                SELECT event.xid, event.id FROM referrals_event AS event
                WHERE (event.xid, event.id) > (%s::xid8, %s) AND event.xid < takedowns_log_horizon()
                ORDER BY event.xid, event.id LIMIT %s
            ) AS stretch ORDER BY stretch.xid DESC, stretch.id DESC LIMIT 1
            """,
            [str(after.xid), after.event_id, most],
        )
        row = cursor.fetchone()
    return Position(int(row[0]), row[1]) if row else None


def _between(
    events: QuerySet[Event], after: Position, horizon: int, bound: Position | None
) -> QuerySet[Event]:
    """Narrow to what lies after one position and not after the other, behind the horizon."""
    found = events.filter(
        Q(xid__gt=after.xid) | Q(xid=after.xid, pk__gt=after.event_id), xid__gte=after.xid, xid__lt=horizon
    )
    if bound is not None:
        found = found.filter(
            Q(xid__lt=bound.xid) | Q(xid=bound.xid, pk__lte=bound.event_id), xid__lte=bound.xid
        )
    return found


def _horizon(after: Position, function: str) -> tuple[int, Position | None]:
    """Return the oldest transaction in flight, and the last position of the next stretch; None where less remains.

    Without a stretch, a reader of few events among millions would search them all in one statement.
    """
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH horizon AS MATERIALIZED (SELECT {function}() AS xid)
            SELECT horizon.xid::text, bound.xid::text, bound.id
            FROM horizon LEFT JOIN LATERAL (
                SELECT event.xid, event.id FROM referrals_event AS event
                WHERE (event.xid, event.id) > (%s::xid8, %s) AND event.xid < horizon.xid
                ORDER BY event.xid, event.id OFFSET %s LIMIT 1
            ) AS bound ON true
            """,
            [str(min(after.xid, _LAST_XID)), after.event_id, STRETCH - 1],
        )
        horizon, xid, event_id = cursor.fetchone()
    return int(horizon), None if xid is None else Position(int(xid), event_id)
