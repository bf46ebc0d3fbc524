"""Bringing a list: pasted by keyboard, a file in another language, columns nobody knows, a host nobody declared, one address."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals.models import Referral
from takedowns.referrals.vocabulary import NO_TIER
from tests.browser.steps import ONE, press, said_to_be_wrong, sign_in, tab_to, write
from tests.people import People, make_people

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = playwright.expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.usefixtures("cast")


@pytest.fixture
def cast(transactional_db: None) -> People:
    return make_people()


def handed_in() -> dict[str, tuple[int, str]]:
    with acting_as(SYSTEM):
        return {one.item.url: (one.tier, one.instrument) for one in Referral.objects.select_related("item")}


def preview_of(page: Page, file: Path) -> None:
    page.goto(f"{ONE}hand-in/")
    page.get_by_label("Or choose a file").set_input_files(file)
    press(page, page.get_by_role("button", name="Preview"))
    page.wait_for_url("**/preview/")


def test_an_officer_pastes_a_list_and_hands_it_in_by_keyboard_alone(page: Page) -> None:
    sign_in(page, "officer")
    press(page, page.get_by_role("link", name=re.compile("^RAD19")).first)
    page.wait_for_url("**/operations/RAD19/")
    press(page, page.locator("main, header").get_by_role("link", name="Submit").first)
    page.wait_for_url("**/hand-in/")
    tab_to(page, page.get_by_label("Paste a list"))
    page.keyboard.type("t.me/demo_first/12\n")
    page.keyboard.type("https://telegram.me/s/demo_first/12?single\n")
    page.keyboard.type("nonsense")
    press(page, page.get_by_role("button", name="Preview"))
    page.wait_for_url("**/preview/")
    expect(page.get_by_text("Not submitted yet.")).to_be_visible()
    assert handed_in() == {}
    press(page, page.get_by_role("button", name="Submit 3 rows"))
    page.get_by_role("heading", name="Row by row").wait_for()
    assert handed_in() == {"https://t.me/demo_first/12": (NO_TIER, "referral")}


def test_a_discarded_list_leaves_nothing(page: Page) -> None:
    sign_in(page, "officer")
    page.goto(f"{ONE}hand-in/")
    write(page, page.get_by_label("Paste a list"), "https://t.me/demo_first/12")
    press(page, page.get_by_role("button", name="Preview"))
    press(page, page.get_by_role("button", name="Discard this list"))
    page.wait_for_url(re.compile("/(hand-in|submissions)/$"))
    assert handed_in() == {}


def test_what_was_pasted_stays_when_it_cannot_be_taken(
    page: Page, complaints: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "other.csv"
    file.write_text("url\nhttps://t.me/demo_other\n")
    sign_in(page, "officer")
    page.goto(f"{ONE}hand-in/")
    page.get_by_label("Paste a list").fill("https://t.me/demo_first/12")
    page.get_by_label("Or choose a file").set_input_files(file)
    press(page, page.get_by_role("button", name="Preview"))
    said_to_be_wrong(page, "either the pasted list or the file", complaints)
    expect(page.get_by_label("Paste a list")).to_have_value("https://t.me/demo_first/12")


def test_a_german_file_is_read_by_its_headers(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "liste.csv"
    file.write_bytes("Adresse;Stufe;Bemerkung\nhttps://t.me/demo_münze;2;Größe\n".encode("cp1252"))
    sign_in(page, "reviewer")
    preview_of(page, file)
    read = page.get_by_role("region", name="How it is read")
    expect(read).to_contain_text("Address (URL)")  # our fields by their names, not as the code calls them
    expect(read).not_to_contain_text("found_at")
    expect(read).to_contain_text("Adresse")
    expect(read).to_contain_text("Stufe")


def test_columns_that_nobody_knows_are_named_by_the_officer(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "lista.csv"
    file.write_text("Adres strony;Waga\nhttps://t.me/demo_first;2\nhttps://t.me/demo_second;1\n")
    sign_in(page, "officer")
    preview_of(page, file)
    page.locator("main details").evaluate("one => one.open = true")
    tab_to(page, page.get_by_label("Priority"))
    page.keyboard.type("Waga")
    press(page, page.get_by_role("button", name="Read with these columns"))
    expect(page.get_by_role("region", name="How it is read")).to_contain_text("Waga")
    press(page, page.get_by_role("button", name="Submit 2 rows"))
    page.get_by_role("heading", name="Row by row").wait_for()
    assert handed_in() == {
        "https://t.me/demo_first": (2, "referral"),
        "https://t.me/demo_second": (1, "referral"),
    }


def test_a_coordinator_makes_an_unknown_host_a_platform_and_its_rows_are_taken_up(page: Page) -> None:
    sign_in(page, "other_officer")
    page.goto(f"{ONE}hand-in/")
    write(page, page.get_by_label("Paste a list"), "https://files.demo-host.example/a")
    press(page, page.get_by_role("button", name="Preview"))
    expect(page.get_by_role("region", name="Unknown hosts")).to_contain_text("demo-host.example")
    expect(page.get_by_role("link", name=re.compile("Make this a platform"))).to_have_count(0)
    press(page, page.get_by_role("button", name="Submit 1 row"))
    page.get_by_role("heading", name="Row by row").wait_for()
    assert handed_in() == {}

    sign_in(page, "coordinator")
    page.goto("/platforms/")
    press(page, page.get_by_role("link", name=re.compile("Make this a platform")).first)
    page.wait_for_url("**/platforms/make/**")
    write(page, page.get_by_label("Name", exact=True), "Demo Files")
    press(page, page.get_by_role("button", name="Make it a platform"))
    page.wait_for_url(re.compile("/platforms/(?!make)"))
    assert len(handed_in()) == 1


def test_the_template_can_be_downloaded_and_handed_in(page: Page) -> None:
    sign_in(page, "officer")
    page.goto(f"{ONE}hand-in/")
    with page.expect_download() as download:
        press(page, page.get_by_role("link", name=re.compile("Download a template")))
    assert download.value.suggested_filename.endswith(".csv")
    assert "url" in Path(download.value.path()).read_text("utf-8-sig").splitlines()[0]
