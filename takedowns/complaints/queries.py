"""Complaints as pages list them: those of an operation, and those about what a platform did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q

from takedowns.access.actor import Actor
from takedowns.complaints.models import Complaint, ComplaintQuerySet, Verdict
from takedowns.referrals.models import Operation

SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Standing:
    """How many complaints there are, and how they were decided."""

    undecided: int
    upheld: int
    dismissed: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.undecided + self.upheld + self.dismissed


def in_operation(operation: Operation, actor: Actor) -> ComplaintQuerySet:
    """Return an operation's complaints, as far as the actor may see them."""
    return Complaint.objects.all().visible_to(actor).filter(referral__operation=operation)


def at_platform(platform_id: str, actor: Actor) -> ComplaintQuerySet:
    """Return the complaints about what a platform did, as far as the actor may see them."""
    return Complaint.objects.all().visible_to(actor).filter(referral__platform_id=platform_id)


def count_up(complaints: ComplaintQuerySet) -> Standing:
    """Count complaints by their decision. One statement."""
    return Standing(
        **complaints.order_by().aggregate(
            undecided=Count("pk", filter=Q(verdict="")),
            upheld=Count("pk", filter=Q(verdict=Verdict.UPHELD)),
            dismissed=Count("pk", filter=Q(verdict=Verdict.DISMISSED)),
        )
    )


def listed(complaints: ComplaintQuerySet) -> list[Complaint]:
    """Return the undecided, the oldest first, then the decided; at most :data:`SHOWN`. One statement."""
    whole = complaints.select_related("referral__item", "referral__platform", "referral__operation")
    return list(whole.order_by("verdict", "received_at", "pk")[:SHOWN])
