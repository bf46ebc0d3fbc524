"""The holds somebody may read: their own agency's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from takedowns.access.actor import Actor
from takedowns.directory.hosts import declared_hosts
from takedowns.holds.models import Hold, HoldQuerySet
from takedowns.identity import Refusal, identify
from takedowns.referrals.models import Item
from takedowns.referrals.permissions import MAY_HOLD, agencies_with_a_role

STANDING_SHOWN: Final = 500
ENDED_SHOWN: Final = 50
#: A hold that ends within this time is running out: time enough to place it anew.
RUNNING_OUT: Final = timedelta(days=2)


def own_holds(actor: Actor) -> tuple[list[Hold], list[Hold]]:
    """Return the standing holds, the first to end in front, and the latest that ended. Two statements."""
    visible = Hold.objects.select_related(
        "item", "outlet", "agency", "placed_by", "released_by", "override__asked_by", "override__agreed_by"
    )
    if not actor.sees_everything:
        visible = visible.filter(agency_id__in=actor.agencies)
    standing = visible.active().order_by("ends_at")[:STANDING_SHOWN]
    ended = visible.ended().order_by("-placed_at")
    return list(standing), list(ended[:ENDED_SHOWN])


def running_out(actor: Actor) -> HoldQuerySet:
    """Return the holds that end soon, of the agencies for which the actor places them, the first to end in front."""
    own = agencies_with_a_role(actor, MAY_HOLD)
    soon = timezone.now() + RUNNING_OUT
    found = Hold.objects.filter(agency_id__in=own, ends_at__lte=soon).active()
    return found.select_related("item", "outlet", "agency", "placed_by").order_by("ends_at", "pk")


def ends_of_those_running_out(actor: Actor) -> list[datetime]:
    """Return when each of them ends, the first in front. One statement at most."""
    if not agencies_with_a_role(actor, MAY_HOLD):
        return []
    return list(running_out(actor).values_list("ends_at", flat=True))


def kinds_told(holds: Iterable[tuple[Hold, bool]]) -> dict[UUID, str]:
    """Return by item of what kind it is, as an agency that holds it may know. One statement at most.

    Where others alone have referred it, its kind is as its address says: what they corrected is their knowledge.

    Args:
        holds: each with whether its agency sees a referral of the item.
    """
    told: dict[UUID, str] = {}
    hosts: dict[str, str] | None = None
    for hold, is_seen in holds:
        if (item := hold.item) is None:
            continue
        told[item.pk] = item.kind
        if not is_seen:
            hosts = declared_hosts() if hosts is None else hosts
            found = identify(item.url, hosts)
            told[item.pk] = item.kind if isinstance(found, Refusal) else found.kind
    return told


def standing_holds(item: Item) -> QuerySet[Hold]:
    """Return the holds that stand on an item or its outlet: the actor's own, or all for the system."""
    return Hold.objects.active().covering(item).select_related("agency")
