"""Removal orders as pages show them: those that run, by when they are due; one with all it says."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Case, F, Q, Value, When, Window
from django.db.models.functions import RowNumber

from takedowns.access.actor import Actor
from takedowns.orders.issuing import waiting_unready
from takedowns.orders.models import PRESERVED_UNTIL, RemovalOrder
from takedowns.orders.vocabulary import ClockState
from takedowns.referrals.lifecycle import AT_THE_PLATFORM
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.piles import COUNT_LIMIT, Rows
from takedowns.referrals.reference import reference_of
from takedowns.referrals.vocabulary import Instrument, Status

SHOWN = 200
#: Issued and not followed; and of these, those of which the hour runs or has passed (``Clock.state``).
_IS_RUNNING = Q(referral__status__in=(*AT_THE_PLATFORM, Status.DECLINED))
#: What can be said of an order in each state.
_OFFERED: Final = {
    ClockState.UNRECEIVED: ("receipt", "feedback", "impediment"),
    ClockState.RUNNING: ("feedback", "impediment"),
    ClockState.OVERDUE: ("feedback", "impediment"),
    ClockState.STOPPED: ("resume", "feedback"),
}
_CLOCK_RUNS = Q(received_at__isnull=False, referral__due_at__isnull=False)


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


@dataclass(frozen=True)
class DueOrders:
    """The orders of one operation whose hour runs.

    Attributes:
        overdue: how many of them are past it.
        next_due: when the first is, or was, due; ``first`` is that order.
    """

    number: int
    overdue: int
    next_due: datetime
    first: UUID


def running_orders(
    operation: Operation, actor: Actor, now: datetime, *, only_clock: bool = False
) -> list[OrderLine]:
    """Return the orders that are issued and not followed, the first due first. One statement.

    Args:
        only_clock: only those whose hour runs or has passed.
    """
    return _running(actor, now, _CLOCK_RUNS if only_clock else Q(), referral__operation=operation)


def running_at(platform_id: str, actor: Actor, now: datetime) -> list[OrderLine]:
    """Return the orders issued to a platform and not followed, of whatever operations, the first due first. One statement."""
    return _running(actor, now, Q(issued_at__isnull=False), referral__platform_id=platform_id)


def _running(actor: Actor, now: datetime, condition: Q, **narrowed: object) -> list[OrderLine]:
    orders = (
        RemovalOrder.objects.visible_to(actor)
        .filter(_IS_RUNNING, condition, **narrowed)
        .select_related("referral__platform", "referral__operation", "item", "agency")
        .defer("document", "particulars")
        .order_by(F("referral__due_at").asc(nulls_last=True), "pk")[:SHOWN]
    )
    return [line_of(order, order.referral.operation, now) for order in orders]


def offered(state: ClockState, status: str) -> tuple[str, ...]:
    """Return what the platform, or a coordinator for it, can say of an order now, by the last part of the address."""
    kinds = _OFFERED.get(state, ())
    if status == Status.INFORMATION_REQUESTED:  # the answer starts the hour, nothing else does
        return tuple(kind for kind in kinds if kind not in ("resume", "impediment"))
    return kinds


def lines_of(order_ids: Collection[UUID], actor: Actor, now: datetime) -> dict[UUID, OrderLine]:
    """Return where these orders stand, by their ids. One statement; none where none is asked for."""
    if not order_ids:
        return {}
    found = RemovalOrder.objects.visible_to(actor).filter(pk__in=order_ids, issued_at__isnull=False)
    orders = found.select_related("referral__operation").defer("document", "particulars")
    return {one.pk: line_of(one, one.referral.operation, now) for one in orders}


def clocks_running(
    operations: Collection[UUID],
    actor: Actor,
    now: datetime,
    *,
    agencies: Collection[UUID],
    coordinated: Collection[UUID],
) -> dict[UUID, DueOrders]:
    """Return the orders whose hour runs or has passed, by operation. One statement at most.

    Args:
        agencies: whose orders are the actor's to follow.
        coordinated: the operations of which all are.
    """
    if not agencies and not coordinated:
        return {}
    mine = Q(agency_id__in=agencies) | Q(referral__operation_id__in=coordinated)
    found = (
        RemovalOrder.objects.visible_to(actor)
        .filter(_IS_RUNNING, _CLOCK_RUNS, mine, referral__operation_id__in=operations)
        .order_by("referral__due_at", "pk")
        .values_list("referral__operation_id", "referral__due_at", "pk")[:SHOWN]
    )
    due: dict[UUID, list[tuple[datetime, UUID]]] = {}
    for operation_id, at, order_id in found:
        if at is not None:
            due.setdefault(operation_id, []).append((at, order_id))
    return {
        operation_id: DueOrders(len(ones), sum(at < now for at, _ in ones), *ones[0])
        for operation_id, ones in due.items()
    }


#: Not written, and can still be; by cells, as the list of referrals is read.
_TO_WRITE: Final = f"""
    SELECT cells.operation_id, rows.id, rows.since
    FROM (
        SELECT cell.id, cell.operation_id FROM referrals_cell AS cell
        WHERE cell.instrument = '{Instrument.REMOVAL_ORDER}' AND cell.status IN ('{Status.SUBMITTED}', '{Status.APPROVED}')
          AND cell.operation_id = ANY(%(operations)s)
          AND (cell.agency_id = ANY(%(agencies)s) OR cell.operation_id = ANY(%(coordinated)s))
    ) AS cells
    CROSS JOIN LATERAL (
        SELECT referral.id, referral.submitted_at AS since FROM referrals_referral AS referral
        WHERE referral.cell_id = cells.id
          AND NOT EXISTS (SELECT FROM orders_removalorder AS written WHERE written.referral_id = referral.id)
        LIMIT %(limit)s
    ) AS rows
