"""An administrator looks after an agency, its people and the keys of programs, by keyboard alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.keys import create
from takedowns.directory.models import Agency, ApiKey, Platform
from takedowns.referrals.models import Operation
from tests.browser.steps import press, said_to_be_wrong, sign_in, tab_to, write
from tests.people import People, make_people

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = playwright.expect

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer


@pytest.fixture
def cast(transactional_db: None) -> People:
    return make_people()


def to(page: Page, tab: str) -> None:
    """Go to a part of administering by its tab."""
    press(
        page, page.get_by_role("navigation", name="Administration").get_by_role("link", name=tab, exact=True)
    )


def begin(page: Page) -> None:
    sign_in(page, "administrator")
    press(page, page.get_by_role("navigation", name="Main").get_by_role("link", name="Administration"))
    page.wait_for_url("**/people/")


def answered(page: Page, live_server: LiveServer, text: str) -> int:
    """Call the API with a key, over HTTP; return the status of the answer."""
    call = page.context.request.get(
        f"{live_server.url}/api/v1/key", headers={"Authorization": f"Bearer {text}"}
    )
    return call.status


def test_an_agency_is_added_and_its_first_officer_invited(
    cast: People, page: Page, complaints: list[str]
) -> None:
    begin(page)
    to(page, "Agencies")
    write(page, page.get_by_label("Name", exact=True), "East Unit")
    write(page, page.get_by_label("Short name"), "north")
    write(page, page.get_by_label("Country"), "PL")
    press(page, page.get_by_role("button", name="Add it"))
    said_to_be_wrong(page, "There is an agency “north” already.", complaints)
    expect(page.get_by_label("Name", exact=True)).to_have_value("East Unit")
    write(page, page.get_by_label("Short name"), "east")
    press(page, page.get_by_role("button", name="Add it"))
    page.wait_for_url("**/agencies/east/")
    expect(page.get_by_text("Nobody works here yet.")).to_be_visible()

    press(page, page.get_by_role("link", name="Invite its people"))
    page.wait_for_url("**/people/?agency=**")
    write(page, page.get_by_label("E-mail"), "new@example.org")
    write(page, page.get_by_label("Name", exact=True), "N. New")
    press(page, page.get_by_role("button", name="Invite", exact=True))
    expect(page.locator("p.copyable")).to_contain_text("/invitation/")
    expect(page.get_by_role("row", name=re.compile("new@example.org"))).to_contain_text("East Unit")
    assert Agency.objects.get(slug="east").country == "PL"


def test_a_key_is_made_replaced_and_revoked(
    cast: People, page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    begin(page)
    to(page, "API keys")
    expect(page.get_by_text("No key works now.")).to_be_visible()
    tab_to(page, page.get_by_label("For a platform’s program"))
    page.keyboard.type("Telegram")
    press(page, page.get_by_role("button", name="Go on for this platform"))
    page.wait_for_url("**/keys/make/?platform=telegram")
    write(page, page.get_by_label("Name", exact=True), "Trust and safety")
    write(page, page.get_by_label("Addresses it may call from"), "nowhere")
    press(page, page.get_by_role("checkbox", name="Manage webhooks"), "Space")
    press(page, page.get_by_role("button", name="Make the key"))
    said_to_be_wrong(page, "is no address or network", complaints)
    expect(page.get_by_label("Name", exact=True)).to_have_value("Trust and safety")
    expect(page.get_by_role("checkbox", name="Manage webhooks")).not_to_be_checked()
    write(page, page.get_by_label("Addresses it may call from"), "127.0.0.0/8")
    press(page, page.get_by_role("button", name="Make the key"))
    first = page.get_by_label("Text of the key").input_value()
    assert answered(page, live_server, first) == 200

    press(page, page.get_by_role("link", name="I have it: on to the key"))
    page.wait_for_url(re.compile("/keys/[0-9a-f]{10}/$"))
    expect(page.locator("dl.facts")).not_to_contain_text("Manage webhooks")
    tab_to(page, page.get_by_label("The former key goes on for"))
    page.keyboard.type("1 hour")
    press(page, page.get_by_role("button", name="Make its successor"))
    second = page.get_by_label("Text of the key").input_value()
    assert (answered(page, live_server, first), answered(page, live_server, second)) == (200, 200)

    press(page, page.get_by_role("link", name="I have it: on to the key"))
    press(page, page.get_by_role("button", name="Revoke the key now"))
    page.get_by_text("The key is revoked").wait_for()
    assert (answered(page, live_server, first), answered(page, live_server, second)) == (200, 401)
    to(page, "API keys")
    expect(page.get_by_role("row", name=re.compile("Trust and safety"))).to_have_count(1)
    press(page, page.get_by_role("link", name="Expired and revoked ones too"))
    expect(page.get_by_role("row", name=re.compile("Revoked"))).to_have_count(1)
    assert ApiKey.objects.count() == 2


def test_a_key_is_bound_to_a_client_certificate(
    cast: People, page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    made, text = create(name="Trust and safety", platform=Platform.objects.get(pk="telegram"))
    begin(page)
    page.goto(f"{live_server.url}/keys/{made.prefix}/")
    press(page, page.get_by_role("link", name="Bind to certificates"))
    page.wait_for_url("**/certificates/")
    field = page.get_by_label("SHA-256 fingerprints of client certificates")
    write(page, field, "AB:CD")
    press(page, page.get_by_role("button", name="Bind the key to these"))
    said_to_be_wrong(page, "each of 64 hexadecimal digits", complaints)
    write(page, field, "sha256 Fingerprint=" + ":".join(["AB"] * 32))
    press(page, page.get_by_role("button", name="Bind the key to these"))
    page.get_by_text("It is kept which client certificates").wait_for()
    expect(page.locator("dl.facts")).to_contain_text("ab" * 32)
    assert answered(page, live_server, text) == 401


def test_retention_leads_to_what_is_to_be_reviewed(cast: People, page: Page) -> None:
    with acting_as(SYSTEM):
        Operation.objects.update(closed_at=timezone.now().replace(year=2015))
    begin(page)
    to(page, "Retention")
    press(page, page.locator("main").get_by_role("link", name="RAD19"))
    page.wait_for_url("**/operations/RAD19/")
    sign_in(page, "auditor")
    press(page, page.get_by_role("navigation", name="Main").get_by_role("link", name="Retention"))
    expect(page.get_by_role("heading", name="What is kept how long")).to_be_visible()
    expect(page.get_by_role("navigation", name="Administration")).to_have_count(0)
