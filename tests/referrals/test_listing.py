"""The list of an operation's referrals: complete, in order, page by page, under every filter."""

from __future__ import annotations

import random
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.referrals import listing
from takedowns.referrals.listing import Filters, Page, Place
from takedowns.referrals.models import Referral
from takedowns.referrals.transitions import apply_to_all
from tests.factories import make_item, make_referrals
from tests.people import People

URLS = [f"https://t.me/demo_walk/{number}" for number in range(1, 40)]
VIDEOS = [f"https://www.youtube.com/watch?v=demoWalk{number:03}" for number in range(30)]


@pytest.fixture
def day(people: People) -> People:
    """A day of 69 referrals of two agencies on two platforms, in three tiers and three statuses."""
    dice = random.Random(7)
    ids = []
    for url in dice.sample(URLS + VIDEOS, len(URLS + VIDEOS)):
        agency = dice.choice([people.agency, people.other_agency])
        ids += make_referrals(people.operation, agency, [url], tier=dice.choice([1, 3, 4]))
    with acting_as(SYSTEM):
        apply_to_all("approve", ids[:50], by=SYSTEM, exemptions_checked=True)
        apply_to_all("refer", ids[:30], by=SYSTEM)
    return people


def _page(people: People, filters: Filters, place: Place | None = None, size: int = 7) -> Page:
    actor = people.actor("officer")
    with acting_as(actor):
        return listing.page(people.operation, actor, filters, place, size=size)


def _walk_down(people: People, filters: Filters, size: int = 7) -> list[UUID]:
    page, seen = _page(people, filters, size=size), []
    while True:
        seen += [one.pk for one in page.referrals]
        if page.older is None:
            return seen
        page = _page(people, filters, Place(older_than=page.older), size)


def _walk_up(people: People, filters: Filters, size: int = 7) -> list[UUID]:
    page, seen = _page(people, filters, Place(oldest=True), size), []
    while True:
        seen = [one.pk for one in page.referrals] + seen
        if page.newer is None:
            return seen
        page = _page(people, filters, Place(newer_than=page.newer), size)


def _expected(people: People, filters: Filters) -> list[UUID]:
    """Read every referral and pick in plain Python: another way to the same answer."""
    with acting_as(SYSTEM):
        rows = list(Referral.objects.filter(operation=people.operation).select_related("item"))
    kept = [
        row.pk
        for row in rows
        if all(
            (row.item.kind if name == "kind" else getattr(row, name)) in values
            for name, values in filters.dimensions.items()
        )
        and filters.item_id in (None, row.item_id)
    ]
    return sorted(kept, reverse=True)


FILTERS = st.builds(
    Filters,
    platform_id=st.sampled_from([(), ("telegram",), ("youtube",), ("telegram", "youtube"), ("twitter",)]),
    status=st.sampled_from([(), ("submitted",), ("approved", "referred"), ("removed",)]),
    tier=st.sampled_from([(), (1,), (1, 4), (5,)]),
    kind=st.sampled_from([(), ("video",), ("message",)]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(filters=FILTERS, size=st.integers(min_value=1, max_value=20))
def test_walking_all_pages_meets_each_referral_once_in_order(
    day: People, filters: Filters, size: int
) -> None:
    expected = _expected(day, filters)
    assert _walk_down(day, filters, size) == expected
    assert _walk_up(day, filters, size) == expected
    with acting_as(day.actor("officer")):
        assert listing.count_up_to(day.operation, filters) == len(expected)


def test_an_agency_is_a_filter(day: People) -> None:
    filters = Filters(agency_id=(day.other_agency.pk,))
    assert _walk_down(day, filters) == _expected(day, filters) != _expected(day, Filters())


def test_an_address_finds_its_item_under_other_filters_too(day: People) -> None:
    item = make_item(URLS[0])
    with acting_as(SYSTEM):
        status = Referral.objects.get(item=item).status
    assert len(_walk_down(day, Filters(item_id=item.pk))) == 1
    assert len(_walk_down(day, Filters(item_id=item.pk, status=(status,)))) == 1
    assert _walk_down(day, Filters(item_id=item.pk, status=("removed",))) == []


def test_referrals_that_arrive_meanwhile_neither_hide_nor_repeat_one(day: People) -> None:
    filters = Filters(platform_id=("telegram",))
    before = _expected(day, filters)
    page, seen = _page(day, filters), []
    for number in range(100, 200):
        seen += [one.pk for one in page.referrals]
        if page.older is None:
            break
        make_referrals(day.operation, day.agency, [f"https://t.me/demo_late/{number}"])
        page = _page(day, filters, Place(older_than=page.older))
    assert seen == before


def test_the_first_page_offers_nothing_newer_and_the_last_nothing_older(day: People) -> None:
    first, last = _page(day, Filters()), _page(day, Filters(), Place(oldest=True))
    assert first.newer is None
    assert first.older is not None
    assert last.older is None
    assert last.newer is not None


def test_counting_stops_at_the_limit(day: People) -> None:
    with acting_as(day.actor("officer")):
        assert listing.count_up_to(day.operation, Filters(), limit=10) == 11
        assert listing.count_up_to(day.operation, Filters(platform_id=("telegram",)), limit=10) == 11


def test_an_agency_that_takes_no_part_sees_nothing(day: People) -> None:
    actor: Actor = day.actor("absent_officer")
    with acting_as(actor):
        assert listing.page(day.operation, actor, Filters()).referrals == []
        assert listing.count_up_to(day.operation, Filters()) == 0


def test_a_page_is_two_statements_whatever_the_filter(day: People) -> None:
    actor = day.actor("officer")
    for filters in (Filters(), Filters(tier=(1,)), Filters(item_id=make_item(URLS[0]).pk)):
        with acting_as(actor), CaptureQueriesContext(connection) as queries:
            page = listing.page(day.operation, actor, filters)
            [(str(one.item), str(one.platform), str(one.agency)) for one in page.referrals]
        assert len(queries) == 2
