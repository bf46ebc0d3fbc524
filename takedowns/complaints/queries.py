"""An operation's complaints as a page lists them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q

from takedowns.access.actor import Actor
from takedowns.complaints.models import Complaint, Verdict
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


def standing_of(operation: Operation, actor: Actor) -> Standing:
    """Count an operation's complaints. One statement."""
    visible = Complaint.objects.visible_to(actor).filter(referral__operation=operation)
    return Standing(
        **visible.order_by().aggregate(
            undecided=Count("pk", filter=Q(verdict="")),
            upheld=Count("pk", filter=Q(verdict=Verdict.UPHELD)),
            dismissed=Count("pk", filter=Q(verdict=Verdict.DISMISSED)),
        )
    )


def complaints_of(operation: Operation, actor: Actor) -> list[Complaint]:
    """Return the undecided, the oldest first, then the decided; at most :data:`SHOWN`. One statement."""
    visible = Complaint.objects.visible_to(actor).filter(referral__operation=operation)
    return list(
        visible.select_related("referral__item", "referral__platform").order_by(
            "verdict", "received_at", "pk"
        )[:SHOWN]
    )
