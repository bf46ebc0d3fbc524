"""Being told, by keyboard alone: a coordinator says something to everybody; an officer reads it, and what changed meanwhile."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.notices.models import Attention
from takedowns.referrals.transitions import apply_to_all
from tests.browser.steps import ONE, press, said_to_be_wrong, sign_in, tab_to, write
from tests.notices.conftest import referred, told
from tests.people import People, make_people

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = playwright.expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

SAID = "Telegram answers until six; submit before five."


@pytest.fixture
def cast(transactional_db: None) -> People:
    return make_people()


def test_a_message_reaches_everybody_until_each_has_read_it_or_it_ends(
    cast: People, page: Page, complaints: list[str]
) -> None:
    sign_in(page, "coordinator")
    page.goto(f"{ONE}set-up/")
    press(page, page.locator("main").get_by_role("link", name="Announcements"))
    page.wait_for_url("**/messages/")
    press(page, page.get_by_role("button", name="Post announcement"))
    said_to_be_wrong(page, "Write what everybody should know.", complaints)
    write(page, page.get_by_role("textbox", name="Announcement"), SAID)
    press(page, page.get_by_role("button", name="Post announcement"))
    expect(page.get_by_text("It stands at the top of this operation’s pages now.")).to_be_visible()

    for person in ("officer", "other_officer", "auditor"):
        sign_in(page, person)
        page.goto(ONE)
        expect(page.get_by_role("region", name="Announcements").get_by_text(SAID).first).to_be_visible()
    sign_in(page, "officer")
    page.goto(f"{ONE}referrals/?status=referred")
    press(page, page.get_by_role("button", name=re.compile("I have read it")))
    expect(page.get_by_role("region", name="Announcements")).to_have_count(0)
    assert page.url.endswith("/referrals/?status=referred"), "one stays where one was"

    sign_in(page, "coordinator")
    page.goto(f"{ONE}messages/")
    expect(page.get_by_text(re.compile(r"read by 1 of \d"))).to_be_visible()
    press(page, page.get_by_role("button", name=re.compile("End it")))
    expect(page.get_by_text("The announcement has ended.")).to_be_visible()
    sign_in(page, "other_officer")
    page.goto(ONE)
    expect(page.get_by_role("region", name="Announcements")).to_have_count(0)


def test_an_officer_follows_a_number_to_its_lines_and_marks_them_read(cast: People, page: Page) -> None:
    ids = referred(
        cast, "https://t.me/demo_lantern/1", "https://youtu.be/demoVIDEO01", "https://t.me/demo_lantern/2"
    )
    apply_to_all("remove", ids[:2], by=SYSTEM, action="visibility_removed")
    apply_to_all("request_information", ids[2:], by=SYSTEM, question="Which?")
    told()
    sign_in(page, "officer")
    news = page.get_by_role("banner").get_by_role("link", name=re.compile("What changed"))
    expect(news).to_contain_text("3")
    press(page, news)
    page.wait_for_url("**/what-changed/")
    press(page, page.get_by_role("link", name="Removed, RAD19"))
    page.wait_for_url("**/what-changed/?what=removed*")
    expect(
        page.locator("#lines-heading ~ *, section").get_by_role("row").filter(has_text="demo_lantern/1")
    ).to_have_count(1)
    expect(page.get_by_role("row").filter(has_text="demo_lantern/2")).to_have_count(0)
    press(page, page.get_by_role("button", name="Mark 3 as read"))
    expect(page.get_by_text("Nothing has changed that you have not read.")).to_be_visible()
    expect(news).not_to_contain_text("3")

    press(page, page.get_by_role("link", name="Choose what you are told"))
    tab_to(page, page.get_by_label("What I submitted"))
    page.keyboard.press("ArrowDown")
    tab_to(page, page.get_by_label("Never"))
    page.keyboard.press("ArrowUp")
    chosen = page.locator("input[name=mail]:checked").input_value()
    press(page, page.get_by_role("button", name="Save the choice"))
    expect(page.get_by_text("Kept.")).to_be_visible()
    with acting_as(SYSTEM):
        attention = Attention.objects.get(user=cast.officer)
    assert (attention.scope, attention.mail) == ("agency", chosen)
    assert chosen != "never"