"""


def to_write_in(
    operations: Collection[UUID], *, agencies: Collection[UUID], coordinated: Collection[UUID]
) -> Rows | None:
    """Return the orders that somebody is to write in several operations, since they were submitted; None for who writes none.

    Args:
        agencies: whose orders the asking person writes.
        coordinated: the operations of which they write all.
    """
    if not agencies and not coordinated:
        return None
    return Rows(
        _TO_WRITE,
        {
            "operations": list(operations),
            "agencies": list(agencies),
            "coordinated": list(coordinated),
            "limit": COUNT_LIMIT,
        },
    )


def to_write(
    operation: Operation, actor: Actor, *, agencies: Collection[UUID], coordinates: bool
) -> list[tuple[Referral, str]]:
    """Return the orders that :func:`to_write_in` counts in an operation, the oldest first, with references. Two statements at most."""
    rows = to_write_in([operation.pk], agencies=agencies, coordinated=[operation.pk] if coordinates else [])
    if rows is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM ({rows.sql}) AS waiting ORDER BY since, id LIMIT %(shown)s",
            {**rows.values, "shown": SHOWN},
        )
        ids = [one for (one,) in cursor.fetchall()]
    found = Referral.objects.visible_to(actor).select_related("platform", "item", "agency").in_bulk(ids)
    return [(found[one], reference_of(operation.reference, one)) for one in ids if one in found]


def lacking(
    operation: Operation, actor: Actor
) -> tuple[list[Unready], list[tuple[Referral, str]], list[tuple[Referral, str]]]:
    """Return the approved orders that could not be issued now, those in review that nobody has written yet, and those that could be issued.

    Three statements; the most urgent first, so many of each at most. Whether a hold keeps one back says the page on which it is issued.
    """
    refused = {one.referral_id: one for one in waiting_unready(operation, actor)}
    stands = Case(
        When(status=Status.SUBMITTED, then=Value("in_review")),
        When(pk__in=list(refused), then=Value("unready")),
        default=Value("ready"),
    )
    place = Window(RowNumber(), partition_by=F("stands"), order_by=["tier", "pk"])
    found = (
        Referral.objects.visible_to(actor)
        .filter(
            Q(status=Status.SUBMITTED, removal_order=None) | Q(status=Status.APPROVED),
            operation=operation,
            instrument=Instrument.REMOVAL_ORDER,
        )
        .annotate(stands=stands)
        .annotate(place=place)
        .filter(place__lte=SHOWN)
        .select_related("platform", "item", "agency")
        .order_by("tier", "pk")
    )
    unready: list[Unready] = []
    others: dict[str, list[tuple[Referral, str]]] = {"in_review": [], "ready": []}
    for one in found:
        reference = reference_of(operation.reference, one.pk)
        if (refusal := refused.get(one.pk)) is not None:
            unready.append(Unready(one, reference, refusal.code, refusal.message))
        else:
            others[one.stands].append((one, reference))  # type: ignore[attr-defined]
    return unready, others["in_review"], others["ready"]


def document_of(referral_id: UUID, actor: Actor) -> bytes | None:
    """Return the document of an order the actor may see, as it was drawn when it was approved; None before, and of what is no order. One statement."""
    found = (
        RemovalOrder.objects.visible_to(actor)
        .filter(pk=referral_id)
        .values_list("document", flat=True)
        .first()
    )
    return bytes(found) if found else None


def order_of(referral_id: UUID, actor: Actor) -> RemovalOrder | None:
    """Return an order the actor may see, with until when its content is preserved, without its document. One statement."""
    return (
        RemovalOrder.objects.visible_to(actor)
        .annotate(preserved_until=PRESERVED_UNTIL)
        .select_related("referral", "item", "written_by")
        .defer("document")
        .filter(pk=referral_id)
        .first()
    )
