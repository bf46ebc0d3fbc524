"""The reviewer's queue: what waits for a second pair of eyes, the most urgent and oldest in front.

Like the list (listing.py) it is answered by cells: the submitted ones of the reviewer's agencies, each read from its
old end. What the reviewer handed in is left out and counted, so that nobody looks for it in vain.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection

from takedowns.access.actor import Actor
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.permissions import NOT_ONES_OWN, reviews_for
from takedowns.referrals.piles import COUNT_LIMIT, Rows
from takedowns.referrals.vocabulary import Status, Tier
from takedowns.review.leases import WITH_ANOTHER


class After(NamedTuple):
    """A place in the queue: behind the referral of that tier and id."""

    tier: int
    referral_id: UUID


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which of the waiting: of one platform, outlet, priority, language or submission; what is empty leaves it open.

    Attributes:
        picture_id: a piece of evidence: those with this picture, or one that looks like it.
    """

    platform_id: str = ""
    outlet_id: UUID | None = None
    tier: int | None = None
    language: str = ""
    submission_id: UUID | None = None
    picture_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait: for the actor's eyes, and how many the actor handed in and somebody else must see.

    Attributes:
        elsewhere: how many of those for the actor a colleague has open now.
    """

    for_you: int
    your_own: int
    elsewhere: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """A value of what waits, by which the queue can be narrowed; a submission also has when it was submitted."""

    key: str
    name: str
    waiting: int
    at: datetime | None = None


ALL: Final = Narrowed()


def front(
    operation: Operation, actor: Actor, size: int, *, after: After | None = None, narrowed: Narrowed = ALL
) -> list[Referral]:
    """Return the next referrals for the actor to assess: by tier, then as they came. Two statements.

    What a colleague has open (``leases.py``) is not among them.
    """
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
                WHERE referral.cell_id = cells.id AND {NOT_ONES_OWN} AND NOT {WITH_ANOTHER} {where} {beyond}
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
            SELECT count(*) FILTER (WHERE NOT rows.own), count(*) FILTER (WHERE rows.own),
                   count(*) FILTER (WHERE NOT rows.own AND rows.elsewhere)
            FROM ({_CELLS}) AS cells CROSS JOIN LATERAL (
                SELECT NOT {NOT_ONES_OWN} AS own, {WITH_ANOTHER} AS elsewhere
                FROM referrals_referral AS referral
                WHERE referral.cell_id = cells.id {where} LIMIT %(limit)s
            ) AS rows
            """,
            {**values, "limit": COUNT_LIMIT},
        )
        return Waiting(*cursor.fetchone())


def waiting_in(operations: Collection[UUID], actor: Actor) -> Rows | None:
    """Return what waits for the actor's eyes in several operations, since it was submitted; None for who does not review."""
    if not operations or not reviews_for(actor):
        return None
    where, values = _condition(operations, actor, ALL)
    return Rows(
        f"""
        SELECT cells.operation_id, rows.id, rows.since
        FROM ({_CELLS}) AS cells CROSS JOIN LATERAL (
            SELECT referral.id, referral.submitted_at AS since FROM referrals_referral AS referral
            WHERE referral.cell_id = cells.id AND {NOT_ONES_OWN} {where} LIMIT %(limit)s
        ) AS rows
        """,
        {**values, "limit": COUNT_LIMIT},
    )


