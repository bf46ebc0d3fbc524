"""The log's reader misses nothing and sees nothing twice, whoever else writes at the same time."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from django.db import connection, connections

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals import log
from takedowns.referrals.models import Event
from takedowns.referrals.transitions import apply_to_all
from tests.factories import make_referrals, wait_for_the_log
from tests.people import make_people


def _read(after: log.Position, limit: int = 1000) -> log.Reading:
    with acting_as(SYSTEM):
        return log.read(Event.objects.all, after, limit)


@contextmanager
def _in_background(*targets: object) -> Iterator[None]:
    threads = [threading.Thread(target=target) for target in targets]  # type: ignore[arg-type]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_began_first_and_ends_last_is_not_skipped() -> None:
    people = make_people()
    urls = [f"https://t.me/demo_a/{number}" for number in range(1, 4)]
    first, second, third = make_referrals(people.operation, people.agency, urls)
    # The cell of the rejected must be there already: whoever makes a new one is waited for by the next who needs it.
    apply_to_all("reject", [third], by=SYSTEM, reason="first")
    wait_for_the_log()
    start = _read(log.BEGINNING).position
    wrote, may_end = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with acting_as(SYSTEM):
            apply_to_all("reject", [first], by=SYSTEM, reason="slow")
            wrote.set()
            assert may_end.wait(30)
        connections.close_all()

    with _in_background(slow_writer):
        assert wrote.wait(30)
        apply_to_all("reject", [second], by=SYSTEM, reason="quick")
        # The quick one is committed, but its number is behind one still in flight: it must wait, or the slow one is lost.
        during = _read(start)
        assert list(during.events) == []
        may_end.set()
    wait_for_the_log()
    after = _read(during.position)
    assert [event.referral_id for event in after.events] == [first, second]


@pytest.mark.django_db(transaction=True)
def test_concurrent_writers_and_a_following_reader_agree_on_every_event() -> None:
    people = make_people()
    ids = make_referrals(
        people.operation, people.agency, [f"https://t.me/demo_b/{number}" for number in range(1, 61)]
    )
    wait_for_the_log()
    start = _read(log.BEGINNING).position
    dice = random.Random(7)

    def writer(mine: list[object], pauses: list[float]) -> None:
        for one, pause in zip(mine, pauses, strict=True):
            with acting_as(SYSTEM):
                apply_to_all("approve", [one], by=SYSTEM, exemptions_checked=True)  # type: ignore[list-item]
                time.sleep(pause)
        connections.close_all()

    shares = [ids[number::4] for number in range(4)]
    writers = [partial(writer, share, [dice.random() / 50 for _ in share]) for share in shares]
    seen, position = [], start
    with _in_background(*writers):
        deadline = time.monotonic() + 60
        while len(seen) < len(ids) and time.monotonic() < deadline:
            reading = _read(position, limit=dice.randint(1, 5))
            seen += [event.pk for event in reading.events]
            position = reading.position
    with acting_as(SYSTEM):
        written = list(
            Event.objects.filter(kind="approve").order_by("xid", "pk").values_list("pk", flat=True)
        )
    assert len(written) == len(ids)
    assert seen == written


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("stretch", [1, 2, 5, 1000])
def test_stretches_change_nothing_of_what_is_read(stretch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    people = make_people()
    make_referrals(
        people.operation, people.agency, [f"https://t.me/demo_c/{number}" for number in range(1, 8)]
    )
    monkeypatch.setattr(log, "STRETCH", stretch)
    wait_for_the_log()
    seen, position = [], log.BEGINNING
    for _ in range(50):
        reading = _read(position, limit=3)
        assert len(reading.events) <= 3
        seen += [event.pk for event in reading.events]
        position = reading.position
        if not reading.more:
            break
    with acting_as(SYSTEM):
        assert seen == list(Event.objects.order_by("xid", "pk").values_list("pk", flat=True))
    assert log.latest() == position


@pytest.mark.django_db
def test_an_empty_log_has_a_beginning_and_no_end() -> None:
    reading = _read(log.BEGINNING)
    assert (list(reading.events), reading.position, reading.more) == ([], log.BEGINNING, False)


@pytest.mark.django_db(transaction=True)
def test_what_happened_to_one_referral_is_read_in_the_order_in_which_it_happened() -> None:
    """A transaction that began first may be the second to move a referral: its number is smaller, its move is later."""
    people = make_people()
    urls = [f"https://t.me/demo_d/{number}" for number in range(1, 3)]
    one, two = make_referrals(people.operation, people.agency, urls)
    wait_for_the_log()
    start = _read(log.BEGINNING).position
    began, may_go_on = threading.Event(), threading.Event()

    def writes_first_and_decides_last() -> None:
        with acting_as(SYSTEM):
            assert apply_to_all("reject", [one], by=SYSTEM, reason="It has its number now.").moved
            began.set()
            assert may_go_on.wait(30)
            assert apply_to_all("refer", [two], by=SYSTEM).moved == [two]
        connections.close_all()

    with _in_background(writes_first_and_decides_last):
        assert began.wait(30)
        assert apply_to_all("approve", [two], by=SYSTEM, exemptions_checked=True).moved == [two]
        assert [event.kind for event in _read(start).events] == []
        may_go_on.set()
    wait_for_the_log()
    for limit in (1, 2, 1000):
        position, seen = start, []
        while (reading := _read(position, limit)).events:
            seen += [event.kind for event in reading.events if event.referral_id == two]
            position = reading.position
        assert seen == ["approve", "refer"]


@pytest.mark.django_db
def test_what_one_statement_writes_about_a_referral_is_read_in_the_order_in_which_it_was_written() -> None:
    people = make_people()
    make_referrals(people.operation, people.agency, ["https://t.me/demo_e/1"])
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO referrals_event (item_id, referral_id, at, kind)"
            " SELECT item_id, referral_id, at, 'note ' || lpad(number::text, 3, '0')"
            " FROM referrals_event, generate_series(1, 200) AS number ORDER BY number"
        )
        kinds = list(
            Event.objects.filter(kind__startswith="note").order_by("xid", "pk").values_list("kind", flat=True)
        )
    assert kinds == sorted(kinds)
    assert len(kinds) == 200
