"""An officer's way through the pages, as a browser walks it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.intake.load import load
from takedowns.intake.models import Progress, Submission
from takedowns.intake.receive import receive
from takedowns.referrals.models import Referral
from takedowns.referrals.transitions import apply_to_all
from tests.people import PASSWORD, People, make_people

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = playwright.expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

#: Longer than the board's interval, in milliseconds.
REFRESHED = 25_000

LIST = """url,kind,note
https://t.me/demo_lantern/12,message,first
https://telegram.me/s/demo_lantern/12,,the same again
https://youtu.be/demoVIDEO02,video,
https://files.example.org/a,,
tel:+15550100,,not an address
"""


@pytest.fixture
def cast(transactional_db: None) -> People:
    return make_people()


def _sign_in(page: Page, email: str = "officer@example.org") -> None:
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("/")


def _hand_in(people: People, urls: list[str], name: str = "later.csv") -> None:
    received = receive(
        operation=people.operation,
        agency=people.other_agency,
        user=people.other_officer,
        source=Submission.Source.PASTE,
        filename=name,
        content="\n".join(urls).encode(),
    )
    assert received.submission.state == Submission.State.LOADED


def test_a_wrong_password_is_told_in_words_and_keeps_the_address(cast: People, page: Page) -> None:
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill("officer@example.org")
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert "do not belong together" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("E-mail").input_value() == "officer@example.org"


def test_from_a_file_to_its_report_and_the_board(cast: People, page: Page, tmp_path: Path) -> None:
    file = tmp_path / "lantern.csv"
    file.write_text(LIST)
    _sign_in(page)
    page.get_by_role("link", name=re.compile("^RAD19")).click()
    assert page.title() == "Dashboard · RAD19 · Takedowns"
    assert page.get_by_text("Nothing has been submitted for RAD19 yet.").is_visible()
    page.get_by_role("navigation", name="RAD19", exact=True).get_by_role("link", name="Submissions").click()
    page.get_by_role("navigation", name="RAD19: Submissions").get_by_role(
        "link", name="Submit", exact=True
    ).click()
    page.get_by_label("Or choose a file").set_input_files(file)
    page.locator("main").get_by_role("button", name="Preview").click()
    page.get_by_role("button", name=re.compile("^Submit [0-9]+ row")).click()
    page.wait_for_url("**/submissions/*/")
    outcomes = page.get_by_role("list", name="Rows by outcome").inner_text()
    assert re.search(r"2\s+New", outcomes)
    assert re.search(r"1\s+Already in this submission", outcomes)
    assert re.search(r"1\s+Unknown platform", outcomes)
    assert re.search(r"1\s+Not understood", outcomes)
    assert page.get_by_text("The same item as in line 2.").is_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("Download the whole report")).click()
    report = Path(download.value.path()).read_text("utf-8-sig")
    assert len(report.splitlines()) == 6
    page.get_by_role("link", name="Overview").click()
    assert page.locator(".figures .value").first.inner_text() == "2"


def test_the_same_file_again_changes_nothing_and_says_so(cast: People, page: Page, tmp_path: Path) -> None:
    file = tmp_path / "lantern.csv"
    file.write_text(LIST)
    _sign_in(page)
    for visit in range(2):
        page.goto("/operations/RAD19/hand-in/")
        page.get_by_label("Or choose a file").set_input_files(file)
        page.locator("main").get_by_role("button", name="Preview").click()
        if visit == 0:
            page.get_by_role("button", name=re.compile("^Submit [0-9]+ row")).click()
        page.wait_for_url("**/submissions/*/")
    assert "nothing was changed" in page.get_by_role("status").inner_text()
    with acting_as(SYSTEM):
        assert Referral.objects.count() == 2


def test_the_board_follows_by_itself_without_loading_the_page_again(cast: People, page: Page) -> None:
    _hand_in(cast, ["https://t.me/demo_first/1"])
    _sign_in(page)
    page.goto("/operations/RAD19/")
    page.evaluate("window.sameDocument = true")
    page.locator("#to-telegram").focus()
    handed_in = page.locator(".figures .value").first
    assert handed_in.inner_text() == "1"
    before = page.locator("[data-as-of]").inner_text()
    # Nothing changed: the answer is 304, the figures' time moves on, the focus stays.
    with page.expect_response(lambda response: "/live/" in response.url) as unchanged:
        pass
    assert unchanged.value.status == 304
    expect(page.locator("[data-as-of]")).not_to_have_text(before)
    assert page.evaluate("document.activeElement.id") == "to-telegram"
    _hand_in(cast, ["https://t.me/demo_first/2", "https://t.me/demo_first/3"])
    expect(handed_in).to_have_text("3", timeout=REFRESHED)
    assert page.evaluate("window.sameDocument")
    # A platform's answer moves the figures too.
    with acting_as(SYSTEM):
        ids = list(Referral.objects.values_list("pk", flat=True))
        for move in ("approve", "refer", "remove"):
            facts = {"approve": {"exemptions_checked": True}, "remove": {"action": "visibility_removed"}}.get(
                move, {}
            )
            assert len(apply_to_all(move, ids, by=SYSTEM, **facts).moved) == 3
    expect(page.locator(".figures .removed .value")).to_have_text("3", timeout=REFRESHED)
    assert page.evaluate("document.activeElement.id") == "to-telegram"


def test_the_live_board_is_paused_and_resumed_by_keyboard_alone(cast: People, page: Page) -> None:
    _hand_in(cast, ["https://t.me/demo_first/1"])
    page.goto("/sign-in/")
    for text in ("officer@example.org", PASSWORD):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("/")
    _tab_to(page, "RAD19 Action day")
    page.keyboard.press("Enter")
    page.wait_for_url("**/operations/RAD19/")
    _tab_to(page, "Pause")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?live=off")
    assert page.locator("#board").get_attribute("hx-get") is None
    _tab_to(page, "Go on live")
    page.keyboard.press("Enter")
    page.wait_for_url("**/operations/RAD19/")
    assert page.locator("#board").get_attribute("hx-get")


def _tab_to(page: Page, name: str, presses: int = 40) -> None:
    """Press Tab until the element of that name has the focus, as somebody without a mouse would."""
    for _ in range(presses):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            return
    pytest.fail(f"Tab does not reach “{name}”")


def test_the_first_tab_skips_to_the_content(cast: People, page: Page) -> None:
    _sign_in(page)
    page.goto("/operations/RAD19/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_an_address_never_leads_out_by_accident(cast: People, page: Page) -> None:
    _hand_in(cast, ["https://t.me/demo_first/1"])
    _sign_in(page)
    page.goto("/operations/RAD19/referrals/")
    page.get_by_role("link", name=re.compile("demo_first")).click()
    page.wait_for_url("**/referrals/*/")
    hosts = page.evaluate("[...new Set([...document.links].map(link => link.host))]")
    assert hosts == [page.evaluate("location.host")]
    page.get_by_role("link", name=re.compile("Open it on the platform")).click()
    out = page.get_by_role("link", name="Open it in a new window")
    assert out.get_attribute("href") == "https://t.me/demo_first/1"
    assert {"noopener", "noreferrer"} <= set((out.get_attribute("rel") or "").split())


def test_one_address_is_identified_without_leaving_the_page(cast: People, page: Page) -> None:
    _hand_in(cast, ["https://t.me/demo_first/1"])
    _sign_in(page)
    page.goto("/identify/")
    page.evaluate("window.sameDocument = true")
    page.locator("main").get_by_label("Address").fill("telegram.me/s/DEMO_first/1?single")
    page.keyboard.press("Enter")
    page.get_by_text("https://t.me/demo_first/1").first.wait_for()
    assert page.get_by_text("Written without https://.").is_visible()
    assert page.get_by_text("South Unit").is_visible()
    assert page.evaluate("window.sameDocument")
    page.locator("main").get_by_label("Address").fill("=HYPERLINK(1)")
    page.keyboard.press("Enter")
    page.get_by_text("No item.").wait_for()


def test_a_large_list_is_watched_until_its_report_appears_by_itself(
    cast: People, page: Page, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings, "SUBMISSION_INLINE_BYTES", 10)
    file = tmp_path / "large.csv"
    file.write_text(LIST)
    _sign_in(page)
    page.goto("/operations/RAD19/hand-in/")
    page.get_by_label("Or choose a file").set_input_files(file)
    page.locator("main").get_by_role("button", name="Preview").click()
    page.get_by_role("button", name=re.compile("^Submit [0-9]+ row")).click()
    expect(page.get_by_label("Waiting to be read")).to_be_visible()
    with acting_as(SYSTEM):
        submission = Submission.objects.get()
        Progress.objects.create(submission_id=submission.pk, bytes_read=60, rows_read=2)
    bar = page.get_by_label("Reading: 2 rows, 60 bytes")
    expect(bar).to_have_attribute("value", "60")
    load(submission.pk)  # as the worker does
    expect(page.get_by_role("heading", name="Row by row")).to_be_visible()


def test_a_board_that_gets_no_answer_says_so_and_recovers(
    cast: People, page: Page, complaints: list[str]
) -> None:
    _hand_in(cast, ["https://t.me/demo_first/1"])
    _sign_in(page)
    page.goto("/operations/RAD19/")
    lost = page.get_by_text("No answer from the server")
    expect(lost).to_be_hidden()
    page.route("**/live/", lambda route: route.abort())
    expect(lost).to_be_visible(timeout=REFRESHED)
    page.unroute("**/live/")
    expect(lost).to_be_hidden(timeout=REFRESHED)
    complaints.clear()  # the browser rightly complained of the request that was cut off
