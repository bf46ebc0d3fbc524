"""What came back: likely predecessors, links that people confirm, and where an outlet was up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.models import Platform
from takedowns.referrals.availability import Look
from takedowns.referrals.corrections import Correction, correct
from takedowns.referrals.models import Event, Item, Referral
from takedowns.referrals.vocabulary import Availability
from takedowns.verification.models import Succession
from takedowns.verification.presence import outlets, presence
from takedowns.verification.recording import record_checks
from takedowns.verification.resurfacing import LinkError, link, predecessors, successors, suggestions, unlink
from tests.factories import MORNING, make_referrals
from tests.people import People

HOUR = timedelta(hours=1)
OFFLINE, ONLINE = Availability.OFFLINE, Availability.ONLINE
BEFORE, OTHER, AFTER = "https://t.me/demo_lantern_12", "https://t.me/demo_quay", "https://tt.me/Demo-Lantern2"


@pytest.fixture
def items(people: People) -> dict[str, Item]:
    """A channel and another on Telegram, and two days later one of like name on TamTam."""
    people.operation.platforms.add(Platform.objects.get(pk="tamtam"))
    make_referrals(people.operation, people.agency, [BEFORE, OTHER], submitted_by=people.officer)
    make_referrals(
        people.operation, people.agency, [AFTER], submitted_by=people.officer, at=MORNING + 48 * HOUR
    )
    return by_url()


def by_url() -> dict[str, Item]:
    with acting_as(SYSTEM):
        found = {item.url: item for item in Item.objects.all()}
    return {
        url: next(item for known, item in found.items() if known.lower() == url.lower())
        for url in (BEFORE, OTHER, AFTER)
    }


def look(item: Item, seen: Availability, hours: float) -> None:
    record_checks([Look(item.pk, seen, MORNING + hours * HOUR)], by=SYSTEM, robot="probe")


def name_outlet(people: People, url: str, outlet: str) -> None:
    with acting_as(SYSTEM):
        referral = Referral.objects.get(item=by_url()[url])
    assert correct([Correction(referral.pk, outlet=outlet)], by=people.actor("officer")).moved


@pytest.mark.parametrize(
    ("key", "handle"),
    [
        ("demo_lantern_12", "demolantern"),
        ("Demo-Lantern2", "demolantern"),
        ("demo_lantern/4711", "demolantern"),
        ("open.rocket.chat/channel/demo-lantern", "demolantern"),
        ("#demo-lantern:matrix.example", "demolantern"),
        ("+demoHash", None),
        ("join/demohash", None),
        ("status/910000000", None),
        ("123456", None),
        ("ab12", None),
    ],
)
def test_a_handle_is_the_name_that_is_taken_along(db: None, key: str, handle: str | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT takedowns_handle(%s)", [key])
        assert cursor.fetchone() == (handle,)


def test_the_same_name_elsewhere_and_the_same_outlet_are_suggested(
    people: People, items: dict[str, Item]
) -> None:
    look(items[BEFORE], OFFLINE, 5)
    with acting_as(people.actor("officer")):
        [found] = suggestions(items[AFTER])
        assert (found.item, found.by_handle, found.by_outlet, found.gone_at) == (
            items[BEFORE],
            True,
            False,
            MORNING + 5 * HOUR,
        )
        assert suggestions(items[BEFORE]) == [], "nothing replaces what comes after it"
    for url in (OTHER, AFTER):
        name_outlet(people, url, "Quay Press")
    with acting_as(people.actor("officer")):
        found = suggestions(by_url()[AFTER])
        assert [(one.item.url, one.by_handle, one.by_outlet) for one in found] == [
            (BEFORE, True, False),
            (OTHER, False, True),
        ]
    with acting_as(people.actor("absent_officer")):
        assert suggestions(items[AFTER]) == []


def test_a_link_is_kept_told_in_the_history_and_hands_the_outlet_on(
    people: People, items: dict[str, Item]
) -> None:
    name_outlet(people, BEFORE, "Lantern Media")
    assert link(items[AFTER].pk, [items[BEFORE].pk], by=people.actor("officer")) == 1
    assert link(items[AFTER].pk, [items[BEFORE].pk], by=people.actor("other_officer")) == 0
    with acting_as(people.actor("other_officer")):
        [known] = predecessors(items[AFTER].pk)
        assert (known.predecessor, known.by) == (items[BEFORE], people.officer)
        assert [one.item for one in successors(items[BEFORE].pk)] == [items[AFTER]]
        assert suggestions(items[AFTER]) == []
    with acting_as(SYSTEM):
        assert str(Item.objects.get(pk=items[AFTER].pk).outlet) == "Lantern Media"
        told = [
            event.details
            for event in Event.objects.filter(kind="correct", item=items[AFTER], actor=people.officer)
        ]
    assert told == [{"outlet": ["", "Lantern Media"]}, {"successor_of": ["", BEFORE]}]
    unlink(items[AFTER].pk, items[BEFORE].pk, by=people.actor("officer"))
    with acting_as(SYSTEM):
        assert not Succession.objects.exists()
        assert Event.objects.filter(details={"successor_of": [BEFORE, ""]}).count() == 1


def test_an_item_that_has_an_outlet_keeps_it(people: People, items: dict[str, Item]) -> None:
    name_outlet(people, BEFORE, "Lantern Media")
    name_outlet(people, AFTER, "Lantern Two")
    link(items[AFTER].pk, [items[BEFORE].pk], by=people.actor("officer"))
    with acting_as(SYSTEM):
        assert str(Item.objects.get(pk=items[AFTER].pk).outlet) == "Lantern Two"


def test_what_makes_no_sense_is_refused(people: People, items: dict[str, Item]) -> None:
    after, before, other = (items[url].pk for url in (AFTER, BEFORE, OTHER))
    link(after, [before], by=people.actor("officer"))
    link(other, [after], by=people.actor("officer"))
    for item, others, person, why in (
        (before, [other], "officer", "already known to have come after"),
        (after, [after], "officer", "does not replace itself"),
        (after, [], "officer", "Choose what it replaces"),
        (after, [UUID(int=7)], "officer", "submit it first"),
        (after, [other], "auditor", "is for officers"),
        (other, [before], "absent_officer", "submit it first"),
    ):
        with pytest.raises(LinkError, match=why):
            link(item, others, by=people.actor(person))
    with acting_as(SYSTEM):
        assert Succession.objects.count() == 2


def test_platforms_and_strangers_read_no_links(people: People, items: dict[str, Item]) -> None:
    link(items[AFTER].pk, [items[BEFORE].pk], by=people.actor("officer"))
    for person, count in (("auditor", 1), ("coordinator", 1), ("absent_officer", 0), ("platform_contact", 0)):
        with acting_as(people.actor(person)):
            assert Succession.objects.count() == count, person


@pytest.mark.parametrize("size", [1, 30])
def test_any_number_of_predecessors_costs_the_same(
    people: People, items: dict[str, Item], size: int, django_assert_num_queries: Any
) -> None:
    make_referrals(
        people.operation, people.agency, [f"https://t.me/demo_more_{number}" for number in range(size)]
    )
    with acting_as(SYSTEM):
        ids = list(Item.objects.filter(url__contains="demo_more").values_list("pk", flat=True))
    actor = people.actor("officer")
    with django_assert_num_queries(15):
        assert link(items[AFTER].pk, ids, by=actor) == size


def test_an_outlet_is_up_until_seen_gone_and_again_when_seen_online(
    people: People, items: dict[str, Item]
) -> None:
    for url in (BEFORE, OTHER, AFTER):
        name_outlet(people, url, "Lantern Media")
    for hours, seen in ((2, ONLINE), (5, OFFLINE), (6, OFFLINE), (7, Availability.UNKNOWN), (30, ONLINE)):
        look(items[BEFORE], seen, hours)
    look(items[OTHER], OFFLINE, 9)
    with acting_as(people.actor("officer")):
        [summary], following = outlets("lantern")
        telegram, tamtam = presence(summary.outlet_id)
    assert (summary.name, summary.items, summary.platforms, following) == ("Lantern Media", 3, 2, "")
    assert [(step.at - MORNING, step.up) for step in telegram.steps] == [
        (0 * HOUR, 2),
        (5 * HOUR, 1),
        (9 * HOUR, 0),
        (30 * HOUR, 1),
    ]
    assert (telegram.items, telegram.up, telegram.came_back, telegram.after) == (2, 1, 1, None)
    assert (telegram.first_gone_at, telegram.came_back_at) == (MORNING + 5 * HOUR, MORNING + 30 * HOUR)
    assert (tamtam.items, tamtam.up, tamtam.came_back, tamtam.after) == (1, 1, 0, 43 * HOUR)


def test_an_outlet_shows_each_reader_their_own(people: People, items: dict[str, Item]) -> None:
    name_outlet(people, BEFORE, "Lantern Media")
    with acting_as(people.actor("absent_officer")):
        assert outlets() == ([], "")
    with acting_as(people.actor("auditor")):
        assert [one.name for one in outlets("LANTERN")[0]] == ["Lantern Media"]
        assert outlets("100 %") == ([], "")
        assert outlets(after="Lantern Media") == ([], "")
