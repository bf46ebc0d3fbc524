"""Endpoints of agencies: told what their change feed tells, once, in order, and nothing that is not theirs to know."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from django.core import mail
from django.db import IntegrityError, connection, connections, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.complaints.services import Complained, record_complaints
from takedowns.directory.models import Agency
from takedowns.referrals.availability import Look
from takedowns.referrals.co_referrals import became_of
from takedowns.referrals.log import Position
from takedowns.referrals.models import CoReferral, Event, Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.referrals.vocabulary import Availability
from takedowns.representation.changes import changes
from takedowns.representation.reader import AgencyReader, PlatformReader, Reader
from takedowns.verification.recording import record_checks
from takedowns.webhooks.endpoints import EndpointError, change, create, remove, rotate
from takedowns.webhooks.feeding import feed, tell_due_soon
from takedowns.webhooks.log import replay
from takedowns.webhooks.models import ALL_LANES, Delivery, Endpoint, EventType
from takedowns.webhooks.sending import send_next
from tests.api.conftest import refer
from tests.factories import make_referrals, wait_for_the_log
from tests.people import People
from tests.webhooks.receiver import Receiver, receiving

ITEMS = tuple(f"https://t.me/demo_told/{number}" for number in range(1, 13))


@pytest.fixture(autouse=True)
def on_this_machine(settings: Any) -> None:
    settings.WEBHOOK_ALLOW_NETWORKS = ["127.0.0.1/32"]
    settings.WEBHOOK_PLAIN_HTTP = True


def listen(owner: str | UUID, receiver: Receiver, **options: Any) -> Endpoint:
    """Make an endpoint of somebody's at a receiver."""
    made, secret = create(owner, url=receiver.url, **options)
    receiver.secrets.append(secret)
    return made


def deliver(*endpoints: Endpoint) -> None:
    """Do what the worker does now: feed, then send each lane until nothing is due."""
    for one in endpoints:
        feed(one.pk)
        for lane in ALL_LANES:
            while send_next(one.pk, lane).delivered:
                pass


def fed(reader: Reader, endpoint: Endpoint) -> list[str]:
    """Return the ids of what the change feed tells a reader from the endpoint's beginning on."""
    position, told, more = Position(endpoint.xid, endpoint.event_id), [], True
    while more:
        with acting_as(reader.actor):
            reading, found = changes(reader, position, 1000)
        told += [str(one["id"]) for one in found]
        position, more = reading.position, reading.more
    return told


def test_an_agency_is_told_what_became_of_its_referrals(people: People, receiver: Receiver) -> None:
    endpoint = listen(people.agency.pk, receiver)
    one, two = refer(people, ITEMS[:2])
    apply_to_all("request_information", [one], by=SYSTEM, question="Which part?")
    apply_to_all("provide_information", [one], by=SYSTEM, answer="The second.")
    apply_to_all("remove", [one], by=SYSTEM, action="visibility_removed")
    apply_to_all("withdraw", [two], by=SYSTEM, reason="Named in error.")
    with acting_as(SYSTEM):
        item = Referral.objects.get(pk=one).item_id
    record_checks([Look(item, Availability.ONLINE, timezone.now())], by=SYSTEM, robot="probe")
    record_complaints([Complained(one, timezone.now())], by=SYSTEM)
    wait_for_the_log()
    deliver(endpoint)
    of_one = [
        (event["type"], event["change"]) for event in receiver.events() if event["referral_id"] == str(one)
    ]
    assert of_one == [
        ("referral.updated", "submit"),
        ("referral.updated", "approve"),
        ("referral.created", "refer"),
        ("referral.updated", "request_information"),
        ("referral.updated", "provide_information"),
        ("referral.updated", "remove"),
        ("check.online_after_removal", "check"),
        ("referral.updated", "complaint"),
    ]
    asked = next(event for event in receiver.events() if event["change"] == "request_information")
    assert asked["details"]["question"] == "Which part?"
    assert asked["referral"]["handling"]["submitted_at"], "as its own key reads it"
    of_two = [event["type"] for event in receiver.events() if event["referral_id"] == str(two)]
    assert of_two[-1] == "referral.withdrawn"
    assert {call.signed_by for call in receiver.taken} == {1}
    told_ids = sorted(event["id"] for event in receiver.events())
    assert told_ids == sorted(fed(AgencyReader(people.agency.pk), endpoint)), (
        "no more and no less than the feed"
    )


