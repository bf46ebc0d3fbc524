"""Looking again, still online, who came back, and finding anything again: as each role, by keyboard."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.models import Platform
from takedowns.referrals.availability import Look
from takedowns.referrals.models import Item, Referral
from takedowns.referrals.reference import reference_of
from takedowns.referrals.vocabulary import Availability
from takedowns.verification.recording import record_checks
from tests.browser.steps import ONE, press, sign_in, tab_to, write
from tests.factories import MORNING, make_referrals
from tests.people import People, make_people
from tests.verification.conftest import answered

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = playwright.expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

HOUR = timedelta(hours=1)


@pytest.fixture
def cast(transactional_db: None) -> People:
    return make_people()


@pytest.fixture
def removed(cast: People) -> list[UUID]:
    """Three channels that Telegram said to have removed; a robot saw the first gone and could not tell of the second."""
    ids = answered(cast, [f"https://t.me/demo_lantern_{number}" for number in (11, 12, 13)])
    with acting_as(SYSTEM):
        first, second = (Referral.objects.get(pk=one).item_id for one in ids[:2])
    looks = [
        Look(first, Availability.OFFLINE, MORNING + HOUR),
        Look(second, Availability.UNKNOWN, MORNING + HOUR),
    ]
    record_checks(looks, by=SYSTEM, robot="probe")
    return ids


@pytest.fixture
def moved(cast: People, removed: list[UUID]) -> UUID:
    """A channel of like name that came to TamTam two days later."""
    cast.operation.platforms.add(Platform.objects.get(pk="tamtam"))
    [one] = make_referrals(
        cast.operation,
        cast.agency,
        ["https://tt.me/demo_lantern11"],
        submitted_by=cast.officer,
        at=MORNING + 48 * HOUR,
    )
    return one


@pytest.mark.parametrize("role", ["officer", "reviewer", "coordinator"])
def test_many_are_seen_online_and_the_board_says_so_loudly(
    removed: list[UUID], page: Page, role: str
) -> None:
    sign_in(page, role)
    page.goto(f"{ONE}look-again/many/")
    expect(page.get_by_role("row").filter(has_text="demo_lantern_11")).to_contain_text("Verified offline")
    press(page, page.get_by_role("link", name="Select all 3 on this page"))
    page.wait_for_url("**select=all**")
    tab_to(page, page.get_by_label("Online", exact=True))
    page.keyboard.press("Space")
    press(page, page.get_by_role("button", name="Look what will change"))
    expect(page.get_by_role("heading", name="You say that you looked at 3 items")).to_be_visible()
    press(page, page.get_by_role("button", name="Save it for 3 items"))
    page.get_by_role("status").first.wait_for()
    page.goto(ONE)
    press(page, page.get_by_role("link", name="Follow them up"))
    page.wait_for_url("**/still-online/**")
    expect(page.locator("main table tbody tr")).to_have_count(3)
    page.goto(f"{ONE}morning-after/")
    up = page.get_by_role("region", name="What is still up, since when?")
    expect(up.locator("tbody tr")).to_have_count(3)


def test_what_replaces_what_is_linked_and_the_outlet_shows_where_it_went(
    moved: UUID, removed: list[UUID], page: Page
) -> None:
    sign_in(page, "officer")
    page.goto(f"{ONE}referrals/{moved}/")
    press(page, page.get_by_role("link", name="Outlet, and what it replaces"))
    page.wait_for_url("**/origin/")
    likely = page.get_by_role("checkbox", name=re.compile("demo_lantern_11.*same name"))
    expect(likely).not_to_be_checked()
    tab_to(page, likely)
    page.keyboard.press("Space")
    write(page, page.get_by_label("Outlet", exact=True), "Amber Lantern (demo)")
    press(page, page.get_by_role("button", name="Save"))
    page.get_by_text("1 link is kept.").wait_for()
    with acting_as(SYSTEM):
        before = Item.objects.get(referrals=removed[0])
        assert str(Item.objects.get(referrals=moved).outlet) == "Amber Lantern (demo)"
    page.goto(f"{ONE}referrals/{removed[0]}/origin/")
    expect(page.get_by_role("region", name="Known")).to_contain_text("tt.me/demo_lantern11")
    if before.outlet_id is None:
        write(page, page.get_by_label("Outlet", exact=True), "Amber Lantern (demo)")
        press(page, page.get_by_role("button", name="Save"))
        page.get_by_text("The outlet is kept.").wait_for()

    press(page, page.get_by_role("navigation", name="Main").get_by_role("link", name="Outlets"))
    page.wait_for_url("**/outlets/")
    press(page, page.get_by_role("link", name="Amber Lantern (demo)"))
    expect(page.locator("figure svg").first).to_be_visible()
    row = page.get_by_role("row").filter(has_text="TamTam")
    expect(row).to_contain_text("1 d 23 h")
    page.goto(f"{ONE}morning-after/")
    expect(page.get_by_role("region", name="Who is back?")).to_contain_text("TamTam")
    latest = page.get_by_role("region", name="The latest first")
    expect(latest.get_by_role("row").filter(has_text="TamTam")).to_contain_text("Amber Lantern (demo)")


@pytest.mark.parametrize("role", ["officer", "reviewer", "coordinator", "auditor"])
def test_one_box_finds_by_address_reference_handle_and_words(
    removed: list[UUID], page: Page, role: str
) -> None:
    sign_in(page, role)
    box = page.get_by_label("Address, reference, handle or words")
    for typed in ("telegram.me/s/DEMO_lantern_12?embed=1", reference_of("RAD19", removed[1]).lower()):
        write(page, box, typed)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/referrals/{removed[1]}/")
    write(page, box, "@demo_lantern_13")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Found for “@demo_lantern_13”").wait_for()
    press(page, page.locator("main").get_by_role("link", name=re.compile("demo_lantern_13")))
    page.wait_for_url(f"**/referrals/{removed[2]}/")
    write(page, box, "lantern demo")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Found for “lantern demo”").wait_for()
    expect(page.locator("main table tbody tr")).to_have_count(3)


def test_somebody_who_takes_no_part_finds_nothing(removed: list[UUID], page: Page) -> None:
    sign_in(page, "absent_officer")
    for typed in ("https://t.me/demo_lantern_12", reference_of("RAD19", removed[1]), "lantern"):
        write(page, page.get_by_label("Address, reference, handle or words"), typed)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert str(removed[1]) not in page.url + page.content()


def test_a_view_with_its_filters_and_columns_is_kept_used_and_dropped(
    removed: list[UUID], page: Page
) -> None:
    sign_in(page, "officer")
    page.goto(f"{ONE}referrals/?status=removed")
    press(page, page.locator("summary", has_text="Columns"))
    tab_to(page, page.get_by_label("Language", exact=True).and_(page.get_by_role("checkbox")))
    page.keyboard.press("Space")
    press(page, page.get_by_role("button", name="Show these"))
    page.get_by_role("columnheader", name="Language").wait_for()
    press(page, page.locator("summary", has_text="Your views"))
    write(page, page.get_by_label("Save these filters and columns as"), "Gone by word")
    press(page, page.get_by_role("button", name="Save the view"))
    page.get_by_text("The view “Gone by word” is kept; only you see it.").wait_for()
    page.goto(f"{ONE}referrals/")
    press(page, page.locator("summary", has_text="Your views"))
    press(page, page.get_by_role("link", name="Gone by word"))
    page.get_by_role("columnheader", name="Language").wait_for()
    expect(page.locator("#filter-status")).to_have_value("removed")
    press(page, page.locator("summary", has_text="Your views"))
    press(page, page.get_by_role("button", name="Drop Gone by word"))
    expect(page.get_by_role("link", name="Gone by word")).to_have_count(0)


def test_a_selection_reaches_across_pages(cast: People, page: Page) -> None:
    make_referrals(
        cast.operation,
        cast.agency,
        [f"https://t.me/demo_many_{number}" for number in range(120)],
        submitted_by=cast.officer,
    )
    sign_in(page, "officer")
    page.goto(f"{ONE}referrals/?platform=telegram")
    expect(page.locator("main table tbody tr")).to_have_count(50)
    press(page, page.get_by_role("link", name="Change all 120 found"))
    write(page, page.get_by_label("Listed group"), "Demo Group")
    press(page, page.get_by_role("button", name=re.compile("what would change", re.IGNORECASE)))
    page.get_by_text("120 referrals would change").wait_for()
    press(page, page.get_by_role("button", name="Change 120 referrals"))
    page.get_by_text("120 referrals were corrected").wait_for()
    with acting_as(SYSTEM):
        assert Referral.objects.filter(listed_group="Demo Group").count() == 120
    press(page, page.get_by_role("button", name=re.compile("Undo")))
    page.get_by_text("120 referrals are what they were before.").wait_for()
    with acting_as(SYSTEM):
        assert not Referral.objects.filter(listed_group="Demo Group").exists()


def test_an_auditor_reads_what_is_up_and_is_not_asked_to_look(removed: list[UUID], page: Page) -> None:
    sign_in(page, "auditor")
    page.goto(f"{ONE}morning-after/")
    expect(page.get_by_role("region", name="Platform decisions and checks")).to_contain_text("Telegram")
    page.goto(f"{ONE}still-online/")
    expect(page.locator("main")).to_be_visible()
    assert page.locator("main").get_by_role("link", name="Look", exact=True).count() == 0
    tabs = page.get_by_role("navigation", name="RAD19").get_by_role("link")
    assert "Still online" in tabs.all_inner_texts()
    assert "Due" not in tabs.all_inner_texts()
