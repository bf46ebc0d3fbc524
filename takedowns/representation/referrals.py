"""Referrals as they are shown outside, by the API and in webhooks: to a platform what it needs to act, to an agency its handling besides.

What a platform is not shown: who handed in, approved or released it, when, from which list, the outlet analysts see
behind it, further agencies that found it, holds, notes. The agency that asks is shown: a platform must know who does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

import orjson
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, JSONField, QuerySet
from django.db.models.expressions import RawSQL

from takedowns.access.roles import Role
from takedowns.referrals.lifecycle import allowed_from
from takedowns.referrals.models import Cell, Event, Operation, Referral
from takedowns.referrals.reference import DIGITS, parse_reference, reference_of
from takedowns.referrals.vocabulary import Status, tier_told
from takedowns.representation.cells import ids_by_id
from takedowns.representation.reader import Reader
from takedowns.representation.wire import dumps

_Row = TypeVar("_Row", bound=dict[str, Any])
#: Filters that are counted dimensions, answered by cells; parameter name to the cell's column.
DIMENSIONS: Final[Mapping[str, str]] = {
    "status": "status",
    "kind": "kind",
    "instrument": "instrument",
    "tier": "tier",
    "availability": "availability",
    "operation": "operation__reference",
    "platform": "platform_id",
    "agency": "agency__slug",
}
#: In the order in which :func:`_shown` takes them.
_COLUMNS: Final = (
    "id",
    "operation__reference",
    "platform_id",
    "item_id",
    "item__kind",
    "item__url",
    "item__key",
    "agency__slug",
    "agency__name",
    "agency__country",
    "instrument",
    "tier",
    "language",
    "listed_group",
    "ground",
    "status",
    "availability",
    "availability_since",
    "action",
    "decision_ground",
    "decline_reason",
    "referred_at",
    "acknowledged_at",
    "decided_at",
    "due_at",
    "round",
    "moments",
    "hashes",
)
#: What agencies read besides.
_HANDLING: Final = ("submitted_at", "approved_at", "submission_id", "agency_id", "item__outlet__name")
#: Those that were given beside the address; what is computed of evidence is no platform's to read.
_HASHES: Final = RawSQL("takedowns_hashes_of(referrals_referral.id)", [], output_field=JSONField())
#: In these statuses a referral was not made to its platform.
NOT_MADE: Final = (Status.SUBMITTED, Status.APPROVED, Status.REJECTED)
PLATFORM_MOVES: Final = {
    str(status): [move.name for move in allowed_from(status) if Role.PLATFORM in move.roles]
    for status in Status
}


#: What an agency's program may do in each status; every other move of an agency's is decided by a person on the pages.
AGENCY_MOVES: Final = {
    str(status): [
        move.name for move in allowed_from(status) if move.name in ("withdraw", "provide_information")
    ]
    for status in Status
}


def visible(reader: Reader) -> QuerySet[Referral]:
    """Return the referrals a reader may read. To a platform, those that were made to it; also the withdrawn of these."""
    return Referral.objects.visible_to(reader.actor)


def shown(referrals: QuerySet[Referral], reader: Reader) -> list[Shown]:
    """Read referrals into the API's words, each with its ETag, in the order of the queryset. One statement."""
    referrals = referrals.annotate(hashes=_HASHES)
    if reader.platform_id is not None:
        return [_shown(row, None) for row in referrals.values_list(*_COLUMNS)]
    agencies = reader.actor.agencies
    of_all = len(_COLUMNS)
    return [
        _shown(row[:of_all], _handling(row[of_all:], agencies))
        for row in referrals.values_list(*_COLUMNS, *_HANDLING)
    ]


def page(
    reader: Reader, filters: Mapping[str, Any], after: UUID | None, size: int
) -> tuple[list[Shown], UUID | None]:
    """Return one page in order of id, and the id to go on after (None on the last). At most three statements.

    A page costs what it shows: the counted dimensions are narrowed by cells, pages are cut by id, and only what is on
    the page is joined with what belongs to it.
    """
    ids = _ids(reader, filters, after or UUID(int=0), size + 1)
    rows = shown(visible(reader).filter(among(ids[:size])).order_by("pk"), reader)
    return rows, ids[size - 1] if len(ids) > size else None


