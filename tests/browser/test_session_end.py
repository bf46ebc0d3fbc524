"""The end of a session: a warning that any key puts off, what was typed comes back, and Back after a preview."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals.models import Referral
from tests.browser.steps import ONE, sign_in
from tests.people import PASSWORD, People, make_people

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = playwright.expect

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture
def cast(transactional_db: None) -> People:
    return make_people()


def test_two_minutes_before_its_end_a_session_warns_and_any_key_goes_on_with_it(
    cast: People, page: Page, settings: Any
) -> None:
    settings.SESSION_IDLE_SECONDS = 123
    sign_in(page, "officer")
    warning = page.get_by_role("alert").filter(has_text="In two minutes you will be signed out")
    expect(warning).to_be_visible(timeout=30_000)
    settings.SESSION_IDLE_SECONDS = 1800
    page.keyboard.press("Shift")
    expect(warning).to_be_visible()
    with page.expect_response("**/session/"):
        page.keyboard.press("ArrowDown")
    expect(warning).to_be_hidden()


def test_what_was_typed_when_the_session_had_ended_is_there_after_signing_in(
    cast: People, page: Page, settings: Any
) -> None:
    sign_in(page, "coordinator")
    page.goto(f"{ONE}messages/")
    page.get_by_role("textbox", name="Announcement").fill("We stop at six.")
    settings.SESSION_IDLE_SECONDS = 1
    page.wait_for_timeout(2_500)
    page.get_by_role("button", name="Post announcement").click()
    page.wait_for_url("**/sign-in/**")
    settings.SESSION_IDLE_SECONDS = 1800
    expect(page.get_by_text("comes back when you have signed in")).to_be_visible()
    page.get_by_label("E-mail").fill("coordinator@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/typed/")
    expect(page.get_by_role("textbox").filter(has_text="We stop at six.")).to_be_visible()
    page.get_by_role("button", name="Send it now").click()
    page.wait_for_url(f"**{ONE}messages/")
    expect(page.get_by_role("listitem").filter(has_text="We stop at six.").first).to_be_visible()


def test_back_after_a_preview_finds_the_list_as_it_was_typed(cast: People, page: Page) -> None:
    sign_in(page, "officer")
    page.goto(f"{ONE}hand-in/")
    page.get_by_role("textbox", name="Paste a list").fill("https://t.me/demo_back_1")
    page.locator("main").get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Submit 1 row").wait_for()
    page.go_back()
    field = page.get_by_role("textbox", name="Paste a list")
    expect(field).to_have_value("https://t.me/demo_back_1")
    field.fill("https://t.me/demo_back_1\nhttps://t.me/demo_back_2")
    page.locator("main").get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Submit 2 rows").click()
    page.wait_for_url("**/submissions/*/")
    with acting_as(SYSTEM):
        assert Referral.objects.count() == 2
