"""Nobody's webhooks wait for another's: shares of the threads, calls of removal orders, calls after a ping, sizes of bodies."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals.models import Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.sending.dispatch import dispatch
from takedowns.webhooks.endpoints import create
from takedowns.webhooks.feeding import feed, ping
from takedowns.webhooks.log import replay
from takedowns.webhooks.models import ORDER_LANES, Delivery, Endpoint, Try
from takedowns.webhooks.sending import GRACE_S, LONGEST_WAIT_OF_ORDERS_S, send_next
from takedowns.webhooks.tasks import pick_up
from takedowns.webhooks.turns import OF_A_QUICK_ONE, Turns
from tests.api.conftest import refer
from tests.factories import wait_for_the_log
from tests.orders.test_orders_issuing import EMERGENCY, approved, make_authority
from tests.people import People
from tests.webhooks.receiver import Call, Receiver, receiving

Deliver = Callable[[], None]
ITEMS = tuple(f"https://t.me/demo_turn/{number}" for number in range(1, 41))


@pytest.fixture
def turns() -> Iterator[Turns]:
    """Turns of a process of its own; its last calls are waited for."""
    one = Turns()
    yield one
    one._threads.shutdown(wait=True)


def run(turns: Turns) -> threading.Thread:
    """Hand out calls as a worker's job does."""

    def job() -> None:
        try:
            turns.run()
        finally:
            connection.close()

    thread = threading.Thread(target=job)
    thread.start()
    return thread


def test_slow_endpoints_of_one_platform_hold_up_nobody_else(
    people: People, receiver: Receiver, turns: Turns
) -> None:
    """Ten that never answer in time, three new calls waiting at each; meanwhile another platform is told at once."""
    with ExitStack() as stack:
        for _ in range(10):
            slow = stack.enter_context(receiving())
            slow.answer = lambda call: (time.sleep(3), (204, {}))[1]
            create("telegram", url=slow.url)
        _, secret = create("youtube", url=receiver.url)
        receiver.secrets.append(secret)
        refer(people, ITEMS)
        urls = tuple(f"https://www.youtube.com/watch?v=demoVIDEO{number:02}" for number in range(60))
        refer(people, urls)
        wait_for_the_log()
        with acting_as(SYSTEM):
            endpoints = list(Endpoint.objects.values_list("pk", flat=True))
        for pk in endpoints:
            feed(pk)
        started = time.monotonic()
        job = run(turns)
        while len(receiver.events()) < 60 and time.monotonic() - started < 20:
            time.sleep(0.02)
        took = time.monotonic() - started
        job.join(30)
    assert len(receiver.events()) == 60
    assert took < 2.5, "no slow call was waited for"


def test_a_quick_endpoint_has_a_few_calls_under_way_and_a_slow_one_has_one(
    people: People, receiver: Receiver, endpoint: Endpoint, turns: Turns
) -> None:
    under_way: Counter[str] = Counter()
    most: Counter[str] = Counter()
    lock = threading.Lock()

    def answering(name: str, seconds: float) -> Callable[[Call], tuple[int, dict[str, str]]]:
        def answer(call: Call) -> tuple[int, dict[str, str]]:
            with lock:
                under_way[name] += 1
                most[name] = max(most[name], under_way[name])
            time.sleep(seconds)
            with lock:
                under_way[name] -= 1
            return 204, {}

        return answer

    with receiving() as slow:
        receiver.answer, slow.answer = answering("quick", 0.2), answering("slow", 2.2)
        other, _ = create("telegram", url=slow.url)
        refer(people, ITEMS)
        wait_for_the_log()
        for pk in (endpoint.pk, other.pk):
            feed(pk)
        run(turns).join(30)
        turns._threads.shutdown(wait=True)
    assert 1 < most["quick"] <= OF_A_QUICK_ONE
    assert most["slow"] == 1


def test_a_second_job_of_the_process_has_the_first_look_again_and_ends(turns: Turns, people: People) -> None:
    turns._handing_out.acquire()
    assert turns.run() is None
    assert turns._woken.is_set()
    turns._handing_out.release()
    assert turns.run() is None, "nothing waits"


def _waits(endpoint: Endpoint) -> list[timedelta]:
    with acting_as(SYSTEM):
        waiting = Delivery.objects.filter(endpoint=endpoint, state=Delivery.State.WAITING)
        return [one.next_at - timezone.now() for one in waiting]


