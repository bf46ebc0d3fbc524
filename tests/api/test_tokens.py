"""Tokens in the place of keys (OAuth 2.0 client credentials): got, used, ended; what a program and its library see."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone
from oauthlib.oauth2 import BackendApplicationClient

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access_log.models import Look
from takedowns.api.models import AccessToken
from takedowns.directory.keys import create, digest, revoke, rotate
from takedowns.directory.models import ApiKey, Platform
from takedowns.referrals.models import Event
from takedowns.retention.services import forget
from tests.api.conftest import Program, World

FORM = "application/x-www-form-urlencoded"


def post(place: str, form: dict[str, str] | str, *, at: str = "127.0.0.1", **headers: str) -> Any:
    body = form if isinstance(form, str) else urlencode(form)
    return Client(REMOTE_ADDR=at).post(f"/api/v1/oauth/{place}", body, FORM, headers=headers)


def made(**options: Any) -> tuple[str, str]:
    """Return prefix and secret of a new key of Telegram's."""
    key, text = create(name="Trust and safety", platform=Platform.objects.get(pk="telegram"), **options)
    return key.prefix, text.removeprefix("tkd_").removeprefix("test_").partition("_")[2]


def token_of(prefix: str, secret: str, **form: str) -> Program:
    answer = post(
        "token",
        {"grant_type": "client_credentials", "client_id": prefix, "client_secret": secret, **form},
    )
    assert answer.status_code == 200, answer.content
    return Program(answer.json()["access_token"])


