"""When an item is to be looked at again, in the words of an officer's day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals.availability import Look
from takedowns.referrals.models import Referral
from takedowns.referrals.vocabulary import Availability
from takedowns.verification import schedule
from takedowns.verification.due import After, queue, waiting
from takedowns.verification.models import Schedule
from takedowns.verification.recording import record_checks
from tests.factories import MORNING
from tests.people import People
from tests.verification.conftest import answered

HOUR = timedelta(hours=1)
STANDARD = [timedelta(hours=hours) for hours in schedule.STANDARD_HOURS]


def due(
    people: People, after: timedelta, delays: list[timedelta] = STANDARD, **narrowed: Any
) -> list[tuple[UUID, timedelta]]:
    """Return what is due so long after the decision, and how long after the decision it fell due."""
    with acting_as(people.actor("officer")) as actor:
        found = queue(people.operation, actor, delays, MORNING + after, size=50, **narrowed)[1]
    return [(one.referral.pk, one.due_at - MORNING) for one in found]


def look(
    referral_id: UUID, at: datetime, seen: Availability = Availability.OFFLINE, robot: str = "probe"
) -> None:
    with acting_as(SYSTEM):
        item_id = Referral.objects.get(pk=referral_id).item_id
    record_checks([Look(item_id, seen, at)], by=SYSTEM, robot=robot)


def test_a_look_falls_due_an_hour_a_day_and_a_week_after_the_decision(
    people: People, removed: list[UUID]
) -> None:
    first = removed[0]
    assert due(people, 0.9 * HOUR) == []
    assert due(people, HOUR) == [(one, HOUR) for one in sorted(removed)]
    for one in removed:
        look(one, MORNING + 1.5 * HOUR)
    assert due(people, 20 * HOUR) == []
    assert (first, 24 * HOUR) in due(people, 24 * HOUR)
    for one in removed:
        look(one, MORNING + 25 * HOUR)
    assert due(people, 6 * 24 * HOUR) == []
    assert (first, 7 * 24 * HOUR) in due(people, 8 * 24 * HOUR)
    for one in removed:
        look(one, MORNING + 8 * 24 * HOUR)
    assert due(people, 400 * 24 * HOUR) == []


def test_one_late_look_makes_up_for_all_that_were_missed(people: People, removed: list[UUID]) -> None:
    assert due(people, 30 * HOUR)[0][1] == HOUR, "it is due since the first look nobody made"
    look(removed[0], MORNING + 30 * HOUR)
    assert removed[0] not in dict(due(people, 30 * HOUR))
    assert dict(due(people, 200 * HOUR))[removed[0]] == 168 * HOUR


def test_a_robot_that_could_not_tell_makes_no_look_and_takes_nothing_away(
    people: People, removed: list[UUID]
) -> None:
    look(removed[0], MORNING + HOUR, Availability.ONLINE)
    look(removed[0], MORNING + 25 * HOUR, Availability.UNKNOWN)
    assert dict(due(people, 26 * HOUR))[removed[0]] == 24 * HOUR
    with acting_as(SYSTEM):
        assert Referral.objects.get(pk=removed[0]).availability == "online"


@pytest.mark.parametrize(
    ("answer", "facts", "is_due"),
    [
        ("remove", {"action": "account_suspended"}, True),
        ("report_unavailable", {}, True),
        ("decline", {"decline_reason": "not_in_breach"}, False),
        ("restrict", {"action": "geo_blocked"}, False),
        ("acknowledge", {}, False),
    ],
)
def test_only_what_is_said_to_be_gone_is_looked_at_again(
    people: People, answer: str, facts: dict, is_due: bool
) -> None:
    [one] = answered(people, ["https://t.me/demo_first"], answer, **facts)
    assert (one in dict(due(people, 48 * HOUR))) == is_due


def test_an_operation_has_its_own_schedule_and_it_holds_for_what_was_decided_before(
    people: People, removed: list[UUID]
) -> None:
    assert schedule.change(people.operation, [48, 3, 48], by=people.actor("coordinator")) == (3, 48)
    delays = schedule.delays_of(people.operation)
    assert due(people, 2 * HOUR, delays) == []
    assert due(people, 3 * HOUR, delays)[0][1] == 3 * HOUR
    assert schedule.change(people.operation, [], by=people.actor("coordinator")) == ()
    assert due(people, 999 * HOUR, schedule.delays_of(people.operation)) == []
    assert Schedule.objects.get().changed_by == people.coordinator


@pytest.mark.parametrize(
    ("person", "hours", "why"),
    [
        ("officer", [1], "coordinator"),
        ("coordinator", [0], "an hour to a year"),
        ("coordinator", [9000], "an hour to a year"),
        ("coordinator", [1, 2, 3, 4, 5, 6, 7], "at most 6"),
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused(
    people: People, person: str, hours: list[int], why: str
) -> None:
    with pytest.raises(schedule.ScheduleError, match=why):
        schedule.change(people.operation, hours, by=people.actor(person))
    assert schedule.hours_of(people.operation) == schedule.STANDARD_HOURS


def test_the_queue_is_narrowed_and_walked_page_by_page(people: People, removed: list[UUID]) -> None:
    with acting_as(people.actor("officer")) as actor:
        counted = waiting(people.operation, STANDARD, MORNING + 2 * HOUR)
        assert [(one.platform_id, one.due) for one in counted] == [("telegram", 2), ("youtube", 1)]
        met, place = [], None
        while page := queue(people.operation, actor, STANDARD, MORNING + 2 * HOUR, size=1, after=place)[1]:
            met += [one.referral.pk for one in page]
            place = After(page[-1].due_at, page[-1].referral.pk)
        assert met == sorted(removed)
    assert [one for one, _ in due(people, 2 * HOUR, platform_id="youtube")] == [removed[2]]


def test_whoever_takes_no_part_is_shown_nothing(people: People, removed: list[UUID]) -> None:
    with acting_as(people.actor("absent_officer")) as actor:
        assert queue(people.operation, actor, STANDARD, MORNING + 2 * HOUR, size=9)[1] == []
        assert waiting(people.operation, STANDARD, MORNING + 2 * HOUR) == []


@settings(max_examples=25, deadline=None)
@given(
    delays=st.lists(st.integers(1, 60), min_size=1, max_size=5, unique=True),
    looked=st.lists(st.integers(0, 80), max_size=5),
    now=st.integers(0, 90),
)
def test_due_is_the_first_moment_on_the_schedule_after_the_last_look(
    django_db_blocker: Any, delays: list[int], looked: list[int], now: int
) -> None:
    """Worked out once more, the slow way, for any schedule and any looks."""
    from django.db import transaction

    from tests.people import make_people

    with django_db_blocker.unblock(), transaction.atomic():
        people = make_people()
        [one] = answered(people, ["https://t.me/demo_first"])
        for hours in looked:
            look(one, MORNING + hours * HOUR)
        last = max(looked, default=-1)
        expected = min((delay for delay in delays if delay > last), default=None)
        found = dict(due(people, now * HOUR, [delay * HOUR for delay in delays]))
        transaction.set_rollback(True)
    assert found == ({one: expected * HOUR} if expected is not None and expected <= now else {})
