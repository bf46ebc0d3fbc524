"""Review, hold, dispatch, answer: the four flows as a browser walks them, and all of them once by keyboard alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.holds.models import Hold
from takedowns.referrals.models import Event, Item, Referral
from takedowns.referrals.reference import reference_of
from takedowns.referrals.transitions import apply_to_all
from tests.browser.steps import sign_out
from tests.browser.test_officers_day import _sign_in
from tests.factories import make_referrals
from tests.people import PASSWORD, People, make_people

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = playwright.expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

ONE = "/operations/RAD19/"
URLS = [
    "https://t.me/demo_first",
    "https://t.me/demo_second",
    "https://t.me/demo_third",
    "https://youtu.be/demoVIDEO01",
]


@pytest.fixture
def cast(transactional_db: None) -> People:
    return make_people()


@pytest.fixture
def waiting(cast: People) -> list:
    return make_referrals(cast.operation, cast.agency, URLS, submitted_by=cast.officer)


def statuses(ids: list) -> list[str]:
    with acting_as(SYSTEM):
        found = dict(Referral.objects.values_list("pk", "status"))
    return [found[one] for one in ids]


def approve(ids: list) -> None:
    assert apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True).moved == ids


def refer(ids: list) -> None:
    approve(ids)
    assert apply_to_all("refer", ids, by=SYSTEM).moved == ids


def sign_in_by_keyboard(page: Page, email: str) -> None:
    page.goto("/sign-in/")
    for text in (email, PASSWORD):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("/")


def tab_to(page: Page, locator) -> None:
    """Press Tab until the element has the focus, as somebody without a mouse would."""
    locator.wait_for()
    for _ in range(80):
        if locator.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab does not reach {locator}")


def test_a_reviewer_works_through_the_queue_with_single_keys(waiting: list, page: Page) -> None:
    sign_in_by_keyboard(page, "reviewer@example.org")
    page.goto(f"{ONE}review/")
    front = page.locator("#front-heading code")
    expect(front).to_have_text(reference_of("RAD19", waiting[0]))
    page.keyboard.press("a")  # without the check: the browser asks for it, nothing is sent
    expect(page.get_by_role("checkbox", name=re.compile("Checked"))).to_be_focused()
    assert statuses(waiting) == ["submitted"] * 4
    page.keyboard.press("t")
    page.keyboard.press("ArrowUp")  # tier 4 to tier 3
    page.keyboard.press("Escape")
    page.keyboard.press("o")
    page.keyboard.type("Amber Lantern")  # letters typed into a field are no shortcuts
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    page.keyboard.press("a")
    page.get_by_text("approved.").wait_for()
    expect(front).to_have_text(reference_of("RAD19", waiting[1]))
    page.keyboard.press("n")
    expect(front).to_have_text(reference_of("RAD19", waiting[2]))
    page.keyboard.press("r")
    page.keyboard.type("A film review.")
    page.keyboard.press("Enter")
    page.get_by_text("rejected.").wait_for()
    expect(front).to_have_text(reference_of("RAD19", waiting[3]))
    assert statuses(waiting) == ["approved", "submitted", "rejected", "submitted"]
    with acting_as(SYSTEM):
        corrected = Event.objects.get(kind="correct").details
    assert corrected == {"tier": [4, 3], "outlet": ["", "Amber Lantern"]}


def test_shortcuts_can_be_switched_off_and_stay_off(waiting: list, page: Page) -> None:
    _sign_in(page, "reviewer@example.org")
    page.goto(f"{ONE}review/")
    expect(page.locator("button kbd")).to_be_visible()
    page.get_by_label("Single-key shortcuts").uncheck()
    page.reload()
    expect(page.locator("button kbd")).to_be_hidden()
    front = page.locator("#front-heading code").inner_text()
    page.locator("main").press("n")
    page.locator("main").press("e")
    assert page.locator("#front-heading code").inner_text() == front
    assert not page.get_by_role("checkbox", name=re.compile("Checked")).is_checked()


def test_many_are_approved_together(waiting: list, page: Page) -> None:
    _sign_in(page, "reviewer@example.org")
    page.goto(f"{ONE}review/")
    page.locator("main a.button", has_text="Bulk review").click()
    page.get_by_label("Platform").select_option("telegram")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Select all 3 on this page").click()
    page.get_by_role("checkbox", name=re.compile("Checked")).check()
    page.get_by_role("button", name="Approve the selected").click()
    page.get_by_text("3 approved.").wait_for()
    assert statuses(waiting) == ["approved"] * 3 + ["submitted"]


def test_the_review_works_without_a_script(waiting: list, browser: Browser, live_server: LiveServer) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    _sign_in(page, "reviewer@example.org")
    page.goto(f"{ONE}review/")
    assert page.locator("button kbd").is_hidden(), "a key is shown only where it works"
    page.get_by_role("checkbox", name=re.compile("Checked")).check()
    page.get_by_role("button", name="Approve").click()
    page.get_by_text("approved.").wait_for()
    page.get_by_label("Reason").fill("A film review.")
    page.get_by_role("button", name="Reject").click()
    page.get_by_text("rejected.").wait_for()
    assert statuses(waiting)[:2] == ["approved", "rejected"]
    context.close()


def test_a_hold_stops_the_button_and_the_file_is_handed_off(cast: People, waiting: list, page: Page) -> None:
    approve(waiting)
    _sign_in(page, "other_officer@example.org")
    page.goto(f"{ONE}referrals/{waiting[0]}/")
    page.get_by_role("link", name="Place a hold").click()
    page.get_by_label("Reason").fill("We read it.")
    page.get_by_role("button", name="Place the hold").click()
    page.wait_for_url("**/referrals/*/")
    expect(page.get_by_role("note")).to_contain_text("On hold.")
    sign_out(page)

    _sign_in(page, "coordinator@example.org")
    page.goto(f"{ONE}dispatch/")
    page.get_by_role("button", name="Refer 3 to 2 platforms").click()
    page.wait_for_url("**/dispatch/*/")
    expect(page.get_by_role("status")).to_contain_text("3 referred")
    expect(page.get_by_role("region", name="What did not go")).to_contain_text(
        reference_of("RAD19", waiting[0])
    )
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the file for Telegram").click()
    assert download.value.suggested_filename.startswith("RAD19-telegram-")
    lines = Path(download.value.path()).read_text("utf-8-sig").splitlines()
    assert [reference_of("RAD19", one) in "\n".join(lines) for one in waiting] == [False, True, True, False]
    assert statuses(waiting) == ["approved", "referred", "referred", "referred"]


def test_the_returned_file_is_taken_in(cast: People, waiting: list, page: Page, tmp_path: Path) -> None:
    refer(waiting)
    names = [reference_of("RAD19", one) for one in waiting]
    file = tmp_path / "returned.csv"
    file.write_text(
        f"reference,answer,action\n{names[0]},removed,account suspended\n{names[1]},,\n{names[2]},lost,\n"
    )
    _sign_in(page, "coordinator@example.org")
    page.goto(f"{ONE}answers/")
    page.get_by_label("Or choose the file it returned").set_input_files(file)
    page.get_by_role("button", name="Look at what would be recorded").click()
    page.wait_for_url("**/answers/*-*/")
    expect(page.get_by_role("main")).to_contain_text("lost")
    assert statuses(waiting) == ["referred"] * 4, "nothing is recorded before it is confirmed"
    page.get_by_role("button", name="Record 1 answer").click()
    page.get_by_role("heading", name="What would be recorded").wait_for(state="detached")
    assert statuses(waiting) == ["removed", "referred", "referred", "referred"]


def test_holding_dispatching_and_answering_by_keyboard_alone(cast: People, waiting: list, page: Page) -> None:
    approve(waiting)
    sign_in_by_keyboard(page, "coordinator@example.org")
    tab_to(page, page.get_by_role("link", name="Holds"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/holds/")
    tab_to(page, page.locator("main").get_by_label("Address"))
    page.keyboard.type("t.me/demo_nobody_handed_in")
    tab_to(page, page.get_by_label("Reason"))
    page.keyboard.type("We read it.")
    tab_to(page, page.get_by_role("button", name="Place the hold"))
    page.keyboard.press("Enter")
    page.get_by_text("The hold is placed.").wait_for()
    with acting_as(SYSTEM):
        assert Hold.objects.get().item == Item.objects.get(url="https://t.me/demo_nobody_handed_in")
    tab_to(page, page.get_by_role("button", name=re.compile("Release")))
    page.keyboard.press("Enter")
    page.get_by_text("The hold is released.").wait_for()

    page.goto(f"{ONE}dispatch/")
    tab_to(page, page.get_by_role("button", name="Refer 4 to 2 platforms"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/dispatch/*/")
    assert statuses(waiting) == ["referred"] * 4

    page.goto(f"{ONE}referrals/{waiting[0]}/")
    tab_to(page, page.get_by_role("link", name="Record the answer"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/answer/")
    tab_to(page, page.get_by_label("Acknowledge"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Removed", exact=True)).to_be_checked()
    tab_to(page, page.get_by_label("Action"))
    page.keyboard.type("Account s")
    tab_to(page, page.get_by_role("button", name="Record the answer"))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/referrals/{waiting[0]}/")
    with acting_as(SYSTEM):
        found = Referral.objects.get(pk=waiting[0])
    assert (found.status, found.action) == ("removed", "account_suspended")


@pytest.mark.parametrize("width", [320, 768])
def test_no_page_of_case_work_scrolls_sideways(cast: People, waiting: list, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    _sign_in(page, "reviewer@example.org")
    long = make_referrals(cast.operation, cast.agency, [f"https://archive.org/details/{'demo' * 24}"])
    _none_wider(page, [f"{ONE}review/", f"{ONE}review/many/", f"{ONE}review/?referral={long[0]}"])
    apply_to_all("approve", [*waiting, *long], by=SYSTEM, exemptions_checked=True)
    page.goto("/holds/")
    page.locator("main").get_by_label("Address").fill(URLS[0])
    page.get_by_label("Reason").fill(
        "A reason that goes on and on, so that the table has something to show. " * 3
    )
    page.get_by_role("button", name="Place the hold").click()
    page.get_by_text("The hold is placed.").wait_for()
    _none_wider(page, ["/holds/", f"{ONE}referrals/{waiting[0]}/hold/"])
    sign_out(page)
    _sign_in(page, "coordinator@example.org")
    _none_wider(page, [f"{ONE}dispatch/", f"{ONE}conflicts/"])
    page.goto(f"{ONE}dispatch/")
    page.get_by_role("button", name=re.compile("Refer 4")).click()
    page.wait_for_url("**/dispatch/*/")
    _none_wider(page, [page.url, f"{ONE}answers/", f"{ONE}referrals/{waiting[1]}/answer/"])


def _none_wider(page: Page, addresses: list[str]) -> None:
    for address in addresses:
        page.goto(address)
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert beyond <= 0, f"{address} is {beyond} pixels too wide"
        assert page.locator("h1").count() == 1, address
        unlabelled = page.evaluate(
            """[...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
                .filter(field => !field.labels.length).map(field => field.name)"""
        )
        assert unlabelled == [], address
