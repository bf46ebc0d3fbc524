"""Somebody of a platform without an account: the link in the mail, the code of the second mail, an answer; on a telephone, too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail as outbox
from django.urls import reverse

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.orders.models import Addressee
from takedowns.referrals.models import Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.sending import answer_links
from takedowns.sending.dispatch import dispatch
from takedowns.sending.models import AnswerLink
from tests.browser.steps import press
from tests.factories import make_referrals
from tests.people import People, make_people

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = playwright.expect

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture
def cast(transactional_db: None, settings: Any) -> People:
    settings.EMAIL_HOST, settings.ANSWER_LINK_DAYS = "mail.example.org", 7
    people = make_people()
    Addressee.objects.create(platform_id="youtube", name="YouTube", mail_to="abuse@youtube.example")
    urls = [f"https://www.youtube.com/watch?v=demoVIDEO0{number}" for number in range(3)]
    ids = make_referrals(people.operation, people.agency, urls)
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    dispatch(people.operation, by=people.actor("coordinator"))
    return people


def _fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def _code() -> str:
    found = re.search(r"Code: (\d{4} \d{4})", str(outbox.outbox[-1].body))
    assert found is not None
    return found[1]


def test_a_link_is_opened_with_its_code_and_what_it_names_is_answered(cast: People, page: Page) -> None:
    with acting_as(SYSTEM):
        link = AnswerLink.objects.get()
    referers: list[str] = []
    page.on("request", lambda request: referers.append(request.headers.get("referer", "")))
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(reverse("web:hand-off-link", args=[answer_links.token_of(link)]))
    page.wait_for_url("**/hand-off/")
    assert _fits(page)
    press(page, page.get_by_role("button", name="Mail me a code"))
    expect(page.get_by_role("status")).to_contain_text("A code is on its way")
    page.get_by_label("Code").fill(_code())
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/youtube/")
    assert _fits(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(page.get_by_text("link to abuse@youtube.example")).to_be_visible()
    press(page, page.get_by_role("link", name="Select all 3 on this page"))
    press(page, page.get_by_role("button", name="Acknowledge the selected"))
    press(page, page.get_by_role("button", name=re.compile("Record 3")))
    expect(page.get_by_role("link", name="Inbox")).to_be_visible()
    press(page, page.get_by_role("button", name="Leave"))
    expect(page.get_by_role("heading", name="You have left the hand-off")).to_be_visible()
    with acting_as(SYSTEM):
        assert set(Referral.objects.values_list("status", flat=True)) == {"acknowledged"}
    assert not [one for one in referers if answer_links.token_of(link) in one]
