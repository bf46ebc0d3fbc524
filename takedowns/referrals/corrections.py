"""Correcting what is known of referrals and their items: kind, tier, outlet, listed group. A set at a time.

Kind and outlet belong to the item, so every referral of it follows into the cell of the new kind. Each referral whose
cell or facts change gets an event of kind ``correct`` that says from where to where, so that a correction counts like
any other change (DESIGN, principle 5).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from psycopg.types.json import Jsonb

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.access.roles import Role
from takedowns.directory.listed_groups import Vocabulary, vocabulary
from takedowns.identity import Kind
from takedowns.referrals.cells import Dimensions, ensure_cells
from takedowns.referrals.locks import lock_items_of, lock_rounds_of
from takedowns.referrals.permissions import MAY_CORRECT, agencies_with_a_role
from takedowns.referrals.transitions import Applied, Refused, reopen
from takedowns.referrals.visibility import parameters, sees, takes_part
from takedowns.referrals.vocabulary import EventKind, Status, Tier

LONGEST_NAME: Final = 200
_KINDS: Final = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class Correction:
    """What is to be different; None leaves it as it is.

    Attributes:
        tier: 1 to 5; 9 for none.
        kind: one of identity's kinds.
        outlet: by name; made where nobody knew it yet; "" for none.
        listed_group: by any text that the vocabulary has for it; "" for none.
    """

    referral_id: UUID
    tier: int | None = None
    kind: str | None = None
    outlet: str | None = None
    listed_group: str | None = None


@dataclass(slots=True)
class _Known:
    """A referral as it stands, read under its lock."""

    dimensions: Dimensions
    referral_id: UUID
    item_id: UUID
    cell_id: int
    kind: str
    outlet_id: UUID | None
    outlet: str
    listed_group: str
    outlet_held: bool
    seen: bool
    coordinates: bool


@dataclass(slots=True)
class _Change:
    """What becomes of one referral: its new cell and listed group, and what the event says."""

    known: _Known
    dimensions: Dimensions
    listed_group: str
    details: dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Corrected(Applied):
    """What became of a set of corrections.

    Attributes:
        details: by referral that is different since, and by field: what it was and what it is.
        reopened: those that had been approved, and go back to review: what was approved is not what would be referred.
    """

    details: Mapping[UUID, Mapping[str, list[Any]]]
    reopened: list[UUID]


def correct(corrections: Sequence[Correction], *, by: Actor, at: datetime | None = None) -> Corrected:
    """Correct referrals and their items, each as far as it is allowed. A fixed number of statements.

    Returns:
        Ids of the referrals named that are now as wanted (also where nothing had to change), and those refused:
        ``not_found``, ``not_your_role``, ``repeated``, ``on_hold`` or ``unknown_value``.
    """
    if not corrections:
        return Corrected([], [], {}, [])
    groups = vocabulary() if any(one.listed_group for one in corrections) else Vocabulary({})
    with acting_as(SYSTEM):  # an item's other rounds may be of agencies that the actor does not see
        known = _lock([one.referral_id for one in corrections], by)
        allowed: dict[UUID, Correction] = {}
        refused: list[Refused] = []
        for one in corrections:
            standing = known.get(one.referral_id)
            verdict = _judge(one, standing, by, groups, repeated=one.referral_id in allowed)
            if verdict is None:
                allowed[one.referral_id] = _named(one, standing, groups)
            else:
                refused.append(verdict)
        at = at or timezone.now()
        changes = _write(list(allowed.values()), known, by, at) if allowed else []
        details = {change.known.referral_id: change.details for change in changes}
        approved = [
            one.known.referral_id for one in changes if one.known.dimensions.status == Status.APPROVED
        ]
        reopened = reopen(approved, by=by, at=at, because="corrected")
    return Corrected(list(allowed), refused, details, reopened)


def _lock(referral_ids: list[UUID], by: Actor) -> dict[UUID, _Known]:
    """Lock the items, then all their referrals, in the order every other writer does; read them."""
    lock_items_of(referral_ids)
    lock_rounds_of(referral_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT referral.id, referral.item_id, referral.cell_id, item.kind, item.outlet_id,
                   coalesce(outlet.name, ''), referral.listed_group,
                   coalesce(takedowns_outlet_is_held(item.outlet_id), false),
                   {sees()}, {takes_part(agencies="coordinating")},
                   {", ".join(f"cell.{name}" for name in Dimensions._fields)}
            FROM referrals_referral AS referral
            JOIN referrals_item AS item ON item.id = referral.item_id
            LEFT JOIN referrals_outlet AS outlet ON outlet.id = item.outlet_id
            JOIN referrals_cell AS cell ON cell.id = referral.cell_id
            WHERE referral.item_id IN (SELECT item_id FROM referrals_referral WHERE id = ANY(%(ids)s))
            """,
            {
                **parameters(by),
                "coordinating": agencies_with_a_role(by, {Role.COORDINATOR}),
                "ids": referral_ids,
            },
        )
        return {row[0]: _Known(Dimensions(*row[10:]), *row[:10]) for row in cursor.fetchall()}


