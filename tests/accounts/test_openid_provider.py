"""Single sign-on with a provider that checks: codes once, PKCE, the address to come back to, the client's secret; and signs."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from tests.accounts.openid_provider import CLIENT, SECRET, Provider, providing
from tests.people import People

CALLBACK = "http://testserver/account/oidc/sso/login/callback/"


@pytest.fixture
def provider(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # HTTPS stands in front of a provider
    settings.OIDC_SECOND_FACTOR = settings.OIDC_JOIN_BY_EMAIL = True
    with providing(CALLBACK) as made:
        settings.OIDC_ISSUER = made.url
        set_up(settings, made)
        yield made


def set_up(settings: Any, made: Provider, secret: str = SECRET, *, userinfo: bool = True) -> None:
    """Let the settings name the provider, as ``takedowns.settings`` makes them of the variables."""
    [app] = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"] or [{}]
    app = {
        **app,
        "provider_id": "sso",
        "name": "Police sign-on",
        "client_id": CLIENT,
        "secret": secret,
        "settings": {"server_url": made.url, "fetch_userinfo": userinfo},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}


def come(provider: Provider, **claims: Any) -> tuple[Client, str]:
    """Go there by the button and come back as who is signed in there; return the browser and the address it came back to."""
    provider.claims = {"sub": "00u1", **claims}
    browser = Client()
    there = browser.post("/account/oidc/sso/login/?process=login")["Location"]
    back = sent_back(there)
    browser.get(back, follow=True)
    return browser, back


def sent_back(there: str) -> str:
    parts = urlsplit(there)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    connection.request("GET", f"{parts.path}?{parts.query}")
    answer = connection.getresponse()
    assert answer.status == 302, answer.read()
    return answer.headers["Location"]


def is_in(browser: Client) -> bool:
    return browser.get(reverse("web:operations")).status_code == 200


def test_who_is_signed_in_there_comes_in_here(provider: Provider, people: People) -> None:
    browser, back = come(provider, email=people.officer.email, email_verified=True)
    assert back.startswith(f"{CALLBACK}?code=")
    assert is_in(browser)
    assert [status for _, status in provider.answered if status >= 400] == []
    assert {path for path, _ in provider.answered} >= {"/authorization", "/token", "/userinfo"}


def test_a_code_is_worth_nothing_to_somebody_elses_browser(provider: Provider, people: People) -> None:
    _, back = come(provider, email=people.officer.email, email_verified=True)
    other = Client()
    other.get(back, follow=True)
    assert not is_in(other)


def test_a_code_that_was_taken_on_the_way_cannot_be_used_with_another_verifier(
    provider: Provider, people: People
) -> None:
    provider.claims = {"sub": "00u1", "email": people.officer.email, "email_verified": True}
    taken = sent_back(Client().post("/account/oidc/sso/login/?process=login")["Location"])
    thief = Client()
    own = parse_qs(urlsplit(thief.post("/account/oidc/sso/login/?process=login")["Location"]).query)
    code = parse_qs(urlsplit(taken).query)["code"][0]
    thief.get(CALLBACK, {"code": code, "state": own["state"][0]}, follow=True)
    assert not is_in(thief)
    assert ("/token", 400) in provider.answered


def test_a_wrong_secret_of_ours_lets_nobody_in(provider: Provider, people: People, settings: Any) -> None:
    set_up(settings, provider, "another")
    browser, _ = come(provider, email=people.officer.email, email_verified=True)
    assert not is_in(browser)
    assert ("/token", 401) in provider.answered


def test_a_provider_whose_userinfo_tells_only_a_number_is_read_from_its_token(
    provider: Provider, people: People, settings: Any
) -> None:
    """As ADFS does it: OIDC_USERINFO=off, and its issuer named among those that are trusted."""
    provider.tells_in_userinfo = False
    settings.OIDC_TRUSTED_ISSUERS = [provider.url]
    unknown, _ = come(provider, email=people.officer.email)
    assert not is_in(unknown)
    set_up(settings, provider, userinfo=False)
    browser, _ = come(provider, email=people.officer.email)
    assert is_in(browser)
    assert provider.answered[-1][0] == "/token"
