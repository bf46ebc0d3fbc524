"""The holds' pages: placing, what others see, releasing, conflicts."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.holds.models import Hold
from takedowns.referrals.corrections import Correction, correct
from takedowns.referrals.reference import reference_of
from takedowns.referrals.transitions import apply_to_all
from tests.clients import SignedIn, Work

HOLDS = reverse("web:holds")
CONFLICTS = reverse("web:conflicts", args=["RAD19"])
TELEGRAM = "https://t.me/demo_lantern/12"
SECRET = "Our source is in that channel."
FACTS = {"reason": SECRET, "ends_at": f"{timezone.localtime() + timedelta(days=60):%Y-%m-%dT%H:%M}"}


@pytest.fixture
def agency(work: Work) -> dict[str, str]:
    return {"agency": str(work.people.agency.pk)}


def held() -> list[tuple[str, str]]:
    with acting_as(SYSTEM):
        return [
            (hold.item.url if hold.item else "", hold.outlet.name if hold.outlet else "")
            for hold in Hold.objects.select_related("item", "outlet").order_by("placed_at")
        ]


def test_the_form_ends_in_seven_days_unless_told(work: Work, signed_in: SignedIn) -> None:
    page = signed_in("officer").get(HOLDS).content.decode()
    offered = re.search(r'name="ends_at" value="([^"]+)"', page)
    assert offered
    in_seven = timezone.localtime(timezone.now() + timedelta(days=7))
    assert offered[1][:10] in (f"{in_seven:%Y-%m-%d}", f"{in_seven - timedelta(minutes=5):%Y-%m-%d}")
    assert f"Ends ({timezone.localtime().tzname()})" in page


def test_a_hold_by_address_is_told_to_others_without_whose_or_why(
    work: Work, signed_in: SignedIn, agency: dict
) -> None:
    sent = {"url": "telegram.me/s/demo_lantern/12", **agency, **FACTS}
    mine = signed_in("officer").post(HOLDS, sent, follow=True).content.decode()
    assert "The hold is placed." in mine
    assert SECRET in mine
    assert held() == [(TELEGRAM, "")]
    theirs = signed_in("other_officer")
    assert SECRET not in theirs.get(HOLDS).content.decode()
    page = theirs.get(reverse("web:referral", args=["RAD19", work.referral(TELEGRAM).pk])).content.decode()
    assert "On hold." in page
    assert SECRET not in page
    assert SECRET in signed_in("reviewer").get(HOLDS).content.decode(), "one's own agency reads it"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"url": ""}, "Name either an address or an outlet"),
        ({"url": "nonsense"}, "Address"),
        ({"reason": " "}, "only your own agency will see it"),
        ({"ends_at": "2019-11-21T12:00"}, "This moment has passed"),
        ({"ends_at": "tomorrow"}, "Write the day and time like"),
        ({"ends_at": ""}, "Ends"),
        ({"agency": "00000000-0000-0000-0000-000000000000"}, "On behalf of"),
    ],
)
def test_what_lacks_something_is_said_and_what_was_typed_is_kept(
    work: Work, signed_in: SignedIn, agency: dict, changed: dict, said: str
) -> None:
    response = signed_in("officer").post(HOLDS, {"url": TELEGRAM, **agency, **FACTS, **changed})
    page = response.content.decode()
    assert response.status_code == 422
    assert "No hold was placed." in page
    assert said in page
    assert held() == []
    if changed.get("reason") is None:
        assert SECRET in page


def test_nobody_places_a_hold_for_another_agency(work: Work, signed_in: SignedIn) -> None:
    sent = {"url": TELEGRAM, "agency": str(work.people.other_agency.pk), **FACTS}
    assert signed_in("officer").post(HOLDS, sent).status_code == 422
    assert held() == []


def test_from_a_referrals_page_its_item_or_its_whole_outlet(
    work: Work, signed_in: SignedIn, agency: dict
) -> None:
    referral = work.referral(TELEGRAM)
    correct([Correction(referral.pk, outlet="Amber Lantern")], by=SYSTEM)
    client = signed_in("officer")
    address = reverse("web:hold-referral", args=["RAD19", referral.pk])
    assert address in client.get(reverse("web:referral", args=["RAD19", referral.pk])).content.decode()
    assert "Every item of Amber Lantern" in client.get(address).content.decode()
    assert client.post(address, {"on": "outlet", **agency, **FACTS, "reason": ""}).status_code == 422
    for on in ("item", "outlet"):
        page = client.post(address, {"on": on, **agency, **FACTS}, follow=True).content.decode()
        assert "On hold." in page
        assert SECRET in page
    assert held() == [(TELEGRAM, ""), ("", "Amber Lantern")]


def test_a_hold_that_comes_too_late_says_so(work: Work, signed_in: SignedIn, agency: dict) -> None:
    one = work.referral(TELEGRAM).pk
    apply_to_all("approve", [one], by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", [one], by=SYSTEM)
    page = (
        signed_in("officer").post(HOLDS, {"url": TELEGRAM, **agency, **FACTS}, follow=True).content.decode()
    )
    assert "1 referral of what it covers went to the platform before" in page


def test_the_coordinator_sees_what_is_kept_back_until_it_is_released(
    work: Work, signed_in: SignedIn, agency: dict
) -> None:
    one = work.referral(TELEGRAM).pk
    apply_to_all("approve", [one], by=SYSTEM, exemptions_checked=True)
    coordinator, officer = signed_in("coordinator"), signed_in("officer")
    assert "No hold keeps anything back" in coordinator.get(CONFLICTS).content.decode()
    officer.post(HOLDS, {"url": TELEGRAM, **agency, **FACTS})
    page = coordinator.get(CONFLICTS).content.decode()
    assert reference_of("RAD19", one) in page
    assert SECRET not in page
    release = re.search(r'action="(/holds/[^"]+/release/)"', officer.get(HOLDS).content.decode())
    assert release
    after = officer.post(release[1], follow=True).content.decode()
    assert "The hold is released." in after
    assert "Ended: the latest 1" in after
    assert "No hold keeps anything back" in coordinator.get(CONFLICTS).content.decode()
