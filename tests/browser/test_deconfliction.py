"""Pairing with another installation, and what it says beside what is to go to a platform, walked in a browser."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.deconfliction import asking
from takedowns.deconfliction.keys import Shared
from takedowns.deconfliction.models import PairKey
from tests.browser.steps import ONE, approve, press, said_to_be_wrong, sign_in
from tests.deconfliction.pair import Other, make_other
from tests.factories import make_referrals
from tests.people import People, make_people

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = playwright.expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

PICTURES = os.environ.get("KEEP_PICTURES", "")
URLS = [
    "https://t.me/demo_lantern",
    "https://t.me/demo_amber/12",
    "https://t.me/demo_quay",
    "https://youtu.be/demoVIDEO01",
]


@pytest.fixture
def cast(transactional_db: None) -> People:
    return make_people()


@pytest.fixture
def waiting(cast: People, monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """Three referrals that are approved and one in review; the partner has one of them and two on hold."""
    ids = make_referrals(cast.operation, cast.agency, URLS, submitted_by=cast.officer)
    approve(ids[:3])
    other: Other = make_other()
    other.has = {"telegram:demo_lantern"}
    other.held = {"telegram:demo_amber", "youtube:demoVIDEO01", "youtube:video/demoVIDEO01"}
    monkeypatch.setattr(asking, "send", other.send)
    assert asking.ask_partners() == 4
    return ids


def look(page: Page, name: str) -> None:
    """Keep pictures of a page, narrow and wide."""
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{name} is {wide} px wide"
        if PICTURES:
            page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}.png"), full_page=True)


def test_an_administrator_pairs_pauses_and_ends(cast: People, page: Page, complaints: list[str]) -> None:
    sign_in(page, "administrator")
    page.goto("/people/")
    press(page, page.get_by_role("link", name="Partners"))
    look(page, "partners-empty")
    press(page, page.get_by_role("link", name="Add a partner"))
    page.get_by_label("Whose installation it is").fill("South Unit")
    page.get_by_label("Its address").fill("south")
    page.get_by_label("Whom they reach here").fill("+31 70 000 0000, north-desk@example.org")
    press(page, page.get_by_role("button", name="Add it"))
    said_to_be_wrong(page, "No partner was added.", complaints)
    look(page, "partner-add")
    page.get_by_label("Its address").fill("https://takedowns.south.example")
    press(page, page.get_by_role("button", name="Add it"))
    code = page.locator("#code").inner_text()
    assert Shared.read(code).code == code
    look(page, "partner-code")
    press(page, page.get_by_role("link", name="I have it"))
    expect(page.get_by_text("Waits until the code is entered there")).to_be_visible()
    press(page, page.get_by_role("button", name="Pause"))
    expect(page.get_by_text("Paused")).to_be_visible()
    press(page, page.get_by_role("button", name="Go on"))
    page.get_by_text("Replace the key").press("Enter")
    page.get_by_label("Pairing code").fill(code)
    press(page, page.get_by_role("button", name="Enter a code from there"))
    said_to_be_wrong(page, "This code is used here already", complaints)
    page.get_by_text("End the partnership").press("Enter")
    press(page, page.get_by_role("button", name="End it for good"))
    expect(page.get_by_text("Ended: South Unit")).to_be_visible()
    assert complaints == []


def test_a_partner_that_does_not_answer_is_said_not_to(cast: People, waiting: list[UUID], page: Page) -> None:
    with acting_as(SYSTEM):
        PairKey.objects.update(
            problem="No connection: the name south.example is not known.",
            failing_since=timezone.now(),
            next_at=timezone.now(),
        )
    sign_in(page, "administrator")
    page.goto("/deconfliction/")
    look(page, "partners")
    press(page, page.get_by_role("link", name="South Unit"))
    expect(page.get_by_text("Not answering")).to_be_visible()
    look(page, "partner")


def test_what_a_partner_has_on_hold_goes_only_when_it_is_ticked(
    cast: People, waiting: list[UUID], page: Page, complaints: list[str]
) -> None:
    sign_in(page, "reviewer")
    page.goto(f"{ONE}review/")
    look(page, "review")
    page.goto(f"{ONE}referrals/{waiting[0]}/")
    expect(page.get_by_text("South Unit has this item, too.")).to_be_visible()
    look(page, "referral-has")
    page.goto(f"{ONE}referrals/{waiting[1]}/")
    expect(page.get_by_text("On hold at South Unit.")).to_be_visible()
    look(page, "referral-held")
    page.goto(f"{ONE}referrals/{waiting[2]}/")
    look(page, "referral-not")
    page.context.clear_cookies()
    sign_in(page, "coordinator")
    page.goto(f"{ONE}dispatch/")
    look(page, "dispatch")
    press(page, page.get_by_role("button", name="Ask them again"))
    expect(page.get_by_text("Partners are asked again about 4 items.")).to_be_visible()
    press(page, page.get_by_role("button", name="Refer 2 to Telegram"))
    look(page, "dispatched")
    page.goto(f"{ONE}dispatch/")
    look(page, "dispatch-only-held")
    press(page, page.get_by_role("button", name="Refer what is ticked"))
    expect(page.get_by_text("Nothing was referred")).to_be_visible()
    page.get_by_label("t.me/demo_amber/12").press("Space")
    press(page, page.get_by_role("button", name="Refer what is ticked"))
    expect(page.get_by_role("heading", name="1")).to_be_visible()
    assert complaints == []
