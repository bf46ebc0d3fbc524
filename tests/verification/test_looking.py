"""Marking what was seen: one or many, by whom, and two at once."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals.models import Event, Referral
from takedowns.referrals.vocabulary import Availability
from takedowns.verification.looking import Marked, NotYoursError, mark, would_change
from takedowns.verification.models import Check
from tests.factories import make_referrals
from tests.people import People, make_people
from tests.verification.conftest import answered

OFFLINE, ONLINE = Availability.OFFLINE, Availability.ONLINE


def seen(ids: list[UUID]) -> list[str]:
    with acting_as(SYSTEM):
        found = dict(Referral.objects.values_list("pk", "availability"))
    return [found[one] for one in ids]


def test_what_an_officer_saw_is_kept_with_name_agency_and_note(people: People, removed: list[UUID]) -> None:
    outcome = mark(
        removed[:2], ONLINE, people.operation, by=people.actor("officer"), note=" Under a new picture. "
    )
    assert (outcome.recorded, outcome.refused) == (removed[:2], [])
    assert seen(removed) == ["online", "online", "unknown"]
    with acting_as(SYSTEM):
        checks = list(Check.objects.select_related("by", "agency"))
        assert Event.objects.filter(kind="check", actor=people.officer).count() == 2
    assert {(one.by, one.agency, one.note, one.robot) for one in checks} == {
        (people.officer, people.agency, "Under a new picture.", "")
    }


def test_what_another_saw_meanwhile_stays_and_is_told(people: People, removed: list[UUID]) -> None:
    shown_at = timezone.now()
    mark(removed[:1], OFFLINE, people.operation, by=people.actor("other_officer"), shown_at=shown_at)
    outcome = mark(removed, ONLINE, people.operation, by=people.actor("officer"), shown_at=shown_at)
    assert outcome.recorded == removed[1:]
    [refused] = outcome.refused
    assert (refused.code, refused.seen) == ("seen_meanwhile", "offline")
    assert "verified offline" in refused.message
    assert seen(removed) == ["offline", "online", "online"]


@pytest.mark.parametrize(
    "person", ["auditor", "administrator", "absent_officer", "platform_contact", "stranger"]
)
def test_it_is_for_those_who_take_part(people: People, removed: list[UUID], person: str) -> None:
    with pytest.raises(NotYoursError):
        mark(removed, OFFLINE, people.operation, by=people.actor(person))
    with acting_as(SYSTEM):
        assert not Check.objects.exists()


def test_referrals_of_other_operations_are_left_out(people: People, removed: list[UUID]) -> None:
    stranger = UUID(int=7)
    outcome = mark([stranger, removed[0], removed[0]], OFFLINE, people.operation, by=people.actor("officer"))
    assert outcome.recorded == [removed[0]]
    assert [one.code for one in outcome.refused] == ["not_found"]


@pytest.mark.parametrize("size", [1, 40])
def test_any_number_costs_the_same(people: People, size: int, django_assert_num_queries: Any) -> None:
    ids = make_referrals(
        people.operation, people.agency, [f"https://t.me/demo_{number}" for number in range(size)]
    )
    actor = people.actor("officer")
    with acting_as(actor), django_assert_num_queries(24):
        assert len(mark(ids, OFFLINE, people.operation, by=actor, shown_at=timezone.now()).recorded) == size


def test_the_preview_says_what_would_change(people: People, removed: list[UUID]) -> None:
    mark(removed[:1], ONLINE, people.operation, by=people.actor("officer"))
    with acting_as(people.actor("officer")):
        assert would_change(removed, people.operation) == {"online": 1, "unknown": 2}
    with acting_as(people.actor("absent_officer")):
        assert would_change(removed, people.operation) == {}


def test_notes_are_not_for_platforms_nor_for_those_who_take_no_part(
    people: People, removed: list[UUID]
) -> None:
    mark(removed[:1], ONLINE, people.operation, by=people.actor("officer"), note="secret")
    for person, count in (
        ("other_officer", 1),
        ("absent_officer", 0),
        ("platform_contact", 0),
        ("auditor", 1),
    ):
        with acting_as(people.actor(person)):
            assert Check.objects.count() == count, person


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_at_the_same_moment_one_is_told_what_the_other_saw() -> None:
    people = make_people()
    ids = answered(people, [f"https://t.me/demo_{number}" for number in range(30)])
    shown_at = timezone.now() - timedelta(seconds=1)
    ready, outcomes = threading.Barrier(2), {}

    def officer(person: str, order: list[UUID], what: Availability) -> None:
        try:
            ready.wait(10)
            actor = people.actor(person)
            outcomes[person] = mark(order, what, people.operation, by=actor, shown_at=shown_at)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=officer, args=("officer", ids, OFFLINE)),
        threading.Thread(target=officer, args=("other_officer", ids[::-1], ONLINE)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    first, second = sorted(outcomes.values(), key=lambda one: len(one.refused))
    assert isinstance(first, Marked)
    assert (len(first.recorded), len(first.refused)) == (30, 0)
    assert (len(second.recorded), {one.code for one in second.refused}) == (0, {"seen_meanwhile"})
    assert len(set(seen(ids))) == 1
