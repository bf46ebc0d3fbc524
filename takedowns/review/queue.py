"""The reviewer's queue: what waits for a second pair of eyes, the most urgent and oldest in front.

Like the list (listing.py) it is answered by cells: the submitted ones of the reviewer's agencies, each read from its
old end. What the reviewer handed in is left out and counted, so that nobody looks for it in vain.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection

from takedowns.access.actor import Actor
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.permissions import reviews_for
from takedowns.referrals.piles import COUNT_LIMIT, Pile, piles
from takedowns.referrals.vocabulary import Status

__all__ = [
    "ALL",
    "COUNT_LIMIT",
    "After",
    "Narrowed",
    "Offer",
    "Waiting",
    "front",
    "platforms_and_outlets",
    "waiting",
    "waiting_in",
]


class After(NamedTuple):
    """A place in the queue: behind the referral of that tier and id."""

    tier: int
    referral_id: UUID


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which of the waiting: of one platform, of one outlet, or all."""

    platform_id: str = ""
    outlet_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait: for the actor's eyes, and how many the actor handed in and somebody else must see."""

    for_you: int
    your_own: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A platform or outlet of what waits, by which the queue can be narrowed."""

    key: str
    name: str
    waiting: int


ALL: Final = Narrowed()


def front(
    operation: Operation, actor: Actor, size: int, *, after: After | None = None, narrowed: Narrowed = ALL
) -> list[Referral]:
    """Return the next referrals for the actor to assess: by tier, then as they came. Two statements."""
    where, values = _condition([operation.pk], actor, narrowed)
    beyond = ""
    if after is not None:
        beyond = "AND (cells.tier, referral.id) > (%(after_tier)s::smallint, %(after_id)s::uuid)"
        values |= {"after_tier": after.tier, "after_id": after.referral_id}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT rows.id FROM ({_CELLS}) AS cells CROSS JOIN LATERAL (
                SELECT referral.id FROM referrals_referral AS referral
                WHERE referral.cell_id = cells.id AND {_NOT_ONES_OWN} {where} {beyond}
                ORDER BY referral.id LIMIT %(size)s
            ) AS rows ORDER BY cells.tier, rows.id LIMIT %(size)s
            """,
            {**values, "size": size},
        )
        ids = [one for (one,) in cursor.fetchall()]
    found = (
        Referral.objects.visible_to(actor).select_related("item__outlet", "platform", "agency").in_bulk(ids)
    )
    return [found[one] for one in ids if one in found]


def waiting(operation: Operation, actor: Actor, narrowed: Narrowed = ALL) -> Waiting:
    """Count what waits, each cell up to :data:`COUNT_LIMIT`. One statement."""
    where, values = _condition([operation.pk], actor, narrowed)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT count(*) FILTER (WHERE NOT rows.own), count(*) FILTER (WHERE rows.own)
            FROM ({_CELLS}) AS cells CROSS JOIN LATERAL (
                SELECT coalesce(%(actor)s IN (referral.submitted_by_id, referral.changed_by_id), false) AS own
                FROM referrals_referral AS referral
                WHERE referral.cell_id = cells.id {where} LIMIT %(limit)s
            ) AS rows
            """,
            {**values, "limit": COUNT_LIMIT},
        )
        return Waiting(*cursor.fetchone())


def waiting_in(operations: Collection[UUID], actor: Actor) -> dict[UUID, Pile]:
    """Return what waits for the actor's eyes in each of several operations, since it was submitted. One statement."""
    if not operations or not reviews_for(actor):
        return {}
    where, values = _condition(operations, actor, ALL)
    return piles(
        f"""
        SELECT cells.operation_id, rows.id, rows.since
        FROM ({_CELLS}) AS cells CROSS JOIN LATERAL (
            SELECT referral.id, referral.submitted_at AS since FROM referrals_referral AS referral
            WHERE referral.cell_id = cells.id AND {_NOT_ONES_OWN} {where} LIMIT %(limit)s
        ) AS rows
        """,
        {**values, "limit": COUNT_LIMIT},
    )


def platforms_and_outlets(operation: Operation, actor: Actor) -> tuple[list[Offer], list[Offer]]:
    """Return by what the queue can be narrowed, most waiting first. One statement."""
    _, values = _condition([operation.pk], actor, ALL)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT platform.slug, platform.name, outlet.id, outlet.name, count(*)
            FROM ({_CELLS}) AS cells CROSS JOIN LATERAL (
                SELECT referral.item_id, referral.platform_id FROM referrals_referral AS referral
                WHERE referral.cell_id = cells.id AND {_NOT_ONES_OWN}
                LIMIT %(limit)s
            ) AS rows
            JOIN referrals_item AS item ON item.id = rows.item_id
            JOIN directory_platform AS platform ON platform.slug = rows.platform_id
            LEFT JOIN referrals_outlet AS outlet ON outlet.id = item.outlet_id
            GROUP BY 1, 2, 3, 4
            """,
            {**values, "limit": COUNT_LIMIT},
        )
        found = cursor.fetchall()
    platforms: dict[str, Offer] = {}
    outlets: dict[str, Offer] = {}
    for slug, platform, outlet_id, outlet, times in found:
        _add(platforms, slug, platform, times)
        if outlet_id:
            _add(outlets, str(outlet_id), outlet, times)
    return _most_first(platforms), _most_first(outlets)


#: Four eyes: what somebody submitted, somebody else decides on.
_NOT_ONES_OWN: Final = "coalesce(%(actor)s NOT IN (referral.submitted_by_id, referral.changed_by_id), true)"
_CELLS: Final = f"""
    SELECT cell.id, cell.tier, cell.operation_id FROM referrals_cell AS cell
    WHERE cell.operation_id = ANY(%(operations)s) AND cell.agency_id = ANY(%(agencies)s) AND cell.status = '{Status.SUBMITTED}'
      AND (%(platform)s = '' OR cell.platform_id = %(platform)s)
"""


def _condition(operations: Collection[UUID], actor: Actor, narrowed: Narrowed) -> tuple[str, dict[str, Any]]:
    """Return the condition that an outlet adds, and every parameter."""
    values = {
        "operations": list(operations),
        "agencies": reviews_for(actor),
        "actor": actor.user_id,
        "platform": narrowed.platform_id,
    }
    if narrowed.outlet_id is None:
        return "", values
    held_by = "AND referral.item_id IN (SELECT item.id FROM referrals_item AS item WHERE item.outlet_id = %(outlet)s)"
    return held_by, {**values, "outlet": narrowed.outlet_id}


def _add(offers: dict[str, Offer], key: str, name: str, times: int) -> None:
    known = offers.get(key)
    offers[key] = Offer(key, name, times + (known.waiting if known else 0))


def _most_first(offers: dict[str, Offer]) -> list[Offer]:
    return sorted(offers.values(), key=lambda offer: (-offer.waiting, offer.name))