def test_each_is_told_its_own_and_none_what_is_anothers(people: People) -> None:
    """North hands in; South takes part in the operation; Absent joined North's item from elsewhere; Telegram is asked."""
    with receiving() as north, receiving() as absent, receiving() as platform:
        endpoints = [
            listen(people.agency.pk, north),
            listen(people.absent_agency.pk, absent),
            listen("telegram", platform),
        ]
        [one] = refer(people, ITEMS[:1])
        with acting_as(SYSTEM):
            item = Referral.objects.get(pk=one).item_id
            CoReferral.objects.create(
                referral_id=one, agency=people.absent_agency, item_id=item, at=timezone.now()
            )
        apply_to_all("decline", [one], by=SYSTEM, decline_reason="not_in_breach")
        wait_for_the_log()
        deliver(*endpoints)
        assert [event["change"] for event in north.events()] == ["submit", "approve", "refer", "decline"]
        assert [event["change"] for event in platform.events()] == ["refer", "decline"]
        assert all(event["referral"]["handling"] is None for event in platform.events())
        assert absent.taken == [], "it learns what became of the item, and by no webhook of the referral"
        assert became_of([item], people.actor("absent_officer"))[item].status == "declined"


def test_an_agency_is_told_of_an_operation_only_as_long_as_it_takes_part(people: People) -> None:
    with receiving() as south:
        endpoint = listen(people.other_agency.pk, south)
        [one] = refer(people, ITEMS[:1])
        wait_for_the_log()
        deliver(endpoint)
        assert len(south.events()) == 3
        apply_to_all("acknowledge", [one], by=SYSTEM)
        with acting_as(SYSTEM):
            people.operation.agencies.remove(people.other_agency)
        apply_to_all("remove", [one], by=SYSTEM, action="visibility_removed")
        wait_for_the_log()
        deliver(endpoint)
        assert len(south.events()) == 3


def queued() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args->>'endpoint_id' FROM procrastinate_jobs WHERE task_name = 'webhooks.feed'"
        )
        return sorted({row[0] for row in cursor.fetchall()})


def test_what_an_agency_sees_wakes_its_endpoints_and_nobody_elses(people: People, receiver: Receiver) -> None:
    north = listen(people.agency.pk, receiver)
    south, _ = create(people.other_agency.pk, url=f"{receiver.url}/south")
    create(people.absent_agency.pk, url=f"{receiver.url}/absent")
    create("telegram", url=f"{receiver.url}/telegram")
    make_referrals(people.operation, people.agency, ITEMS[:1], submitted_by=people.officer)
    assert queued() == sorted([str(north.pk), str(south.pk)]), "what is not sent concerns no platform"
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'webhooks.feed'")
    change(people.other_agency.pk, south.pk, active=False)
    make_referrals(people.operation, people.agency, ITEMS[1:2], submitted_by=people.officer)
    assert queued() == [str(north.pk)], "what is off is not woken"


def test_a_look_that_moves_nothing_wakes_it_as_well(people: People, receiver: Receiver) -> None:
    north = listen(people.agency.pk, receiver)
    [one] = refer(people, ITEMS[:1])
    with connection.cursor() as cursor, acting_as(SYSTEM):
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'webhooks.feed'")
        referral = Referral.objects.get(pk=one)
        Event.objects.create(
            item_id=referral.item_id,
            referral_id=one,
            at=timezone.now(),
            kind="check",
            details={"seen": "online"},
        )
    assert queued() == [str(north.pk)]


def test_due_soon_is_told_to_the_platform_and_to_each_agency_once(people: People) -> None:
    with receiving() as one, receiving() as other, receiving() as platform, receiving() as absent:
        endpoints = [
            listen(people.agency.pk, one, types=[EventType.DUE_SOON]),
            listen(people.other_agency.pk, other, types=[EventType.DUE_SOON]),
            listen("telegram", platform, types=[EventType.DUE_SOON]),
            listen(people.absent_agency.pk, absent, types=[EventType.DUE_SOON]),
        ]
        [soon, _] = refer(people, ITEMS[:2])
        with acting_as(SYSTEM):
            Referral.objects.filter(pk=soon).update(due_at=timezone.now() + timedelta(minutes=10))
        assert tell_due_soon() == {endpoint.pk for endpoint in endpoints[:3]}
        assert tell_due_soon() == set()
        wait_for_the_log()
        deliver(*endpoints)
        for receiver in (one, other, platform):
            assert [event["referral_id"] for event in receiver.events()] == [str(soon)]
        assert absent.taken == []


