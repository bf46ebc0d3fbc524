"""Preparing, closing and reopening an operation by keyboard alone; the wall, in a session and on a screen that has none."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

import pytest

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals.models import Operation
from tests.browser.steps import ONE, press, said_to_be_wrong, sign_in, tab_to, write
from tests.factories import make_referrals
from tests.people import People, make_people

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = playwright.expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer


@pytest.fixture
def cast(transactional_db: None) -> People:
    return make_people()


def test_a_coordinator_prepares_closes_and_reopens_an_operation(
    cast: People, page: Page, complaints: list[str]
) -> None:
    sign_in(page, "coordinator")
    page.goto("/operations/")
    press(page, page.get_by_role("link", name=re.compile("Prepare an operation")))
    page.wait_for_url("**/prepare/")
    write(page, page.get_by_role("textbox", name="Reference"), "rad 20")
    write(page, page.get_by_label("Name", exact=True), "Second action day")
    tab_to(page, page.get_by_label("First day"))
    page.keyboard.type("11212020")  # as Chromium shows dates where nobody set a language
    press(page, page.get_by_role("checkbox", name="North Unit"), "Space")
    press(page, page.get_by_role("checkbox", name="Telegram"), "Space")
    press(page, page.get_by_role("button", name="Prepare and open it"))
    said_to_be_wrong(page, "Use capital letters", complaints)
    expect(page.get_by_label("Name", exact=True)).to_have_value("Second action day")
    expect(page.get_by_role("checkbox", name="North Unit")).to_be_checked()
    write(page, page.get_by_role("textbox", name="Reference"), "RAD20")
    press(page, page.get_by_role("button", name="Prepare and open it"))
    page.wait_for_url("**/operations/RAD20/**")
    with acting_as(SYSTEM):
        made = Operation.objects.get(reference="RAD20")
        assert {str(one) for one in made.agencies.all()} >= {"North Unit"}
        assert [one.pk for one in made.platforms.all()] == ["telegram"]

    page.goto("/operations/RAD20/close/")
    press(page, page.locator("main").get_by_role("button", name=re.compile("Close")))
    page.wait_for_url(re.compile("/operations/RAD20/(?!close)"))
    sign_in(page, "officer")
    page.goto("/operations/RAD20/hand-in/")
    expect(page.get_by_text("RAD20 is closed; ask a coordinator to reopen it.")).to_be_visible()

    sign_in(page, "coordinator")
    page.goto("/operations/RAD20/set-up/")
    press(page, page.get_by_role("button", name="Reopen the operation"))
    page.get_by_role("link", name="Close the operation").wait_for()
    with acting_as(SYSTEM):
        assert Operation.objects.get(reference="RAD20").is_open


def test_the_wall_is_read_from_five_metres_on_a_screen_without_a_session(
    cast: People, page: Page, browser: Browser, live_server: LiveServer
) -> None:
    make_referrals(cast.operation, cast.agency, [f"https://t.me/demo_{n}" for n in range(7)])
    sign_in(page, "coordinator")
    page.goto(f"{ONE}wall/links/")
    write(page, page.get_by_label("Screen"), "Press room")
    press(page, page.get_by_role("button", name="Make the link"))
    address = page.locator("code.copyable").inner_text()

    screen = browser.new_context(base_url=live_server.url, viewport={"width": 1920, "height": 1080})
    wall = screen.new_page()
    wall.goto(address.replace(address.split("/wall/")[0], live_server.url))
    figure = wall.locator(".four dd").first
    expect(figure).to_have_text("7")
    # Five metres: a letter is read at a 200th of the distance, 25 mm; a 55 inch screen has 1.6 pixels a millimetre.
    assert float(figure.evaluate("one => parseFloat(getComputedStyle(one).fontSize)")) >= 80
    assert wall.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0, "nobody scrolls a wall"
    assert wall.get_by_role("link").count() == 0, "nothing on a wall leads anywhere"
    names = wall.locator(".wall-name")
    assert " ".join(names.all_text_contents()).startswith("Submitted items Referred Acknowledged Removed")
    boxes = names.evaluate_all(
        "all => all.map(one => one.getBoundingClientRect()).map(b => [b.top, b.bottom])"
    )
    assert all(one[1] <= other[0] + 10 for one, other in itertools.pairwise(boxes)), "no name on another"
    widest = names.evaluate_all("all => Math.max(...all.map(one => one.getBoundingClientRect().right))")
    assert widest <= 960, "names end where the bars begin"
    values = [one for one in wall.locator(".wall-tick").all_text_contents() if one.isdecimal()]
    assert values[0] == "0"
    assert 7 <= int(values[-1]) <= 10, "the axis says how high the lines are"

    press(page, page.get_by_role("button", name=re.compile("Revoke")))
    page.get_by_text("No link holds now.").wait_for()
    wall.reload()
    expect(wall.locator(".four")).to_have_count(0)
    screen.close()