@pytest.mark.parametrize("by", ["ping", "send again"])
def test_a_receiver_that_is_mended_is_told_at_once_after_a_ping_or_send_again(
    by: str, people: People, receiver: Receiver, endpoint: Endpoint, deliver: Deliver
) -> None:
    receiver.answer = lambda call: (500, {})
    refer(people, ITEMS[:5])
    wait_for_the_log()
    deliver()
    with acting_as(SYSTEM):
        Delivery.objects.filter(state="waiting").update(next_at=timezone.now() + timedelta(hours=4))
    deliver()
    assert receiver.taken == []
    receiver.answer = lambda call: (204, {})
    if by == "ping":
        ping(endpoint)  # waits for none of them
    else:
        replay("telegram", endpoint.pk, since=timezone.now() - timedelta(hours=1))
    for _ in range(2):
        deliver()
    assert len(receiver.events()) == 5
    assert _waits(endpoint) == []


def test_a_ping_that_fails_brings_nothing_forward(
    people: People, receiver: Receiver, endpoint: Endpoint, deliver: Deliver
) -> None:
    receiver.answer = lambda call: (500, {})
    refer(people, ITEMS[:1])
    wait_for_the_log()
    deliver()
    later = timezone.now() + timedelta(hours=4)
    with acting_as(SYSTEM):
        Delivery.objects.filter(state="waiting").update(next_at=later)
    ping(endpoint)
    deliver()
    assert min(_waits(endpoint)) > timedelta(hours=3)


def test_orders_wait_for_minutes_and_for_no_other_call(
    people: People, receiver: Receiver, endpoint: Endpoint, deliver: Deliver
) -> None:
    make_authority(people)
    orders = approved(people, *(f"https://t.me/demo_order/{number}" for number in range(4)), text=EMERGENCY)
    dispatch(people.operation, by=SYSTEM)
    others = refer(people, ITEMS[:12])
    receiver.answer = lambda call: (500, {})
    wait_for_the_log()
    for _ in range(14):
        deliver()
        with acting_as(SYSTEM):
            Delivery.objects.filter(state="waiting").update(next_at=timezone.now())
    deliver()
    with acting_as(SYSTEM):
        waiting = list(Delivery.objects.filter(endpoint=endpoint, state="waiting"))
        mine = {one.lane for one in waiting if one.lane in ORDER_LANES}
        assert mine
        for one in waiting:
            wait = (one.next_at - timezone.now()).total_seconds()
            if one.lane in ORDER_LANES:
                assert wait <= LONGEST_WAIT_OF_ORDERS_S
            else:
                assert wait > 3600
        Delivery.objects.filter(lane__in=ORDER_LANES).update(next_at=timezone.now())
    receiver.answer = lambda call: (204, {})
    deliver()
    assert {event["referral_id"] for event in receiver.events()} == set(map(str, orders))
    assert others


def test_a_retry_after_of_hours_does_not_put_off_an_order(
    people: People, receiver: Receiver, endpoint: Endpoint, deliver: Deliver
) -> None:
    make_authority(people)
    approved(people, "https://t.me/demo_order/1", text=EMERGENCY)
    dispatch(people.operation, by=SYSTEM)
    receiver.answer = lambda call: (429, {"Retry-After": "7200"})
    wait_for_the_log()
    deliver()
    assert max(_waits(endpoint)) <= timedelta(seconds=LONGEST_WAIT_OF_ORDERS_S)


def test_a_body_is_no_longer_than_the_setting_says(
    people: People, receiver: Receiver, endpoint: Endpoint, deliver: Deliver, settings: object
) -> None:
    settings.WEBHOOK_MAX_BYTES = 8_000  # type: ignore[attr-defined]
    ids = refer(people, tuple(f"https://t.me/demo_long/{number}" for number in range(200)))
    wait_for_the_log()
    deliver()
    assert sorted(one["referral_id"] for one in receiver.events()) == sorted(map(str, ids))
    with acting_as(SYSTEM):
        sizes = [len(one.payload) for one in Delivery.objects.all()]
    assert max(sizes) <= 8_000
    assert max(sizes) > 6_000, "and none is needlessly short"


