"""How many clicks and pages what somebody does most often takes, from their start page to what it leads to."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals.availability import Look
from takedowns.referrals.models import Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.referrals.vocabulary import Availability
from takedowns.verification.recording import record_checks
from tests.browser.steps import sign_in, statuses
from tests.factories import make_referrals
from tests.orders.test_orders_issuing import make_authority
from tests.people import People, make_people

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


@pytest.fixture
def cast(transactional_db: None) -> People:
    return make_people()


class Walk:
    """Counts what is clicked, and the pages that are opened by it; typing is counted by nobody."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.begin()
        page.on("framenavigated", self._opened)

    def begin(self) -> None:
        """Count anew, as from somebody's start page."""
        self.clicks, self.pages = 0, 0

    def _opened(self, frame: object) -> None:
        if frame == self.page.main_frame:
            self.pages += 1

    def click(self, wanted: Locator) -> None:
        """Click once; wait for the page that it leads to."""
        self.clicks += 1
        wanted.click()
        self.page.wait_for_load_state()

    def choose(self, field: Locator, label: str) -> None:
        """Choose from a list: a click that opens it, and one on what is chosen."""
        self.clicks += 2
        field.select_option(label=label)

    def fill(self, field: Locator, text: str) -> None:
        """Click into a field, and type."""
        self.clicks += 1
        field.fill(text)


def test_one_link_is_submitted_with_three_clicks(cast: People, page: Page) -> None:
    sign_in(page, "officer")
    walk = Walk(page)
    walk.click(page.get_by_role("link", name=re.compile(r"^Submit\s*, RAD19")))
    page.get_by_role("textbox", name=re.compile("Paste|pasted|Addresses", re.IGNORECASE)).first.fill(
        "https://t.me/demo_a"
    )
    walk.click(page.locator("main").get_by_role("button", name="Preview"))
    walk.click(page.get_by_role("button", name=re.compile("^Submit 1 row")))
    page.wait_for_url("**/submissions/*/")
    assert (walk.clicks, walk.pages) == (3, 3)
    with acting_as(SYSTEM):
        assert Referral.objects.filter(item__url="https://t.me/demo_a").count() == 1


def test_an_order_is_drawn_reviewed_and_issued_with_twelve_clicks(cast: People, page: Page) -> None:
    make_authority(cast)
    walk = Walk(page)
    clicks = []

    sign_in(page, "officer")
    walk.begin()
    walk.click(page.get_by_role("link", name=re.compile(r"^Submit\s*, RAD19")))
    page.get_by_role("textbox", name="Paste a list").fill("https://t.me/demo_order")
    walk.click(page.get_by_role("radio", name="Removal order"))
    walk.click(page.locator("main").get_by_role("button", name="Preview"))
    walk.click(page.get_by_role("button", name=re.compile("^Submit 1 row")))
    page.wait_for_url("**/order/write/")
    walk.click(page.get_by_role("checkbox").first)
    page.get_by_label("Reasons").fill("It threatens an attack on a named day.")
    walk.click(page.get_by_role("checkbox", name=re.compile("^Emergency")))
    page.get_by_label("Why it is one").fill("The day is tomorrow.")
    walk.click(page.get_by_role("button", name="Save the order"))
    page.get_by_text("The order is written.").wait_for()
    clicks.append(walk.clicks)

    sign_in(page, "reviewer")
    walk.begin()
    walk.click(page.get_by_role("link", name=re.compile("^Review the first")))
    walk.click(page.get_by_role("checkbox", name=re.compile("Checked")))
    walk.click(page.get_by_role("button", name=re.compile("^Approve")))
    page.get_by_text("approved.").wait_for()
    clicks.append(walk.clicks)

    sign_in(page, "coordinator")
    walk.begin()
    walk.click(
        page.get_by_role("region", name="Approved, not sent").get_by_role("link", name=re.compile("^Send"))
    )
    # Nothing else waits to be sent, so this is the order's own page, with its document.
    walk.click(page.get_by_role("button", name="Issue this order to Telegram"))
    page.wait_for_url("**/dispatch/*/")
    clicks.append(walk.clicks)
    with acting_as(SYSTEM):
        [order] = Referral.objects.values_list("pk", flat=True)
    assert statuses([order]) == ["referred"]
    assert clicks == [7, 3, 2], "the officer, the reviewer, the coordinator, each from the start page"
    assert sum(clicks) <= 12


def test_the_auditors_four_answers_stand_on_one_page_after_eight_clicks(cast: People, page: Page) -> None:
    """Whoever chooses from a list clicks twice, and once to come into a field of a day."""
    urls = [f"https://t.me/demo_audited_{number}" for number in range(4)]
    mine = make_referrals(cast.operation, cast.agency, urls, submitted_by=cast.officer)
    others = make_referrals(cast.operation, cast.other_agency, ["https://t.me/demo_not_theirs"])
    elsewhere = make_referrals(cast.operation, cast.agency, ["https://youtu.be/demoVIDEO01"])
    at = datetime(2019, 11, 21, 9, tzinfo=UTC)
    for move, facts in (("approve", {"exemptions_checked": True}), ("refer", {})):
        for ids in (mine, others, elsewhere):
            assert apply_to_all(move, ids, by=SYSTEM, at=at, **facts).moved == ids
    removed = apply_to_all(
        "remove", mine[:2], by=SYSTEM, at=at + timedelta(hours=2), action="visibility_removed"
    )
    assert removed.moved == mine[:2]
    with acting_as(SYSTEM):
        items = dict(Referral.objects.filter(pk__in=mine).values_list("pk", "item_id"))
    for number, hours, seen in (
        (0, 3, Availability.OFFLINE),
        (1, 4, Availability.OFFLINE),
        (1, 30, Availability.ONLINE),
    ):
        look = Look(items[mine[number]], seen, at + timedelta(hours=hours))
        assert record_checks([look], by=SYSTEM, robot="probe") == 1
    sign_in(page, "auditor")
    walk = Walk(page)
    walk.click(page.get_by_role("link", name="Figures").first)
    walk.choose(page.get_by_label("Agency"), "North Unit")
    walk.choose(page.get_by_label("Platform", exact=True), "Telegram")
    walk.fill(page.get_by_label("Referred from"), "2019-11-01")
    walk.fill(page.get_by_label("Referred up to"), "2019-11-30")
    walk.click(page.get_by_role("button", name="Show"))
    answers = page.get_by_role("region", name="Four answers")
    answers.wait_for()
    said = answers.inner_text()
    for question, answer in (
        ("How many?", r"Referred\n4\n"),
        ("Really gone?", r"Verified offline within 24 h of referral\n50.0 %\n2 of 4"),
        ("Came back?", r"Back online after it was verified offline\n50.0 %\n1 of 2"),
        ("How fast?", r"Median time to action\n2 h 00 min"),
    ):
        assert re.search(rf"{re.escape(question)}\n{answer}", said), (question, said)
    assert (walk.clicks, walk.pages) == (8, 2)