def _judge(
    one: Correction, known: _Known | None, by: Actor, groups: Vocabulary, *, repeated: bool
) -> Refused | None:
    if known is None or not known.seen:
        return Refused(one.referral_id, "not_found", "There is no such referral.")

    def refuse(code: str, message: str) -> Refused:
        return Refused(one.referral_id, code, message, known.dimensions.status)

    if repeated:
        return refuse("repeated", "This referral stands twice in the same set; only the first was corrected.")
    at_its_agency = by.roles.get(known.dimensions.agency_id, frozenset())
    if not (by.is_system or at_its_agency & MAY_CORRECT or known.coordinates):
        return refuse(
            "not_your_role", "Correcting is for the referral's agency and the operation's coordinator."
        )
    if one.outlet is not None and known.outlet_held and one.outlet.strip() != known.outlet:
        # It would slip out of the hold, whosever that is.
        return refuse(
            "on_hold", "There is a hold on it. Its outlet can be changed when the hold ends or is released."
        )
    text = (one.listed_group or "").strip()
    if text != known.listed_group and len(text) <= LONGEST_NAME and groups.name_of(text) is None:
        return refuse(
            "unknown_value",
            f"“{text}” is no listed group. Choose one by its name, another name or its code.",
        )
    return _judge_values(one, refuse)


def _named(one: Correction, known: _Known | None, groups: Vocabulary) -> Correction:
    """Return the correction with the group's name, by whichever text it was named; what stands there already stays."""
    text = (one.listed_group or "").strip()
    if not text or known is None or text == known.listed_group:
        return one
    return replace(one, listed_group=groups.name_of(text))


def _judge_values(one: Correction, refuse: Callable[[str, str], Refused]) -> Refused | None:
    if one.tier is not None and str(one.tier) not in Tier.values:
        return refuse(
            "unknown_value", f"{one.tier} is no tier. Tiers go from 1 (threat to life) to 5 (other)."
        )
    if one.kind is not None and one.kind not in _KINDS:
        return refuse("unknown_value", f"“{one.kind}” is no kind. Known: {', '.join(sorted(_KINDS))}.")
    for what, value in (("outlet", one.outlet), ("listed group", one.listed_group)):
        if value is not None and len(value.strip()) > LONGEST_NAME:
            return refuse("unknown_value", f"The {what} has more than {LONGEST_NAME} characters; shorten it.")
    return None


def _write(
    corrections: list[Correction], known: Mapping[UUID, _Known], by: Actor, at: datetime
) -> list[_Change]:
    kinds = {known[one.referral_id].item_id: one.kind for one in corrections if one.kind is not None}
    named = {
        known[one.referral_id].item_id: one.outlet.strip() for one in corrections if one.outlet is not None
    }
    outlets = _ensure_outlets({name for name in named.values() if name})
    by_referral = {one.referral_id: one for one in corrections}
    changes = [
        change
        for each in known.values()
        if (change := _change(each, by_referral.get(each.referral_id), kinds, named))
    ]
    cells = ensure_cells([change.dimensions for change in changes])
    items = [
        (item, kinds.get(item), item in named, outlets.get(named.get(item, "")))
        for item in sorted(kinds.keys() | named.keys())
    ]
    with connection.cursor() as cursor:
        _write_items(cursor, items)
        _write_referrals(cursor, changes, cells)
        _write_events(cursor, changes, cells, by, at)
    return changes


