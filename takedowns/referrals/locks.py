"""Row locks on items and referrals. Whoever writes takes them here, so that all take them in one order and none waits in a circle.

Items first, by id; then referrals, by item and id. As ``NO KEY UPDATE``: a row that refers to a locked one may be inserted.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import connection

from takedowns.postgres.text import uuid_array

_OF_REFERRALS = "SELECT item_id FROM referrals_referral WHERE id = ANY(%s::uuid[])"
#: The items that a hold on an item or an outlet covers now; values: item, outlet, item.
COVERED = (
    "SELECT item.id FROM referrals_item AS item"
    " LEFT JOIN (SELECT %s::uuid AS item_id, %s::uuid AS outlet_id) AS hold ON true"
    " LEFT JOIN referrals_item AS whole ON whole.id = %s"
    " WHERE takedowns_hold_covers(hold.item_id, hold.outlet_id, whole.platform_id, whole.key,"
    " item.id, item.outlet_id, item.platform_id, item.key)"
)


def lock_items(item_ids: Collection[UUID]) -> None:
    """Lock items until the transaction ends. One statement."""
    _items("id = ANY(%s::uuid[])", uuid_array(item_ids))


def lock_items_of(referral_ids: Collection[UUID]) -> None:
    """Lock the items of referrals until the transaction ends. One statement."""
    _items(f"id IN ({_OF_REFERRALS})", uuid_array(referral_ids))


def lock_referrals(referral_ids: Collection[UUID]) -> None:
    """Lock referrals until the transaction ends. One statement."""
    _referrals("id = ANY(%s::uuid[])", uuid_array(referral_ids))


def lock_rounds(item_ids: Collection[UUID]) -> None:
    """Lock all referrals of items until the transaction ends. One statement."""
    _referrals("item_id = ANY(%s::uuid[])", uuid_array(item_ids))


def lock_rounds_of(referral_ids: Collection[UUID]) -> None:
    """Lock all referrals of the items of referrals until the transaction ends. One statement."""
    _referrals(f"item_id IN ({_OF_REFERRALS})", uuid_array(referral_ids))


def lock_covered(item_id: UUID | None, outlet_id: UUID | None) -> None:
    """Lock all referrals that a hold on an item or an outlet covers until the transaction ends. One statement."""
    _referrals(f"item_id IN ({COVERED})", item_id, outlet_id, item_id)


def _items(where: str, *values: Any) -> None:
    _run(f"SELECT 1 FROM referrals_item WHERE {where} ORDER BY id FOR NO KEY UPDATE", values)


def _referrals(where: str, *values: Any) -> None:
    _run(f"SELECT 1 FROM referrals_referral WHERE {where} ORDER BY item_id, id FOR NO KEY UPDATE", values)


def _run(statement: str, values: tuple[Any, ...]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def on_hold(item: str, outlet: str, platform: str, key: str) -> str:
    """Return the SQL condition that a hold stands on an item, whoever's. It sees all holds as the system alone.

    Args:
        item, outlet, platform, key: SQL of what is known of it; it need not be in the table yet.
    """
    return (
        f"(takedowns_is_held({outlet}, {platform}, {key},"
        " (SELECT takedowns_held_names()), (SELECT takedowns_held_outlets()))"
        f" OR {item} IN (SELECT takedowns_held_since_placed()))"
    )


def on_hold_of(agency: str, outlet: str, platform: str, key: str) -> str:
    """Return the SQL condition that a hold of one agency stands on what an address names: what it knows of itself, whoever referred it.

    Args:
        agency: SQL of its id.
        outlet, platform, key: SQL of what the agency itself says of it.
    """
    own = (
        "FROM holds_hold AS hold LEFT JOIN referrals_item AS held ON held.id = hold.item_id"
        f" WHERE hold.agency_id = {agency} AND takedowns_hold_stands(hold.released_at, hold.ends_at)"
    )
    return (
        f"takedowns_is_held({outlet}, {platform}, {key},"
        f" (SELECT array_agg(held.platform_id || ':' || held.key) {own} AND held.id IS NOT NULL),"
        f" (SELECT array_agg(hold.outlet_id) {own} AND hold.outlet_id IS NOT NULL))"
    )
