"""The list of an operation's referrals, sorted: complete, in order, page by page, for every column and direction."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals import listing
from takedowns.referrals.listing import Beside, Filters, Place
from takedowns.referrals.models import Referral
from takedowns.referrals.sorting import BY_DIMENSION, BY_MOMENT, Sort
from takedowns.referrals.vocabulary import Availability, Status
from tests.clients import SignedIn
from tests.people import People
from tests.referrals.test_listing import FILTERS, VIDEOS, day

__all__ = ["day"]

LEAST = datetime.min.replace(tzinfo=UTC)
SORTS = st.builds(Sort, st.sampled_from([*BY_DIMENSION, *BY_MOMENT]), st.booleans())


def _key(one: Referral, name: str) -> object:
    return {
        "status": Status.values.index(one.status),
        "seen": Availability.values.index(one.availability),
        "platform": one.platform_id,
        "agency": one.agency.name,
        "tier": one.tier,
        "submitted": one.submitted_at,
        "referred": one.referred_at or LEAST,
        "decided": one.decided_at or LEAST,
    }[name]


def _expected(people: People, filters: Filters, sort: Sort) -> list[UUID]:
    """Read every referral, pick and sort in plain Python: another way to the same answer."""
    with acting_as(SYSTEM):
        rows = list(Referral.objects.filter(operation=people.operation).select_related("item", "agency"))
    kept = [
        row
        for row in rows
        if all(
            (row.item.kind if name == "kind" else getattr(row, name)) in values
            for name, values in filters.dimensions.items()
        )
        and filters.beside.language in ("", row.language)
    ]
    kept.sort(key=lambda one: (_key(one, sort.name), one.pk), reverse=sort.descending)
    return [one.pk for one in kept]


def _walk(people: People, filters: Filters, sort: Sort, size: int, *, upwards: bool) -> list[UUID]:
    actor, seen = people.actor("officer"), []
    place = Place(oldest=upwards, sort=sort)
    while True:
        with acting_as(actor):
            page = listing.page(people.operation, actor, filters, place, size=size)
        ids = [one.pk for one in page.referrals]
        seen = ids + seen if upwards else seen + ids
        edge = page.newer if upwards else page.older
        if edge is None:
            return seen
        place = Place(newer_than=edge, sort=sort) if upwards else Place(older_than=edge, sort=sort)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(filters=FILTERS, sort=SORTS, size=st.integers(min_value=3, max_value=30), upwards=st.booleans())
def test_walking_all_pages_of_any_sort_meets_each_referral_once_in_order(
    day: People,
    filters: Filters,
    sort: Sort,
    size: int,
    upwards: bool,
) -> None:
    expected = _expected(day, filters, sort)
    assert _walk(day, filters, sort, size, upwards=upwards) == expected
    with acting_as(day.actor("officer")):
        assert listing.ids(day.operation, filters, 1000, sort) == expected


def test_other_filters_hold_in_a_sort_too(day: People) -> None:
    with acting_as(SYSTEM):
        Referral.objects.filter(platform="youtube").update(language="ar")
    filters = Filters(beside=Beside(language="ar"))
    for name in (*BY_DIMENSION, *BY_MOMENT):
        sort = Sort(name)
        found = _walk(day, filters, sort, 7, upwards=False)
        assert found == _expected(day, filters, sort)
        assert len(found) == len(VIDEOS)


def _addresses(client: Client, address: str) -> list[str]:
    page = client.get(address).content.decode()
    return re.findall(r'address-link" href="[^"]*/([0-9a-f-]{36})/"', page)


def test_headings_sort_the_list_both_ways_and_the_file_keeps_the_order(
    day: People,
    signed_in: SignedIn,
) -> None:
    client, address = signed_in("officer"), f"/operations/{day.operation.reference}/referrals/"
    page = client.get(f"{address}?platform=telegram&after={UUID(int=2**128 - 1)}").content.decode()
    assert "aria-sort" not in page
    heading = re.search(r'<a href="([^"]*sort=tier)">Priority', page)
    assert heading is not None
    assert heading[1].endswith("?platform=telegram&amp;sort=tier"), "filters stay, the page does not"
    with CaptureQueriesContext(connection) as asked:
        page = client.get(f"{address}?sort=tier").content.decode()
    assert len(asked) - 2 <= 15
    assert '<th scope="col" aria-sort="ascending"><a href="' in page
    assert "sort=-tier" in page, "the other way round is one click away"
    assert 'name="sort" value="tier"' in page, "filtering keeps the order"
    assert "Sorted by Priority" in page
    assert "Next page" in page
    assert "Older" not in page
    assert _addresses(client, f"{address}?sort=tier") == [
        str(one) for one in _expected(day, Filters(), Sort("tier"))[:50]
    ]
    assert (
        'aria-sort="descending"' in client.get(f"{address}?sort=-referred&columns=referred").content.decode()
    )
    lines = b"".join(client.get(f"{address}list.csv?sort=-tier")).decode().splitlines()
    told = [line.split(",")[7] for line in lines[1:]]
    assert told == sorted(told, reverse=True)
    assert len(told) == 69


def test_what_is_no_column_is_said(day: People, signed_in: SignedIn) -> None:
    address = f"/operations/{day.operation.reference}/referrals/?sort=-colour"
    assert "“-colour” is no column to sort by" in signed_in("officer").get(address).content.decode()