def _write_items(cursor: CursorWrapper, items: list[tuple[Any, ...]]) -> None:
    cursor.execute(
        """
        UPDATE referrals_item AS item SET
            kind = coalesce(wanted.kind, item.kind),
            outlet_id = CASE WHEN wanted.names_outlet THEN wanted.outlet_id ELSE item.outlet_id END
        FROM unnest(%s::uuid[], %s::text[], %s::boolean[], %s::uuid[]) AS wanted (id, kind, names_outlet, outlet_id)
        WHERE item.id = wanted.id
        """,
        _columns(items, 4),
    )


def _write_referrals(
    cursor: CursorWrapper, changes: Sequence[_Change], cells: Mapping[Dimensions, int]
) -> None:
    cursor.execute(
        """
        UPDATE referrals_referral AS referral
        SET tier = wanted.tier, listed_group = wanted.listed_group, cell_id = wanted.cell_id
        FROM unnest(%s::uuid[], %s::smallint[], %s::text[], %s::bigint[]) AS wanted (id, tier, listed_group, cell_id)
        WHERE referral.id = wanted.id
        """,
        _columns(
            [
                (one.known.referral_id, one.dimensions.tier, one.listed_group, cells[one.dimensions])
                for one in changes
            ],
            4,
        ),
    )


def _write_events(
    cursor: CursorWrapper,
    changes: Sequence[_Change],
    cells: Mapping[Dimensions, int],
    by: Actor,
    at: datetime,
) -> None:
    cursor.execute(
        """
        INSERT INTO referrals_event (at, kind, actor_id, agency_id, item_id, referral_id, from_cell_id, to_cell_id, details)
        SELECT %s, %s, %s, %s, change.*
        FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[], %s::bigint[], %s::jsonb[]) AS change
        """,
        [
            at,
            EventKind.CORRECT,
            by.user_id,
            next(iter(by.agencies)) if len(by.agencies) == 1 else None,
            *_columns(
                [
                    (
                        one.known.item_id,
                        one.known.referral_id,
                        one.known.cell_id,
                        cells[one.dimensions],
                        Jsonb(one.details),
                    )
                    for one in changes
                ],
                5,
            ),
        ],
    )


def _change(
    known: _Known, wanted: Correction | None, kinds: Mapping[UUID, str | None], named: Mapping[UUID, str]
) -> _Change | None:
    """Return what becomes of a referral, or None where it stays as it is."""
    dimensions = known.dimensions
    kind = kinds.get(known.item_id) or dimensions.kind
    outlet = named.get(known.item_id, known.outlet)
    tier, listed_group = dimensions.tier, known.listed_group
    if wanted is not None:
        tier = wanted.tier or tier
        listed_group = listed_group if wanted.listed_group is None else wanted.listed_group.strip()
    before_and_after: dict[str, list[Any]] = {
        "kind": [dimensions.kind, kind],
        "tier": [dimensions.tier, tier],
        "outlet": [known.outlet, outlet],
        "listed_group": [known.listed_group, listed_group],
    }
    details = {name: pair for name, pair in before_and_after.items() if pair[0] != pair[1]}
    if not details:
        return None
    return _Change(known, dimensions._replace(kind=kind, tier=tier), listed_group, details)


def _ensure_outlets(names: set[str]) -> dict[str, UUID]:
    """Return the outlets of those names, making the ones nobody knew. Two statements."""
    ordered = sorted(names)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO referrals_outlet (name) SELECT unnest(%s::text[]) ON CONFLICT (name) DO NOTHING",
            [ordered],
        )
        cursor.execute("SELECT name, id FROM referrals_outlet WHERE name = ANY(%s)", [ordered])
        return dict(cursor.fetchall())


def _columns(rows: list[tuple[Any, ...]], width: int) -> list[list[Any]]:
    """Turn rows into one array a column, also where there are none."""
    return [[row[place] for row in rows] for place in range(width)]
