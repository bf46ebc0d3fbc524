"""What waits for somebody in all their operations, and what is going on there: the start page.

Nothing is counted here. Each count comes from the rule in its subject's queries, so that it is the length of the list
behind it; this asks each of them once for all operations, and only where the person's roles let them act.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Final
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models.expressions import RawSQL
from django.utils import timezone

from takedowns.access.actor import Actor
from takedowns.access.roles import Role
from takedowns.accounts.second import waiting_requests
from takedowns.comments.queries import mentions_of, pile_of
from takedowns.directory.models import Agency, User
from takedowns.holds.queries import ends_of_those_running_out
from takedowns.intake.queries import drafts_in
from takedowns.notices.news import MANY
from takedowns.orders import preservation
from takedowns.orders.queries import SHOWN, DueOrders, clocks_running, to_write_in
from takedowns.oversight.alarms import waiting_alarms
from takedowns.referrals import piles
from takedowns.referrals.lifecycle import AT_THE_PLATFORM, TRANSITIONS
from takedowns.referrals.models import Operation
from takedowns.referrals.permissions import MAY_CORRECT, agencies_with_a_role
from takedowns.referrals.piles import Pile
from takedowns.referrals.queries import head_annotations
from takedowns.referrals.visibility import TakesPart
from takedowns.referrals.vocabulary import Status
from takedowns.review import queue
from takedowns.review.returned import returned_in
from takedowns.verification.looking import MAY_LOOK
from takedowns.web import kept

#: Of more operations than these the latest are looked at.
OPERATIONS: Final = 100
#: Who answers a platform's question.
MAY_ANSWER: Final = TRANSITIONS["provide_information"].roles


class Kind(Enum):
    """What can wait, in the order of the page: what has a clock first, then what others wait for."""

    ORDERS = "orders"
    WRITING = "writing"
    QUESTIONS = "questions"
    MENTIONS = "mentions"
    REVIEW = "review"
    SENDING = "sending"
    RETURNED = "returned"
    DRAFTS = "drafts"
    RECHECKS = "rechecks"
    HOLDS = "holds"
    PRESERVED = "preserved"
    REQUESTS = "requests"
    ALARMS = "alarms"
    MESSAGES = "messages"
    CHANGES = "changes"


@dataclass(frozen=True)
class Waiting:
    """One line: what waits, where, how much of it.

    Attributes:
        operation: None for what belongs to none (holds, what is preserved, changes).
        is_more: whether counting stopped there.
        oldest: since when the one in front waits; of orders, holds and what is preserved, when the first is due or ends.
        overdue: of orders, how many are past their hour.
        first: id of the one in front, where there is a page of it.
        agencies: slugs of the agencies whose it is, where not the whole operation's.
    """

    kind: Kind
    operation: Operation | None
    number: int
    oldest: datetime | None = None
    is_more: bool = False
    overdue: int = 0
    first: UUID | None = None
    agencies: tuple[str, ...] = ()


@dataclass(frozen=True)
class GoingOn:
    """An operation and where its open referrals stand: in review, approved and not sent, with platforms."""

    operation: Operation
    in_review: int
    approved: int
    with_platforms: int


@dataclass(frozen=True)
class Work:
    """The start page.

    Attributes:
        unread: how many changes the person has not read; it carries the number in the head of the page.
        is_all: whether all operations were looked at.
    """

    waiting: list[Waiting] = field(default_factory=list)
    going_on: list[GoingOn] = field(default_factory=list)
    unread: int | None = None
    is_all: bool = True


def work_of(actor: Actor) -> Work:
    """Return what waits for the actor, and what is going on. Ten statements at most, however many operations."""
    operations = _operations(actor)
    shown = operations[:OPERATIONS]
    unread: int | None = shown[0].unread if shown else None  # type: ignore[attr-defined]
    told = shown[0] if shown else _without_operations(actor)
    alarms = [*_of_administering(Kind.REQUESTS, told), *_of_administering(Kind.ALARMS, told)]
    running = [one for one in shown if one.is_open]
    standing = kept.standing_in(running, actor, (Status.SUBMITTED, Status.APPROVED, *AT_THE_PLATFORM))
    inside = _in_operations(shown, actor)
    waiting = [*alarms, *inside, *_to_send(shown, standing), *_elsewhere(actor, unread or 0)]
    order = list(Kind)
    waiting.sort(key=lambda one: order.index(one.kind))
    return Work(waiting, _going_on(shown, standing), unread, len(operations) <= OPERATIONS)


def _of_administering(kind: Kind, told: Operation | User | None) -> list[Waiting]:
    """Return what was read along with a row, as an annotation of the kind's name: how many, and since when."""
    number, since = getattr(told, kind.value, (0, None))
    return [Waiting(kind, None, number, datetime.fromisoformat(since))] if number and since else []


