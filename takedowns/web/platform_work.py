"""What waits at each platform of somebody who answers for several."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from takedowns.access.actor import Actor
from takedowns.directory.models import Platform
from takedowns.referrals.lifecycle import AT_THE_PLATFORM
from takedowns.referrals.models import Cell, Referral
from takedowns.referrals.vocabulary import Status


@dataclass(frozen=True)
class AtPlatform:
    """How many referrals wait at one platform, and since when the oldest.

    Attributes:
        received: acknowledged or asked about, and not decided.
    """

    slug: str
    name: str
    not_acknowledged: int
    received: int
    oldest: datetime | None


def platform_work(actor: Actor) -> list[AtPlatform]:
    """Return what waits at each platform the actor answers for. Two statements."""
    names = dict(Platform.objects.filter(pk__in=actor.platforms).values_list("pk", "name"))
    cells = Cell.objects.filter(platform_id__in=actor.platforms, status__in=AT_THE_PLATFORM)
    open_there = Referral.objects.visible_to(actor).filter(cell__in=cells.values("pk"))
    counted = {
        platform: facts
        for platform, *facts in open_there.order_by()
        .values_list("platform_id")
        .annotate(
            new=Count("pk", filter=Q(status=Status.REFERRED)),
            received=Count("pk", filter=~Q(status=Status.REFERRED)),
            oldest=Min("referred_at"),
        )
    }
    return [AtPlatform(slug, name, *counted.get(slug, [0, 0, None])) for slug, name in sorted(names.items())]
