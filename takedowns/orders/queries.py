"""Removal orders as pages show them: those that run, by when they are due; one with all it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q

from takedowns.access.actor import Actor
from takedowns.orders.issuing import waiting_unready
from takedowns.orders.models import RemovalOrder
from takedowns.orders.vocabulary import ClockState
from takedowns.referrals.lifecycle import AT_THE_PLATFORM
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.reference import reference_of
from takedowns.referrals.vocabulary import Instrument, Status

SHOWN = 200


@dataclass(frozen=True)
class OrderLine:
    """One order in a list.

    Attributes:
        left: until it is due; negative where it is overdue; None where the hour does not run.
    """

    order: RemovalOrder
    reference: str
    state: ClockState
    left: timedelta | None

    @property
    def over(self) -> timedelta | None:
        """How long it is overdue."""
        return -self.left if self.left is not None else None


@dataclass(frozen=True)
class Unready:
    """An approved order that cannot go, and why."""

    referral: Referral
    reference: str
    code: str
    message: str


def line_of(order: RemovalOrder, operation: Operation, now: datetime) -> OrderLine:
    """Return where an order stands at ``now``; reads its referral."""
    state, due = order.state(now), order.referral.due_at
    running = due is not None and state in (ClockState.RUNNING, ClockState.OVERDUE)
    return OrderLine(
        order, reference_of(operation.reference, order.pk), state, due - now if due and running else None
    )


def running_orders(operation: Operation, actor: Actor, now: datetime) -> list[OrderLine]:
    """Return the orders that are issued and not followed, the first due first. One statement."""
    orders = (
        RemovalOrder.objects.visible_to(actor)
        .filter(referral__operation=operation, referral__status__in=(*AT_THE_PLATFORM, Status.DECLINED))
        .select_related("referral__platform", "item", "agency")
        .defer("document", "particulars")
        .order_by(F("referral__due_at").asc(nulls_last=True), "pk")[:SHOWN]
    )
    return [line_of(order, operation, now) for order in orders]


def lacking(
    operation: Operation, actor: Actor, now: datetime
) -> tuple[list[Unready], list[tuple[Referral, str]]]:
    """Return the approved orders that could not be dispatched now, and those in review that nobody has written yet.

    Two statements; of the latter the most urgent first.
    """
    refused = {one.referral_id: one for one in waiting_unready(operation, actor, now)[:SHOWN]}
    unwritten = Q(instrument=Instrument.REMOVAL_ORDER, status=Status.SUBMITTED, removal_order=None)
    found = (
        Referral.objects.visible_to(actor)
        .filter(Q(pk__in=list(refused)) | unwritten, operation=operation)
        .select_related("platform", "item", "agency")
        .order_by("tier", "pk")[: 2 * SHOWN]
    )
    unready, in_review = [], []
    for one in found:
        reference = reference_of(operation.reference, one.pk)
        if (refusal := refused.get(one.pk)) is not None:
            unready.append(Unready(one, reference, refusal.code, refusal.message))
        else:
            in_review.append((one, reference))
    return unready, in_review[:SHOWN]


def order_of(referral_id: UUID, actor: Actor) -> RemovalOrder | None:
    """Return an order the actor may see, without its document. One statement."""
    return (
        RemovalOrder.objects.visible_to(actor)
        .select_related("referral", "item", "written_by")
        .defer("document")
        .filter(pk=referral_id)
        .first()
    )