def in_order(rows: Iterable[_Row], ids: Sequence[UUID]) -> list[_Row]:
    """Return referrals as shown in the order of these ids; what is not among them is left out."""
    by_id = {row["id"]: row for row in rows}
    return [by_id[one] for one in ids if one in by_id]


def among(ids: Iterable[UUID]) -> RawSQL:
    """Return the condition that a referral is one of these; they travel as one value, whatever their number."""
    return RawSQL(
        "referrals_referral.id = ANY(%s::uuid[])",
        ["{" + ",".join(map(str, ids)) + "}"],
        output_field=BooleanField(),
    )


def narrowed(reader: Reader, filters: Mapping[str, Any]) -> QuerySet[Referral]:
    """Return the referrals that filters leave, of those that a reader may read."""
    cells, others = _cells(reader, filters), _others(filters)
    found = visible(reader).filter(**others)
    return found if cells is None else found.filter(in_cells("cell_id", cells))


def cells_of(filters: Mapping[str, Any]) -> QuerySet[Cell] | None:
    """Return the cells that counted dimensions leave; None where none is asked for."""
    dimensions = {f"{column}__in": filters[name] for name, column in DIMENSIONS.items() if filters.get(name)}
    return Cell.objects.filter(**dimensions) if dimensions else None


def narrows(filters: Mapping[str, Any]) -> bool:
    """Tell whether filters leave anything out."""
    return cells_of(filters) is not None or bool(_others(filters))


def only_cells(reader: Reader, filters: Mapping[str, Any]) -> QuerySet[Cell] | None:
    """Return the cells in which what filters leave stands, and nothing else; None where cells alone do not say it."""
    return None if _others(filters) else _cells(reader, filters)


def _cells(reader: Reader, filters: Mapping[str, Any]) -> QuerySet[Cell] | None:
    cells = cells_of(filters)
    if not reader.platform_id:
        return cells
    mine = Cell.objects.all() if cells is None else cells
    return mine.filter(platform_id=reader.platform_id).exclude(status__in=NOT_MADE)


def _ids(reader: Reader, filters: Mapping[str, Any], after: UUID, wanted: int) -> list[UUID]:
    """Return the ids of the next referrals. Row-level security narrows them; :func:`visible` says it again."""
    cells = only_cells(reader, filters)
    if cells is not None:
        return ids_by_id(cells, wanted, after)
    found = narrowed(reader, filters).filter(pk__gt=after)
    return list(found.order_by("pk").values_list("pk", flat=True)[:wanted])


def in_cells(column: str, cells: QuerySet[Cell]) -> Func:
    """Return the condition that a column names one of these cells, asked in the statement that it stands in.

    Asked before it, a cell that was committed since would hide whatever moved into it. As an array it is computed once,
    where a join with cells would be made for each row.
    """
    numbers = ArraySubquery(cells.values("pk"))
    return Func(
        F(column),
        numbers,
        template="(%(expressions)s))",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )


