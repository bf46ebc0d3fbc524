"""What was seen of items: for a set at once, in whatever order the looks are told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals.availability import Look, record_seen
from takedowns.referrals.models import Event, Item, Referral
from takedowns.referrals.vocabulary import Availability
from takedowns.verification.models import Check
from takedowns.verification.recording import record_checks
from tests.factories import MORNING, make_referrals
from tests.people import People

LATER = MORNING + timedelta(hours=1)
URL = "https://t.me/demo_1"


@pytest.fixture
def item(people: People) -> Item:
    make_referrals(people.operation, people.agency, [URL])
    with acting_as(SYSTEM):
        return Item.objects.get()


@pytest.mark.parametrize("turned", [False, True])
def test_of_several_looks_told_at_once_the_latest_counts(people: People, item: Item, turned: bool) -> None:
    looks = [Look(item.pk, Availability.ONLINE, MORNING), Look(item.pk, Availability.OFFLINE, LATER)]
    assert record_seen(looks[::-1] if turned else looks, by=SYSTEM, robot="r") == 2
    with acting_as(SYSTEM):
        referral = Referral.objects.select_related("item", "cell").get()
        assert referral.availability == referral.item.availability == referral.cell.availability == "offline"
        assert referral.availability_since == referral.item.checked_at == LATER
        moving = Event.objects.get(kind="check", to_cell__isnull=False)
        assert (moving.at, moving.to_cell_id) == (LATER, referral.cell_id)


def test_an_older_look_told_late_is_logged_and_changes_nothing(people: People, item: Item) -> None:
    record_seen([Look(item.pk, Availability.OFFLINE, LATER)], by=SYSTEM, robot="r")
    record_seen([Look(item.pk, Availability.ONLINE, MORNING)], by=SYSTEM, robot="r")
    with acting_as(SYSTEM):
        assert Referral.objects.get().availability == "offline"
        assert Event.objects.filter(kind="check").count() == 2


def test_a_platforms_word_never_changes_what_was_seen(people: People, item: Item) -> None:
    from takedowns.referrals.transitions import apply_to_all

    with acting_as(SYSTEM):
        ids = list(Referral.objects.values_list("pk", flat=True))
    record_seen([Look(item.pk, Availability.ONLINE, MORNING)], by=SYSTEM, robot="r")
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", ids, by=SYSTEM)
    apply_to_all("remove", ids, by=SYSTEM, action="visibility_removed")
    with acting_as(SYSTEM):
        referral = Referral.objects.get()
        assert (referral.status, referral.availability) == ("removed", "online")


@pytest.mark.parametrize("size", [1, 40])
def test_any_number_of_checks_costs_the_same(
    people: People, size: int, django_assert_num_queries: Any
) -> None:
    make_referrals(people.operation, people.agency, [f"https://t.me/demo_{number}" for number in range(size)])
    with acting_as(SYSTEM):
        looks = [Look(pk, Availability.OFFLINE, LATER) for pk in Item.objects.values_list("pk", flat=True)]
    officer = people.actor("officer")
    with django_assert_num_queries(17):
        assert record_checks(looks, by=officer, agency_id=people.agency.pk) == size
    with acting_as(SYSTEM):
        assert Check.objects.filter(by=people.officer).count() == size


def test_a_check_is_made_by_a_person_or_a_named_robot(people: People, item: Item) -> None:
    for by, robot in ((SYSTEM, ""), (people.actor("officer"), "probe")):
        with pytest.raises(ValueError, match="person or by a named robot"):
            record_checks([Look(item.pk, Availability.ONLINE, LATER)], by=by, robot=robot)
