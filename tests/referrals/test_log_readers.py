"""Every reader of the log misses nothing and sees nothing twice, whatever is committed between two of its statements."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.directory.models import Platform
from takedowns.figures.fold import fold
from takedowns.figures.recount import recount
from takedowns.notices.building import build_notices
from takedowns.notices.models import Notice, What
from takedowns.referrals import log
from takedowns.referrals.models import Event, Operation
from takedowns.referrals.transitions import apply_to_all
from takedowns.representation.changes import changes
from takedowns.representation.reader import PlatformReader, Reader
from takedowns.representation.referrals import operations, page
from takedowns.webhooks.endpoints import create
from takedowns.webhooks.feeding import feed
from takedowns.webhooks.models import Delivery
from tests.factories import identity, make_referrals, wait_for_the_log
from tests.people import People, make_people

REFERRALS = 8
STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("approve", {"exemptions_checked": True}),
    ("refer", {}),
    ("acknowledge", {}),
    ("remove", {"action": "visibility_removed"}),
    ("reinstate", {"reason": "Appeal."}),
)


@dataclass(frozen=True)
class AgencyReader:
    """An agency's program."""

    actor: Actor
    platform_id: str | None = None


def operation_of(people: People, number: int) -> Operation:
    """Return an operation of its own, whose cells nobody has used."""
    operation = Operation.objects.create(
        reference=f"HEAD{number}", name="Head of the log", starts=date(2019, 11, 21), default_ground="Art. 5"
    )
    operation.refresh_from_db()
    operation.agencies.set([people.agency, people.other_agency])
    operation.platforms.set(Platform.objects.filter(slug="telegram"))
    return operation


class Work:
    """What others do, one committed step at a time.

    Each step moves one referral into a cell that was never used before, and after it another into one that was: a reader
    that knows the second only goes past the first.
    """

    def __init__(self, people: People) -> None:
        self.people = people
        self.alone: list[UUID] = []
        self.left: deque[Callable[[], Any]] = deque()
        for number in range(REFERRALS):
            url = f"https://t.me/demo_head/{number + 1}"
            self.alone += make_referrals(
                operation_of(people, number), people.agency, [url], submitted_by=people.officer
            )
        urls = [f"https://t.me/demo_together/{number + 1}" for number in range(REFERRALS + 1)]
        first, *together = make_referrals(people.operation, people.agency, urls, submitted_by=people.officer)
        for move, facts in STEPS:  # from then on its cells are known
            apply_to_all(move, [first], by=SYSTEM, **facts)
        self.ids = [*self.alone, *together]
        self.all = [first, *self.ids]
        for move, facts in STEPS:
            for pair in zip(self.alone, together, strict=True):
                self.left.append(partial(self._move, move, pair, facts))

    def _move(self, move: str, pair: tuple[UUID, UUID], facts: dict[str, Any]) -> None:
        for one in pair:
            assert apply_to_all(move, [one], by=SYSTEM, **facts).moved == [one]

    def __call__(self) -> None:
        if self.left:
            in_a_session_of_its_own(self.left.popleft())


def in_a_session_of_its_own(act: Callable[[], Any]) -> None:
    """Run something on another connection, to its commit."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()
    if failed:
        raise failed[0]


@contextmanager
def before_each_statement(act: Callable[[], None]) -> Iterator[None]:
    """Let something be committed before each statement of this thread's connection."""

    def between(execute: Any, *arguments: Any) -> Any:
        act()
        return execute(*arguments)

    with connection.execute_wrapper(between):
        yield


def follow(reader: Reader, start: log.Position, work: Work, limit: int) -> list[dict[str, Any]]:
    """Follow the feed at its head until nobody works any more and nothing is left to read."""
    found: list[dict[str, Any]] = []
    position = start
    while True:
        busy = bool(work.left)
        if not busy:
            wait_for_the_log()
        with before_each_statement(work), acting_as(reader.actor):
            reading, some = changes(reader, position, limit)
        found += some
        position = reading.position
        if not busy and not some and not reading.more:
            return found


def logged(ids: list[UUID], *kinds: str) -> list[UUID]:
    with acting_as(SYSTEM):
        events = Event.objects.filter(referral_id__in=ids, kind__in=kinds).order_by("xid", "pk")
        return list(events.values_list("pk", flat=True))


@pytest.fixture
def work(transactional_db: None) -> Work:
    return Work(make_people())


@pytest.mark.parametrize("limit", [1, 3, 1000])
def test_a_platforms_feed_tells_each_change_once_though_each_enters_a_new_cell(
    work: Work, limit: int
) -> None:
    wait_for_the_log()
    found = follow(PlatformReader("telegram"), log.latest(), work, limit)
    told = [change["id"] for change in found]
    assert told == logged(work.ids, "refer", "acknowledge", "remove", "reinstate")
    assert len(told) == 8 * REFERRALS


@pytest.mark.parametrize("name", ["officer", "coordinator"])
def test_an_agencys_feed_tells_each_change_once(work: Work, name: str) -> None:
    wait_for_the_log()
    found = follow(AgencyReader(work.people.actor(name)), log.latest(), work, 2)
    assert [change["id"] for change in found] == logged(work.ids, *(move for move, _ in STEPS))


