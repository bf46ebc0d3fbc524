"""The keys that work on every page, and the switch that turns them off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from tests.browser.steps import sign_in
from tests.people import People, make_people

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = playwright.expect

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture
def cast(transactional_db: None) -> People:
    return make_people()


def test_a_key_goes_to_the_search_and_another_to_the_list_of_keys(cast: People, page: Page) -> None:
    sign_in(page, "officer")
    page.goto(reverse("web:board", args=["RAD19"]))
    page.keyboard.press("/")
    field = page.locator("#find-anything").first
    expect(field).to_be_focused()
    page.keyboard.type("a/b?")
    expect(field).to_have_value("a/b?")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.wait_for_url("**/shortcuts/")
    switch = page.get_by_label("Single-key shortcuts")
    expect(switch).to_be_checked()
    switch.uncheck()
    page.goto(reverse("web:board", args=["RAD19"]))
    page.keyboard.press("/")
    expect(field).not_to_be_focused()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/shortcuts/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_label("Single-key shortcuts").check()
