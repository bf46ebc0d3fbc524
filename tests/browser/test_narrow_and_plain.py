"""Every page on a narrow screen, at 200 % zoom, and without a script."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from takedowns.directory.models import Agency
from takedowns.intake.models import Submission
from takedowns.intake.receive import receive
from takedowns.referrals.models import Operation, Referral
from tests.browser.test_officers_day import LIST, _sign_in
from tests.factories import make_referrals
from tests.people import PASSWORD, People, make_people

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer


@pytest.fixture
def addresses(transactional_db: None) -> list[str]:
    """An operation with some work, and the address of each page of it."""
    people: People = make_people()
    submission = receive(
        operation=people.operation,
        agency=people.agency,
        user=people.officer,
        source=Submission.Source.FILE,
        filename="a-file-with-a-name-that-goes-on-and-on-and-has-no-space-anywhere-in-it.csv",
        content=(LIST + f"https://t.me/{'demo' * 60},,\n").encode(),
    ).submission
    from takedowns.access.actor import SYSTEM, acting_as

    with acting_as(SYSTEM):
        referral = Referral.objects.order_by("-id").first()
    assert referral is not None
    one = "/operations/RAD19/"
    return [
        "/operations/",
        one,
        f"{one}referrals/",
        f"{one}referrals/?status=removed",
        f"{one}referrals/{referral.pk}/",
        f"{one}referrals/{referral.pk}/leave/",
        f"{one}hand-in/",
        f"{one}submissions/",
        f"{one}submissions/{submission.pk}/",
        f"{one}submissions/{submission.pk}/?outcome=invalid",
        "/identify/",
    ]


@pytest.mark.parametrize("width", [320, 640, 1280])
def test_no_page_scrolls_sideways(addresses: list[str], page: Page, width: int) -> None:
    """640 pixels is what 200 % zoom leaves of a screen of 1280 (WCAG 1.4.10 asks for 320)."""
    page.set_viewport_size({"width": width, "height": 800})
    _sign_in(page)
    for address in ("/", "/guide/", *addresses):
        page.goto(address)
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert beyond <= 0, f"{address} is {beyond} pixels too wide at {width}"


def test_on_paper_nothing_is_cut_off_and_nothing_is_to_be_pressed(addresses: list[str], page: Page) -> None:
    """Paper does not scroll: what scrolls on a screen stands there as long as it is."""
    operation, agency = Operation.objects.get(reference="RAD19"), Agency.objects.get(name="North Unit")
    make_referrals(operation, agency, [f"https://t.me/demo_on_paper_{number}" for number in range(40)])
    page.set_viewport_size({"width": 1047, "height": 600})
    _sign_in(page)
    page.emulate_media(media="print")
    for address in addresses:
        page.goto(address)
        cut = page.evaluate(
            """[...document.querySelectorAll('main, main *')]
               .filter(one => one.scrollHeight > one.clientHeight + 1 && ['auto', 'scroll'].includes(getComputedStyle(one).overflowY))
               .map(one => one.outerHTML.slice(0, 80))"""
        )
        assert cut == [], f"{address} loses what does not fit"
        assert page.locator("button:visible, .button:visible").count() == 0, address
        shifted = page.evaluate(
            """[...document.querySelectorAll('main table')].filter(table => table.tHead && table.tBodies[0]?.rows.length)
               .map(table => [table.tHead.rows[0], table.tBodies[0].rows[0]].map(
                   row => [...row.cells].map(cell => Math.round(cell.getBoundingClientRect().left))))
               .filter(([heads, cells]) => heads.join() !== cells.join())"""
        )
        assert shifted == [], f"on {address} a column does not stand under its name"
    page.goto("/operations/RAD19/referrals/")
    assert page.locator("main tbody tr").count() > 40, "there was a list to cut"


def test_a_table_that_scrolls_can_be_reached_and_has_a_name(addresses: list[str], page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    _sign_in(page)
    for address in addresses:
        page.goto(address)
        regions = page.evaluate(
            """[...document.querySelectorAll('table')].map(table => {
                const region = table.closest('[role=region]');
                const named = region && (region.ariaLabel
                    || document.getElementById(region.getAttribute('aria-labelledby'))?.textContent);
                return Boolean(region && region.tabIndex === 0 && named);
            })"""
        )
        assert all(regions), address


def test_every_page_has_one_heading_a_language_and_a_title_of_its_own(
    addresses: list[str], page: Page
) -> None:
    _sign_in(page)
    for address in addresses:
        page.goto(address)
        assert page.locator("h1").count() == 1, address
        assert page.locator("html").get_attribute("lang") == "en"
        assert page.title().endswith(" · Takedowns")
        unlabelled = page.evaluate(
            """[...document.querySelectorAll('input:not([type=hidden]), select, textarea, progress')]
                .filter(field => !field.labels.length && !field.ariaLabel)
                .map(field => field.name)"""
        )
        assert unlabelled == [], address


def test_the_day_works_without_a_script(
    addresses: list[str], browser: Browser, live_server: LiveServer
) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    _sign_in(page)
    page.goto("/operations/RAD19/")
    assert page.get_by_role("link", name="Refresh now").is_visible()
    page.goto("/operations/RAD19/hand-in/")
    page.get_by_label("Paste a list").fill("https://t.me/demo_plain/1\nnonsense")
    page.locator("main").get_by_role("button", name="Preview").click()
    page.get_by_role("button", name=re.compile("^Submit [0-9]+ row")).click()
    page.wait_for_url("**/submissions/*/")
    assert page.get_by_text("Not understood").first.is_visible()
    page.goto("/identify/")
    page.locator("main").get_by_label("Address").fill("https://t.me/demo_plain/1")
    page.get_by_role("button", name="Check", exact=True).click()
    assert page.get_by_role("heading", name="Who has it").is_visible()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/")
    assert PASSWORD not in page.content()
    context.close()
