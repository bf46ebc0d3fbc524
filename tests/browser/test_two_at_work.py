"""Two reviewers in two browsers, a decision taken back by a key, what is sent back, and all that match."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access.roles import Role
from takedowns.directory.models import Membership, User
from takedowns.referrals.reference import reference_of
from takedowns.review.models import Lease
from tests.browser.steps import ONE, sign_in, statuses
from tests.factories import make_referrals
from tests.people import PASSWORD, People, make_people

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = playwright.expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer


@pytest.fixture
def cast(transactional_db: None) -> People:
    people = make_people()
    second = User.objects.create_user("second@example.org", "Second Reviewer", PASSWORD)
    Membership.objects.create(user=second, agency=people.agency, role=Role.REVIEWER)
    return people


@pytest.fixture
def waiting(cast: People) -> list[UUID]:
    urls = [f"https://t.me/demo_waiting_{number}" for number in range(3)]
    return make_referrals(cast.operation, cast.agency, urls, submitted_by=cast.officer)


@pytest.fixture
def colleague(browser: Browser, live_server: LiveServer, cast: People) -> Iterator[Page]:
    """A second browser, with another reviewer of the same agency signed in."""
    context = browser.new_context(base_url=live_server.url, locale="en-GB")
    context.set_default_timeout(15_000)
    page = context.new_page()
    sign_in(page, "second")
    yield page
    context.close()


def in_front(page: Page, one: UUID) -> None:
    """Wait until a referral is the one to decide on."""
    expect(page.locator("#front-heading code")).to_have_text(reference_of("RAD19", one))


def wait_until_free(page: Page, one: UUID) -> None:
    """Wait until nobody has a referral open; a browser tells late, and nobody waits for it, that a page was left."""
    for _ in range(50):
        with acting_as(SYSTEM):
            if not Lease.objects.filter(referral_id=one).exists():
                return
        page.wait_for_timeout(200)
    pytest.fail("What a page had open that was left is held still.")


def test_two_browsers_never_show_the_same_and_leaving_frees_it(
    waiting: list[UUID], page: Page, colleague: Page
) -> None:
    sign_in(page, "reviewer")
    page.goto(f"{ONE}review/")
    in_front(page, waiting[0])
    colleague.goto(f"{ONE}review/")
    in_front(colleague, waiting[1])
    expect(colleague.get_by_text("1 of them is open with a colleague.")).to_be_visible()
    colleague.goto(f"{ONE}review/?referral={waiting[0]}")
    expect(colleague.get_by_text("Reviewer has it open.")).to_be_visible()
    expect(colleague.get_by_role("button", name=re.compile("^Approve"))).to_have_count(0)
    page.goto("/")
    wait_until_free(page, waiting[0])
    colleague.goto(f"{ONE}review/")
    in_front(colleague, waiting[0])


def test_a_decision_is_taken_back_by_a_key_and_another_is_sent_back_with_a_note(
    waiting: list[UUID], page: Page
) -> None:
    sign_in(page, "reviewer")
    page.goto(f"{ONE}review/")
    page.keyboard.press("e")
    page.keyboard.press("a")
    page.get_by_text("approved.").wait_for()
    assert statuses(waiting) == ["approved", "submitted", "submitted"]
    in_front(page, waiting[1])
    page.keyboard.press("z")
    page.get_by_text("waits for review again.").wait_for()
    assert statuses(waiting) == ["submitted"] * 3
    in_front(page, waiting[0])
    page.keyboard.press("b")
    page.keyboard.type("Which of the two channels?")
    page.keyboard.press("Enter")
    page.get_by_text("sent back.").wait_for()
    in_front(page, waiting[1])
    sign_in(page, "officer")
    page.get_by_role("region", name="Returned to me").get_by_role("link", name="Open the oldest").click()
    expect(page.get_by_text("Which of the two channels?")).to_be_visible()


def test_all_that_match_are_decided_also_those_nobody_scrolled_to(
    cast: People, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("takedowns.review.views.many.MANY", 3)
    urls = [f"https://t.me/demo_many_{number}" for number in range(8)]
    many = make_referrals(cast.operation, cast.agency, urls, submitted_by=cast.officer)
    other = make_referrals(
        cast.operation, cast.agency, ["https://youtu.be/demoVIDEO01"], submitted_by=cast.officer
    )
    sign_in(page, "reviewer")
    page.goto(f"{ONE}review/many/?platform=telegram")
    page.get_by_role("link", name="Select all that match").click()
    expect(page.get_by_text(f"All {len(many)} that match are selected")).to_be_visible()
    page.get_by_role("checkbox", name=re.compile("^Checked")).check()
    page.get_by_role("button", name="Approve the selected").click()
    expect(page.get_by_text(f"{len(many)} approved.")).to_be_visible()
    assert set(statuses(many)) == {"approved"}
    assert statuses(other) == ["submitted"]
