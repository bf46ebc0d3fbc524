"""Records that go to other systems and come from them, walked by keyboard."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals.models import Item, Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.sending.dispatch import dispatch
from takedowns.statements.making import digest_of
from tests.browser.steps import ONE, approve, press, said_to_be_wrong, sign_in
from tests.factories import make_referrals
from tests.orders.test_orders_issuing import EMERGENCY, approved, make_authority
from tests.people import People, make_people

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = playwright.expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

#: Where pictures of what is walked are kept, for whoever wants to look.
PICTURES = os.environ.get("KEEP_PICTURES", "")


@pytest.fixture
def cast(transactional_db: None) -> People:
    return make_people()


@pytest.fixture
def sent(cast: People) -> list[UUID]:
    """Three referrals that are with Telegram."""
    urls = [f"https://t.me/demo_{name}/7" for name in ("first", "second", "third")]
    ids = make_referrals(cast.operation, cast.agency, urls, submitted_by=cast.officer)
    approve(ids)
    apply_to_all("refer", ids, by=SYSTEM)
    return ids


def look(page: Page, name: str) -> None:
    """Keep pictures of a page, narrow and wide, in two languages."""
    if not PICTURES:
        return
    language = page.context.cookies()
    for code in ("en", "de"):
        page.context.add_cookies([{"name": "django_language", "value": code, "url": page.url}])
        page.goto(page.url)
        for width in (390, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=str(Path(PICTURES) / f"{name}-{code}-{width}.png"), full_page=True)
    page.context.clear_cookies()
    page.context.add_cookies(language)
    page.goto(page.url)


def test_a_coordinator_compares_decisions_with_a_file_of_the_database(
    cast: People, sent: list[UUID], page: Page, complaints: list[str], tmp_path: Path
) -> None:
    apply_to_all("remove", sent, by=SYSTEM, action="visibility_removed")
    with acting_as(SYSTEM):
        digest = digest_of(Item.objects.get(referrals=sent[0]).url)
    file = tmp_path / "sor-telegram-2026-11-24-light.csv"
    file.write_text(
        "uuid,platform_uid,category,category_specification\n"
        f"4b989c23-3736-4fd9-8612-a975b98d88d6,{digest},STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY,\n"
        "4b989c23-3736-4fd9-8612-a975b98d88d7,other,STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY,\n"
    )
    sign_in(page, "coordinator")
    page.goto(f"{ONE}complaints/")
    press(
        page, page.get_by_role("navigation", name="RAD19: Platforms").get_by_role("link", name="Statements")
    )
    page.get_by_role("heading", name="Decisions by platform").wait_for()
    look(page, "statements")
    with page.expect_download() as taken:
        press(page, page.get_by_role("link", name="Batches of 100 for Telegram"))
    assert taken.value.suggested_filename == "RAD19-telegram-statements.zip"
    press(page, page.get_by_role("button", name="Compare", exact=True))
    said_to_be_wrong(page, "This field is required", complaints)
    page.get_by_label("Platform", exact=True).select_option("telegram")
    page.get_by_label("File of the Transparency Database").set_input_files(file)
    press(page, page.get_by_role("button", name="Compare", exact=True))
    page.get_by_text("The file is compared.").wait_for()
    expect(page.get_by_role("list", name="How decisions and rows fit")).to_contain_text(
        "1By digest of the address"
    )
    expect(page.get_by_role("table")).to_contain_text("Only in the database")
    look(page, "statements-compared")


def test_a_coordinator_marks_and_takes_a_bundle_and_an_officer_brings_it(
    cast: People, sent: list[UUID], page: Page, complaints: list[str], tmp_path: Path
) -> None:
    sign_in(page, "coordinator")
    page.goto(f"{ONE}referrals/?platform=telegram")
    press(page, page.get_by_role("link", name="STIX 2.1, MISP"))
    page.get_by_text("Nothing leaves yet").wait_for()
    page.get_by_label("Marking of what leaves").select_option("amber")
    press(page, page.get_by_role("button", name="Mark"))
    page.get_by_text("The marking is changed.").wait_for()
    look(page, "exchange")
    with page.expect_download() as taken:
        press(page, page.get_by_role("link", name="STIX 2.1 file"))
    bundle = tmp_path / "theirs.stix.json"
    taken.value.save_as(bundle)
    sign_in(page, "other_officer")
    page.goto(f"{ONE}exchange/")
    expect(page.get_by_role("link", name="STIX 2.1 file")).to_have_count(0)
    wrong = tmp_path / "wrong.json"
    wrong.write_text("{}")
    page.get_by_label("File", exact=True).set_input_files(wrong)
    press(page, page.get_by_role("button", name="Look at the list"))
    said_to_be_wrong(page, "no STIX 2.1 bundle", complaints)
    page.get_by_label("File", exact=True).set_input_files(bundle)
    press(page, page.get_by_role("button", name="Look at the list"))
    page.wait_for_url("**/preview/**")
    expect(page.locator("main")).to_contain_text("theirs.stix.json.csv")


def test_a_reviewer_records_what_was_decided_beside_orders_and_takes_it_back(
    cast: People, page: Page, complaints: list[str]
) -> None:
    sign_in(page, "reviewer")
    page.goto(f"{ONE}orders/")
    press(page, page.get_by_role("link", name="Beside removal orders"))
    press(page, page.get_by_role("button", name="Record it"))
    said_to_be_wrong(page, "This field is required", complaints)
    page.get_by_label("What was decided or done").select_option("infringement")
    page.get_by_label("Platform", exact=True).select_option("telegram")
    page.get_by_label("File number").fill("IE-2026-17")
    press(page, page.get_by_role("button", name="Record it"))
    page.get_by_text("It is recorded.").wait_for()
    expect(page.get_by_role("table")).to_contain_text("Infringement found")
    look(page, "duties")
    press(page, page.get_by_role("link", name="Take back"))
    page.get_by_label("Why it is taken back").fill("Another unit’s.")
    press(page, page.get_by_role("button", name="Take back"))
    expect(page.get_by_role("table")).to_contain_text("Another unit’s.")


def test_a_reviewer_is_told_what_runs_out_and_records_that_a_court_needs_it(cast: People, page: Page) -> None:
    make_authority(cast)
    [order] = approved(cast, "https://t.me/demo_order", text=EMERGENCY)
    dispatch(cast.operation, by=SYSTEM)
    assert apply_to_all("remove", [order], by=SYSTEM, action="visibility_removed").moved
    with acting_as(SYSTEM):
        Referral.objects.filter(pk=order).update(decided_at=timezone.now() - timedelta(days=170))
    sign_in(page, "reviewer")
    page.goto("/")
    look(page, "start preserved")
    press(page, page.get_by_role("link", name="See which"))
    page.wait_for_url("**/preserved/**")
    look(page, "preserved")
    press(page, page.get_by_role("table").get_by_role("link").first)
    page.wait_for_url("**/order/")
    look(page, "order preserved")
    press(page, page.get_by_role("link", name="Record that it is needed for longer"))
    page.wait_for_url("**/preservation/")
    look(page, "order preservation")
    until = timezone.localtime() + timedelta(days=300)
    page.get_by_label("Until").fill(f"{until:%Y-%m-%dT%H:%M}")
    page.get_by_label("court", exact=True).check()
    page.get_by_label("Which court or authority").fill("District Court")
    page.get_by_label("Why").fill("Complaint 7/20")
    press(page, page.get_by_role("button", name="Record it"))
    page.get_by_text("Recorded.").wait_for()
    expect(page.locator("main")).to_contain_text("Complaint 7/20")
    look(page, "order preserved longer")
