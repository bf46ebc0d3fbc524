"""The figures agree with a recount, whatever the day was like, and add up."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from takedowns.access.actor import NOBODY, SYSTEM, acting_as
from takedowns.figures.board import board
from takedowns.figures.measures import COUNTED, DURATIONS, MEASURES, SHARES
from takedowns.figures.values import Counts, Share
from takedowns.referrals.availability import Look, record_seen
from takedowns.referrals.models import Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.referrals.vocabulary import Availability, Status
from tests.factories import MORNING, make_referrals
from tests.figures.day import Draft, drafts, taken_back, write_day
from tests.figures.recount import recount, steps_by
from tests.people import People


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(day=[])
@given(day=st.lists(drafts, max_size=40))
def test_the_board_agrees_with_a_recount(people: People, day: list[Draft]) -> None:
    agencies = [people.agency, people.other_agency, people.absent_agency]
    with taken_back():
        pairs = list(zip(day, write_day(people.operation, agencies, day), strict=True))
        figures = board(people.operation, SYSTEM)
        assert figures.total == recount(pairs)
        for row in figures.rows:
            assert row.counts == recount([pair for pair in pairs if pair[0].platform == row.slug]), row.slug
        assert sum(row.counts.handed_in for row in figures.rows) == len(day), "no platform is left out"
        for hour in figures.hours:
            reached = {name: value for name, value in dataclasses.asdict(hour).items() if name != "start"}
            assert reached == steps_by(hour.start + timedelta(hours=1), pairs)
        if day:
            last = dataclasses.asdict(figures.hours[-1])
            assert all(getattr(figures.total, name) == last[name] for name in last if name != "start")


@given(day=st.lists(drafts, max_size=40))
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_figures_add_up(people: People, day: list[Draft]) -> None:
    agencies = [people.agency, people.other_agency, people.absent_agency]
    with taken_back():
        write_day(people.operation, agencies, day)
        for counts in (
            board(people.operation, SYSTEM).total,
            *(row.counts for row in board(people.operation, SYSTEM).rows),
        ):
            assert counts.handed_in == (
                counts.in_review
                + counts.rejected
                + counts.open
                + counts.removed
                + counts.restricted
                + counts.declined
                + counts.unavailable
                + counts.reinstated
                + counts.withdrawn
            ), "every referral has one status"
            assert counts.referred == counts.seen_online + counts.seen_offline + counts.not_seen
            assert (
                counts.removed
                == counts.removed_and_gone + counts.removed_but_online + counts.removed_not_seen
            )
            assert (
                counts.handed_in
                >= counts.referred
                >= counts.acknowledged
                >= counts.removed
                >= counts.removed_and_gone
            )
            assert counts.timed == counts.removed + counts.restricted


def test_nothing_handed_in_is_zero_and_no_median(people: People) -> None:
    with acting_as(SYSTEM):
        figures = board(people.operation, SYSTEM)
    assert figures.total == Counts()
    assert figures.total.median_time_to_action is None
    assert (figures.total.share_removed.value, figures.total.share_removed.percent) == (None, None)
    assert figures.hours == ()
    assert [row.slug for row in figures.rows] == ["telegram", "twitter", "youtube"], "who takes part is shown"


def test_times_to_action_are_times_that_occurred_at_the_exact_rank(people: People) -> None:
    whole = Draft(
        platform="telegram",
        agency=0,
        status=Status.REMOVED,
        availability=Availability.UNKNOWN,
        withdrawn_late=False,
        submitted=0,
        to_refer=0,
        to_answer=0,
        seen_after=0,
        co_referrers=frozenset(),
    )
    day = [dataclasses.replace(whole, to_answer=minutes * 37 % 101) for minutes in range(1, 101)]
    assert sorted(draft.to_answer for draft in day) == list(range(1, 101))
    with taken_back():
        write_day(people.operation, [people.agency], day)
        total = board(people.operation, SYSTEM).total
        assert total.median_time_to_action == timedelta(minutes=50)
        assert total.p90_time_to_action == timedelta(minutes=90)


def test_a_referral_counts_where_it_stands_on_its_way(people: People) -> None:
    urls = [f"https://t.me/demo_channel_{number}" for number in range(3)]
    ids = make_referrals(people.operation, people.agency, urls, submitted_by=people.officer)
    platform = people.actor("platform_contact")
    apply_to_all(
        "approve",
        ids,
        by=people.actor("reviewer"),
        at=MORNING + timedelta(minutes=30),
        exemptions_checked=True,
    )
    apply_to_all("refer", ids, by=people.actor("coordinator"), at=MORNING + timedelta(hours=1))
    apply_to_all("remove", ids[:2], by=platform, at=MORNING + timedelta(hours=3), action="visibility_removed")
    with acting_as(SYSTEM):
        items = list(
            Referral.objects.filter(pk__in=ids)
            .order_by("submitted_at", "pk")
            .values_list("item_id", flat=True)
        )
        removed = list(Referral.objects.filter(status="removed").values_list("item_id", flat=True))
    looks = [Look(item, Availability.ONLINE, MORNING + timedelta(hours=4)) for item in items]
    record_seen(looks, by=SYSTEM, robot="test")
    record_seen(
        [Look(removed[0], Availability.OFFLINE, MORNING + timedelta(hours=26))], by=SYSTEM, robot="test"
    )
    record_seen(
        [Look(removed[0], Availability.OFFLINE, MORNING + timedelta(hours=50))], by=SYSTEM, robot="test"
    )
    with acting_as(SYSTEM):
        figures = board(people.operation, SYSTEM)
    total = figures.total
    assert (total.handed_in, total.referred, total.acknowledged, total.removed, total.open) == (3, 3, 2, 2, 1)
    assert (total.removed_and_gone, total.removed_but_online, total.removed_unconfirmed) == (1, 1, 1)
    assert total.share_removed == Share(2, 3)
    assert total.median_time_to_action == timedelta(hours=2)
    progress = {
        hour.start - MORNING: (hour.referred, hour.removed, hour.removed_and_gone) for hour in figures.hours
    }
    assert progress == {
        timedelta(0): (0, 0, 0),
        timedelta(hours=1): (3, 0, 0),
        timedelta(hours=3): (3, 2, 0),
        timedelta(hours=26): (3, 2, 1),
    }, "seen gone counts from the first look that found it gone"


def test_a_removal_seen_gone_before_it_was_told_counts_from_the_later_moment(people: People) -> None:
    (one,) = make_referrals(
        people.operation, people.agency, ["https://t.me/demo_early"], submitted_by=people.officer
    )
    apply_to_all("approve", [one], by=people.actor("reviewer"), at=MORNING, exemptions_checked=True)
    apply_to_all("refer", [one], by=people.actor("coordinator"), at=MORNING)
    with acting_as(SYSTEM):
        item = Referral.objects.get(pk=one).item_id
    record_seen([Look(item, Availability.OFFLINE, MORNING + timedelta(hours=1))], by=SYSTEM, robot="test")
    apply_to_all(
        "remove",
        [one],
        by=people.actor("platform_contact"),
        at=MORNING + timedelta(hours=5),
        action="visibility_removed",
    )
    with acting_as(SYSTEM):
        hours = board(people.operation, SYSTEM).hours
    assert [hour.start - MORNING for hour in hours if hour.removed_and_gone] == [timedelta(hours=5)]


def test_another_operation_is_not_counted(people: People) -> None:
    make_referrals(people.operation, people.agency, ["https://t.me/demo_here"])
    other = type(people.operation).objects.create(
        reference="OTHER", name="Another day", starts=people.operation.starts
    )
    other.refresh_from_db()
    with acting_as(SYSTEM):
        assert board(people.operation, SYSTEM).total.handed_in == 1
        assert board(other, SYSTEM).total.handed_in == 0


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("officer", 3),
        ("reviewer", 3),
        ("other_officer", 3),
        ("coordinator", 3),
        ("auditor", 3),
        ("administrator", 3),
        ("absent_officer", 0),
        ("platform_contact", 1),
        ("stranger", 0),
    ],
)
def test_each_counts_what_they_may_see(people: People, who: str, sees: int) -> None:
    ids = make_referrals(
        people.operation,
        people.agency,
        ["https://t.me/demo_one", "https://t.me/demo_two", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"],
        submitted_by=people.officer,
    )
    apply_to_all("approve", ids[::2], by=people.actor("reviewer"), exemptions_checked=True)
    apply_to_all("refer", ids[::2], by=people.actor("coordinator"))
    actor = people.actor(who)
    with acting_as(actor):
        assert board(people.operation, actor).total.handed_in == sees
    with acting_as(SYSTEM):
        assert board(people.operation, actor).total.handed_in == sees, (
            "the query says it as well as the database"
        )
    with acting_as(NOBODY):
        assert board(people.operation, actor).total.handed_in == 0, "and the database as well as the query"


def test_every_measure_is_defined_once_and_has_its_figure() -> None:
    fields = {field.name for field in dataclasses.fields(Counts)}
    assert fields == {measure.name for measure in (*COUNTED, *DURATIONS)}
    assert set(MEASURES) == fields | {measure.name for measure in SHARES}
    for measure in MEASURES.values():
        assert measure.label
        assert measure.formula
        assert measure.source
        assert measure.definition.endswith("."), measure.name
    for share in SHARES:
        found = getattr(Counts(removed=2, referred=5), share.name)
        assert (found.numerator, found.denominator) == (2, 5)
