"""Holds against dispatches over real connections, holds by address, and what a coordinator sees of them."""

from __future__ import annotations

import time
from datetime import timedelta
from threading import Event as Signal
from threading import Thread

import pytest
from django.db import connection
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.holds.models import Hold
from takedowns.holds.services import (
    HoldError,
    already_with_platforms,
    conflicts,
    is_on_hold,
    place,
    place_on_address,
    release,
)
from takedowns.identity import identify
from takedowns.referrals.corrections import Correction, correct
from takedowns.referrals.models import Item, Outlet, Referral
from takedowns.referrals.transitions import Applied, apply_to_all
from tests.factories import make_item, make_referrals, number_of_rows
from tests.people import People, make_people

URL = "https://t.me/demo_channel"


def in_a_week():
    return timezone.now() + timedelta(days=7)


def approved(people: People, urls: list[str], outlet: str = "") -> list:
    ids = make_referrals(people.operation, people.agency, urls)
    if outlet:
        correct([Correction(pk, outlet=outlet) for pk in ids], by=SYSTEM)
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    return ids


class Held:
    """A job in a thread with a connection of its own, that keeps its transaction open until told to commit."""

    def __init__(self, job) -> None:
        self.result = None
        self.failure: Exception | None = None
        self.has_written, self.may_commit = Signal(), Signal()
        self.thread = Thread(target=self._run, args=[job])
        self.thread.start()

    def _run(self, job) -> None:
        try:
            with acting_as(SYSTEM):
                self.result = job()
                self.has_written.set()
                assert self.may_commit.wait(30)
        except Exception as error:
            self.failure = error
        finally:
            self.has_written.set()
            connection.close()

    def commit(self):
        self.may_commit.set()
        self.thread.join(30)
        assert not self.thread.is_alive(), "it hangs"
        if self.failure:
            raise self.failure
        return self.result


def waits_for_a_lock() -> bool:
    """Tell whether, within some seconds, a session waits for another's lock."""
    for _ in range(100):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return True
        time.sleep(0.05)
    return False


def _place_on(people: People, what: str) -> Hold:
    if what == "address":
        return place_on_address(
            URL, {}, agency_id=people.other_agency.pk, by=SYSTEM, reason="r", ends_at=in_a_week()
        )
    with acting_as(SYSTEM):
        outlet = Outlet.objects.get()
    return place(
        agency_id=people.other_agency.pk, by=SYSTEM, reason="r", ends_at=in_a_week(), outlet_id=outlet.pk
    )


@pytest.mark.parametrize("what", ["address", "outlet"])
@pytest.mark.django_db(transaction=True)
def test_a_dispatch_that_comes_second_waits_for_the_hold_and_refers_nothing(what: str) -> None:
    people = make_people()
    [one] = approved(people, [URL], outlet="Amber Lantern")
    holder = Held(lambda: _place_on(people, what))
    assert holder.has_written.wait(30)
    dispatch = Held(lambda: apply_to_all("refer", [one], by=SYSTEM))
    assert waits_for_a_lock(), "the dispatch does not pass by a hold that is being placed"
    holder.commit()
    outcome = dispatch.commit()
    assert isinstance(outcome, Applied)
    assert [refused.code for refused in outcome.refused] == ["on_hold"]
    with acting_as(SYSTEM):
        assert Referral.objects.get().status == "approved"


@pytest.mark.parametrize("what", ["address", "outlet"])
@pytest.mark.django_db(transaction=True)
def test_a_hold_that_comes_second_waits_for_the_dispatch_and_knows_it_is_too_late(what: str) -> None:
    people = make_people()
    [one] = approved(people, [URL], outlet="Amber Lantern")
    dispatch = Held(lambda: apply_to_all("refer", [one], by=SYSTEM))
    assert dispatch.has_written.wait(30)
    holder = Held(lambda: _place_on(people, what))
    assert waits_for_a_lock(), "the hold does not pass by a dispatch that is under way"
    assert dispatch.commit().moved == [one]
    assert already_with_platforms(holder.commit(), by=SYSTEM) == 1


