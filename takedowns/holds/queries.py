"""The holds somebody may read: their own agency's."""

from __future__ import annotations

from typing import Final

from django.db.models import QuerySet

from takedowns.access.actor import Actor
from takedowns.holds.models import Hold
from takedowns.referrals.models import Item

STANDING_SHOWN: Final = 500
ENDED_SHOWN: Final = 50


def own_holds(actor: Actor) -> tuple[list[Hold], list[Hold]]:
    """Return the standing holds, the first to end in front, and the latest that ended. Two statements."""
    visible = Hold.objects.select_related("item", "outlet", "agency", "placed_by", "released_by")
    if not actor.sees_everything:
        visible = visible.filter(agency_id__in=actor.agencies)
    standing = visible.active().order_by("ends_at")[:STANDING_SHOWN]
    ended = visible.ended().order_by("-placed_at")
    return list(standing), list(ended[:ENDED_SHOWN])


def standing_holds(item: Item) -> QuerySet[Hold]:
    """Return the holds that stand on an item or its outlet: the actor's own, or all for the system."""
    return Hold.objects.active().covering(item).select_related("agency")
