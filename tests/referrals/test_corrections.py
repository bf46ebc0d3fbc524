"""Corrections: what changes, what follows it, what the log says, who may."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.figures.board import board
from takedowns.identity import Kind
from takedowns.referrals.corrections import Correction, correct
from takedowns.referrals.models import Event, Item, Referral
from takedowns.referrals.transitions import apply_to_all
from tests.factories import make_referrals, number_of_rows
from tests.people import People

pytestmark = pytest.mark.django_db


def urls(count: int) -> list[str]:
    return [f"https://t.me/demo_channel_{number}" for number in range(count)]


@pytest.fixture
def submitted(people: People) -> list:
    return make_referrals(people.operation, people.agency, urls(3), submitted_by=people.officer)


def get(referral_id) -> Referral:
    return Referral.objects.select_related("item__outlet", "cell").get(pk=referral_id)


def test_everything_can_be_corrected_at_once_and_the_event_says_from_what_to_what(
    people: People, submitted: list
) -> None:
    wanted = Correction(
        submitted[0], tier=2, kind="channel", outlet="Amber Lantern", listed_group="Example Group"
    )
    assert correct([wanted], by=people.actor("reviewer")).moved == submitted[:1]
    with acting_as(SYSTEM):
        found = get(submitted[0])
        assert (found.tier, found.item.kind, str(found.item.outlet), found.listed_group) == (
            2,
            "channel",
            "Amber Lantern",
            "Example Group",
        )
        event = Event.objects.get(referral=found, kind="correct")
        assert event.details == {
            "tier": [4, 2],
            "kind": ["unknown", "channel"],
            "outlet": ["", "Amber Lantern"],
            "listed_group": ["", "Example Group"],
        }
        assert (event.actor_id, event.agency_id) == (people.reviewer.pk, people.agency.pk)
        assert event.from_cell is not None
        assert event.to_cell == found.cell
        assert (event.from_cell.tier, event.from_cell.kind) == (4, "unknown")
        assert (found.cell.tier, found.cell.kind, found.cell.status) == (2, "channel", "submitted")


def test_what_is_not_named_stays_and_nothing_new_is_no_event(people: People, submitted: list) -> None:
    correct([Correction(submitted[0], outlet="Amber Lantern")], by=SYSTEM)
    correct([Correction(submitted[0], tier=1)], by=SYSTEM)
    assert (
        correct([Correction(submitted[0], tier=1, outlet="Amber Lantern")], by=SYSTEM).moved == submitted[:1]
    )
    with acting_as(SYSTEM):
        assert str(get(submitted[0]).item.outlet) == "Amber Lantern"
        assert Event.objects.filter(kind="correct").count() == 2
    correct([Correction(submitted[0], outlet="")], by=SYSTEM)
    with acting_as(SYSTEM):
        assert get(submitted[0]).item.outlet is None


def test_the_kind_of_an_item_follows_into_all_its_rounds_and_its_tier_does_not(people: People) -> None:
    first = make_referrals(people.operation, people.agency, urls(1))[0]
    apply_to_all("withdraw", [first], by=SYSTEM, reason="r")
    with acting_as(SYSTEM):
        old = Referral.objects.get(pk=first)
        second = Referral.objects.create(
            item_id=old.item_id,
            operation=old.operation,
            agency=people.other_agency,
            platform_id=old.platform_id,
            instrument=old.instrument,
            tier=4,
            status="withdrawn",
            cell_id=old.cell_id,
            submitted_at=old.submitted_at,
            round=2,
            previous=old,
        )
    correct([Correction(first, kind="group", tier=1)], by=people.actor("officer"))
    with acting_as(SYSTEM):
        assert [get(one).cell.kind for one in (first, second.pk)] == ["group", "group"]
        assert [get(one).tier for one in (first, second.pk)] == [1, 4]
        details = dict(Event.objects.filter(kind="correct").values_list("referral_id", "details"))
        assert details == {
            first: {"kind": ["unknown", "group"], "tier": [4, 1]},
            second.pk: {"kind": ["unknown", "group"]},
        }


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("officer", None),
        ("reviewer", None),
        ("coordinator", None),
        ("other_officer", "not_your_role"),
        ("auditor", "not_your_role"),
        ("administrator", "not_your_role"),
        ("absent_officer", "not_found"),
        ("platform_contact", "not_found"),
        ("stranger", "not_found"),
    ],
)
def test_who_may_correct(people: People, submitted: list, who: str, code: str | None) -> None:
    outcome = correct([Correction(one, tier=1) for one in submitted], by=people.actor(who))
    assert [refused.code for refused in outcome.refused] == ([code] * 3 if code else [])
    with acting_as(SYSTEM):
        assert {get(one).tier for one in submitted} == ({4} if code else {1})


@pytest.mark.parametrize(
    "wrong",
    [{"tier": 0}, {"tier": 6}, {"kind": "chanel"}, {"outlet": "x" * 201}, {"listed_group": "x" * 201}],
)
def test_values_that_mean_nothing_are_refused_and_the_rest_is_done(
    people: People, submitted: list, wrong: dict
) -> None:
    wanted = [
        Correction(submitted[0], **wrong),
        Correction(submitted[1], tier=1),
        Correction(uuid4(), tier=1),
    ]
    outcome = correct([*wanted, Correction(submitted[1], tier=2)], by=people.actor("officer"))
    assert outcome.moved == [submitted[1]]
    assert [refused.code for refused in outcome.refused] == ["unknown_value", "not_found", "repeated"]
    with acting_as(SYSTEM):
        assert get(submitted[1]).tier == 1


def test_a_set_costs_as_many_statements_as_one(people: People, django_assert_num_queries) -> None:
    ids = make_referrals(people.operation, people.agency, urls(60))
    for some in (ids[:1], ids[1:]):
        with django_assert_num_queries(14):
            correct(
                [
                    Correction(one, tier=1, kind="group", outlet=f"Outlet {place % 7}")
                    for place, one in enumerate(some)
                ],
                by=SYSTEM,
            )
    assert number_of_rows("referrals_event") == 120


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(1, 5) | st.none(), st.sampled_from([*Kind, None])),
        min_size=1,
        max_size=8,
    )
)
def test_the_log_adds_up_to_where_every_referral_stands(people: People, submitted: list, steps: list) -> None:
    for number, tier, kind in steps:
        correct([Correction(submitted[number], tier=tier, kind=kind)], by=SYSTEM)
    with acting_as(SYSTEM):
        for one in submitted:
            found = get(one)
            assert (found.cell.tier, found.cell.kind) == (found.tier, found.item.kind)
            cells = [None]
            for event in Event.objects.filter(referral=found).order_by("id"):
                assert event.from_cell_id == cells[-1], "each event leaves the cell the last one entered"
                cells.append(event.to_cell_id)
            assert cells[-1] == found.cell_id
        assert board(people.operation, SYSTEM).total.handed_in == 3
        assert Item.objects.count() == 3


def test_a_platform_does_not_read_what_agencies_corrected_among_themselves(
    people: People, submitted: list
) -> None:
    correct([Correction(submitted[0], outlet="Amber Lantern")], by=SYSTEM)
    apply_to_all("approve", submitted, by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", submitted, by=SYSTEM)
    correct([Correction(submitted[0], listed_group="Example Group")], by=SYSTEM)
    with acting_as(people.actor("platform_contact")):
        assert set(Event.objects.values_list("kind", flat=True)) == {"refer"}
    with acting_as(people.actor("officer")):
        assert Event.objects.filter(kind="correct").count() == 2