def _without_operations(actor: Actor) -> User | None:
    """Return the actor with what an operation would carry: an installation is administered before its first one. One statement."""
    annotations = _administering(actor)
    if actor.user_id is None or not annotations:
        return None
    return User.objects.filter(pk=actor.user_id).annotate(**annotations).first()


def _administering(actor: Actor) -> dict[str, RawSQL]:
    told = {Kind.ALARMS.value: waiting_alarms(actor), Kind.REQUESTS.value: waiting_requests(actor)}
    return {name: one for name, one in told.items() if one is not None}


#: In which place of an operation it waits.
PLACE_OF: Final = {
    Kind.ORDERS: "platforms",
    Kind.WRITING: "platforms",
    Kind.QUESTIONS: "platforms",
    Kind.MENTIONS: "referrals",
    Kind.REVIEW: "referrals",
    Kind.SENDING: "platforms",
    Kind.RETURNED: "submissions",
    Kind.DRAFTS: "submissions",
    Kind.RECHECKS: "verification",
    Kind.MESSAGES: "overview",
}


def waiting_in_places(actor: Actor, operation: Operation) -> dict[str, tuple[int, bool]]:
    """Return by key of a place how much waits there for the actor, and whether counting stopped. Nine statements at most."""
    found: dict[str, tuple[int, bool]] = {}
    operations = _operations(actor, operation)
    coordinated = [one for one in operations if one.is_open and one.coordinates]  # type: ignore[attr-defined]
    standing = kept.standing_in(coordinated, actor, (Status.APPROVED,))
    for one in [*_in_operations(operations, actor), *_to_send(operations, standing)]:
        number, is_more = found.get(PLACE_OF[one.kind], (0, False))
        found[PLACE_OF[one.kind]] = (number + one.number, is_more or one.is_more)
    return found


def _operations(actor: Actor, only: Operation | None = None) -> list[Operation]:
    """Return the operations the actor sees, the latest first, each with ``coordinates`` and ``looks``: whether the actor does there."""
    answers = Agency.objects.filter(pk__in=agencies_with_a_role(actor, MAY_ANSWER))
    found = Operation.objects.visible_to(actor).annotate(
        coordinates=TakesPart("pk", agencies_with_a_role(actor, {Role.COORDINATOR})),
        looks=TakesPart("pk", agencies_with_a_role(actor, MAY_LOOK)),
        mentioned=mentions_of("pk"),
        answers=ArraySubquery(answers.values_list("slug")),
        **head_annotations("pk"),
        **_administering(actor),
        **kept.log_and_schedules(),
    )
    if only is not None:
        found = found.filter(pk=only.pk)
    return list(found[: OPERATIONS + 1])