def basic(prefix: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{prefix}:{secret}".encode()).decode()}


def test_a_program_gets_a_token_and_works_with_it_as_with_its_key(world: World, settings: Any) -> None:
    settings.API_TOKEN_SECONDS = 600
    prefix, secret = made()
    answer = post("token", {"grant_type": "client_credentials"}, **basic(prefix, secret))
    assert answer.status_code == 200
    assert (answer["Content-Type"], answer["Cache-Control"], answer["Pragma"]) == (
        "application/json",
        "no-store",
        "no-cache",
    )
    told = answer.json()
    assert (told["token_type"], told["expires_in"]) == ("Bearer", 600)
    assert "decisions:write" in told["scope"].split()
    program = Program(told["access_token"])
    told = program.post(f"referrals/{world.made[0]}/decision", {"verdict": "acknowledge"})
    assert told.status_code == 200
    # The record names the key, as if it had called itself.
    key = ApiKey.objects.get(prefix=prefix)
    with acting_as(SYSTEM):
        event = Event.objects.filter(referral=world.made[0]).order_by("-id")[0]
        assert event.origin == f"key {key.pk} 127.0.0.1"
        assert event.details["key"] == prefix
        assert Look.objects.filter(key_id=key.pk).exists()
    shown = program.get("key").json()
    assert shown["prefix"] == prefix
    assert shown["token"]["cnf"] is None
    assert world.telegram.get("key").json()["token"] is None


def test_what_is_stored_of_a_token_lets_nobody_in(world: World) -> None:
    program = token_of(*made())
    with acting_as(SYSTEM):
        kept = AccessToken.objects.get()
    assert kept.digest == digest(program.text)
    assert program.text not in json.dumps(kept.__dict__, default=str)
    assert Program(f"tka_{kept.digest}").get("key").status_code == 401


def test_each_library_finds_its_way(world: World) -> None:
    """The metadata (RFC 8414) lead to the endpoint, and oauthlib's own client reads what comes back."""
    told = Client().get("/.well-known/oauth-authorization-server").json()
    assert told["token_endpoint"] == f"{told['issuer']}/api/v1/oauth/token"
    assert told["revocation_endpoint"] == f"{told['issuer']}/api/v1/oauth/revoke"
    assert told["grant_types_supported"] == ["client_credentials"]
    assert "keys:rotate" not in told["scopes_supported"]
    assert "mtls_endpoint_aliases" not in told
    prefix, secret = made()
    client = BackendApplicationClient(prefix)
    body = client.prepare_request_body(scope=["referrals:read"], include_client_id=True, client_secret=secret)
    client.parse_request_body_response(post("token", body).content.decode(), scope=["referrals:read"])
    assert Program(client.token["access_token"]).get("referrals").status_code == 200


def test_the_whole_text_of_a_key_does_for_its_secret(world: World) -> None:
    prefix, _, _secret = world.telegram.text.removeprefix("tkd_").partition("_")
    assert token_of(prefix, world.telegram.text).get("referrals").status_code == 200
    other, _ = made()
    form = {"grant_type": "client_credentials", "client_id": other, "client_secret": world.telegram.text}
    assert post("token", form).status_code == 401


def test_a_test_keys_token_works_in_the_sandbox_alone(world: World) -> None:
    program = token_of(*made(test=True))
    told = program.get("referrals").json()["referrals"]
    assert {one["operation"] for one in told} == {"SANDBOX"}
    assert program.get(f"referrals/{world.made[0]}").status_code == 404


def test_a_token_may_what_it_was_asked_for_and_no_more_than_its_key(world: World) -> None:
    prefix, secret = made(scopes=["referrals:read", "decisions:write", "keys:rotate"])
    reader = token_of(prefix, secret, scope="referrals:read")
    assert reader.get("referrals").status_code == 200
    refused = reader.post(f"referrals/{world.made[0]}/decision", {"verdict": "acknowledge"})
    assert refused.status_code == 403
    assert refused.json()["type"] == "/api/v1/problems/missing-scope"
    assert 'error="insufficient_scope", scope="decisions:write"' in refused["WWW-Authenticate"]
    for scope in ("statistics:read", "nothing", "referrals:read holds:manage", "keys:rotate"):
        form = {"grant_type": "client_credentials", "client_id": prefix, "client_secret": secret}
        refused = post("token", form | {"scope": scope})
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope"), scope
    everything = token_of(prefix, secret)
    assert everything.get("key").json()["token"]["scopes"] == ["referrals:read", "decisions:write"]
    # Whoever finds a token makes no key of it that lasts.
    refused = everything.post("key/rotate", {})
    assert refused.status_code == 403
    assert "Call with the key itself" in refused.json()["detail"]


def test_a_key_that_ends_takes_its_tokens_with_it_at_once(world: World) -> None:
    prefix, secret = made()
    revoked = token_of(prefix, secret)
    assert revoked.get("key").status_code == 200
    revoke(prefix)
    assert "revoked" in revoked.get("key").json()["detail"]
    prefix, secret = made(expires_at=timezone.now() + timedelta(hours=1))
    expired = token_of(prefix, secret)
    ApiKey.objects.filter(prefix=prefix).update(expires_at=timezone.now())
    assert expired.get("key").status_code == 401
    replaced = token_of(*made())
    key = ApiKey.objects.get(prefix=replaced.get("key").json()["prefix"])
    rotate(key, overlap=timedelta(0))
    assert replaced.get("key").status_code == 401
    narrowed = token_of(*made())
    prefix = narrowed.get("key").json()["prefix"]
    ApiKey.objects.filter(prefix=prefix).update(scopes=["statistics:read"])
    assert narrowed.get("referrals").status_code == 403
    ApiKey.objects.filter(prefix=prefix).update(addresses=["203.0.113.7/32"])
    assert narrowed.get("key").status_code == 403


def test_a_token_ends_by_itself_and_is_forgotten_a_day_later(world: World) -> None:
    program = token_of(*made())
    with acting_as(SYSTEM):
        AccessToken.objects.update(expires_at=timezone.now())
    refused = program.get("key")
    assert refused.status_code == 401
    assert refused["WWW-Authenticate"] == 'Bearer realm="takedowns", error="invalid_token"'
    assert "Get a new one" in refused.json()["detail"]
    for age, left in ((timedelta(hours=23), 1), (timedelta(hours=25), 0)):
        with acting_as(SYSTEM):
            AccessToken.objects.update(expires_at=timezone.now() - age)
        forget(timezone.now())
        with acting_as(SYSTEM):
            assert AccessToken.objects.count() == left


def test_a_program_gives_a_token_back(world: World) -> None:
    prefix, secret = made()
    kept, given = token_of(prefix, secret), token_of(prefix, secret)
    another = token_of(*made())
    for text in (given.text, given.text, another.text, "tka_unknown", "x"):
        answer = post("revoke", {"token": text}, **basic(prefix, secret))
        assert (answer.status_code, answer.content) == (200, b""), text
    assert given.get("key").status_code == 401
    # Another key's is not this key's to end.
    assert kept.get("key").status_code == another.get("key").status_code == 200
    for refused, why in (
        (post("revoke", {"token": kept.text}), (401, "invalid_client")),
        (post("revoke", {}, **basic(prefix, secret)), (400, "invalid_request")),
        (
            post("revoke", {"token": "x", "token_type_hint": "refresh_token"}, **basic(prefix, secret)),
            (400, "unsupported_token_type"),
        ),
    ):
        assert (refused.status_code, refused.json()["error"]) == why


@pytest.mark.parametrize(
    ("form", "headers", "why"),
    [
        ({}, {}, (400, "invalid_request")),
        ({"grant_type": "password"}, {}, (400, "unsupported_grant_type")),
        ({"grant_type": "client_credentials"}, {}, (401, "invalid_client")),
        ("grant_type=client_credentials&grant_type=client_credentials", {}, (400, "invalid_request")),
        (
            "grant_type=client_credentials&client_id=a&client_id=b&client_secret=c",
            {},
            (400, "invalid_request"),
        ),
        ({"grant_type": "client_credentials"}, {"Authorization": "Basic x"}, (401, "invalid_client")),
        ({"grant_type": "client_credentials"}, {"Authorization": "Basic w7w6w7w="}, (401, "invalid_client")),
        ({"grant_type": "client_credentials"}, {"Authorization": "Bearer tkd_1_2"}, (401, "invalid_client")),
        (
            {"grant_type": "client_credentials", "client_secret": "x"},
            basic("0123456789", "x"),
            (400, "invalid_request"),
        ),
        (
            {"grant_type": "client_credentials", "client_id": "9876543210"},
            basic("0123456789", "x"),
            (400, "invalid_request"),
        ),
        ("grant_type=client_credentials&x=" + "y" * 20_000, {}, (400, "invalid_request")),
        ("grant_type=ü", {}, (400, "invalid_request")),
        ("%ff%00;=&&", {}, (400, "invalid_request")),
    ],
)
def test_what_is_asked_wrongly_is_refused_in_the_words_of_the_rfc(
    form: Any, headers: dict[str, str], why: tuple[int, str], db: None
) -> None:
    for place in ("token", "revoke"):
        refused = post(place, form, **headers)
        if place == "token":
            assert (refused.status_code, refused.json()["error"]) == why
        assert refused.status_code in {400, 401}
        assert refused["Content-Type"] == "application/json"
        if refused.status_code == 401:
            assert refused["WWW-Authenticate"].startswith("Basic ")


def test_what_is_no_form_is_refused(world: World) -> None:
    prefix, secret = made()
    said = {"grant_type": "client_credentials", "client_id": prefix, "client_secret": secret}
    as_json = Client().post("/api/v1/oauth/token", json.dumps(said), "application/json")
    assert (as_json.status_code, as_json.json()["error"]) == (400, "invalid_request")
    assert FORM in as_json.json()["error_description"]
    # A secret in an address stands in logs.
    in_address = Client().post(f"/api/v1/oauth/token?{urlencode(said)}", "", FORM)
    assert (in_address.status_code, in_address.json()["error"]) == (400, "invalid_request")
    asked = Client().get("/api/v1/oauth/token")
    assert (asked.status_code, asked["Content-Type"]) == (405, "application/problem+json")


def test_whoever_guesses_waits_and_the_program_itself_elsewhere_does_not(world: World) -> None:
    prefix, secret = made()
    right = {"grant_type": "client_credentials", "client_id": prefix, "client_secret": secret}
    for _ in range(5):
        assert post("token", right | {"client_secret": "wrong"}, at="198.51.100.1").status_code == 401
    refused = post("token", right, at="198.51.100.1")
    assert (refused.status_code, refused["Retry-After"]) == (429, "300")
    assert refused.json()["error"] == "temporarily_unavailable"
    assert post("token", right, at="198.51.100.2").status_code == 200
    # Each from an address of its own is slowed by the address.
    for number in range(60):
        post("token", right | {"client_id": f"{number:010}"}, at="198.51.100.3")
    assert post("token", right, at="198.51.100.3").status_code == 429


def test_getting_tokens_counts_as_calling(world: World) -> None:
    prefix, secret = made(requests_per_minute=2)
    form = {"grant_type": "client_credentials", "client_id": prefix, "client_secret": secret}
    answers = [post("token", form) for _ in range(6)]
    refused = [one for one in answers if one.status_code == 429]
    assert len(refused) in (2, 3, 4)
    assert 1 <= int(refused[0]["Retry-After"]) <= 60


def test_a_key_that_is_not_let_in_gets_no_token_and_is_told_why(world: World) -> None:
    for options, says in (
        ({"addresses": ["203.0.113.7"]}, "may not be used from 127.0.0.1"),
        ({"certificates": ["ab" * 32]}, "client certificate"),
    ):
        prefix, secret = made(**options)
        refused = post("token", {"grant_type": "client_credentials"}, **basic(prefix, secret))
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
        assert says in refused.json()["error_description"]


def test_a_token_costs_a_call_no_statement_more_than_a_key(
    world: World, django_assert_num_queries: Any
) -> None:
    program = token_of(*made())
    for one in (program, world.telegram):
        one.get("operations")
        with django_assert_num_queries(8):
            assert one.get("operations").status_code == 200