def matching(operation: Operation, actor: Actor, narrowed: Narrowed) -> list[UUID]:
    """Return all that match and no colleague has open, in the order of the queue, up to :data:`COUNT_LIMIT`. One statement."""
    where, values = _condition([operation.pk], actor, narrowed)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT referral.id FROM ({_CELLS}) AS cells JOIN referrals_referral AS referral ON referral.cell_id = cells.id
            WHERE {NOT_ONES_OWN} AND NOT {WITH_ANOTHER} {where} ORDER BY cells.tier, referral.id LIMIT %(limit)s
            """,
            {**values, "limit": COUNT_LIMIT},
        )
        return [one for (one,) in cursor.fetchall()]


def offers(operation: Operation, actor: Actor) -> dict[str, list[Offer]]:
    """Return by what the queue can be narrowed, most waiting first, by the name of the parameter. One statement."""
    where, values = _condition([operation.pk], actor, ALL)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT platform.slug, platform.name, outlet.id, outlet.name, rows.tier, rows.language, rows.submission_id,
                   coalesce(nullif(person.name, ''), person.email, ''), min(rows.submitted_at), count(*)
            FROM ({_CELLS}) AS cells CROSS JOIN LATERAL (
                SELECT referral.item_id, referral.platform_id, referral.tier, referral.language, referral.submission_id,
                       referral.submitted_by_id, referral.submitted_at
                FROM referrals_referral AS referral
                WHERE referral.cell_id = cells.id AND {NOT_ONES_OWN} {where}
                LIMIT %(limit)s
            ) AS rows
            JOIN referrals_item AS item ON item.id = rows.item_id
            JOIN directory_platform AS platform ON platform.slug = rows.platform_id
            LEFT JOIN referrals_outlet AS outlet ON outlet.id = item.outlet_id
            LEFT JOIN directory_user AS person ON person.id = rows.submitted_by_id
            GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
            """,
            {**values, "limit": COUNT_LIMIT},
        )
        found = cursor.fetchall()
    offered: dict[str, dict[str, Offer]] = {
        one: {} for one in ("tier", "language", "submission", "platform", "outlet")
    }
    for slug, platform, outlet_id, outlet, tier, language, submission, person, at, times in found:
        _add(offered["platform"], slug, platform, times)
        _add(offered["outlet"], str(outlet_id or ""), outlet or "", times)
        _add(offered["tier"], str(tier), str(Tier(str(tier)).label), times)
        _add(offered["language"], language, language, times)
        _add(offered["submission"], str(submission or ""), person, times, at)
    return {name: _most_first(ones) for name, ones in offered.items()}


_OF_OUTLET: Final = (
    "AND referral.item_id IN (SELECT item.id FROM referrals_item AS item WHERE item.outlet_id = %(outlet)s)"
)
_CELLS: Final = f"""
    SELECT cell.id, cell.tier, cell.operation_id FROM referrals_cell AS cell
    WHERE cell.operation_id = ANY(%(operations)s) AND cell.agency_id = ANY(%(agencies)s) AND cell.status = '{Status.SUBMITTED}'
      AND (%(platform)s = '' OR cell.platform_id = %(platform)s)
      AND (%(tier)s::smallint IS NULL OR cell.tier = %(tier)s)
"""


def _condition(operations: Collection[UUID], actor: Actor, narrowed: Narrowed) -> tuple[str, dict[str, Any]]:
    """Return the condition on referrals, and every parameter. What was sent back waits for whoever submitted it, not here."""
    values = {
        "operations": list(operations),
        "agencies": reviews_for(actor),
        "actor": actor.user_id,
        "platform": narrowed.platform_id,
        "tier": narrowed.tier,
    }
    where = ["AND referral.returned_at IS NULL"]
    for name, value, condition in (
        ("outlet", narrowed.outlet_id, _OF_OUTLET),
        ("language", narrowed.language, "AND referral.language = %(language)s"),
        ("submission", narrowed.submission_id, "AND referral.submission_id = %(submission)s"),
        ("picture", narrowed.picture_id, "AND referral.id IN (SELECT takedowns_pictures_like(%(picture)s))"),
    ):
        if value:
            where.append(condition)
            values[name] = value
    return " ".join(where), values


def _add(offered: dict[str, Offer], key: str, name: str, times: int, at: datetime | None = None) -> None:
    if key:
        known = offered.get(key)
        earliest = min(at, known.at) if at and known and known.at else at
        offered[key] = Offer(key, name, times + (known.waiting if known else 0), earliest)


def _most_first(offered: dict[str, Offer]) -> list[Offer]:
    return sorted(offered.values(), key=lambda offer: (-offer.waiting, offer.name))
