"""The reviewer's queue: what stands in it, in which order, and the decision on it."""

from __future__ import annotations

import pytest

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access.roles import Role
from takedowns.directory.models import Membership
from takedowns.referrals.corrections import Correction, correct
from takedowns.referrals.models import Event, Outlet, Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.review import queue
from takedowns.review.queue import After, Narrowed
from takedowns.review.services import assess
from tests.factories import make_referrals
from tests.people import People

pytestmark = pytest.mark.django_db


def urls(count: int, name: str = "demo_channel") -> list[str]:
    return [f"https://t.me/{name}_{number}" for number in range(count)]


def front(people: People, who: str = "reviewer", size: int = 50, **asked) -> list:
    actor = people.actor(who)
    with acting_as(actor):
        return [one.pk for one in queue.front(people.operation, actor, size, **asked)]


def waiting(people: People, who: str = "reviewer", **asked) -> tuple[int, int]:
    actor = people.actor(who)
    with acting_as(actor):
        found = queue.waiting(people.operation, actor, **asked)
        return found.for_you, found.your_own


def test_the_most_urgent_stands_in_front_then_the_oldest(people: People) -> None:
    calm = make_referrals(people.operation, people.agency, urls(2, "calm"), tier=4)
    urgent = make_referrals(people.operation, people.agency, urls(2, "urgent"), tier=1)
    assert front(people) == [*urgent, *calm]
    assert front(people, size=1) == urgent[:1]
    assert front(people, after=After(1, urgent[1])) == calm
    assert front(people, after=After(4, calm[1])) == []


def test_only_what_is_submitted_by_ones_own_agency_stands_in_it(people: People) -> None:
    ours = make_referrals(people.operation, people.agency, urls(3))
    make_referrals(people.operation, people.other_agency, urls(3, "theirs"))
    apply_to_all("approve", ours[:1], by=SYSTEM, exemptions_checked=True)
    assert front(people) == ours[1:]
    for nobody in ("officer", "coordinator", "auditor", "absent_officer", "stranger"):
        assert front(people, nobody) == []


def test_ones_own_are_left_out_and_counted(people: People) -> None:
    make_referrals(people.operation, people.agency, urls(2), submitted_by=people.reviewer)
    others = make_referrals(people.operation, people.agency, urls(3, "others"), submitted_by=people.officer)
    nobodys = make_referrals(people.operation, people.agency, urls(1, "by_a_program"))
    assert front(people) == [*others, *nobodys]
    assert waiting(people) == (4, 2)


def test_it_narrows_to_a_platform_and_an_outlet(people: People) -> None:
    ids = make_referrals(people.operation, people.agency, [*urls(2), "https://youtu.be/demoVIDEO01"])
    correct([Correction(one, outlet="Amber Lantern") for one in ids[1:]], by=SYSTEM)
    with acting_as(SYSTEM):
        outlet = Outlet.objects.get().pk
    assert front(people, narrowed=Narrowed("youtube")) == ids[2:]
    assert front(people, narrowed=Narrowed("", outlet)) == ids[1:]
    assert front(people, narrowed=Narrowed("telegram", outlet)) == ids[1:2]
    assert waiting(people, narrowed=Narrowed("", outlet)) == (2, 0)
    actor = people.actor("reviewer")
    with acting_as(actor):
        offered = queue.offers(people.operation, actor)
        platforms, outlets = offered["platform"], offered["outlet"]
    assert [(one.name, one.waiting) for one in platforms] == [("Telegram", 2), ("YouTube", 1)]
    assert [(one.name, one.waiting) for one in outlets] == [("Amber Lantern", 2)]


@pytest.mark.parametrize("size", [2, 40])
def test_the_queue_costs_the_same_however_long_it_is(
    people: People, size: int, django_assert_num_queries
) -> None:
    make_referrals(people.operation, people.agency, urls(size))
    actor = people.actor("reviewer")
    with acting_as(actor), django_assert_num_queries(4):
        queue.front(people.operation, actor, 50)
        queue.waiting(people.operation, actor)
        queue.offers(people.operation, actor)


def test_an_approval_records_the_check_and_what_was_corrected(people: People) -> None:
    [one] = make_referrals(people.operation, people.agency, urls(1))
    outcome = assess(
        "approve",
        [one],
        by=people.actor("reviewer"),
        ground="Art. 5",
        exemptions_checked=True,
        correction=Correction(one, tier=1),
    )
    assert outcome.moved == [one]
    with acting_as(SYSTEM):
        assert list(Event.objects.order_by("id").values_list("kind", flat=True)) == [
            "submit",
            "correct",
            "approve",
        ]
        assert Event.objects.get(kind="approve").details == {"exemptions_checked": True, "ground": "Art. 5"}


def test_a_refused_approval_corrects_nothing(people: People) -> None:
    [own] = make_referrals(people.operation, people.agency, urls(1), submitted_by=people.reviewer)
    for facts, code in (({"exemptions_checked": True}, "four_eyes"), ({}, "four_eyes")):
        outcome = assess(
            "approve", [own], by=people.actor("reviewer"), correction=Correction(own, tier=1), **facts
        )
        assert [refused.code for refused in outcome.refused] == [code]
    with acting_as(SYSTEM):
        assert Referral.objects.get().tier == 4
        assert Event.objects.count() == 1


def test_without_the_check_or_a_reason_nothing_is_decided(people: People) -> None:
    ids = make_referrals(people.operation, people.agency, urls(2))
    by = people.actor("reviewer")
    assert {one.code for one in assess("approve", ids, by=by).refused} == {"missing_fact"}
    assert {one.code for one in assess("reject", ids, by=by, reason="  ").refused} == {"missing_fact"}
    assert assess("reject", ids, by=by, reason="A film review.").moved == ids


def test_whoever_reviews_at_two_agencies_sees_both(people: People) -> None:
    Membership.objects.create(user=people.reviewer, agency=people.other_agency, role=Role.REVIEWER)
    ids = make_referrals(people.operation, people.agency, urls(1))
    ids += make_referrals(people.operation, people.other_agency, urls(1, "south"))
    assert front(people) == ids