def _others(filters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the conditions that cells do not know."""
    others: dict[str, Any] = {}
    if (before := filters.get("due_before")) is not None:
        others["due_at__lt"] = before
    if (since := filters.get("updated_since")) is not None:
        others["pk__in"] = Event.objects.filter(pk__gte=_id_at(since)).values("referral_id")
    if (item_id := filters.get("item_id")) is not None:
        others["item_id"] = item_id
    return others


def named(name: str, reader: Reader) -> QuerySet[Referral]:
    """Return the referral of an id or a short reference, as a set of one or none."""
    by_name = ids_of([name])
    return visible(reader).filter(pk__in=by_name.values())


def ids_of(names: Iterable[str]) -> dict[str, UUID]:
    """Return the ids of referrals named by id or short reference. No statement, or one where there are references.

    A name that is neither is left out; so is a reference that fits no referral the actor may see.
    """
    found: dict[str, UUID] = {}
    parsed: dict[tuple[str, str], list[str]] = {}
    for name in names:
        try:
            found[name] = UUID(name)
        except ValueError:
            if (parts := parse_reference(name)) is not None:
                parsed.setdefault(parts, []).append(name)
    if parsed:
        operations, tails = zip(*parsed, strict=True)
        named = RawSQL("SELECT id FROM takedowns_ending_in(%s)", [list(tails)])
        rows = Referral.objects.filter(pk__in=named, operation__reference__in=operations)
        for operation, pk in rows.values_list("operation__reference", "pk"):
            found |= dict.fromkeys(parsed.get((operation, pk.hex[-DIGITS:]), ()), pk)
    return found


class Shown(dict[str, Any]):
    """A referral as shown, with its ETag; and the same as JSON, since the ETag is made of that: a page of 1,000 writes it once."""

    __slots__ = ("_text", "json")

    def __init__(self, referral: Mapping[str, Any]) -> None:
        text = dumps(referral)
        etag = _digest(text)
        super().__init__(referral, etag=etag)
        self._text = b'%b,"etag":"%b"}' % (text[:-1], etag.encode())
        self.json = orjson.Fragment(self._text)

    def json_with(self, **more: Any) -> orjson.Fragment:
        """Return it as JSON with further members, which are no part of its ETag."""
        return orjson.Fragment(self._text[:-1] + b"," + dumps(more)[1:])


def etag_of(referral: Mapping[str, Any]) -> str:
    """Return the strong ETag of a referral as shown: it changes with whatever its reader could see change."""
    return _digest(dumps(referral))


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:24]


def operations(reader: Reader) -> QuerySet[Operation]:
    """Return the operations a reader may know of; a platform those in which something was referred to it."""
    if reader.platform_id is None:
        return Operation.objects.visible_to(reader.actor)
    mine = in_cells("cell_id", Cell.objects.filter(platform_id=reader.platform_id))
    made = Referral.objects.filter(mine, referred_at__isnull=False)
    return Operation.objects.filter(pk__in=made.values("operation_id"))


def _handling(row: Sequence[Any], agencies: frozenset[UUID]) -> dict[str, Any]:
    submitted_at, approved_at, submission_id, agency_id, outlet = row
    return {
        "submitted_at": submitted_at,
        "approved_at": approved_at,
        "submission": submission_id if agency_id in agencies else None,
        "outlet": outlet,
    }


def _shown(row: Sequence[Any], handling: dict[str, Any] | None) -> Shown:
    (
        pk,
        operation,
        platform_id,
        item_id,
        kind,
        url,
        key,
        agency,
        agency_name,
        country,
        instrument,
        tier,
        language,
        listed_group,
        ground,
        status,
        availability,
        since,
        action,
        decision_ground,
        decline_reason,
        referred_at,
        acknowledged_at,
        decided_at,
        due_at,
        round_,
        moments,
        hashes,
    ) = row
    referral = {
        "id": pk,
        "reference": reference_of(operation, pk),
        "operation": operation,
        "platform": platform_id,
        "item": {"id": item_id, "kind": kind, "url": url, "key": key},
        "moments": moments,
        "hashes": hashes,
        "agency": {"slug": agency, "name": agency_name, "country": country or None},
        "instrument": instrument,
        "tier": tier_told(tier),
        "language": language or None,
        "listed_group": listed_group or None,
        "legal_ground": ground or None,
        "status": status,
        "allowed": PLATFORM_MOVES[status],
        "availability": availability,
        "availability_since": since,
        "action": action or None,
        "decision_ground": decision_ground or None,
        "decline_reason": decline_reason or None,
        "referred_at": referred_at,
        "acknowledged_at": acknowledged_at,
        "decided_at": decided_at,
        "due_at": due_at,
        "round": round_,
        "handling": handling,
    }
    return Shown(referral)


def _id_at(moment: datetime) -> UUID:
    """Return the smallest version 7 UUID made at a moment: events' ids say when they were recorded."""
    milliseconds = max(0, min(int(moment.timestamp() * 1000), 2**48 - 1))
    return UUID(int=milliseconds << 80)
