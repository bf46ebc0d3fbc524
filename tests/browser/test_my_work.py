"""From the start page to the first that waits, and from place to place, on a desk and on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from tests.browser.steps import press, sign_in
from tests.factories import make_referrals
from tests.people import People, make_people

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = playwright.expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

PLACES = ["Overview", "Submissions", "Referrals", "Platforms", "Verification", "Figures"]


@pytest.fixture
def cast(transactional_db: None) -> People:
    people = make_people()
    urls = [f"https://t.me/demo_waits_{number}" for number in range(3)]
    make_referrals(people.operation, people.agency, urls, submitted_by=people.officer)
    return people


def test_a_reviewer_comes_in_and_is_one_click_from_the_first(cast: People, page: Page) -> None:
    sign_in(page, "reviewer")
    expect(page.get_by_role("region", name="To review")).to_contain_text("3")
    press(page, page.get_by_role("link", name="Review the first"))
    page.wait_for_url("**/operations/RAD19/review/")
    expect(page.get_by_role("heading", name="In front")).to_contain_text("RAD19-")


def test_the_six_places_stand_on_one_line_on_a_desk(cast: People, page: Page) -> None:
    sign_in(page, "coordinator")
    page.set_viewport_size({"width": 1024, "height": 768})
    page.goto(reverse("web:board", args=["RAD19"]))
    links = page.get_by_role("navigation", name="RAD19", exact=True).get_by_role("link")
    assert links.all_inner_texts() == [*PLACES, "Settings"]
    assert len({round(link.bounding_box()["y"]) for link in links.all()}) == 1  # type: ignore[index]


def test_on_a_phone_the_head_is_small_and_the_places_are_in_a_menu(cast: People, page: Page) -> None:
    sign_in(page, "reviewer")
    page.set_viewport_size({"width": 390, "height": 844})
    for name in ("board", "referrals", "review", "figures", "submissions", "hand-in"):
        page.goto(reverse(f"web:{name}", args=["RAD19"]))
        assert page.evaluate("document.querySelector('header').offsetHeight") <= 120, name
    press(page, page.locator("summary").filter(has_text="Submissions"))
    press(page, page.get_by_role("navigation", name="RAD19").get_by_role("link", name="Still online"))
    page.wait_for_url("**/still-online/")
    press(page, page.locator("summary").filter(has_text="Menu"))
    press(page, page.get_by_role("navigation", name="Main").get_by_role("link", name="My work"))
    page.wait_for_url("/")
    assert page.evaluate("document.querySelector('header').offsetHeight") <= 120


def test_on_a_phone_the_parts_of_administering_are_in_a_menu_too(cast: People, page: Page) -> None:
    sign_in(page, "administrator")
    page.set_viewport_size({"width": 390, "height": 844})
    for name in ("people", "agencies", "keys", "looks", "retention", "jobs"):
        page.goto(reverse(f"web:{name}"))
        assert page.evaluate("document.querySelector('header').offsetHeight") <= 120, name
    press(page, page.locator("summary").filter(has_text="Administration"))
    wanted = page.get_by_role("navigation", name="Administration").get_by_role("link", name="Listed groups")
    edges = wanted.evaluate("one => [one.getBoundingClientRect().left, one.getBoundingClientRect().right]")
    assert edges[0] >= 0
    assert edges[1] <= 390
    press(page, wanted)
    page.wait_for_url("**/listed-groups/")
