"""Removal orders: recording receipt, feedback (Annex II) and impediments (Annex III).

Each function takes a set and runs a fixed number of statements. Statuses move through ``apply`` alone; the hour follows
(``orders_keeping``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.orders.deadline import Kept, impede, read, resume, write
from takedowns.orders.judgement import Standing, Why, lock, moment_of, sort_out, why_not_answered
from takedowns.orders.vocabulary import Impediment, Outcome
from takedowns.referrals.moments import Misdated, misdated
from takedowns.referrals.transitions import Applied, Move, apply
from takedowns.referrals.vocabulary import Action, Status

_DONE: Final[Mapping[str, tuple[str, str]]] = {
    Outcome.REMOVED: ("remove", Action.REMOVED),
    # Gone for the Union, not for the world: the lifecycle's word for that is restricted.
    Outcome.ACCESS_DISABLED: ("restrict", Action.GEO_BLOCKED),
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """When the provider received an order, as it says or as the coordinator knows."""

    referral_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a provider did: Annex II.

    Attributes:
        outcome: one of ``Outcome``.
        at: when it did.
        signatory: who signed the form, with post.
        received_at: needed where receipt is not recorded yet.
        provider_reference: the provider's own reference.
    """

    referral_id: UUID
    outcome: str
    at: datetime
    signatory: str
    received_at: datetime | None = None
    provider_reference: str = ""


@dataclass(frozen=True, slots=True)
class CannotComply:
    """Why a provider cannot comply, from ``at`` on: Annex III.

    Attributes:
        explanation: for insufficient information, the clarification wanted.
    """

    referral_id: UUID
    impediment: str
    explanation: str
    at: datetime


def record_receipts(receipts: Sequence[Receipt], *, by: Actor) -> Applied:
    """Record when orders were received: their hour starts. To acknowledge an order is to say just that.

    Returns:
        As ``apply``; also ``not_an_order``, ``already_received`` and ``unknown_value`` for an impossible moment.
    """
    with acting_as(SYSTEM):
        found = lock([one.referral_id for one in receipts], by)
        moments = {one.referral_id: one.at for one in receipts}
        allowed, refused = sort_out(
            moments,
            found,
            lambda one: (
                why_not_answered(one, by, moments[one.referral_id])
                or (("already_received", "Its receipt is recorded already.") if one.received_at else None)
            ),
        )
        moves = [
            Move(one.referral_id, "acknowledge", at=moment_of(one, moments[one.referral_id]))
            for one in allowed
        ]
        done = apply(moves, by=by)
    return Applied(done.moved, refused + done.refused)


def record_feedback(feedbacks: Sequence[Feedback], *, by: Actor) -> Applied:
    """Record Annex II: what providers did, and when. Receipt first where it was not known, all in one transaction.

    Returns:
        As ``apply``; also ``not_an_order``, ``missing_fact`` (signatory, time of receipt), ``unknown_value``, and
        ``already_received`` where another time of receipt is recorded.
    """
    by_id = {one.referral_id: one for one in feedbacks}
    with acting_as(SYSTEM):
        found = lock(list(by_id), by)
        allowed, refused = sort_out(
            by_id, found, lambda one: _why_no_feedback(one, by_id[one.referral_id], by)
        )
        receipts = [
            Move(one.referral_id, "acknowledge", at=moment_of(one, received))
            for one in allowed
            if not one.received_at and (received := by_id[one.referral_id].received_at)
        ]
        refused += apply(receipts, by=by).refused
        stopped = {one.referral_id for one in refused}
        moves = [_decision(one, by_id[one.referral_id]) for one in allowed if one.referral_id not in stopped]
        done = apply(moves, by=by)
    return Applied(done.moved, refused + done.refused)


def record_impediments(said: Sequence[CannotComply], *, by: Actor) -> Applied:
    """Record Annex III: from then on the hour stands still.

    Insufficient information asks for information, as every platform may; otherwise the status stays as it is.

    Returns:
        As ``apply``; also ``not_an_order``, ``missing_fact``, ``unknown_value`` and ``already_stopped``.
    """
    by_id = {one.referral_id: one for one in said}
    with acting_as(SYSTEM):
        found = lock(list(by_id), by)
        kept = read(list(by_id))
        allowed, refused = sort_out(
            by_id,
            found,
            lambda one: _why_not_impeded(one, by_id[one.referral_id], kept.get(one.referral_id), by),
        )
        asking, standing = _split(allowed, by_id)
        acknowledged = [
            Move(one.referral_id, "acknowledge", at=moment_of(one, by_id[one.referral_id].at))
            for one in standing
            if one.status == Status.REFERRED
        ]
        asked = apply([*asking, *acknowledged], by=by)
        kept = read([one.referral_id for one in standing])
        changes = [
            change
            for one in standing
            if (annex := by_id[one.referral_id])
            and (
                change := impede(
                    kept[one.referral_id], moment_of(one, annex.at), annex.impediment, annex.explanation
                )
            )
        ]
        write(changes, by)
    moved = {*asked.moved, *(one.referral_id for one in standing)} - {
        one.referral_id for one in asked.refused
    }
    return Applied([one for one in by_id if one in moved], refused + asked.refused)


