"""Fixtures of a real Chromium on a real server. Where there is none, tests say so and skip; with REQUIRE_BROWSER=1 they fail."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache

from tests import databases

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _missing(reason: str) -> None:
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the system's Chromium; its event loop must be gone before another module's tests run."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        _missing("no Chromium on this machine: apt-get install chromium, and these tests run")
    from playwright.sync_api import sync_playwright

    # Beside a running loop Django opens connections of its own, and does not see those from before: a test that begins with
    # a new database would cut them off, and the first test after these would find it.
    databases.leave()
    # Playwright keeps an event loop in this thread; Django would refuse the database beside it.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield started
        started.close()
        databases.leave()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of: scripts that failed, what the content security policy blocked, answers of 5xx."""
    return []


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, complaints: list[str]) -> Iterator[Page]:
    """A fresh page with the server as its base; at the end the browser must not have complained."""
    cache.clear()  # how often somebody failed to sign in outlasts a test's transaction
    context = browser.new_context(base_url=live_server.url, locale="en-GB")
    context.set_default_timeout(15_000)
    page = context.new_page()
    # As soon as a listener is there, choosers open for tests; one put on just before a key is pressed may come too late.
    page.on("filechooser", lambda chooser: None)
    page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
    page.on(
        "console", lambda message: message.type == "error" and complaints.append(f"console: {message.text}")
    )
    yield page
    context.close()
    assert complaints == []
