"""How many clicks and pages what somebody does most often takes, from their start page to what it leads to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals.models import Referral
from tests.browser.steps import sign_in
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
        self.page, self.clicks, self.pages = page, 0, 0
        page.on("framenavigated", self._opened)

    def _opened(self, frame: object) -> None:
        if frame == self.page.main_frame:
            self.pages += 1

    def click(self, wanted: Locator) -> None:
        """Click once; wait for the page that it leads to."""
        self.clicks += 1
        wanted.click()
        self.page.wait_for_load_state()


def test_one_link_is_submitted_with_three_clicks(cast: People, page: Page) -> None:
    sign_in(page, "officer")
    walk = Walk(page)
    walk.click(page.get_by_role("link", name=re.compile(r"^Hand in\s*, RAD19")))
    page.get_by_role("textbox", name=re.compile("Paste|pasted|Addresses", re.IGNORECASE)).first.fill(
        "https://t.me/demo_a"
    )
    walk.click(page.locator("main").get_by_role("button", name="Preview"))
    walk.click(page.get_by_role("button", name=re.compile("^Hand in 1 row")))
    page.wait_for_url("**/submissions/*/")
    assert (walk.clicks, walk.pages) == (3, 3)
    with acting_as(SYSTEM):
        assert Referral.objects.filter(item__url="https://t.me/demo_a").count() == 1