def end_impediments(ended: Sequence[Receipt], *, by: Actor) -> Applied:
    """Record that force majeure or errors no longer stand in the way: a whole hour starts then.

    Missing information ends with the answer (``provide_information``), which starts the hour by itself.
    """
    by_id = {one.referral_id: one for one in ended}
    with acting_as(SYSTEM):
        found = lock(list(by_id), by)
        kept = read(list(by_id))
        allowed, refused = sort_out(
            by_id,
            found,
            lambda one: _why_not_ended(one, by_id[one.referral_id].at, kept.get(one.referral_id), by),
        )
        changes = [
            change
            for one in allowed
            if (change := resume(kept[one.referral_id], moment_of(one, by_id[one.referral_id].at)))
        ]
        write(changes, by)
    return Applied([one.referral_id for one in allowed], refused)


def _why_no_feedback(one: Standing, feedback: Feedback, by: Actor) -> Why:
    if feedback.outcome not in _DONE:
        return "unknown_value", f"“{feedback.outcome}” is no outcome. Known: {', '.join(Outcome.values)}."
    if not feedback.signatory.strip():
        return "missing_fact", "Say who signed the feedback."
    received = one.received_at or feedback.received_at
    if received is None:
        return "missing_fact", "Say when the order was received; no receipt is recorded."
    told = feedback.received_at
    if one.received_at and told and one.received_at not in (told, moment_of(one, told)):
        return (
            "already_received",
            f"Its receipt is recorded already, at {one.received_at:%Y-%m-%dT%H:%M:%SZ}.",
        )
    if misdated(feedback.at, since=received) is Misdated.BEFORE:
        return "unknown_value", "The measure cannot have been taken before the order was received."
    return why_not_answered(one, by, received) or why_not_answered(one, by, feedback.at)


def _why_not_impeded(one: Standing, said: CannotComply, kept: Kept | None, by: Actor) -> Why:
    if said.impediment not in Impediment.values:
        return "unknown_value", f"“{said.impediment}” is no reason. Known: {', '.join(Impediment.values)}."
    if not said.explanation.strip():
        return "missing_fact", "Say what stands in the way, or which clarification is wanted."
    if why := why_not_answered(one, by, said.at):
        return why
    if kept is not None and kept.clock.stopped_at is not None:
        return "already_stopped", "Its hour stands still already."
    if one.status not in (Status.REFERRED, Status.ACKNOWLEDGED):
        return "not_allowed", f"It is {Status(one.status).label.lower()}: nothing is left to comply with."
    return None


def _why_not_ended(one: Standing, at: datetime, kept: Kept | None, by: Actor) -> Why:
    if why := why_not_answered(one, by, at):
        return why
    if kept is None or kept.clock.stopped_at is None:
        return "not_allowed", "Nothing stops its hour."
    if one.status == Status.INFORMATION_REQUESTED:
        return "not_allowed", "Answer the platform's question; the hour starts with the answer."
    if one.status != Status.ACKNOWLEDGED:
        return "not_allowed", f"It is {Status(one.status).label.lower()}: its hour is over."
    return None


def _decision(one: Standing, feedback: Feedback) -> Move:
    transition, action = _DONE[feedback.outcome]
    facts: dict[str, Any] = {
        "action": str(action),
        "outcome": feedback.outcome,
        "signatory": feedback.signatory.strip(),
    }
    if feedback.provider_reference.strip():
        facts["provider_reference"] = feedback.provider_reference.strip()
    return Move(one.referral_id, transition, facts, moment_of(one, feedback.at))


def _split(allowed: list[Standing], said: Mapping[UUID, CannotComply]) -> tuple[list[Move], list[Standing]]:
    """Part the requests for information from what keeps its status."""
    asking: list[Move] = []
    standing: list[Standing] = []
    for one in allowed:
        annex = said[one.referral_id]
        if annex.impediment == Impediment.INSUFFICIENT_INFORMATION:
            facts = {"question": annex.explanation.strip()}
            asking.append(Move(one.referral_id, "request_information", facts, moment_of(one, annex.at)))
        else:
            standing.append(one)
    return asking, standing
