"""What pages read of submissions beside their report."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from takedowns.access.actor import Actor
from takedowns.intake.models import Submission
from takedowns.referrals.piles import Pile


def drafts_in(operations: Collection[UUID], actor: Actor) -> dict[UUID, Pile]:
    """Return the actor's own drafts in each of several operations, the oldest in front. One statement."""
    found: dict[UUID, Pile] = {}
    drafts = Submission.objects.visible_to(actor).drafts_of(actor).filter(operation_id__in=operations)
    for operation_id, at, draft in drafts.order_by("received_at", "pk").values_list(
        "operation_id", "received_at", "pk"
    ):
        before = found.get(operation_id)
        found[operation_id] = Pile(
            before.number + 1 if before else 1,
            before.oldest if before else at,
            before.first if before else draft,
        )
    return found
