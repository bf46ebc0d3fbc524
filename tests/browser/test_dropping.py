"""Dropping a file onto a page, as Chromium takes one from the desktop: in the field, beside it, and without our script."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.evidence.models import Evidence
from takedowns.referrals.models import Referral
from tests.browser.steps import ONE, sign_in
from tests.evidence.hostile import picture
from tests.factories import make_referrals
from tests.people import People, make_people

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = playwright.expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


@pytest.fixture
def cast(transactional_db: None) -> People:
    return make_people()


def drop(page: Page, files: list[Path], onto: Locator) -> None:
    """Drag files in from outside the browser and let go over an element."""
    onto.scroll_into_view_if_needed()
    box = onto.bounding_box()
    assert box
    at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    data = {"items": [], "files": [str(file) for file in files], "dragOperationsMask": 1}
    browser = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        browser.send("Input.dispatchDragEvent", {"type": kind, **at, "data": data})


def hand_it_in(page: Page) -> None:
    page.get_by_role("button", name="Preview").click()
    page.wait_for_url("**/preview/")
    page.get_by_role("button", name="Submit 2 rows").click()
    page.get_by_role("heading", name="Row by row").wait_for()
    with acting_as(SYSTEM):
        assert Referral.objects.count() == 2


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    file = tmp_path / "found on the day.csv"
    file.write_text("url\nhttps://t.me/demo_a\nhttps://t.me/demo_b\n")
    return file


def test_a_list_dropped_beside_the_field_is_chosen_and_the_page_stays(
    cast: People, page: Page, listed: Path
) -> None:
    sign_in(page, "officer")
    page.goto(f"{ONE}hand-in/")
    drop(page, [listed], page.get_by_role("heading", level=1))
    assert page.url.endswith("/hand-in/")
    chosen = page.get_by_label("Or choose a file")
    expect(chosen).to_be_focused()
    assert chosen.evaluate("field => field.files[0].name") == "found on the day.csv"
    hand_it_in(page)


def test_of_several_lists_dropped_at_once_none_is_taken_and_the_field_says_so(
    cast: People, page: Page, listed: Path, tmp_path: Path
) -> None:
    other = tmp_path / "second.csv"
    other.write_text("url\nhttps://t.me/demo_c\n")
    sign_in(page, "officer")
    page.goto(f"{ONE}hand-in/")
    chosen = page.get_by_label("Or choose a file")
    drop(page, [listed, other], page.get_by_role("heading", level=1))
    assert chosen.evaluate("field => [field.files.length, field.validationMessage]") == [
        0,
        "Several files were dropped, and none was taken: drop them one by one.",
    ]
    page.get_by_label("Paste a list").focus()
    assert chosen.evaluate("field => field.validationMessage") == "", "it keeps nobody from going on"
    drop(page, [listed], page.get_by_role("heading", level=1))
    hand_it_in(page)


def test_a_list_dropped_onto_the_field_is_taken_without_our_script(
    cast: People, page: Page, listed: Path
) -> None:
    page.route("**/drop*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    sign_in(page, "officer")
    page.goto(f"{ONE}hand-in/")
    drop(page, [listed], page.get_by_label("Or choose a file"))
    hand_it_in(page)


def test_screenshots_dropped_onto_a_referral_are_attached_to_it(
    cast: People, page: Page, tmp_path: Path
) -> None:
    [referral] = make_referrals(cast.operation, cast.agency, ["https://t.me/demo_a"])
    for name, size in (("one.png", (40, 30)), ("two.png", (50, 30))):
        (tmp_path / name).write_bytes(picture(size=size))
    sign_in(page, "officer")
    page.goto(f"{ONE}referrals/{referral}/")
    drop(page, [tmp_path / "one.png", tmp_path / "two.png"], page.get_by_role("heading", level=1))
    page.get_by_role("button", name="Attach", exact=True).click()
    expect(page.get_by_text("2 files are attached.")).to_be_visible()
    with acting_as(SYSTEM):
        assert sorted(Evidence.objects.values_list("filename", flat=True)) == ["one.png", "two.png"]
