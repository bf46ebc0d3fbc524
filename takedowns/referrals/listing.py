"""An operation's referrals as a list: filtered by what is counted, newest first, page by page.

The last page of ten million costs what the first does: pages are cut by id (keyset), never by OFFSET, and nothing
is counted beyond a limit. A filter is answered by cells (one combination of the counted dimensions each): of those
that match, at most a page's worth can hold rows of the page, so only those are read. Rare and frequent filters
therefore cost alike: one index descent for each matching cell, and at most ``size`` squared index entries.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils import timezone

from takedowns.access.actor import Actor
from takedowns.readers import word_key
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.sorting import Sort

PAGE_SIZE: Final = 50
#: Up to here referrals are counted; beyond, "more than" is said (EXAMPLES: no COUNT over millions for a pager).
COUNT_LIMIT: Final = 10_000


@dataclass(frozen=True, slots=True)
class Beside:
    """What narrows the list beside the counted dimensions; what is empty leaves it open.

    Attributes:
        outlet: its name, in any case.
        person: part of the name, or the e-mail, of who submitted it; of the asking person's agencies alone.
        referred_from, referred_to, submitted_from, submitted_to: days in the installation's zone, both included.
        group: the listed group, by any text that the vocabulary has for it, or as it was typed.
        reached: what became of it, as one of :data:`REACHED`.
    """

    language: str = ""
    outlet: str = ""
    person: str = ""
    submission_id: UUID | None = None
    referred_from: date | None = None
    referred_to: date | None = None
    submitted_from: date | None = None
    submitted_to: date | None = None
    group: str = ""
    reached: str = ""

    def __bool__(self) -> bool:
        return self != Beside()


@dataclass(frozen=True, slots=True)
class Filters:
    """Which referrals. An empty tuple leaves a dimension open; several values mean any of them.

    Attributes:
        item_id: only referrals of this item, whatever the rounds.
        id_ends: only the referral whose id ends in these hex digits, as ``parse_reference`` gives them.
    """

    platform_id: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    agency_id: tuple[UUID, ...] = ()
    instrument: tuple[str, ...] = ()
    tier: tuple[int, ...] = ()
    status: tuple[str, ...] = ()
    availability: tuple[str, ...] = ()
    item_id: UUID | None = None
    id_ends: str = ""
    beside: Beside = Beside()

    @property
    def names_one(self) -> bool:
        """Whether an item or a referral is named: then there are few, and no cells need to be gone through."""
        return self.item_id is not None or bool(self.id_ends)

    @property
    def dimensions(self) -> dict[str, tuple[Any, ...]]:
        """The counted dimensions that are narrowed, by column name."""
        named = {
            one.name: getattr(self, one.name)
            for one in fields(self)
            if one.name not in ("item_id", "id_ends", "beside")
        }
        return {name: values for name, values in named.items() if values}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: nowhere (the newest), after or before a referral, or at the oldest end.

    ``sort``: in which order; by id, the newest first, where None. "Older" is then what stands further down.
    """

    older_than: UUID | None = None
    newer_than: UUID | None = None
    oldest: bool = False
    sort: Sort | None = None

    @property
    def upwards(self) -> bool:
        """Whether the page is read from its old end."""
        return self.oldest or self.newer_than is not None

    @property
    def falls(self) -> bool:
        """Whether it is read from the greatest to the least."""
        return (self.sort is None or self.sort.descending) != self.upwards


@dataclass(frozen=True, slots=True)
class Page:
    """One page, newest first.

    Attributes:
        older: the referral after which the next page begins; None on the last.
        newer: the referral before which the previous page ends; None on the first.
    """

    referrals: list[Referral]
    older: UUID | None
    newer: UUID | None


def page(
    operation: Operation, actor: Actor, filters: Filters, place: Place | None = None, *, size: int = PAGE_SIZE
) -> Page:
    """Return one page of the operation's referrals that the actor may see. Two statements.

    Referrals that arrive meanwhile stand before the first page, so whoever walks on to the last page meets each
    referral exactly once.
    """
    place = place or Place()
    ids = _ids(operation, filters, place, size + 1)
    more, ids = len(ids) > size, ids[:size]
    if place.upwards:
        ids.reverse()
    # The statement above obeys row-level security; this says the same once more.
    by_id = (
        Referral.objects.visible_to(actor).select_related("item__outlet", "platform", "agency").in_bulk(ids)
    )
    referrals = [by_id[one] for one in ids if one in by_id]
    if not referrals:
        return Page([], None, None)
    older, newer = referrals[-1].pk, referrals[0].pk
    if place.upwards:
        return Page(referrals, None if place.oldest else older, newer if more else None)
    return Page(referrals, older if more else None, newer if place.older_than else None)


