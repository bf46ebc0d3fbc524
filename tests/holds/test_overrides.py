"""A hold is no weapon: how long one lasts, on what, and how two coordinators lift it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.access.roles import Role
from takedowns.directory.models import Membership, User
from takedowns.holds import overrides
from takedowns.holds.models import Hold, Override
from takedowns.holds.services import HoldError, is_on_hold, place, place_on_address
from takedowns.ledger.models import Entry
from takedowns.referrals.corrections import Correction, correct
from takedowns.referrals.models import Outlet, Referral
from takedowns.referrals.transitions import apply_to_all
from tests.clients import SignedIn, Work

TELEGRAM = "https://t.me/demo_lantern/12"
WHY = "An attack is announced for tonight."


def in_days(days: float) -> dict[str, object]:
    return {"reason": "We read it.", "ends_at": timezone.now() + timedelta(days=days)}


@pytest.fixture
def held(work: Work) -> Referral:
    """An approved referral of North's that an agency outside the operation keeps back, by its address."""
    one = work.referral(TELEGRAM)
    apply_to_all("approve", [one.pk], by=SYSTEM, exemptions_checked=True)
    people = work.people
    place_on_address(
        TELEGRAM, {}, agency_id=people.absent_agency.pk, by=people.actor("absent_officer"), **in_days(30)
    )
    with acting_as(SYSTEM):
        return Referral.objects.select_related("operation", "item").get(pk=one.pk)


@pytest.fixture
def second(work: Work) -> User:
    """A second coordinator of the operation."""
    user = User.objects.create_user("second@example.org", "Second Coordinator", "a long enough password")
    Membership.objects.create(user=user, agency=work.people.agency, role=Role.COORDINATOR)
    return user


def test_a_hold_ends_within_the_time_that_is_set_and_can_be_placed_again(work: Work) -> None:
    people, item = work.people, work.referral(TELEGRAM).item_id
    facts = {"agency_id": people.agency.pk, "by": people.actor("officer"), "item_id": item}
    with pytest.raises(HoldError, match="90 days at the latest"):
        place(**facts, **in_days(90.1))  # type: ignore[arg-type]
    place(**facts, **in_days(89.9))  # type: ignore[arg-type]
    place(**facts, **in_days(89.95))  # type: ignore[arg-type]
    with acting_as(SYSTEM):
        assert Hold.objects.active().count() == 2


def test_an_agency_holds_no_outlet_of_operations_it_takes_no_part_in(work: Work) -> None:
    correct([Correction(work.referral(TELEGRAM).pk, outlet="Amber Lantern")], by=SYSTEM)
    with acting_as(SYSTEM):
        outlet = Outlet.objects.get().pk
    people = work.people
    Membership.objects.create(user=people.absent_officer, agency=people.absent_agency, role=Role.AUDITOR)
    for by in (people.actor("absent_officer"), Actor.of(User.objects.get(pk=people.absent_officer.pk))):
        with pytest.raises(HoldError, match="no such outlet"):
            place(agency_id=people.absent_agency.pk, by=by, outlet_id=outlet, **in_days(7))  # type: ignore[arg-type]
    assert place(
        agency_id=people.agency.pk,
        by=people.actor("officer"),
        outlet_id=outlet,
        **in_days(7),  # type: ignore[arg-type]
    )


def test_two_coordinators_lift_a_hold_and_its_agency_reads_who_and_why(
    work: Work, held: Referral, second: User, signed_in: SignedIn
) -> None:
    address = reverse("web:hold-override", args=["RAD19", held.pk])
    first, other = signed_in("coordinator"), signed_in("anonymous")
    other.force_login(second)
    conflicts = reverse("web:conflicts", args=["RAD19"])
    assert address in first.get(conflicts).content.decode()
    assert first.post(address, {"do": "ask", "reason": ""}).status_code == 422
    assert first.post(address, {"do": "ask", "reason": WHY}).status_code == 302
    assert is_on_hold_now(held), "one alone lifts nothing"
    assert (
        "another coordinator must agree" in first.post(address, {"do": "agree"}, follow=True).content.decode()
    )
    assert is_on_hold_now(held)
    page = other.get(address).content.decode()
    assert WHY in page
    assert "Absent Unit" not in page, "whose hold it is stays with its agency"
    assert "1 hold is lifted." in other.post(address, {"do": "agree"}, follow=True).content.decode()
    assert not is_on_hold_now(held)
    assert apply_to_all("refer", [held.pk], by=SYSTEM).moved == [held.pk]
    told = signed_in("absent_officer").get(reverse("web:holds")).content.decode()
    assert "Lifted by two coordinators" in told
    assert WHY in told
    assert "Second Coordinator" in told
    with acting_as(SYSTEM):
        assert Entry.objects.filter(what="holds_override").count() == 2
        assert Hold.objects.get().override == Override.objects.get()


def test_a_hold_that_is_placed_after_it_was_asked_for_is_asked_for_anew(
    work: Work, held: Referral, second: User, signed_in: SignedIn
) -> None:
    people = work.people
    with acting_as(people.actor("coordinator")):
        overrides.ask(held, WHY, by=people.actor("coordinator"))
    later = place_on_address(
        TELEGRAM, {}, agency_id=people.agency.pk, by=people.actor("officer"), **in_days(30)
    )
    other = signed_in("anonymous")
    other.force_login(second)
    address = reverse("web:hold-override", args=["RAD19", held.pk])
    page = other.post(address, {"do": "agree"}, follow=True).content.decode()
    assert "1 hold is lifted." in page
    assert "A hold that was placed after it was asked for still stands" in page
    with acting_as(SYSTEM):
        assert [one.pk for one in Hold.objects.active()] == [later.pk]
    assert [one.code for one in apply_to_all("refer", [held.pk], by=SYSTEM).refused] == ["on_hold"]
    assert other.post(address, {"do": "ask", "reason": WHY}).status_code == 302
    with acting_as(people.actor("coordinator")):
        assert overrides.agree(held, by=people.actor("coordinator")) == 1
    assert not is_on_hold_now(held)


def is_on_hold_now(referral: Referral) -> bool:
    with acting_as(SYSTEM):
        return is_on_hold(referral.item_id)


@pytest.mark.parametrize("who", ["officer", "reviewer", "auditor", "administrator", "absent_officer"])
def test_who_coordinates_nothing_there_lifts_nothing(
    work: Work, held: Referral, signed_in: SignedIn, who: str
) -> None:
    with pytest.raises(HoldError, match="two coordinators"), acting_as(work.people.actor(who)):
        overrides.ask(held, WHY, by=work.people.actor(who))
    address = reverse("web:hold-override", args=["RAD19", held.pk])
    assert signed_in(who).post(address, {"do": "agree"}).status_code in (403, 404)
    assert is_on_hold_now(held)


def test_what_no_hold_keeps_back_is_not_lifted(work: Work, second: User) -> None:
    one = work.referral(TELEGRAM)
    with acting_as(work.people.actor("coordinator")):
        found = Referral.objects.select_related("operation", "item").get(pk=one.pk)
        with pytest.raises(HoldError, match="No hold keeps it back"):
            overrides.ask(found, WHY, by=work.people.actor("coordinator"))