def test_a_body_that_is_too_large_is_halved_until_it_is_taken_and_nothing_changes_places(
    people: People, receiver: Receiver, endpoint: Endpoint, deliver: Deliver
) -> None:
    ids = refer(people, tuple(f"https://t.me/demo_half/{number}" for number in range(60)))
    apply_to_all("acknowledge", ids, by=SYSTEM)
    wait_for_the_log()
    receiver.answer = lambda call: (413 if len(call.events) > 2 else 204, {})
    for _ in range(30):
        deliver()
    told: dict[str, list[str]] = {}
    for event in receiver.events():
        told.setdefault(event["referral_id"], []).append(event["change"])
    assert told == {str(pk): ["refer", "acknowledge"] for pk in ids}
    bodies = Counter(call.id for call in receiver.refused)
    assert max(bodies.values()) == 1, "no body that was too large was sent twice"
    with acting_as(SYSTEM):
        assert not Delivery.objects.filter(state="waiting").exists()
    assert replay("telegram", endpoint.pk, since=timezone.now() - timedelta(hours=1)) == len(receiver.taken)


def test_one_change_that_alone_is_too_large_is_given_up_and_the_next_goes_on(
    people: People, receiver: Receiver, endpoint: Endpoint, deliver: Deliver
) -> None:
    [one] = refer(people, ITEMS[:1])
    receiver.answer = lambda call: (413, {})
    wait_for_the_log()
    deliver()
    receiver.answer = lambda call: (204, {})
    apply_to_all("acknowledge", [one], by=SYSTEM)
    wait_for_the_log()
    deliver()
    assert [event["change"] for event in receiver.events()] == ["acknowledge"]
    with acting_as(SYSTEM):
        assert Delivery.objects.filter(state="given_up").count() == 1
        assert Referral.objects.get(pk=one).status == "acknowledged"


def test_a_call_under_way_is_not_made_twice_and_one_that_was_lost_is_made_again(
    people: People, receiver: Receiver, endpoint: Endpoint
) -> None:
    refer(people, ITEMS[:1])
    wait_for_the_log()
    feed(endpoint.pk)
    with acting_as(SYSTEM):
        one = Delivery.objects.get()
        one.calling_until = timezone.now() + timedelta(seconds=20)
        one.save()
    assert not send_next(endpoint.pk, one.lane).was_tried
    with acting_as(SYSTEM):
        Delivery.objects.update(calling_until=timezone.now() - timedelta(seconds=1))
    assert send_next(endpoint.pk, one.lane).delivered


@pytest.mark.parametrize("ahead", ["made", "tried", "leased"])
def test_where_the_clock_was_set_back_a_call_does_not_wait_until_it_has_caught_up(
    people: People, receiver: Receiver, endpoint: Endpoint, ahead: str
) -> None:
    refer(people, ITEMS[:1])
    wait_for_the_log()
    feed(endpoint.pk)
    hour = timezone.now() + timedelta(hours=1)
    with acting_as(SYSTEM):
        one = Delivery.objects.get()
        if ahead == "made":
            Delivery.objects.update(made_at=hour, next_at=hour)
        elif ahead == "tried":
            Try.objects.create(delivery=one, at=hour, status=500, problem="It answered 500.", milliseconds=1)
            Delivery.objects.update(next_at=hour + timedelta(seconds=5))
        else:
            Delivery.objects.update(calling_until=hour)
    assert not send_next(endpoint.pk, one.lane).was_tried
    pick_up(0)
    if ahead == "leased":  # it may be under way: for as long as a call may take, and no longer
        with acting_as(SYSTEM):
            longest = timezone.now() + timedelta(seconds=GRACE_S + 15)
            assert Delivery.objects.filter(calling_until__lt=longest).update(calling_until=timezone.now())
    assert send_next(endpoint.pk, one.lane).delivered


def test_where_no_clock_was_set_a_failed_call_waits_for_its_time(
    people: People, receiver: Receiver, endpoint: Endpoint, deliver: Deliver
) -> None:
    receiver.answer = lambda call: (500, {})
    refer(people, ITEMS[:1])
    wait_for_the_log()
    deliver()
    pick_up(0)
    with acting_as(SYSTEM):
        assert Delivery.objects.get().next_at > timezone.now()
