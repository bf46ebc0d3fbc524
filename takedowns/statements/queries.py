"""How many of an operation's decisions stand as statements of reasons, as the page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q

from takedowns.access.actor import Actor
from takedowns.referrals.models import Operation, Referral
from takedowns.statements.making import DECIDED, EARLIEST
from takedowns.statements.models import Reconciliation

COMPARISONS_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Stated:
    """A platform's decisions, how many of them it posted a statement of, and of how many the database's UUID is known.

    Attributes:
        earlier: decisions of before the first day that the database takes; in no other count.
    """

    platform_id: str
    platform: str
    decisions: int
    posted: int
    numbered: int
    earlier: int


def stated_by_platform(operation: Operation, actor: Actor) -> list[Stated]:
    """Count by platform. One statement."""
    taken = Q(decided_at__gte=EARLIEST)
    found = (
        Referral.objects.visible_to(actor)
        .filter(operation=operation, status__in=DECIDED)
        .order_by("platform__name")
        .values_list("platform_id", "platform__name")
        .annotate(
            decisions=Count("pk", distinct=True, filter=taken),
            posted=Count("pk", distinct=True, filter=taken & Q(statements__isnull=False)),
            numbered=Count("pk", distinct=True, filter=taken & Q(statements__uuid__isnull=False)),
            earlier=Count("pk", distinct=True, filter=~taken),
        )
    )
    return [Stated(*row) for row in found]


def comparisons_of(operation: Operation, actor: Actor) -> list[Reconciliation]:
    """Return what was compared before, the latest first. One statement."""
    found = Reconciliation.objects.visible_to(actor).filter(operation=operation)
    return list(found.select_related("platform", "by").defer("lines")[:COMPARISONS_SHOWN])
