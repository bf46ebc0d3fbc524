"""After the platform was told: its question, its users' complaints, looking again, correcting many; by keyboard alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals.models import Item, Referral
from takedowns.referrals.transitions import apply_to_all
from tests.browser.steps import ONE, approve, press, said_to_be_wrong, sign_in, statuses, tab_to, write
from tests.factories import make_referrals
from tests.people import People, make_people

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = playwright.expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

QUESTION = "Which of the videos do you mean?"


@pytest.fixture
def cast(transactional_db: None) -> People:
    return make_people()


@pytest.fixture
def sent(cast: People) -> list[UUID]:
    """Three referrals that are with Telegram."""
    urls = [f"https://t.me/demo_{name}" for name in ("first", "second", "third")]
    ids = make_referrals(cast.operation, cast.agency, urls, submitted_by=cast.officer)
    approve(ids)
    apply_to_all("refer", ids, by=SYSTEM)
    return ids


def test_an_officer_answers_what_the_platform_asks(
    cast: People, sent: list[UUID], page: Page, complaints: list[str]
) -> None:
    apply_to_all("request_information", sent[:1], by=cast.actor("platform_contact"), question=QUESTION)
    sign_in(page, "officer")
    page.goto(f"{ONE}referrals/?status=information_requested")
    press(page, page.locator("main tbody").get_by_role("link").first)
    expect(page.get_by_role("note")).to_contain_text(QUESTION)
    press(page, page.get_by_role("link", name="Answer the question"))
    page.wait_for_url("**/information/")
    press(page, page.get_by_role("button", name="Answer the platform"))
    said_to_be_wrong(page, "Write the answer", complaints)
    write(page, page.get_by_label("Your answer"), "The first two of them.")
    press(page, page.get_by_role("button", name="Answer the platform"))
    page.get_by_text("The platform has your answer.").wait_for()
    assert statuses(sent) == ["acknowledged", "referred", "referred"]


def test_a_coordinator_records_a_complaint_and_what_was_decided(
    cast: People, sent: list[UUID], page: Page, complaints: list[str]
) -> None:
    apply_to_all("remove", sent, by=SYSTEM, action="visibility_removed")
    sign_in(page, "coordinator")
    page.goto(f"{ONE}referrals/{sent[0]}/")
    press(page, page.locator("main").get_by_role("link", name="Complaints"))
    page.wait_for_url("**/complaints/")
    write(page, page.get_by_label("What they say"), "It was a film review.")
    press(page, page.get_by_role("button", name="Record the complaint"))
    page.get_by_text("The complaint is recorded.").wait_for()
    press(page, page.get_by_role("button", name="Record the decision"))
    said_to_be_wrong(page, "Choose how the complaint was decided", complaints)
    tab_to(page, page.get_by_label("Upheld", exact=True))
    page.keyboard.press("Space")
    press(page, page.get_by_role("button", name="Record the decision"))
    page.get_by_text("The decision is recorded.").wait_for()
    assert statuses(sent) == ["reinstated", "removed", "removed"]
    press(
        page, page.get_by_role("navigation", name="RAD19: Platforms").get_by_role("link", name="Complaints")
    )
    expect(page.get_by_role("list", name="Complaints by decision")).to_contain_text("Upheld")


def test_an_officer_looks_again_with_single_keys(cast: People, sent: list[UUID], page: Page) -> None:
    apply_to_all("remove", sent, by=SYSTEM, action="visibility_removed")
    with acting_as(SYSTEM):
        Referral.objects.filter(pk__in=sent).update(
            decided_at="2019-11-21T12:00:00Z", referred_at="2019-11-21T11:00:00Z"
        )
    sign_in(page, "officer")
    page.goto(f"{ONE}look-again/")
    expect(page.locator("main")).to_contain_text("3 items are due")
    for key, due in (("o", "2 items are due"), ("g", "1 item is due")):
        page.keyboard.press(key)
        page.get_by_text(due).wait_for()
    with acting_as(SYSTEM):
        assert sorted(Item.objects.values_list("availability", flat=True)) == ["offline", "online", "unknown"]
    page.goto(f"{ONE}still-online/")
    expect(page.locator("main table tbody tr")).to_have_count(1)


def test_many_are_corrected_after_a_preview_and_taken_back(
    cast: People, sent: list[UUID], page: Page
) -> None:
    sign_in(page, "officer")
    page.goto(f"{ONE}referrals/?platform=telegram")
    press(page, page.get_by_role("link", name=re.compile("Change all 3 found")))
    tab_to(page, page.get_by_label("Priority"))
    page.keyboard.type("Priority 1")
    press(page, page.get_by_role("button", name=re.compile("what would change", re.IGNORECASE)))
    page.get_by_text("3 referrals would change").wait_for()
    press(page, page.get_by_role("button", name="Change 3 referrals"))
    page.get_by_text("3 referrals were corrected").wait_for()
    press(page, page.get_by_role("button", name=re.compile("Undo|Take it back")))
    page.get_by_text("3 referrals are what they were before.").wait_for()


def test_an_auditor_reads_it_all_and_is_offered_nothing_to_do(
    cast: People, sent: list[UUID], page: Page
) -> None:
    sign_in(page, "auditor")
    press(page, page.get_by_role("link", name=re.compile("^RAD19")).first)
    page.wait_for_url(f"**{ONE}")
    tabs = page.get_by_role("navigation", name=re.compile("^RAD19")).get_by_role("link")
    places = ["Overview", "Submissions", "Referrals", "Platforms", "Verification", "Figures"]
    assert [one for one in tabs.all_inner_texts() if one in places] == places
    offered = set()
    for place in places:
        press(page, page.get_by_role("navigation", name="RAD19", exact=True).get_by_role("link", name=place))
        page.get_by_role("navigation", name=f"RAD19: {place}").or_(
            page.locator("[aria-current=page]")
        ).first.wait_for()
        offered |= set(tabs.all_inner_texts())
    assert {"Dashboard", "Follow-up", "Removal orders", "Complaints", "Still online"} <= offered
    assert not {"Review", "Submit", "Send", "Decisions", "Due", "Settings"} & offered
    page.goto(f"{ONE}referrals/{sent[0]}/")
    expect(page.locator("h2 code")).to_be_visible()
    assert page.locator(".case-actions a").all_inner_texts() == []
    assert page.locator("main").get_by_role("button").all_inner_texts() == ["Copy the address"]


def test_an_administrator_invites_somebody_and_gives_a_role(cast: People, page: Page) -> None:
    sign_in(page, "administrator")
    press(page, page.get_by_role("navigation", name="Main").get_by_role("link", name="Administration"))
    page.wait_for_url("**/people/")
    write(page, page.get_by_label("E-mail"), "new@example.org")
    write(page, page.get_by_label("Name", exact=True), "N. New")
    tab_to(page, page.get_by_label("At the agency"))
    page.keyboard.type("North")
    press(page, page.get_by_role("button", name=re.compile("Invite", re.IGNORECASE)).last)
    expect(page.locator("code.copyable, p.copyable").first).to_contain_text("/invitation/")
