"""The second pair of eyes: approving and rejecting, with what the reviewer corrected on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal
from uuid import UUID

from django.utils.translation import gettext

from takedowns.access.actor import Actor, acting_as, asked_by
from takedowns.referrals.corrections import Correction, correct
from takedowns.referrals.models import Event, Operation, Referral
from takedowns.referrals.transitions import Applied, Move, Refused, Rejected, apply, apply_to_all
from takedowns.referrals.vocabulary import Instrument, Status

Decision = Literal["approve", "reject", "send_back"]


def assess(
    decision: Decision,
    referral_ids: Sequence[UUID],
    *,
    by: Actor,
    ground: str = "",
    exemptions_checked: bool = False,
    reason: str = "",
    correction: Correction | None = None,
) -> Applied:
    """Approve or reject referrals, or send them back; what is refused is named and stays as it is.

    The check for journalism, research, art and education (Regulation (EU) 2021/784, Art. 1(3)) and the ground stand in
    the event of an approval, the reason in that of a rejection, the note to whoever submitted it in that of sending back.

    Args:
        correction: of the one referral that is assessed. It is written with the decision or not at all.
    """
    facts: dict[str, object] = {"note" if decision == "send_back" else "reason": reason.strip()}
    if decision == "approve":
        facts = {"exemptions_checked": exemptions_checked}
        if ground.strip():  # none given: each keeps its own
            facts["ground"] = ground.strip()
    moves = [Move(referral_id, decision, facts) for referral_id in referral_ids]
    if correction is None:
        return apply(moves, by=by)
    try:
        with acting_as(by):
            _correct_or_raise(correction, by)
            return apply(moves, by=by, atomic=True)
    except Rejected as rejected:
        return Applied([], rejected.refused)


def approve_many(
    referral_ids: Sequence[UUID], *, by: Actor, ground: str = "", exemptions_checked: bool = False
) -> Applied:
    """Approve referrals at once, as :func:`assess` does; removal orders are refused: each is approved by itself, on its text."""
    with asked_by(by):
        orders = set(
            Referral.objects.visible_to(by)
            .filter(pk__in=referral_ids, instrument=Instrument.REMOVAL_ORDER, status=Status.SUBMITTED)
            .values_list("pk", flat=True)
        )
    rest = [one for one in referral_ids if one not in orders]
    done = assess("approve", rest, by=by, ground=ground, exemptions_checked=exemptions_checked)
    unread = gettext("It is a removal order: open it and approve it by itself, on its text.")
    alone = [
        Refused(one, "order_unread", unread, Status.SUBMITTED)
        for one in dict.fromkeys(referral_ids)
        if one in orders
    ]
    return replace(done, refused=[*alone, *done.refused])


def transaction_of(referral_id: UUID) -> int:
    """Return the transaction in which a referral was moved last: what was decided with it in one go stands in the same."""
    return Event.objects.filter(referral=referral_id).order_by("-id").values_list("xid", flat=True)[0]


def decided_in(transaction: int, operation: Operation, *, by: Actor) -> list[UUID]:
    """Return the referrals of an operation that somebody approved or rejected in one transaction, however many."""
    decided = Event.objects.filter(
        xid=transaction, kind__in=("approve", "reject"), actor=by.user_id, referral__operation=operation
    )
    return list(decided.values_list("referral_id", flat=True))


def undo(referral_ids: Sequence[UUID], *, by: Actor) -> Applied:
    """Take decisions of review back, as long as nothing was sent: they wait for review again. Four eyes as before."""
    return apply_to_all("undo_review", referral_ids, by=by)


def _correct_or_raise(correction: Correction, by: Actor) -> None:
    if refused := correct([correction], by=by).refused:
        raise Rejected(refused)
