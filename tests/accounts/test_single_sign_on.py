"""Single sign-on by OpenID Connect, against a provider that the test plays: only people who have an account come in."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from takedowns.directory.models import User
from tests.people import People


class Provider:
    """What the provider says of who signed in there."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.say(provider.discovery if "openid-configuration" in self.path else provider.claims)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.say({"access_token": "a", "token_type": "Bearer", "expires_in": 60})

            def say(self, what: dict[str, Any]) -> None:
                body = json.dumps(what).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    @property
    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
        }


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    played = Provider()
    settings.REQUIRE_SECOND_FACTOR = True
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "sso",
                    "name": "Europol SSO",
                    "client_id": "takedowns",
                    "secret": "s",
                    "settings": {"server_url": played.url},
                }
            ],
        }
    }
    thread = threading.Thread(target=played.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield played
    played.server.shutdown()
    played.server.server_close()
    thread.join(5)


def come(provider: Provider, **claims: Any) -> tuple[Client, Any]:
    """Go to the provider by the button of the sign-in page, and come back as who it says."""
    provider.claims = {"sub": "17", **claims}
    client = Client()
    assert "Sign in with Europol SSO" in client.get(reverse("web:sign-in")).content.decode()
    gone = client.post("/account/oidc/sso/login/?process=login")
    asked = parse_qs(urlsplit(gone["Location"]).query)
    assert gone["Location"].startswith(f"{provider.url}/authorize")
    assert asked["code_challenge_method"] == ["S256"]
    back = urlsplit(asked["redirect_uri"][0]).path
    return client, client.get(back, {"code": "c", "state": asked["state"][0]}, follow=True)


def is_in(client: Client) -> bool:
    return client.get(reverse("web:operations")).status_code == 200


def test_who_has_an_account_comes_in_by_a_verified_address(
    provider: Provider, people: People, settings: Any
) -> None:
    settings.OIDC_SECOND_FACTOR = True
    client, _ = come(provider, email=people.officer.email, email_verified=True)
    assert is_in(client)
    again, _ = come(provider, email=people.officer.email, email_verified=True)
    assert is_in(again)


def test_a_second_factor_is_asked_for_unless_the_provider_sees_to_it(
    provider: Provider, people: People
) -> None:
    client, _ = come(provider, email=people.officer.email, email_verified=True)
    assert client.get(reverse("web:operations"))["Location"] == reverse("mfa_index")


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "officer@example.org", "email_verified": False},
        {"email": "nobody@example.org", "email_verified": True},
        {},
    ],
)
def test_nobody_else_comes_in_and_no_account_is_made(
    provider: Provider, people: People, claims: dict[str, Any], settings: Any
) -> None:
    settings.OIDC_SECOND_FACTOR = True
    before = User.objects.count()
    client, response = come(provider, **claims)
    assert not is_in(client)
    assert response.status_code in (200, 302, 403)
    assert User.objects.count() == before