def count_up_to(operation: Operation, filters: Filters, limit: int = COUNT_LIMIT) -> int:
    """Count the operation's referrals under the filters, stopping at ``limit`` + 1. One statement."""
    beside, narrowed = _beside(filters.beside)
    if filters.dimensions and not filters.names_one:
        cells, values = _cells(operation, filters)
        # The inner limit keeps the planner from reading the whole table for the sake of a few cells.
        found = f"""
            ({cells}) AS cells CROSS JOIN LATERAL (
                SELECT 1 FROM referrals_referral AS referral WHERE referral.cell_id = cells.id {beside} LIMIT %(limit)s
            ) AS rows
        """
    else:
        where, values = _plain(operation, filters)
        found = f"referrals_referral AS referral WHERE {where} {beside}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM {found} LIMIT %(limit)s) AS counted",
            {**values, **narrowed, "limit": limit + 1},
        )
        return int(cursor.fetchone()[0])


def ids(operation: Operation, filters: Filters, most: int, sort: Sort | None = None) -> list[UUID]:
    """Return the ids of up to ``most`` referrals under the filters, newest first unless sorted. One statement."""
    return _ids(operation, filters, Place(sort=sort), most)


def _ids(operation: Operation, filters: Filters, place: Place, wanted: int) -> list[UUID]:
    """Return up to ``wanted`` ids in reading order: downwards from the newest, or upwards from the oldest."""
    if place.sort is not None:
        return _sorted_ids(operation, filters, place, place.sort, wanted)
    order, opposite = ("ASC", "DESC") if place.upwards else ("DESC", "ASC")
    values: dict[str, Any] = {"wanted": wanted}
    beyond, narrowed = _beside(filters.beside)
    if (edge := place.newer_than or place.older_than) is not None:
        beyond += f" AND referral.id {'>' if place.upwards else '<'} %(edge)s"
        values["edge"] = edge
    if filters.dimensions and not filters.names_one:
        cells, found = _cells(operation, filters)
        in_cell = f"""
            SELECT referral.id FROM referrals_referral AS referral
            WHERE referral.cell_id = cells.id {beyond} ORDER BY referral.id {order}
        """
        # A cell whose first row is not among the first `wanted` first rows has no row on the page.
        statement = f"""
            WITH heads AS MATERIALIZED (
                SELECT cells.id, head.id AS first
                FROM ({cells}) AS cells CROSS JOIN LATERAL ({in_cell} LIMIT 1) AS head
                ORDER BY head.id {order} LIMIT %(wanted)s
            )
            SELECT rows.id FROM heads AS cells CROSS JOIN LATERAL ({in_cell} LIMIT %(wanted)s) AS rows
            ORDER BY rows.id {order} LIMIT %(wanted)s
        """
    else:
        where, found = _plain(operation, filters)
        statement = f"""
            SELECT referral.id FROM referrals_referral AS referral
            WHERE {where} {beyond} ORDER BY referral.operation_id {opposite}, referral.id {order} LIMIT %(wanted)s
        """
    with connection.cursor() as cursor:
        cursor.execute(statement, {**found, **values, **narrowed})
        return [one for (one,) in cursor.fetchall()]


#: Beyond every id, and before: where a cell is read from its end.
_ENDS: Final = ("ffffffff-ffff-ffff-ffff-ffffffffffff", "00000000-0000-0000-0000-000000000000")


def _sorted_ids(operation: Operation, filters: Filters, place: Place, sort: Sort, wanted: int) -> list[UUID]:
    """Return up to ``wanted`` ids in a sort's reading order. One statement; from the edge on, both the key and the id count."""
    order, beyond = ("DESC", "<") if place.falls else ("ASC", ">")
    beside, values = _beside(filters.beside)
    values |= {"wanted": wanted, "edge": place.newer_than or place.older_than}
    key = sort.key("referral")
    edge = f"(SELECT {key} FROM referrals_referral AS referral WHERE referral.id = %(edge)s)"
    if sort.is_of_cells and not filters.names_one:
        cells, found = _cells(operation, filters, sort.key("cell"))
        within = reached = ""
        if values["edge"] is not None:
            reached = f"WHERE cells.key {beyond}= {edge}"
            within = f"""AND referral.id {beyond} CASE WHEN cells.key = {edge} THEN %(edge)s::uuid
                ELSE '{_ENDS[0] if place.falls else _ENDS[1]}' END"""
        statement = f"""
            SELECT rows.id FROM ({cells}) AS cells CROSS JOIN LATERAL (
                SELECT referral.id FROM referrals_referral AS referral
                WHERE referral.cell_id = cells.id {beside} {within} ORDER BY referral.id {order} LIMIT %(wanted)s
            ) AS rows {reached} ORDER BY cells.key {order}, rows.id {order} LIMIT %(wanted)s
        """
    else:
        where, found = _plain(operation, filters)
        if values["edge"] is not None:
            where += f" AND ({key}, referral.id) {beyond} ({edge}, %(edge)s)"
        statement = f"""
            SELECT referral.id FROM referrals_referral AS referral WHERE {where} {beside}
            ORDER BY referral.operation_id {order}, {key} {order}, referral.id {order} LIMIT %(wanted)s
        """
    with connection.cursor() as cursor:
        cursor.execute(statement, {**found, **values})
        return [one for (one,) in cursor.fetchall()]