def test_an_endpoint_is_somebodys_and_one_owners_alone(people: People, receiver: Receiver) -> None:
    endpoint = listen(people.agency.pk, receiver)
    for name, number in (
        ("officer", 1),
        ("other_officer", 0),
        ("platform_contact", 0),
        ("absent_officer", 0),
    ):
        with acting_as(people.actor(name)):
            assert Endpoint.objects.count() == number, name
    for act in (remove, rotate):
        with pytest.raises(Endpoint.DoesNotExist):
            act(people.other_agency.pk, endpoint.pk)
    with pytest.raises(Endpoint.DoesNotExist):
        replay("telegram", endpoint.pk)
    with pytest.raises(EndpointError, match="already"):
        create(people.agency.pk, url=endpoint.url)
    with acting_as(SYSTEM):
        for owners in (
            {"platform_id": "telegram", "agency": people.agency},
            {"platform_id": None, "agency": None},
        ):
            with pytest.raises(IntegrityError, match="endpoint_of_agency_or_platform"), transaction.atomic():
                Endpoint.objects.filter(pk=endpoint.pk).update(**owners)


def test_when_it_is_turned_off_those_who_manage_it_are_told(
    people: People, receiver: Receiver, settings: Any
) -> None:
    settings.EMAIL_HOST = "mail.example"
    receiver.answer = lambda call: (410, {})
    endpoint = listen(people.other_agency.pk, receiver)
    refer(people, ITEMS[:1])
    wait_for_the_log()
    deliver(endpoint)
    assert sorted(one.to[0] for one in mail.outbox) == [
        "administrator@example.org",
        "coordinator@example.org",
    ]
    assert {one.subject for one in mail.outbox} == {"Webhooks to South Unit stopped"}


def test_feeding_an_agency_runs_as_many_statements_however_much_there_is(
    people: People, receiver: Receiver, django_assert_num_queries: Callable[..., Any]
) -> None:
    endpoint = listen(people.agency.pk, receiver)
    for urls in (ITEMS[:1], ITEMS[1:]):
        refer(people, urls)
        wait_for_the_log()
        with django_assert_num_queries(17):
            feed(endpoint.pk)
    now = timezone.now()
    with acting_as(SYSTEM):
        Referral.objects.update(due_at=now + timedelta(minutes=10))
    with django_assert_num_queries(12):
        tell_due_soon(now)


STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("acknowledge", {}),
    ("remove", {"action": "visibility_removed"}),
    ("reinstate", {"reason": "Appeal."}),
)


def test_while_several_write_at_once_and_calls_fail_nothing_is_lost_or_doubled(people: People) -> None:
    """Three connections hand in and decide; two agencies and a platform are fed and told meanwhile, by calls that fail at times."""
    chance = random.Random(16)
    until = time.monotonic() + 4
    failed: list[BaseException] = []

    def write(number: int) -> None:
        own = random.Random(number)
        try:
            made = 0
            while time.monotonic() < until:
                made += 1
                ids = refer(people, tuple(f"https://t.me/demo_w{number}/{made}{n:03}" for n in range(3)))
                for step, facts in STEPS[: own.randint(0, 3)]:
                    apply_to_all(step, ids, by=SYSTEM, **facts)
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    with receiving() as north, receiving() as south, receiving() as platform:
        owners: dict[str | UUID, Receiver] = {
            people.agency.pk: north,
            people.other_agency.pk: south,
            "telegram": platform,
        }
        endpoints = []
        for owner, receiver in owners.items():
            receiver.answer = lambda call: (500 if chance.random() < 0.2 else 204, {})
            endpoints.append(listen(owner, receiver))
        writers = [threading.Thread(target=write, args=(number,)) for number in range(3)]
        for one in writers:
            one.start()
        while any(one.is_alive() for one in writers):
            deliver(*endpoints)
        wait_for_the_log()
        for receiver in owners.values():
            receiver.answer = lambda call: (204, {})
        with acting_as(SYSTEM):
            Delivery.objects.filter(state="waiting").update(next_at=timezone.now())
        deliver(*endpoints)
        assert not failed, failed
        for endpoint, (owner, receiver) in zip(endpoints, owners.items(), strict=True):
            reader: Reader = PlatformReader(owner) if isinstance(owner, str) else AgencyReader(owner)
            told = [event["id"] for event in receiver.events()]
            expected = fed(reader, endpoint)
            assert len(expected) > 20, "too little was written for a test"
            assert sorted(told) == sorted(expected), owner
            steps: dict[str, list[tuple[str | None, str | None]]] = {}
            for event in receiver.events():
                steps.setdefault(event["referral_id"], []).append((event["from_status"], event["to_status"]))
            assert all(a[1] == b[0] for one in steps.values() for a, b in pairwise(one)), "in order"


def test_an_agency_with_endpoints_is_not_removed_from_under_them(people: People, receiver: Receiver) -> None:
    listen(people.absent_agency.pk, receiver)
    with acting_as(SYSTEM), pytest.raises(ProtectedError):
        Agency.objects.get(pk=people.absent_agency.pk).delete()
