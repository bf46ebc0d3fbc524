"""What a hold covers: what it names and what lies under it, now and when it was placed; and no change slips out of one."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.models import Platform
from takedowns.holds.models import HeldItem, Hold
from takedowns.holds.services import place, place_on_address, release
from takedowns.referrals.corrections import Correction, correct
from takedowns.referrals.locks import on_hold
from takedowns.referrals.models import Item, Outlet
from takedowns.referrals.transitions import apply_to_all
from tests.factories import make_referrals
from tests.people import People


def in_a_week():
    return timezone.now() + timedelta(days=7)


def approved(people: People, *urls: str, outlet: str = "") -> list[UUID]:
    ids = make_referrals(people.operation, people.agency, list(urls))
    if outlet:
        assert correct([Correction(pk, outlet=outlet) for pk in ids], by=SYSTEM).refused == []
    approve(ids)
    return ids


def approve(ids: list[UUID]) -> None:
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)


def hold_address(people: People, url: str) -> Hold:
    return place_on_address(
        url, {}, agency_id=people.other_agency.pk, by=SYSTEM, reason="secret", ends_at=in_a_week()
    )


def hold_outlet(people: People, name: str) -> Hold:
    with acting_as(SYSTEM):
        outlet = Outlet.objects.get(name=name)
    return place(
        agency_id=people.other_agency.pk, by=SYSTEM, reason="secret", ends_at=in_a_week(), outlet_id=outlet.pk
    )


def dispatched(ids: list[UUID]) -> list[bool]:
    outcome = apply_to_all("refer", ids, by=SYSTEM)
    assert {one.code for one in outcome.refused} <= {"on_hold"}
    return [pk in outcome.moved for pk in ids]


@pytest.mark.parametrize(
    ("held", "covered", "left"),
    [
        (
            "https://t.me/demo_a",
            ["https://t.me/demo_a", "https://t.me/demo_a/12"],
            ["https://t.me/demo_ab", "https://t.me/demo_b/12"],
        ),
        (
            "https://t.me/demo_a/12",
            ["https://t.me/demo_a/12"],
            ["https://t.me/demo_a", "https://t.me/demo_a/123", "https://t.me/demo_a/13"],
        ),
        (
            "https://demo.blogspot.com/",
            ["https://demo.blogspot.com/p/a.html", "https://demo.blogspot.com/p/b.html"],
            ["https://demo2.blogspot.com/p/a.html"],
        ),
    ],
)
def test_a_hold_covers_what_it_names_and_what_lies_under_it(
    people: People, held: str, covered: list[str], left: list[str]
) -> None:
    before = approved(people, covered[0], left[0])
    hold_address(people, held)
    later = approved(people, *covered[1:], *left[1:])
    assert dispatched(before) == [False, True]
    assert dispatched(later) == [False] * len(covered[1:]) + [True] * len(left[1:])


def test_a_name_on_another_platform_is_not_what_the_hold_names(people: People) -> None:
    hold_address(people, "https://t.me/demo_a")
    with acting_as(SYSTEM):
        item = Item.objects.get()
        assert Platform.objects.get(pk="twitter") != item.platform
        Item.objects.create(
            id=UUID(int=1),
            platform_id="twitter",
            key="demo_a/1",
            kind="post",
            url="x",
            first_seen_at=timezone.now(),
        )
        with connection.cursor() as cursor:
            cursor.execute("SELECT takedowns_items_on_hold(ARRAY[%s, %s])", [item.pk, UUID(int=1)])
            assert cursor.fetchall() == [(item.pk,)]


def test_a_hold_on_an_outlet_covers_what_was_its_own_when_it_was_placed_and_what_is_now(
    people: People,
) -> None:
    old, new, other = approved(people, "https://t.me/demo_a", "https://t.me/demo_b", "https://t.me/demo_c")
    correct([Correction(old, outlet="Amber")], by=SYSTEM)
    hold_outlet(people, "Amber")
    correct([Correction(new, outlet="Amber")], by=SYSTEM)
    approve([old, new])
    with acting_as(SYSTEM):  # whatever way it left it
        Item.objects.filter(url="https://t.me/demo_a").update(outlet=None)
    assert dispatched([old, new, other]) == [False, False, True]


def test_the_owner_of_a_referral_cannot_take_it_out_of_anothers_hold(people: People) -> None:
    held, free = approved(people, "https://t.me/demo_a", "https://t.me/demo_b", outlet="Amber")
    correct([Correction(free, outlet="Birch")], by=SYSTEM)
    hold = hold_outlet(people, "Amber")
    officer = people.actor("officer")
    done = correct([Correction(held, outlet="Birch"), Correction(free, outlet="Cedar")], by=officer)
    assert (done.moved, [one.code for one in done.refused]) == ([free], ["on_hold"])
    said = json.dumps([one.message for one in done.refused])
    assert "South" not in said
    assert "secret" not in said
    assert correct([Correction(held, outlet="")], by=officer).refused[0].code == "on_hold"
    assert correct([Correction(held, outlet="Amber", tier=2)], by=officer).moved == [held], (
        "nothing slips out"
    )
    release(hold.pk, by=SYSTEM)
    assert correct([Correction(held, outlet="Birch")], by=officer).moved == [held]


def test_a_dispatch_of_a_whole_day_reads_the_holds_once(people: People) -> None:
    with acting_as(SYSTEM), connection.cursor() as cursor:
        condition = on_hold("item.id", "item.outlet_id", "item.platform_id", "item.key")
        cursor.execute(f"EXPLAIN (ANALYZE, VERBOSE) SELECT {condition} FROM referrals_item AS item")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "takedowns_is_held" not in plan, "it is put in the place of its call"
    assert "hashed SubPlan" in plan
    assert plan.count("InitPlan") >= 2


KEYS = st.lists(st.sampled_from(["a", "ab", "b", ""]), min_size=1, max_size=4).map("/".join)


@given(held=KEYS, keys=st.lists(KEYS, min_size=1, max_size=5, unique=True))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_asked_of_the_item_and_asked_of_the_hold_the_answer_is_one(
    people: People, held: str, keys: list[str]
) -> None:
    with acting_as(SYSTEM), connection.cursor() as cursor:
        item, *others = (
            Item.objects.create(
                id=uuid4(),
                platform_id="telegram",
                key=key,
                kind="post",
                url=key,
                first_seen_at=timezone.now(),
            )
            for key in dict.fromkeys([held, *keys])
        )
        hold = place(agency_id=people.agency.pk, by=SYSTEM, reason="r", ends_at=in_a_week(), item_id=item.pk)
        of_hold = {one.item_id for one in HeldItem.objects.filter(hold=hold)}
        HeldItem.objects.all().delete()
        cursor.execute("SELECT takedowns_items_on_hold(%s)", [[one.pk for one in (item, *others)]])
        assert {found for (found,) in cursor.fetchall()} == of_hold >= {item.pk}
        hold.delete()
        Item.objects.filter(pk__in=[one.pk for one in (item, *others)]).delete()
