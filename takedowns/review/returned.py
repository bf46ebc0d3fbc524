"""What reviewers sent back: whoever submitted it puts it right, and submits it again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from takedowns.access.actor import Actor
from takedowns.referrals.models import Event, Operation, Referral
from takedowns.referrals.piles import Pile
from takedowns.referrals.transitions import Applied, Move, apply
from takedowns.referrals.vocabulary import Status

SHOWN = 200


@dataclass(frozen=True, slots=True)
class SentBack:
    """A referral that was sent back, with the note of whoever did."""

    referral: Referral
    note: str


def returned_to(actor: Actor) -> QuerySet[Referral]:
    """Return what was sent back to the actor, the longest ago in front."""
    found = Referral.objects.visible_to(actor).filter(
        submitted_by=actor.user_id, status=Status.SUBMITTED, returned_at__isnull=False
    )
    return found.order_by("returned_at", "pk")


def returned_in(operations: Collection[UUID], actor: Actor) -> dict[UUID, Pile]:
    """Return what was sent back to the actor in each of several operations. One statement at most."""
    found: dict[UUID, Pile] = {}
    if actor.user_id is None or not operations:
        return found
    mine = returned_to(actor).filter(operation_id__in=operations)
    for operation_id, at, referral_id in mine.values_list("operation_id", "returned_at", "pk"):
        before = found.get(operation_id)
        if at is not None:
            found[operation_id] = Pile(
                before.number + 1 if before else 1,
                before.oldest if before else at,
                before.first if before else referral_id,
            )
    return found


def sent_back_to(operation: Operation, actor: Actor) -> list[SentBack]:
    """Return what was sent back to the actor in one operation, each with the note. One statement."""
    notes = Event.objects.filter(referral=OuterRef("pk"), kind="send_back").order_by("-id")
    found = returned_to(actor).filter(operation=operation).select_related("item__outlet", "platform")
    shown = found.annotate(note=Subquery(notes.values("details__note")[:1]))[:SHOWN]
    return [SentBack(one, str(one.note or "")) for one in shown]


def resubmit(referral_ids: Sequence[UUID], *, by: Actor, answer: str = "") -> Applied:
    """Submit what was sent back again; what was not sent back to the actor stays as it is. A fixed number of statements."""
    mine = list(returned_to(by).filter(pk__in=list(referral_ids)).values_list("pk", flat=True))
    facts = {"note": answer.strip()} if answer.strip() else {}
    return apply([Move(one, "resubmit", facts) for one in mine], by=by)