def test_webhooks_tell_each_change_once(work: Work, settings: Any) -> None:
    settings.WEBHOOK_PLAIN_HTTP = True
    wait_for_the_log()
    endpoint, _ = create("telegram", url="http://receiver.example/hook")
    while work.left:
        with before_each_statement(work):
            feed(endpoint.pk)
    wait_for_the_log()
    feed(endpoint.pk)
    with acting_as(SYSTEM):
        bodies = [json.loads(bytes(one.payload)) for one in Delivery.objects.order_by("number")]
    told = [UUID(event["id"]) for body in bodies for event in body["data"]["events"]]
    assert sorted(told) == sorted(logged(work.ids, "refer", "acknowledge", "remove", "reinstate"))


@pytest.mark.parametrize("narrowed", [False, True])
def test_a_walk_through_the_list_meets_each_referral_though_all_move_on_meanwhile(
    work: Work, narrowed: bool
) -> None:
    for _ in range(2 * REFERRALS):  # all are at the platform
        work()
    filters = {"kind": [identity("https://t.me/demo_head/1").kind]} if narrowed else {}
    reader = PlatformReader("telegram")
    met, after = [], None
    while True:
        with before_each_statement(work), acting_as(reader.actor):
            rows, after = page(reader, filters, after, 3)
        met += [row["id"] for row in rows]
        if after is None:
            break
    assert met == sorted(work.all)


def test_a_platform_knows_an_operation_as_soon_as_it_reads_of_a_referral_in_it(work: Work) -> None:
    reader = PlatformReader("telegram")
    for _ in range(2 * REFERRALS - 1):
        work()
    with before_each_statement(work), acting_as(reader.actor):
        known = {one.reference for one in operations(reader)}
    assert known >= {f"HEAD{number}" for number in range(REFERRALS)}


def test_notices_are_made_of_each_answer_once(work: Work) -> None:
    while work.left:
        with before_each_statement(work):
            build_notices(stretch=3)
    wait_for_the_log()
    build_notices(stretch=3)
    for what in (What.REMOVED, What.REINSTATED):
        with acting_as(SYSTEM):
            told = list(Notice.objects.filter(what=what).values_list("referral_id", flat=True))
        assert sorted(told) == sorted(work.all)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_figures_are_folded_once_and_agree_with_a_recount(work: Work) -> None:
    while work.left:
        with before_each_statement(work):
            fold(stretch=3)
    assert recount() == []
    wait_for_the_log()
    fold(stretch=3)
    assert recount() == []


def test_an_agency_that_comes_to_take_part_is_told_of_all_that_follows(work: Work) -> None:
    """What is committed after it takes part is told once, wherever its reader is meanwhile."""
    people = work.people
    since: dict[UUID, int] = {}

    def take_part(one: UUID, number: int) -> None:
        with acting_as(SYSTEM):
            Operation.objects.get(reference=f"HEAD{number}").agencies.add(people.absent_agency)
        since[one] = len(logged([one], *(move for move, _ in STEPS)))

    steps = list(work.left)
    for number, one in enumerate(work.alone):
        steps.insert(3 * number + 2 * REFERRALS, partial(take_part, one, number))
    work.left = deque(steps)
    wait_for_the_log()
    reader = AgencyReader(people.actor("absent_officer"))
    found = follow(reader, log.latest(), work, 2)
    assert sorted(since) == sorted(work.alone)
    for one in work.alone:
        mine = [change["id"] for change in found if change["referral_id"] == one]
        assert len(mine) == len(set(mine))
        all_of_it = logged([one], *(move for move, _ in STEPS))
        assert 0 < since[one] < len(all_of_it)
        assert [pk for pk in mine if pk in all_of_it[since[one] :]] == all_of_it[since[one] :]


@pytest.mark.django_db
def test_places_in_the_log_are_in_order_of_the_number_and_not_of_its_digits() -> None:
    """Transaction 9 lies before 10, though not in an alphabet."""
    people = make_people()
    make_referrals(people.operation, people.agency, ["https://t.me/demo_order/1"])
    with acting_as(SYSTEM):
        item_id = Event.objects.get().item_id
        made = [
            Event.objects.create(item_id=item_id, at="2019-11-21T08:00Z", kind="note", xid=xid).pk
            for xid in (9, 10, 99, 100)
        ]
        assert log.latest() == log.Position(100, made[-1])
        assert log.next_stretch(log.BEGINNING, 3) == log.Position(99, made[2])
        assert log.next_stretch(log.Position(10, made[1]), 100) == log.Position(100, made[-1])
        assert [event.pk for event in log.read(Event.objects.all, log.BEGINNING, 10).events] == made


@pytest.mark.django_db
def test_a_stretch_ends_where_so_many_events_end(monkeypatch: pytest.MonkeyPatch) -> None:
    people = make_people()
    make_referrals(people.operation, people.agency, ["https://t.me/demo_order/1"])
    monkeypatch.setattr(log, "STRETCH", 2)
    with acting_as(SYSTEM):
        item_id = Event.objects.get().item_id
        made = [
            Event.objects.create(item_id=item_id, at="2019-11-21T08:00Z", kind="note", xid=xid).pk
            for xid in (9, 10, 99, 100)
        ]
        reading = log.read(Event.objects.all, log.BEGINNING, 10)
        assert (reading.position, [event.pk for event in reading.events]) == (
            log.Position(10, made[1]),
            made[:2],
        )
