"""Webhooks, told to a real receiver over HTTP: what arrives, in which order, and what happens when it does not."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from takedowns import sealing
from takedowns.access.actor import NOBODY, SYSTEM, acting_as
from takedowns.outbound import proxy_of
from takedowns.referrals.availability import Look
from takedowns.referrals.models import Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.referrals.vocabulary import Availability
from takedowns.verification.probing.rounds import manners
from takedowns.verification.recording import record_checks
from takedowns.webhooks.endpoints import EndpointError, change, create, remove, rotate
from takedowns.webhooks.feeding import feed, ping, tell_due_soon, type_of
from takedowns.webhooks.log import forget_old, replay
from takedowns.webhooks.models import ALL_LANES, Delivery, Endpoint, EventType, Try
from takedowns.webhooks.sending import LONGEST_WAIT_S, send_next, wait_s
from tests.api.conftest import refer
from tests.factories import wait_for_the_log
from tests.outbound.tunnels import tunnelling
from tests.people import People
from tests.webhooks.receiver import Call, Receiver

Deliver = Callable[[], None]
#: Every example has items of its own; hypothesis may try one twice.
ROUND = itertools.count()
ITEMS = tuple(f"https://t.me/demo_hook/{number}" for number in range(1, 13))


def told(receiver: Receiver) -> list[tuple[str, str]]:
    return [(event["type"], event["referral_id"]) for event in receiver.events()]


def test_a_referral_is_told_from_its_making_to_its_withdrawal(
    people: People, receiver: Receiver, deliver: Deliver
) -> None:
    made = refer(people, ITEMS[:3])
    one, two, three = map(str, made)
    apply_to_all("acknowledge", made[:1], by=SYSTEM)
    apply_to_all("remove", made[:1], by=SYSTEM, action="visibility_removed")
    apply_to_all("withdraw", made[1:2], by=SYSTEM, reason="Named in error.")
    with acting_as(SYSTEM):
        item = Referral.objects.get(pk=made[0]).item_id
    record_checks([Look(item, Availability.ONLINE, timezone.now())], by=SYSTEM, robot="probe")
    wait_for_the_log()
    deliver()
    kinds = told(receiver)
    assert [kind for kind, referral in kinds if referral == one] == [
        "referral.created",
        "referral.updated",
        "referral.updated",
        "check.online_after_removal",
    ]
    assert [kind for kind, referral in kinds if referral == two] == ["referral.created", "referral.withdrawn"]
    assert [kind for kind, referral in kinds if referral == three] == ["referral.created"]
    assert all(call.signed_by == 1 for call in receiver.taken)
    shown = next(event for event in receiver.events() if event["referral_id"] == two)["referral"]
    assert (shown["status"], shown["item"]["url"]) == ("withdrawn", ITEMS[1])
    assert "handling" in shown
    assert shown["handling"] is None


def test_through_the_proxy_of_the_network_it_arrives_as_well(
    people: People, receiver: Receiver, deliver: Deliver, settings: Any
) -> None:
    refer(people, ITEMS[:1])
    wait_for_the_log()
    with tunnelling() as tunnels:
        settings.HTTPS_PROXY = tunnels.url()
        deliver()
    assert [kind for kind, _ in told(receiver)] == ["referral.created"]
    assert [one.split(" ")[0] for one in tunnels.asked] == ["CONNECT"]
    assert manners().proxy == proxy_of(tunnels.url())


def test_what_is_not_the_platforms_is_never_told(
    people: People, receiver: Receiver, deliver: Deliver
) -> None:
    refer(people, ("https://www.youtube.com/watch?v=demoVIDEO01",))
    from tests.factories import make_referrals

    make_referrals(people.operation, people.agency, ITEMS[:1], submitted_by=people.officer)
    wait_for_the_log()
    deliver()
    assert receiver.taken == []


def test_many_are_told_a_hundred_at_a_time(
    people: People, receiver: Receiver, deliver: Deliver, settings: object
) -> None:
    settings.WEBHOOK_MAX_BYTES = 1_000_000  # type: ignore[attr-defined]
    urls = tuple(f"https://t.me/demo_many/{number}" for number in range(1000))
    ids = refer(people, urls)
    wait_for_the_log()
    deliver()
    assert sorted(referral for _, referral in told(receiver)) == sorted(map(str, ids))
    assert max(len(call.events) for call in receiver.taken) <= 100
    assert len(receiver.taken) <= 20


def test_feeding_runs_as_many_statements_however_much_there_is(
    people: People, endpoint: Endpoint, django_assert_num_queries: Callable[..., object]
) -> None:
    refer(people, ITEMS[:1])
    wait_for_the_log()
    with django_assert_num_queries(18):  # type: ignore[attr-defined]
        feed(endpoint.pk)
    refer(people, ITEMS[1:])
    wait_for_the_log()
    with django_assert_num_queries(18):  # type: ignore[attr-defined]
        feed(endpoint.pk)


def test_only_the_types_that_are_wanted_are_told(people: People, receiver: Receiver) -> None:
    made, secret = create("telegram", url=receiver.url, types=["referral.withdrawn"])
    receiver.secrets.append(secret)
    one, _ = refer(people, ITEMS[:2])
    apply_to_all("withdraw", [one], by=SYSTEM, reason="Named in error.")
    wait_for_the_log()
    feed(made.pk)
    for lane in ALL_LANES:
        send_next(made.pk, lane)
    assert told(receiver) == [("referral.withdrawn", str(one))]


def test_the_job_is_queued_in_the_transaction_of_the_change(people: People, endpoint: Endpoint) -> None:
    def queued() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'webhooks.feed'")
            return int(cursor.fetchone()[0])

    (one,) = refer(people, ITEMS[:1])
    before = queued()
    assert before
    with transaction.atomic():
        apply_to_all("acknowledge", [one], by=SYSTEM)
        assert queued() == before + 1
        transaction.set_rollback(True)
    assert queued() == before
    refer(people, ("https://www.youtube.com/watch?v=demoVIDEO01",))
    assert queued() == before
    change("telegram", endpoint.pk, url=endpoint.url, types=[], description="", active=False)
    apply_to_all("acknowledge", [one], by=SYSTEM)
    assert queued() == before


def test_a_failing_call_is_tried_again_with_the_same_id_and_holds_back_its_lane_only(
    people: People, receiver: Receiver, deliver: Deliver, hours_pass: Callable[[float], None]
) -> None:
    ids = refer(people, ITEMS)
    bad = str(ids[0])
    receiver.answer = lambda call: (500 if any(e["referral_id"] == bad for e in call.events) else 204, {})
    wait_for_the_log()
    deliver()
    apply_to_all("acknowledge", ids, by=SYSTEM)
    wait_for_the_log()
    deliver()
    assert len(receiver.refused) == 1  # the lane waits
    assert any(kind == "referral.updated" for kind, _ in told(receiver))
    assert not any(referral == bad for _, referral in told(receiver))
    receiver.answer = lambda call: (204, {})
    hours_pass(1)
    deliver()
    assert [kind for kind, referral in told(receiver) if referral == bad] == [
        "referral.created",
        "referral.updated",
    ]
    assert receiver.refused[0].id in {call.id for call in receiver.taken}


def test_gone_ends_it_at_once_and_turning_it_on_again_tells_what_was_missed(  # noqa: PLR0917
    people: People,
    receiver: Receiver,
    endpoint: Endpoint,
    deliver: Deliver,
    mailoutbox: list[object],
    settings: object,
) -> None:
    settings.EMAIL_HOST = "mail.example"  # type: ignore[attr-defined]
    one, two = refer(people, ITEMS[:2])
    receiver.answer = lambda call: (410, {})
    wait_for_the_log()
    deliver()
    with acting_as(SYSTEM):
        endpoint.refresh_from_db()
    assert endpoint.disabled_because == "It answered 410 Gone."
    assert {to for mail in mailoutbox for to in mail.to} == {  # type: ignore[attr-defined]
        people.platform_contact.email,
        people.platform_manager.email,
        people.administrator.email,
    }
    apply_to_all("acknowledge", [one, two], by=SYSTEM)
    wait_for_the_log()
    deliver()
    assert receiver.taken == []
    receiver.answer = lambda call: (200, {})
    change("telegram", endpoint.pk, url=endpoint.url, types=[], description="", active=True)
    deliver()
    assert sorted(told(receiver)) == sorted(
        (kind, str(pk)) for pk in (one, two) for kind in ("referral.created", "referral.updated")
    )


def test_after_three_days_it_is_disabled_with_the_last_reason(
    people: People,
    receiver: Receiver,
    endpoint: Endpoint,
    deliver: Deliver,
    hours_pass: Callable[[float], None],
) -> None:
    refer(people, ITEMS[:1])
    receiver.answer = lambda call: (503, {})
    wait_for_the_log()
    for _ in range(18):
        deliver()
        hours_pass(4.1)
    with acting_as(SYSTEM):
        endpoint.refresh_from_db()
        assert Try.objects.count() == 18
    assert endpoint.disabled_at is None
    deliver()
    with acting_as(SYSTEM):
        endpoint.refresh_from_db()
    assert (
        endpoint.disabled_because
        == "It did not take a delivery for three days. The last time: It answered 503."
    )


def test_retry_after_is_kept_to_and_a_redirect_is_a_failure(
    people: People, receiver: Receiver, endpoint: Endpoint, deliver: Deliver
) -> None:
    refer(people, ITEMS[:1])
    receiver.answer = lambda call: (429, {"Retry-After": "600"})
    wait_for_the_log()
    deliver()
    with acting_as(SYSTEM):
        waits = Delivery.objects.get().next_at - timezone.now()
        assert timedelta(seconds=590) < waits <= timedelta(seconds=600)
        Delivery.objects.update(next_at=timezone.now())
    receiver.answer = lambda call: (302, {"Location": receiver.url})
    deliver()
    assert len(receiver.refused) == 2
    with acting_as(SYSTEM):
        assert "redirect" in Try.objects.latest("id").problem


def test_a_secret_that_cannot_be_opened_any_more_is_a_failure_that_says_so(
    people: People, endpoint: Endpoint, receiver: Receiver, deliver: Deliver
) -> None:
    with acting_as(SYSTEM):
        Endpoint.objects.update(secret=sealing.seal("whsec_x", "something else"))
    refer(people, ITEMS[:1])
    wait_for_the_log()
    deliver()
    with acting_as(SYSTEM):
        assert "cannot be opened" in Try.objects.latest("id").problem
    assert not receiver.taken


def test_waits_double_up_to_four_hours_and_are_spread() -> None:
    for tries in range(1, 40):
        longest = min(5 * 2 ** (tries - 1), LONGEST_WAIT_S)
        assert longest / 2 <= wait_s(tries) <= longest
    assert len({wait_s(5) for _ in range(20)}) > 10


def test_nothing_private_is_called_unless_the_operator_allows_it(
    people: People, receiver: Receiver, endpoint: Endpoint, deliver: Deliver, settings: object
) -> None:
    settings.WEBHOOK_ALLOW_NETWORKS = []  # type: ignore[attr-defined]
    refer(people, ITEMS[:1])
    wait_for_the_log()
    deliver()
    assert receiver.taken == receiver.refused == []
    with acting_as(SYSTEM):
        assert "no public address" in Try.objects.get().problem


def test_both_secrets_sign_until_the_overlap_ends(
    people: People, receiver: Receiver, endpoint: Endpoint, deliver: Deliver
) -> None:
    _, secret = rotate("telegram", endpoint.pk, overlap=timedelta(hours=1))
    receiver.secrets.append(secret)
    refer(people, ITEMS[:1])
    wait_for_the_log()
    deliver()
    assert [call.signed_by for call in receiver.taken] == [2]
    rotate("telegram", endpoint.pk, overlap=timedelta(0))
    ping(endpoint)
    deliver()
    assert [call.signed_by for call in receiver.taken] == [2, 0]
    with pytest.raises(EndpointError):
        rotate("telegram", endpoint.pk, overlap=timedelta(days=8))


def test_the_database_keeps_no_secret_in_the_clear(endpoint: Endpoint, receiver: Receiver) -> None:
    with acting_as(SYSTEM):
        kept = Endpoint.objects.get().secret
    assert receiver.secrets[0].removeprefix("whsec_") not in kept


def test_a_ping_arrives_and_an_unanswered_one_holds_nothing_back(
    people: People, receiver: Receiver, endpoint: Endpoint, deliver: Deliver
) -> None:
    receiver.answer = lambda call: (500 if call.body["type"] == "ping" else 204, {})
    ping(endpoint)
    refer(people, ITEMS)
    wait_for_the_log()
    deliver()
    deliver()
    assert [call.body["type"] for call in receiver.refused] == ["ping"]
    assert len(told(receiver)) == len(ITEMS)


def test_replaying_sends_again_with_the_same_ids(
    people: People, receiver: Receiver, endpoint: Endpoint, deliver: Deliver
) -> None:
    refer(people, ITEMS[:3])
    wait_for_the_log()
    deliver()
    before = [call.id for call in receiver.taken]
    assert replay("telegram", endpoint.pk, since=timezone.now() - timedelta(hours=1)) == len(before)
    deliver()
    assert sorted(call.id for call in receiver.taken) == sorted(before * 2)
    assert len(told(receiver)) == 3  # a receiver that keeps ids sees nothing twice
    with pytest.raises(Endpoint.DoesNotExist):
        replay("youtube", endpoint.pk)


def test_what_is_soon_due_is_told_once(
    people: People, receiver: Receiver, endpoint: Endpoint, deliver: Deliver
) -> None:
    soon, later, decided = refer(people, ITEMS[:3])
    now = timezone.now()
    with acting_as(SYSTEM):
        Referral.objects.filter(pk__in=[soon, decided]).update(due_at=now + timedelta(minutes=10))
        Referral.objects.filter(pk=later).update(due_at=now + timedelta(minutes=50))
    apply_to_all("remove", [decided], by=SYSTEM, action="visibility_removed")
    assert tell_due_soon() == {endpoint.pk}
    assert tell_due_soon() == set()
    wait_for_the_log()
    deliver()
    due = [referral for kind, referral in told(receiver) if kind == EventType.DUE_SOON]
    assert due == [str(soon)]


def test_endpoints_are_the_platforms_own(people: People, endpoint: Endpoint) -> None:
    with acting_as(people.actor("platform_contact")):
        assert Endpoint.objects.count() == 1
    for name in ("officer", "coordinator", "stranger"):
        with acting_as(people.actor(name)):
            assert Endpoint.objects.count() == 0
    with acting_as(NOBODY):
        assert Endpoint.objects.count() == 0
    with pytest.raises(Endpoint.DoesNotExist):
        remove("youtube", endpoint.pk)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://example.org/", "https"),
        ("https://a:b@example.org/", "password"),
        ("nonsense", "no URL"),
        ("https://example.org/#part", "fragment"),
    ],
)
def test_an_address_that_cannot_be_called_is_refused_with_a_reason(
    people: People, url: str, why: str
) -> None:
    with pytest.raises(EndpointError, match=why):
        create("telegram", url=url)


def test_plain_http_is_refused_unless_allowed_and_so_are_twins(
    people: People, endpoint: Endpoint, settings: object
) -> None:
    with pytest.raises(EndpointError, match="already"):
        create("telegram", url=endpoint.url)
    settings.WEBHOOK_PLAIN_HTTP = False  # type: ignore[attr-defined]
    with pytest.raises(EndpointError, match="Only https"):
        create("telegram", url="http://example.org/")
    with pytest.raises(EndpointError, match="No such type"):
        create("telegram", url="https://example.org/", types=["referral.made"])


def test_the_log_forgets_what_ended_a_month_ago(people: People, deliver: Deliver) -> None:
    refer(people, ITEMS[:2])
    wait_for_the_log()
    deliver()
    assert forget_old() == 0
    assert forget_old(timezone.now() + timedelta(days=31)) >= 1


def test_every_change_the_feed_knows_has_a_type() -> None:
    change = {"change": "check", "details": {"seen": "offline"}, "referral": {"status": "removed"}}
    assert type_of(change) == EventType.UPDATED
    assert type_of({**change, "details": {"seen": "online"}}) == EventType.ONLINE_AFTER_REMOVAL


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), failing=st.floats(0, 0.6))
def test_whatever_fails_nothing_is_lost_and_each_referral_is_told_in_order(
    people: People, receiver: Receiver, endpoint: Endpoint, seed: int, failing: float
) -> None:
    """Any interleaving of changes, feeding, sending and failures, also answers lost after the receiver took the call."""
    chance = random.Random(seed)
    receiver.taken.clear()

    def answer(call: Call) -> tuple[int, dict[str, str]]:
        return (500 if chance.random() < failing else 204, {})

    receiver.answer = answer
    ids = refer(people, tuple(f"https://t.me/demo_any_{next(ROUND)}/{number}" for number in range(6)))
    steps = ["acknowledge", "remove", "reinstate"]
    arguments = {"remove": {"action": "visibility_removed"}, "reinstate": {"reason": "Complaint upheld."}}
    done = dict.fromkeys(ids, 0)
    for _ in range(30):
        pk = chance.choice(ids)
        if chance.random() < 0.5 and done[pk] < 3:
            step = steps[done[pk]]
            assert not apply_to_all(step, [pk], by=SYSTEM, **arguments.get(step, {})).refused
            done[pk] += 1
        elif chance.random() < 0.3:
            feed(endpoint.pk)
        else:
            send_next(endpoint.pk, chance.choice(ALL_LANES))
            with acting_as(SYSTEM):
                Delivery.objects.filter(state="waiting").update(next_at=timezone.now())
    wait_for_the_log()
    receiver.answer = lambda call: (204, {})
    feed(endpoint.pk)
    with acting_as(SYSTEM):
        Delivery.objects.filter(state="waiting").update(next_at=timezone.now())
    for lane in ALL_LANES:
        while send_next(endpoint.pk, lane).delivered:
            pass
    events = receiver.events()
    for pk in ids:
        mine = [event["change"] for event in events if event["referral_id"] == str(pk)]
        assert mine == ["refer", *steps[: done[pk]]]
