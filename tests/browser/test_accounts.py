"""Coming in, in a real browser: invited, with an app, with a passkey; by keyboard alone; under the content security policy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from takedowns.access.actor import SYSTEM
from takedowns.accounts.invitations import invite
from tests.accounts.test_signing_in import code_of
from tests.browser.steps import press
from tests.people import People, make_people

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

WORDS = "horse battery staple correct"


@pytest.fixture
def people(transactional_db: None, settings: Any) -> People:
    settings.REQUIRE_SECOND_FACTOR = True
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    return make_people()


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    # A passkey belongs to a name, not to an address; localhost may have one without https.
    context = browser.new_context(base_url=live_server.url.replace("127.0.0.1", "localhost"), locale="en-GB")
    context.set_default_timeout(15_000)
    page = context.new_page()
    refused: list[str] = []
    page.on(
        "console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None
    )
    yield page
    context.close()
    assert refused == []


def come_by_invitation(page: Page, people: People) -> str:
    """Make an account by an invitation's link, with the keyboard alone, up to the second factor; return the address of mail."""
    made, secret = invite("new@example.org", "N. New", "officer", agency=people.agency, by=SYSTEM)
    page.goto(f"/invitation/{secret}/")
    page.get_by_label("Password").focus()
    page.keyboard.type(WORDS)
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/2fa/")
    return made.email


def test_an_invited_person_sets_up_an_app_and_comes_in_with_its_code_by_keyboard_alone(
    page: Page, people: People
) -> None:
    email = come_by_invitation(page, people)
    page.goto("/operations/")
    page.wait_for_url("**/account/2fa/")
    page.goto("/account/2fa/totp/activate/")
    assert page.locator("img.qr").evaluate("image => image.complete && image.naturalWidth > 0")
    secret = page.locator("#authenticator_secret").input_value()
    page.get_by_label("Authenticator code").focus()
    page.keyboard.type(code_of(secret))
    page.keyboard.press("Enter")
    page.wait_for_url("**/recovery-codes/")
    codes = re.findall(r"\d{8}", page.locator("#recovery_codes").input_value())
    assert len(codes) == 10
    page.goto("/operations/")
    page.get_by_role("button", name="Sign out").press("Enter")
    page.wait_for_url("**/sign-in/**")
    page.keyboard.type(email)  # the first field has the focus
    page.keyboard.press("Tab")
    page.keyboard.type(WORDS)
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/2fa/authenticate/**")
    page.locator("input[name=code]").focus()
    page.keyboard.type(codes[0])
    page.keyboard.press("Enter")
    page.wait_for_url("/")
    assert "Action day" in page.content()


def test_a_passkey_is_made_and_signs_in_without_a_password(page: Page, people: People) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    come_by_invitation(page, people)
    page.goto("/account/2fa/webauthn/add/")
    page.get_by_label("Name").fill("This machine")
    page.get_by_label("without the password").check()
    page.locator("#mfa_webauthn_add").press("Enter")
    page.wait_for_url("**/recovery-codes/")
    page.goto("/operations/")
    assert "Action day" in page.content()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/**")
    page.get_by_role("button", name="Sign in with a passkey").press("Enter")
    page.wait_for_url("/")
    assert "Action day" in page.content()
    page.goto("/account/2fa/")
    press(page, page.get_by_role("link", name="See or remove them"))
    row = page.get_by_role("row", name="This machine")
    row.get_by_text("the password and the digits").wait_for()
    press(page, row.get_by_role("link", name="Remove"))
    page.wait_for_url("**/remove/")
