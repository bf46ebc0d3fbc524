"""Who is back: likely predecessors of an item, found in SQL and shown; a person confirms which it replaces.

A link says that an item took the place of another. It is kept with who and when, and told in the item's history as a
correction of what is known of it. An item without an outlet takes that of what it replaces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.referrals.locks import lock_items
from takedowns.referrals.models import Item, Referral
from takedowns.referrals.permissions import MAY_CORRECT, agencies_with_a_role
from takedowns.referrals.vocabulary import Availability, EventKind
from takedowns.verification.models import Succession

SUGGESTED: Final = 20
#: A chain of successors longer than this is followed no further.
LONGEST_CHAIN: Final = 100


class LinkError(ValueError):
    """Items cannot be linked; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An item that another may have replaced, and why it may.

    Attributes:
        by_handle, by_outlet: whether it goes by the same name, or is of the same outlet.
        gone_at: when it was last looked at, if it was seen gone then.
    """

    item: Item
    by_handle: bool
    by_outlet: bool
    gone_at: datetime | None


def suggestions(item: Item) -> list[Suggestion]:
    """Return what an item may have replaced, the likeliest in front. Two statements.

    Of what the running transaction may see: items handed in before it, not linked to it yet, that go by the same name
    or are of the same outlet; on another platform before on its own, gone before the item came before what is still up,
    the latest first.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT found.id, bool_or(found.by_handle), bool_or(found.by_outlet) FROM (
                (SELECT id, first_seen_at, true AS by_handle, outlet_id IS NOT DISTINCT FROM %(outlet)s AND outlet_id IS NOT NULL AS by_outlet
                 FROM referrals_item WHERE takedowns_handle(key) = takedowns_handle(%(key)s)
                   AND id <> %(id)s AND first_seen_at <= %(since)s
                 ORDER BY platform_id <> %(platform)s DESC, availability = 'offline' DESC, first_seen_at DESC LIMIT %(limit)s)
                UNION ALL
                (SELECT id, first_seen_at, false, true FROM referrals_item WHERE outlet_id = %(outlet)s
                   AND id <> %(id)s AND first_seen_at <= %(since)s
                 ORDER BY platform_id <> %(platform)s DESC, availability = 'offline' DESC, first_seen_at DESC LIMIT %(limit)s)
            ) AS found
            WHERE EXISTS (SELECT 1 FROM referrals_referral AS referral WHERE referral.item_id = found.id)
              AND NOT EXISTS (
                  SELECT 1 FROM verification_succession AS known WHERE known.item_id = %(id)s AND known.predecessor_id = found.id
              )
            GROUP BY found.id
            """,
            {
                "id": item.pk,
                "key": item.key,
                "outlet": item.outlet_id,
                "since": item.first_seen_at,
                "platform": item.platform_id,
                "limit": SUGGESTED,
            },
        )
        why = {row[0]: (row[1], row[2]) for row in cursor.fetchall()}
    items = Item.objects.filter(pk__in=why).select_related("platform", "outlet")
    found = [
        Suggestion(one, *why[one.pk], one.checked_at if one.availability == Availability.OFFLINE else None)
        for one in items
    ]
    found.sort(
        key=lambda one: (
            not one.by_handle,
            one.item.platform_id == item.platform_id,
            one.gone_at is None,
            -one.item.first_seen_at.timestamp(),
            str(one.item.pk),
        )
    )
    return found[:SUGGESTED]


def predecessors(item_id: UUID) -> list[Succession]:
    """Return what an item is known to replace. One statement."""
    links = Succession.objects.filter(item_id=item_id)
    return list(links.select_related("predecessor__platform", "by").order_by("at", "id"))


def successors(item_id: UUID) -> list[Succession]:
    """Return what is known to replace an item. One statement."""
    links = Succession.objects.filter(predecessor_id=item_id)
    return list(links.select_related("item__platform", "by").order_by("at", "id"))


def link(item_id: UUID, predecessor_ids: Sequence[UUID], *, by: Actor, at: datetime | None = None) -> int:
    """Keep that an item replaces others. A fixed number of statements; what is linked already stays as it is.

    Returns:
        How many links are new.

    Raises:
        LinkError: not for them to say, an item nobody handed in where they could see it, itself, or a circle.
    """
    wanted = sorted(set(predecessor_ids))
    _require(item_id, wanted, by)
    at = at or timezone.now()
    with acting_as(SYSTEM), connection.cursor() as cursor:
        lock_items([item_id, *wanted])
        _refuse_a_circle(item_id, wanted)
        cursor.execute(
            """
            INSERT INTO verification_succession (item_id, predecessor_id, by_id, at)
            SELECT %s, predecessor, %s, %s FROM unnest(%s::uuid[]) AS predecessor
            ON CONFLICT DO NOTHING RETURNING predecessor_id
            """,
            [item_id, by.user_id, at, wanted],
        )
        made = [one for (one,) in cursor.fetchall()]
        if not made:
            return 0
        _take_outlet(item_id, made, by, at)
        cursor.execute("SELECT url FROM referrals_item WHERE id = ANY(%s) ORDER BY id", [made])
        _tell(item_id, {"successor_of": ["", ", ".join(url for (url,) in cursor.fetchall())]}, by, at)
    return len(made)


def unlink(item_id: UUID, predecessor_id: UUID, *, by: Actor, at: datetime | None = None) -> None:
    """Take a link back; that it was there stays in the history. One that is not there changes nothing.

    Raises:
        LinkError: not for them to say.
    """
    _require(item_id, [predecessor_id], by)
    with acting_as(SYSTEM):
        gone, _per_model = Succession.objects.filter(item_id=item_id, predecessor_id=predecessor_id).delete()
        if gone:
            url = Item.objects.values_list("url", flat=True).get(pk=predecessor_id)
            _tell(item_id, {"successor_of": [url, ""]}, by, at or timezone.now())


def _require(item_id: UUID, others: list[UUID], by: Actor) -> None:
    if not by.is_system and not agencies_with_a_role(by, MAY_CORRECT):
        raise LinkError(_("Linking is for officers, reviewers and coordinators."))
    if not others:
        raise LinkError(_("Choose what it replaces, or give its address."))
    if item_id in others:
        raise LinkError(_("An item does not replace itself. Give the address of what was there before."))
    with acting_as(by):
        visible = Referral.objects.visible_to(by).filter(item_id__in=[item_id, *others])
        known = visible.values("item_id").distinct().count()
    if known != len(others) + 1:
        raise LinkError(_("Nobody submitted that address where your agency takes part; submit it first."))


def _refuse_a_circle(item_id: UUID, predecessor_ids: list[UUID]) -> None:
    """Raise LinkError where what is to be the predecessor came, by known links, after the item itself. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE before (id, steps) AS (
                SELECT unnest(%s::uuid[]), 1
                UNION
                SELECT known.predecessor_id, before.steps + 1 FROM before
                JOIN verification_succession AS known ON known.item_id = before.id WHERE before.steps < %s
            )
            SELECT EXISTS (SELECT 1 FROM before WHERE id = %s)
            """,
            [predecessor_ids, LONGEST_CHAIN, item_id],
        )
        if cursor.fetchone()[0]:
            raise LinkError(
                _("That one is already known to have come after this: they cannot replace each other.")
            )


def _take_outlet(item_id: UUID, predecessor_ids: list[UUID], by: Actor, at: datetime) -> None:
    """Give an item without an outlet that of what it replaces, where those agree. Two statements."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE referrals_item AS item SET outlet_id = theirs.id
            FROM (
                SELECT min(outlet.id::text)::uuid AS id, min(outlet.name) AS name FROM referrals_item AS before
                JOIN referrals_outlet AS outlet ON outlet.id = before.outlet_id
                WHERE before.id = ANY(%s) HAVING count(DISTINCT outlet.id) = 1
            ) AS theirs
            WHERE item.id = %s AND item.outlet_id IS NULL AND NOT EXISTS (
                SELECT 1 FROM referrals_referral AS approved WHERE approved.item_id = item.id AND approved.status = 'approved'
            ) RETURNING theirs.name
            """,
            [predecessor_ids, item_id],
        )
        named = cursor.fetchone()
    if named:
        _tell(item_id, {"outlet": ["", named[0]]}, by, at)


def _tell(item_id: UUID, details: dict[str, list[str]], by: Actor, at: datetime) -> None:
    """Write a correction into the item's history, at its latest referral. One statement."""
    agency_id = next(iter(by.agencies)) if len(by.agencies) == 1 else None
    values: list[Any] = [at, EventKind.CORRECT, by.user_id, agency_id, Jsonb(details), item_id]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO referrals_event (item_id, referral_id, at, kind, from_cell_id, to_cell_id, actor_id, agency_id, details)
            SELECT item_id, id, %s, %s, cell_id, cell_id, %s, %s, %s FROM referrals_referral
            WHERE item_id = %s ORDER BY round DESC LIMIT 1
            """,
            values,
        )
