"""A removal order from its text to Annex II and III, and a bundle from the button to the record that it went; by keyboard alone."""

from __future__ import annotations

import re
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.holds.services import place
from takedowns.orders.models import RemovalOrder
from takedowns.referrals.models import Item
from takedowns.referrals.reference import reference_of
from takedowns.sending.models import Sending
from tests.browser.steps import ONE, approve, press, said_to_be_wrong, sign_in, statuses, tab_to, write
from tests.factories import make_referrals
from tests.orders.test_orders_issuing import make_authority
from tests.people import People, make_people

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = playwright.expect

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture
def cast(transactional_db: None) -> People:
    return make_people()


@pytest.fixture
def handed_in(cast: People) -> list[UUID]:
    """Two addresses that an officer handed in to become removal orders."""
    make_authority(cast)
    urls = ["https://t.me/demo_order", "https://t.me/demo_other_order"]
    return make_referrals(
        cast.operation, cast.agency, urls, instrument="removal_order", submitted_by=cast.officer
    )


def write_order(page: Page, referral: UUID) -> None:
    """Write an order as an emergency: no notice was given before."""
    page.goto(f"{ONE}referrals/{referral}/")
    press(page, page.get_by_role("link", name="The removal order"))
    page.wait_for_url("**/order/")
    press(page, page.get_by_role("link", name="Write the order"))
    page.wait_for_url("**/order/write/")
    press(page, page.get_by_role("checkbox").first, "Space")
    write(page, page.get_by_label("Reasons"), "It threatens an attack on a named day.")
    press(page, page.get_by_role("checkbox", name=re.compile("^Emergency")), "Space")
    write(page, page.get_by_label("Why it is one"), "The day is tomorrow.")
    press(page, page.get_by_role("button", name="Save the order"))
    page.get_by_text("The order is written.").wait_for()


def assess(page: Page, referral: UUID) -> None:
    page.goto(f"{ONE}review/?referral={referral}")
    press(page, page.get_by_role("checkbox", name=re.compile("Checked")), "Space")
    press(page, page.get_by_role("button", name=re.compile("^Approve")))
    page.get_by_text("approved.").wait_for()


def record(page: Page, referral: UUID, link: str) -> None:
    page.goto(f"{ONE}referrals/{referral}/order/")
    press(page, page.get_by_role("link", name=link))
    page.wait_for_url("**/order/*/")


def test_a_removal_order_from_its_text_to_the_providers_answer(handed_in: list[UUID], page: Page) -> None:
    first, second = handed_in
    sign_in(page, "officer")
    write_order(page, first)
    write_order(page, second)
    sign_in(page, "reviewer")
    assess(page, first)
    assess(page, second)

    sign_in(page, "coordinator")
    page.goto(f"{ONE}dispatch/")
    press(page, page.get_by_role("link", name="issue each on its own page"))
    for one in handed_in:
        page.goto(f"{ONE}orders/")
        press(page, page.get_by_role("link", name=re.compile(f"^Issue.*{reference_of('RAD19', one)}")))
        page.wait_for_url("**/issue-order/")
        press(page, page.get_by_role("button", name="Issue this order to Telegram"))
        page.wait_for_url("**/dispatch/*/")
    assert statuses(handed_in) == ["referred"] * 2
    page.goto(f"{ONE}referrals/{first}/order/")
    with page.expect_download() as download:
        press(page, page.get_by_role("link", name="Download the order (PDF)"))
    assert download.value.suggested_filename == f"{reference_of('RAD19', first)}.pdf"
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    expect(page.locator("main")).to_contain_text("Receipt not known")

    record(page, first, "When the provider received the order")
    press(page, page.get_by_role("button", name="Record the receipt"))
    page.wait_for_url("**/order/")
    left = page.get_by_text(re.compile(r"5\d min|1 h")).first
    expect(left).to_be_visible()
    record(page, first, "Annex II: what the provider did")
    press(page, page.get_by_role("radio").first, "Space")
    write(page, page.get_by_label("Signed by"), "T. Trust, head of safety")
    press(page, page.get_by_role("button", name="Record the feedback"))
    page.wait_for_url("**/order/")
    assert statuses([first]) == ["removed"]

    record(page, second, "When the provider received the order")
    press(page, page.get_by_role("button", name="Record the receipt"))
    page.wait_for_url("**/order/")
    record(page, second, "Annex III: why the provider cannot comply")
    press(page, page.get_by_role("radio").first, "Space")
    write(page, page.get_by_label("Explanation"), "Its data centre is on fire.")
    press(page, page.get_by_role("button", name="Record it"))
    page.wait_for_url("**/order/")
    expect(page.get_by_role("note").filter(has_text="Its data centre is on fire.")).to_be_visible()
    with acting_as(SYSTEM):
        assert RemovalOrder.objects.get(pk=second).stopped_at is not None


def test_a_bundle_goes_by_hand_and_the_page_says_when(
    cast: People, page: Page, complaints: list[str]
) -> None:
    ids = make_referrals(cast.operation, cast.agency, ["https://t.me/demo_first"], submitted_by=cast.officer)
    approve(ids)
    sign_in(page, "coordinator")
    page.goto(f"{ONE}dispatch/")
    press(page, page.get_by_role("button", name=re.compile("Refer 1")))
    page.wait_for_url("**/dispatch/*/")
    press(page, page.get_by_role("link", name="The bundle for Telegram"))
    page.wait_for_url("**/sent/")
    with page.expect_download() as download:
        press(page, page.get_by_role("link", name=re.compile("Download the bundle")))
    names = zipfile.ZipFile(download.value.path()).namelist()
    assert [one.rpartition(".")[2] for one in names if one.endswith((".pdf", ".csv"))] != []
    assert any(one.endswith(".pdf") for one in names), "the letter"
    press(page, page.get_by_role("button", name="Record that it was sent"))
    said_to_be_wrong(page, "Say to whom it went and how.", complaints)
    write(page, page.get_by_label("To whom and how"), "Upload page of its safety team")
    press(page, page.get_by_role("button", name="Record that it was sent"))
    page.wait_for_url(re.compile(r"/dispatch/[0-9a-f-]+/$"))
    with acting_as(SYSTEM):
        assert Sending.objects.get().to == "Upload page of its safety team"


def test_a_hold_placed_while_the_coordinator_looks_at_the_button_keeps_it_back(
    cast: People, page: Page
) -> None:
    held, free = make_referrals(
        cast.operation,
        cast.agency,
        ["https://t.me/demo_held", "https://t.me/demo_free"],
        submitted_by=cast.officer,
    )
    approve([held, free])
    sign_in(page, "coordinator")
    page.goto(f"{ONE}dispatch/")
    button = page.get_by_role("button", name=re.compile("Refer 2"))
    tab_to(page, button)
    with acting_as(SYSTEM):
        item = Item.objects.get(referrals=held)
    place(
        agency_id=cast.agency.pk,
        by=cast.actor("officer"),
        reason="A source reads it.",
        item_id=item.pk,
        ends_at=timezone.now() + timedelta(days=1),
    )
    page.keyboard.press("Enter")
    page.wait_for_url("**/dispatch/*/")
    assert statuses([held, free]) == ["approved", "referred"]
    missed = page.get_by_role("region", name="What did not go")
    expect(missed).to_contain_text(reference_of("RAD19", held))
    expect(page.locator("body")).not_to_contain_text("A source reads it.")
