"""The documentation page works within the strict content security policy, from our own files alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.test import Client

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_the_page_has_no_inline_script_and_nothing_from_outside() -> None:
    response = Client().get("/api/v1/docs")
    text = response.content.decode()
    assert response.status_code == 200
    assert not re.search(r"<script(?![^>]* src=)", text)
    assert not re.search(r"<style|\sstyle=|\son\w+=", text)
    assert not re.search(r"(src|href)=\"(https?:)?//", text)
    assert "script-src 'self'" in response["Content-Security-Policy"]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_browser_shows_every_operation(page: Page) -> None:
    outside: list[str] = []
    page.on(
        "request",
        lambda request: (
            None
            if "127.0.0.1" in request.url or "localhost" in request.url or request.url.startswith("data:")
            else outside.append(request.url)
        ),
    )
    page.goto("/api/v1/docs")
    page.get_by_text("Answer up to 1,000 referrals").first.wait_for()
    assert page.locator(".opblock").count() >= 18
    page.locator("#operations-Decisions-decide_many .opblock-summary").click()
    page.get_by_text("A bad row spoils no other").first.wait_for()
    samples = page.locator("#operations-Decisions-decide_many .samples")
    samples.get_by_text("Python", exact=True).click()
    assert "requests.post(" in samples.inner_text(), "each call is shown in a program"
    assert outside == []