@pytest.mark.parametrize("attempt", range(4))
@pytest.mark.django_db(transaction=True)
def test_whoever_is_first_of_both_at_once_nothing_on_hold_is_referred(attempt: int) -> None:
    people = make_people()
    ids = approved(people, [f"{URL}/{number}" for number in range(1, 41)])
    with acting_as(SYSTEM):
        items = list(Item.objects.values_list("pk", flat=True))
    dispatch = Held(lambda: apply_to_all("refer", ids, by=SYSTEM))
    dispatch.may_commit.set()
    placed = [
        place(agency_id=people.agency.pk, by=SYSTEM, reason="r", ends_at=in_a_week(), item_id=item)
        for item in items
    ]
    outcome = dispatch.commit()
    assert len(outcome.moved) + len(outcome.refused) == 40
    held_in_time = {refused.referral_id for refused in outcome.refused}
    too_late = sum(already_with_platforms(hold, by=SYSTEM) for hold in placed)
    assert too_late == len(outcome.moved), "each that went is told to whoever held it"
    with acting_as(SYSTEM):
        assert set(Referral.objects.filter(status="approved").values_list("pk", flat=True)) == held_in_time


@pytest.mark.django_db
def test_an_address_nobody_handed_in_is_held_before_it_arrives(people: People) -> None:
    place_on_address(
        "telegram.me/s/DEMO_channel?single",
        {},
        agency_id=people.agency.pk,
        by=people.actor("officer"),
        reason="r",
        ends_at=in_a_week(),
    )
    with acting_as(SYSTEM):
        assert is_on_hold(identify(URL).id)
    ids = approved(people, [URL])
    assert [refused.code for refused in apply_to_all("refer", ids, by=SYSTEM).refused] == ["on_hold"]


@pytest.mark.parametrize(
    ("text", "said"), [("nonsense", "address"), ("https://files.example.org/a", "no platform here")]
)
@pytest.mark.django_db
def test_what_names_no_item_of_a_platform_is_not_held(people: People, text: str, said: str) -> None:
    with pytest.raises(HoldError, match=said):
        place_on_address(text, {}, agency_id=people.agency.pk, by=SYSTEM, reason="r", ends_at=in_a_week())
    assert number_of_rows("referrals_item") == number_of_rows("holds_hold") == 0


@pytest.mark.django_db
def test_a_hold_refused_for_its_role_leaves_no_item_behind(people: People) -> None:
    for who in ("auditor", "platform_contact", "stranger", "absent_officer"):
        with pytest.raises(HoldError):
            place_on_address(
                URL, {}, agency_id=people.agency.pk, by=people.actor(who), reason="r", ends_at=in_a_week()
            )
    assert number_of_rows("referrals_item") == 0


@pytest.mark.django_db
def test_a_coordinator_sees_what_is_kept_back_and_nothing_of_whose(people: People) -> None:
    ids = approved(people, [f"{URL}/{number}" for number in range(3)])
    waiting = make_referrals(people.operation, people.agency, [f"{URL}/9"])
    for url in (f"{URL}/1", f"{URL}/9"):
        hold = place(
            agency_id=people.agency.pk, by=SYSTEM, reason="r", ends_at=in_a_week(), item_id=make_item(url).pk
        )
    coordinator = people.actor("coordinator")
    with acting_as(coordinator):
        assert [one.pk for one in conflicts(people.operation, coordinator, 10)] == [ids[1]]
        assert not Hold.objects.exists(), "the row itself is the other agency's"
    release(hold.pk, by=SYSTEM)
    apply_to_all("approve", waiting, by=SYSTEM, exemptions_checked=True)
    with acting_as(coordinator):
        assert [one.pk for one in conflicts(people.operation, coordinator, 10)] == [ids[1]]
