"""A platform's responder at the desk, by keyboard alone: an order received, many answered, one asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals.models import Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.sending.dispatch import dispatch
from tests.browser.steps import press, tab_to
from tests.factories import make_referrals
from tests.orders.test_orders_issuing import EMERGENCY, approved, make_authority
from tests.people import PASSWORD, People, make_people

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = playwright.expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

URLS = [f"https://t.me/demo_desk_{number}" for number in range(3)]


@pytest.fixture
def cast(transactional_db: None) -> People:
    people = make_people()
    make_authority(people)
    ids = make_referrals(people.operation, people.agency, URLS, submitted_by=people.officer)
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    approved(people, "https://t.me/demo_desk_order/1", text=EMERGENCY)
    dispatch(people.operation, by=people.actor("coordinator"))
    return people


def _in_view(page: Page, wanted: Locator) -> bool:
    box = wanted.bounding_box()
    assert box is not None
    return box["x"] >= 0 and box["x"] + box["width"] <= page.evaluate("document.documentElement.clientWidth")


def statuses() -> dict[str, str]:
    with acting_as(SYSTEM):
        return dict(Referral.objects.values_list("item__url", "status"))


def test_a_responder_works_the_inbox_by_keyboard(cast: People, page: Page) -> None:
    page.goto("/sign-in/")
    page.get_by_label("E-mail").focus()
    page.keyboard.type("platform_contact@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/telegram/")
    first = page.get_by_role("row").nth(1)
    expect(first).to_contain_text("demo_desk_order/1")
    # The order first: received, then what was done.
    press(page, first.get_by_role("link"))
    press(page, page.get_by_role("link", name="Open the order"))
    press(page, page.get_by_role("link", name="When the provider received the order"))
    press(page, page.get_by_role("button", name="Record the receipt"))
    expect(page.get_by_text("min left")).to_be_visible()
    press(page, page.get_by_role("link", name="Inbox"))
    # Two others at once: ticked, the answer chosen, looked at, recorded.
    for url in URLS[:2]:
        press(
            page,
            page.get_by_role("row")
            .filter(has_text=url.removeprefix("https://t.me/"))
            .get_by_role("checkbox"),
            "Space",
        )
    press(page, page.get_by_role("button", name="Answer the selected"))
    press(page, page.get_by_role("radio", name="As each row of the file says"), "ArrowDown")
    tab_to(page, page.get_by_role("button", name="Look again"))
    page.keyboard.press("Enter")
    press(page, page.get_by_role("button", name="Record 2 answers"))
    expect(page.get_by_role("status")).to_contain_text("2 of 2 recorded")
    # The last one: asked about.
    press(page, page.get_by_role("link", name="Inbox"))
    press(page, page.get_by_role("row").filter(has_text="demo_desk_2").get_by_role("link"))
    press(page, page.get_by_role("radio", name="Acknowledge"), "ArrowDown")
    tab_to(page, page.get_by_label("Question or reason"))
    page.keyboard.type("Which post of the channel?")
    press(page, page.get_by_role("button", name="Record the answer"))
    expect(page.get_by_text("Asked at")).to_be_visible()
    assert statuses() == {
        "https://t.me/demo_desk_order/1": "acknowledged",
        URLS[0]: "acknowledged",
        URLS[1]: "acknowledged",
        URLS[2]: "information_requested",
    }


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_the_picture_of_its_figures_is_whole_in_every_window(cast: People, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.context.clear_cookies()
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill("platform_contact@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/telegram/")
    page.goto("/desk/telegram/figures/")
    figure = page.locator("figure.panel")
    edge = figure.bounding_box()
    assert edge is not None
    assert edge["width"] > 0.85 * min(width, 640), "it has the room that there is"
    # What is wider than its picture is cut off there, unless the picture lets it stand out.
    wide = figure.locator(".chart-label").evaluate_all(
        "(names, right) => names.filter(one => one.getBoundingClientRect().right > right).map(one => one.textContent)",
        edge["x"] + edge["width"],
    )
    assert wide == []
    assert figure.locator("svg.chart").evaluate("one => getComputedStyle(one).overflow") == "visible"


@pytest.mark.parametrize("width", [320, 390, 1024])
def test_the_hour_of_an_order_and_its_address_are_in_view_in_every_window(
    cast: People, page: Page, width: int
) -> None:
    """Whoever looks at it on a telephone sees how long there is, and for what, without moving the table."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill("platform_contact@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/telegram/")
    page.goto("/desk/telegram/orders/")
    row = page.get_by_role("row").nth(1)
    assert _in_view(page, row.get_by_text("Receipt not known"))
    row.get_by_role("link").click()
    page.get_by_role("link", name="When the provider received the order").click()
    page.get_by_role("button", name="Record the receipt").click()
    expect(page.get_by_role("status")).to_contain_text("Recorded.")
    page.goto("/desk/telegram/orders/")
    assert _in_view(page, row.get_by_text("min left"))
    assert _in_view(page, row.get_by_role("link"))
    assert _in_view(page, row.get_by_text("demo_desk_order/1"))