#: By field of :class:`Beside`. Who submitted it is told to colleagues alone.
_CONDITIONS: Final = {
    "language": "referral.language = lower(%(language)s)",
    "outlet": """referral.item_id IN (
        SELECT item.id FROM referrals_item AS item JOIN referrals_outlet AS outlet ON outlet.id = item.outlet_id
        WHERE lower(outlet.name) = lower(%(outlet)s))""",
    "person": """((SELECT takedowns_asks_everything())
        OR referral.agency_id = ANY((SELECT takedowns_asking_agencies())::uuid[]))
        AND referral.submitted_by_id IN (
            SELECT person.id FROM directory_user AS person
            WHERE lower(person.email) = lower(%(person)s) OR position(lower(%(person)s) IN lower(person.name)) > 0)""",
    "submission_id": "referral.submission_id = %(submission_id)s",
    "referred_from": "referral.referred_at >= %(referred_from)s",
    "referred_to": "referral.referred_at < %(referred_to)s",
    "submitted_from": "referral.submitted_at >= %(submitted_from)s",
    "submitted_to": "referral.submitted_at < %(submitted_to)s",
    "group": """referral.listed_group IN (%(group)s, (
        SELECT listed.name FROM directory_listedgroupname AS named JOIN directory_listedgroup AS listed ON listed.id = named.group_id
        WHERE named.words = %(group_words)s))""",
}
_WITHIN: Final = {"1h": "1 hour", "24h": "24 hours", "7d": "7 days"}
_WHOSE: Final = {
    "verified": "any",
    "verified_by_person": "person",
    "verified_by_robot": "robot",
    "checked": "checked",
}


def _verified(whose: str, within: str = "NULL") -> str:
    return f"takedowns_verified(referral.item_id, referral.referred_at, {within}, '{whose}')"


def _verified_within(whose: str, within: str) -> str:
    passed = f"referral.referred_at + interval '{within}' <= now()"
    window = f"interval '{within}'"
    return f"({passed} AND {_verified(whose, window)})"


#: What can be asked of a referral beside its cell, each as the figure of that name counts it.
REACHED: Final[dict[str, str]] = {
    "referred": "referral.referred_at IS NOT NULL",
    "acknowledged": "referral.acknowledged_at IS NOT NULL",
    "co_referred": "EXISTS (SELECT 1 FROM referrals_event AS joined WHERE joined.referral_id = referral.id AND joined.kind = 'co_refer')",
    "verified_since": _verified("any"),
    "verified_since_by_person": _verified("person"),
    "verified_since_by_robot": _verified("robot"),
    **{
        f"{name}_{window}": _verified_within(whose, long)
        for name, whose in _WHOSE.items()
        for window, long in _WITHIN.items()
    },
    "back_online": "takedowns_back_online(referral.item_id, referral.referred_at)",
}


def _beside(beside: Beside) -> tuple[str, dict[str, Any]]:
    """Return the condition that follows on another, and its values."""
    values = {one.name: given for one in fields(beside) if (given := getattr(beside, one.name))}
    for name in ("referred_from", "submitted_from"):
        if name in values:
            values[name] = _midnight(values[name])
    for name in ("referred_to", "submitted_to"):
        if name in values:
            values[name] = _midnight(values[name] + timedelta(days=1))
    reached = values.pop("reached", "")
    said = [_CONDITIONS[name] for name in values] + ([REACHED[reached]] if reached else [])
    if beside.group:
        values["group_words"] = word_key(beside.group)
    return "".join(f" AND {one}" for one in said), values


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _plain(operation: Operation, filters: Filters) -> tuple[str, dict[str, Any]]:
    """Return the condition for all referrals of the operation, or those of one item with whatever else is asked."""
    # As an array, and ordered by it in the index's direction: a plain equality drops out of the order, and the planner may
    # then read the primary key and pass over every other operation's rows.
    where = "referral.operation_id = ANY(%(operations)s)"
    values: dict[str, Any] = {"operations": [operation.pk]}
    if filters.item_id is not None:
        where += " AND referral.item_id = %(item)s"
        values["item"] = filters.item_id
    if filters.id_ends:
        where += " AND referral.id IN (SELECT id FROM takedowns_ending_in(%(digits)s))"
        values["digits"] = [filters.id_ends]
    if filters.dimensions:
        cells, found = _cells(operation, filters)
        where, values = f"{where} AND referral.cell_id IN ({cells})", {**found, **values}
    return where, values


def _cells(operation: Operation, filters: Filters, key: str = "") -> tuple[str, dict[str, Any]]:
    """Return a sub-select of the matching cells' numbers, with a key to sort by where one is given. Column names are our own; values travel as parameters."""
    narrowed = filters.dimensions
    where = "".join(f" AND cell.{name} = ANY(%({name})s)" for name in narrowed)
    also = f", {key} AS key" if key else ""
    statement = (
        f"SELECT cell.id{also} FROM referrals_cell AS cell WHERE cell.operation_id = %(operation)s{where}"
    )
    return statement, {"operation": operation.pk, **{name: list(values) for name, values in narrowed.items()}}