def _in_operations(operations: list[Operation], actor: Actor) -> list[Waiting]:
    by_id = {one.pk: one for one in operations}
    coordinated = [one.pk for one in operations if one.coordinates]  # type: ignore[attr-defined]
    looked = [one for one in operations if one.looks]  # type: ignore[attr-defined]
    now = timezone.now()
    corrects = agencies_with_a_role(actor, MAY_CORRECT)
    clocks = clocks_running(by_id, actor, now, agencies=corrects, coordinated=coordinated)
    found: list[Waiting] = [_orders(by_id[one], clock) for one, clock in clocks.items()]
    answers = agencies_with_a_role(actor, MAY_ANSWER)
    asked = {
        Kind.WRITING: to_write_in(by_id, agencies=corrects, coordinated=coordinated),
        Kind.QUESTIONS: piles.questions(by_id, agencies=answers, coordinated=coordinated),
        Kind.REVIEW: queue.waiting_in(by_id, actor),
    }
    waiting = kept.piles_with_due(asked, Kind.RECHECKS, looked, actor, now)
    for kind, of_operations in waiting.items():
        found += _lines(kind, by_id, of_operations, coordinated if kind == Kind.QUESTIONS else None)
    if answers:
        found += _lines(Kind.DRAFTS, by_id, drafts_in(by_id, actor))
        found += _lines(Kind.RETURNED, by_id, returned_in(by_id, actor))
    mentioned = {one.pk: pile for one in operations if (pile := pile_of(one.mentioned)) is not None}  # type: ignore[attr-defined]
    found += _lines(Kind.MENTIONS, by_id, mentioned)
    for one in operations:
        if standing := one.standing:  # type: ignore[attr-defined]
            oldest = min(datetime.fromisoformat(message["at"]) for message in standing)
            found.append(Waiting(Kind.MESSAGES, one, len(standing), oldest))
    return found


def _to_send(operations: list[Operation], standing: dict[UUID, dict[str, int]]) -> list[Waiting]:
    """Return what is approved and not sent, where the actor sends."""
    return [
        Waiting(Kind.SENDING, one, number, is_more=number >= piles.COUNT_LIMIT)
        for one in operations
        if one.is_open
        and one.coordinates  # type: ignore[attr-defined]
        and (number := standing.get(one.pk, {}).get(Status.APPROVED, 0))
    ]


def _orders(operation: Operation, clock: DueOrders) -> Waiting:
    return Waiting(
        Kind.ORDERS,
        operation,
        clock.number,
        clock.next_due,
        is_more=clock.number >= SHOWN,
        overdue=clock.overdue,
        first=clock.first,
    )


def _lines(
    kind: Kind,
    operations: dict[UUID, Operation],
    found: dict[UUID, Pile],
    coordinated: Collection[UUID] | None = None,
) -> list[Waiting]:
    return [
        Waiting(
            kind,
            operation,
            pile.number,
            pile.oldest,
            is_more=pile.number >= piles.COUNT_LIMIT,
            first=pile.first,
            agencies=() if coordinated is None or one in coordinated else tuple(operation.answers),  # type: ignore[attr-defined]
        )
        for one, operation in operations.items()
        if (pile := found.get(one)) is not None
    ]


def _elsewhere(actor: Actor, unread: int) -> list[Waiting]:
    found = []
    if ends := ends_of_those_running_out(actor):
        found.append(Waiting(Kind.HOLDS, None, len(ends), ends[0]))
    if ends := preservation.ends_of_those_running_out(actor, timezone.now()):
        is_more = len(ends) >= preservation.SHOWN
        found.append(Waiting(Kind.PRESERVED, None, len(ends), ends[0], is_more=is_more))
    if unread:
        found.append(Waiting(Kind.CHANGES, None, min(unread, MANY - 1), is_more=unread >= MANY))
    return found


def _going_on(operations: list[Operation], standing: dict[UUID, dict[str, int]]) -> list[GoingOn]:
    return [
        GoingOn(
            one,
            counted.get(Status.SUBMITTED, 0),
            counted.get(Status.APPROVED, 0),
            sum(counted.get(status, 0) for status in AT_THE_PLATFORM),
        )
        for one in operations
        if one.is_open
        for counted in [standing.get(one.pk, {})]
    ]
