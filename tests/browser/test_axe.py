"""axe-core on every page a person can reach on a small demo day, in the light and in the dark."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from takedowns.directory.models import User
from takedowns.web.urls import urlpatterns
from tour.walk import Stop

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

PRODUCT = Path(__file__).parents[2] / "takedowns"
AXE = Path(__file__).parents[1] / "axe" / "node_modules" / "axe-core" / "axe.min.js"
#: WCAG 2.2 A and AA, and what axe-core counts as good practice beside them.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: What the dark can break: there, our style sheets and the admin's change colours alone.
OF_COLOURS = ["color-contrast", "link-in-text-block"]
DARK = re.compile(r"@media \(prefers-color-scheme: dark\) \{\s*:root \{(.*?)\}\s*\}", re.DOTALL)
#: Ends when nothing on the page moves any more.
SETTLED = "() => Promise.all(document.getAnimations().map(one => one.finished))"
#: How Swagger UI, which draws the API's documentation, builds its page; what its style can mend is mended.
OF_SWAGGER = {("api:docs", rule) for rule in ("nested-interactive", "region", "heading-order")}
#: Parts of pages, files, and what is only sent to; signing in and invitations are walked by tests of their own.
NO_PAGES = {
    f"web:{name}"
    for name in (
        "health",
        "livez",
        "readyz",
        "security-txt",
        "job-try-again",
        "looks-file",
        "witness-add",
        "statements-compared",
        "alarm-look-into",
        "sign-in",
        "sign-out",
        "language",
        "invitation",
        "board-live",
        "places-waiting",
        "wall-live",
        "wall-shown-live",
        "submission-progress",
        "export-csv",
        "export-json",
        "hand-in-template",
        "hand-off-csv",
        "hand-off-zip",
        "submission-csv",
        "order-pdf",
        "hold-release",
        "preview-confirm",
        "preview-discard",
        "preview-columns",
        "preview-repair",
        "bulk-undo",
        "bulk-long-progress",
        "bulk-long-stop",
        "view-keep",
        "view-drop",
        "host-take-back",
        "key-rotate",
        "key-revoke",
        "invitation-revoke",
        "operation-reopen",
        "reminder-switch",
        "session",
        "session-live",
        "typed",
        "reminder-again",
        "complaint-decide",
        "wall-revoke",
        "webhook-ping",
        "webhook-rotate",
        "webhook-remove",
        "webhook-replay",
        "desk-order-pdf",
        "desk-complaint-decide",
        "desk-list",
        "desk-person",
        "desk-answers-batch",
        "desk-answers-read",
        "desk-answers-rest",
        "desk-answers-correct",
        "desk-answers-confirm",
        "desk-answers-discard",
        "desk-answers-take-back",
        "desk-invitation-revoke",
        "hand-off",
        "hand-off-leave",
        "hand-off-link",
        "hand-off-link-revoke",
        "people-request",
        "comments-read",
        "evidence-picture",
        "evidence-file",
        "evidence-take-back",
        "pictures-choose",
        "answers-batch",
        "answers-read",
        "answers-rest",
        "answers-correct",
        "answers-confirm",
        "answers-discard",
        "answers-take-back",
        "preview-platform",
        "figures-report",
        "figures-dictionary",
        "figures-chart",
        "publication-file",
        "review-take-back",
        "review-leave",
        "referrals-file",
        "news-read",
        "news-choose",
        "message-end",
        "message-read",
        "proof",
        "ledger-keys",
        "statements-file",
        "statements-lines-csv",
        "exchange-mark",
        "duty-take-back",
        "other-host-look-up",
        "deconfliction-ask",
        "deconfliction-code",
        "deconfliction-enter",
        "deconfliction-pause",
        "deconfliction-end",
        "deconfliction-again",
        "host-promote",
        "legal-hold-release",
        "exchange-bring",
        "exchange-file",
        "exchange-all",
    )
}
#: The box to find anything is on every page and posts; a screen's link leads from a page to a wall without a session.
POSTED_TO = {"web:find", "web:wall-shown"}


@pytest.fixture(scope="module")
def axe() -> str:
    """Return axe-core's source."""
    if not AXE.exists():
        reason = (
            "axe-core is not installed: make tests/axe/node_modules/.ready (needs npm), and these tests run"
        )
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return AXE.read_text()


def test_no_page_has_a_violation_in_either_theme(
    stops: list[Stop], browser: Browser, live_server: LiveServer, axe: str
) -> None:
    # Each page once, by the eyes of the first role that reaches it.
    firsts: dict[str, Stop] = {}
    for stop in stops:
        firsts.setdefault(stop.page, stop)
    violations = []
    page: Page | None = None
    person = ""
    for stop in sorted(firsts.values(), key=lambda stop: stop.person):
        if page is None or stop.person != person:
            if page is not None:
                page.context.close()
            page, person = _page_of(stop.person, browser, live_server), stop.person
        page.emulate_media(color_scheme="light")
        page.goto(stop.address)
        if stop.page == "api:docs":
            page.wait_for_selector(".opblock")  # drawn by a script
        page.evaluate(axe)
        for theme, rules in (("light", RULES), ("dark", OF_COLOURS)):
            page.emulate_media(color_scheme=theme)
            page.evaluate(SETTLED)  # the admin's links fade from one colour to the other
            found = page.evaluate("rules => axe.run({runOnly: rules, resultTypes: ['violations']})", rules)
            violations += [
                f"{stop.page} ({theme}, {stop.address}): {one['id']}, {one['help']}: {node['html'][:160]}"
                for one in found["violations"]
                if (stop.page, one["id"]) not in OF_SWAGGER
                for node in one["nodes"]
            ]
    assert page is not None
    page.context.close()
    assert violations == [], "\n".join(violations)


def _page_of(person: str, browser: Browser, live_server: LiveServer) -> Page:
    """Open a page that is signed in; the content security policy would refuse axe-core itself."""
    context = browser.new_context(base_url=live_server.url, locale="en-GB", bypass_csp=True)
    context.set_default_timeout(15_000)
    client = Client()
    client.force_login(User.objects.get(email=person))
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    return context.new_page()


def test_every_page_can_be_reached_by_links(stops: list[Stop]) -> None:
    reached = {stop.page for stop in stops}
    names = {f"web:{pattern.name}" for pattern in urlpatterns}
    assert ", ".join(sorted(names - reached - NO_PAGES - POSTED_TO)) == ""


def test_the_dark_changes_colours_alone() -> None:
    # So that in the dark only the rules of colours need be asked.
    others = {}
    for sheet in PRODUCT.glob("*/static/**/*.css"):
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
        declared = "".join(DARK.findall(text)).split(";")
        found = [one.strip() for one in declared if one.strip() and not one.strip().startswith("--")]
        if found or "prefers-color-scheme: dark" in DARK.sub("", text):
            others[sheet.name] = found
    assert others == {}
