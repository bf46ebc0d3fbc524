"""Keys and tokens that are good with a client certificate alone (mutual TLS), as the application hears of it from its proxy.

Behind nginx and Caddy themselves: tests/operating/test_client_certificates.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.certificates import CertificatesNotBound, bind
from takedowns.directory.keys import create
from takedowns.directory.models import ApiKey, DirectoryChange, Platform
from takedowns.operating.client_certificates import bound_in_vain
from takedowns.operating.findings import Level
from tests.api.conftest import Program, World
from tests.certificates import AT, Made, make, make_ended

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def mine(tmp_path: Path) -> Made:
    return make(tmp_path, "mine")


@pytest.fixture
def another(tmp_path: Path) -> Made:
    return make(tmp_path, "another")


@pytest.fixture(autouse=True)
def _behind_a_proxy_that_asks(settings: Any) -> None:
    settings.CLIENT_CERTIFICATES_AT, settings.API_TRUST_FORWARDED_FOR = AT, True


def bound(*certificates: Made) -> Program:
    told = [one.fingerprint for one in certificates]
    return Program(create(name="Bound", platform=Platform.objects.get(pk="telegram"), certificates=told)[1])


def token_of(program: Program, **headers: str) -> Program:
    form = {
        "grant_type": "client_credentials",
        "client_id": program.text.split("_")[1],
        "client_secret": program.text,
    }
    answer = Client().post("/api/v1/oauth/token", urlencode(form), FORM, headers=headers)
    assert answer.status_code == 200, answer.content
    return Program(answer.json()["access_token"])


def test_a_bound_key_is_good_with_one_of_its_certificates_alone(
    world: World, mine: Made, another: Made, tmp_path: Path
) -> None:
    program = bound(mine, make(tmp_path, "next"))
    for headers in (mine.from_nginx, mine.from_caddy):
        assert program.get("referrals", **headers).status_code == 200
    for headers, says in (({}, "none came"), (another.from_nginx, another.digits)):
        refused = program.get("referrals", **headers)
        assert refused.status_code == 401
        assert refused.json()["type"] == "/api/v1/problems/certificate-needed"
        assert says in refused.json()["detail"]
        assert refused["WWW-Authenticate"].startswith("Bearer")
    # Whoever has no key is not told what it would need.
    unknown = Program(program.text[:-1] + "!").get("referrals")
    assert unknown.json()["type"] == "/api/v1/problems/not-authenticated"
    # And a key that is bound to none asks for none.
    assert world.telegram.get("referrals", **another.from_nginx).status_code == 200


def test_nothing_is_believed_of_a_proxy_that_is_not_said_to_ask(
    world: World, mine: Made, settings: Any
) -> None:
    program = bound(mine)
    for at, behind in (("", True), (AT, False)):
        settings.CLIENT_CERTIFICATES_AT, settings.API_TRUST_FORWARDED_FOR = at, behind
        assert program.get("referrals", **mine.from_nginx).status_code == 401
        told = Client().get("/api/v1/certificate", headers=mine.from_nginx).json()
        assert told["certificate"] is None


def test_what_is_no_certificate_or_has_ended_counts_as_none(world: World, mine: Made, tmp_path: Path) -> None:
    ended = make_ended(tmp_path)
    program = bound(mine, ended)
    for said in (
        ended.from_nginx,
        *({"X-Client-Certificate": one} for one in ("x", "%", mine.digits, "ü", "MIIB")),
    ):
        refused = program.get("referrals", **said)
        assert refused.status_code == 401
        assert "none came" in refused.json()["detail"]


def test_a_program_sees_which_certificate_arrives(mine: Made, db: None) -> None:
    told = Client().get("/api/v1/certificate", headers=mine.from_caddy).json()
    assert told == {"certificate": {"sha256": mine.digits, "x5t#S256": mine.thumbprint}, "ask_at": AT}


def test_a_token_got_with_a_certificate_is_good_together_with_it_alone(
    world: World, mine: Made, another: Made
) -> None:
    # Also where the key itself asks for none (RFC 8705, section 3).
    for program in (bound(mine, another), world.telegram):
        token = token_of(program, **mine.from_nginx)
        assert token.get("key", **mine.from_caddy).json()["token"]["cnf"] == {"x5t#S256": mine.thumbprint}
        for headers in ({}, another.from_nginx):
            refused = token.get("key", **headers)
            assert refused.status_code == 401
            assert refused.json()["type"] == "/api/v1/problems/certificate-needed"
            assert 'error="invalid_token"' in refused["WWW-Authenticate"]
    assert token_of(world.telegram).get("key", **another.from_nginx).status_code == 200


def test_the_metadata_name_the_addresses_for_certificates(db: None) -> None:
    told = Client().get("/.well-known/oauth-authorization-server").json()
    assert told["tls_client_certificate_bound_access_tokens"] is True
    assert told["mtls_endpoint_aliases"]["token_endpoint"] == f"{AT}/api/v1/oauth/token"


def test_a_program_binds_its_own_key_and_nobody_locks_himself_out(
    world: World, mine: Made, another: Made
) -> None:
    program = bound()
    place = "key/certificates"
    for headers, says in (({}, "No certificate came"), (another.from_nginx, "is not among them")):
        refused = program.call("put", place, {"certificates": [mine.fingerprint]}, **headers)
        assert refused.status_code == 409
        assert says in refused.json()["detail"]
    told = program.call("put", place, {"certificates": [mine.fingerprint]}, **mine.from_nginx)
    assert told.json() == {"certificates": [mine.digits]}
    assert program.get("key").status_code == 401
    # The next one beside it, then alone; an empty list would unbind it.
    both = [mine.digits, another.fingerprint]
    assert program.call("put", place, {"certificates": both}, **mine.from_nginx).status_code == 200
    assert program.call("put", place, {"certificates": both[1:]}, **another.from_nginx).status_code == 200
    assert program.get("key", **mine.from_nginx).status_code == 401
    for wrong in ([], ["abc"], [mine.digits, 7]):
        refused = program.call("put", place, {"certificates": wrong}, **another.from_nginx)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"].startswith("#/certificates")
    # A token binds nothing.
    token = token_of(program, **another.from_nginx)
    assert token.call("put", place, {"certificates": both}, **another.from_nginx).status_code == 403
    # The successor is bound as the key was.
    successor = Program(program.post("key/rotate", {}, **another.from_nginx).json()["key"])
    assert successor.get("key").status_code == 401
    assert successor.get("key", **another.from_nginx).json()["certificates"] == [another.digits]


def test_who_bound_a_key_to_what_is_kept(world: World, mine: Made) -> None:
    program = bound()
    key = ApiKey.objects.get(prefix=program.text.split("_")[1])
    bind(key, [mine.fingerprint.upper(), mine.digits], by=world.people.actor("administrator"))
    bind(key, [mine.digits], by=world.people.actor("administrator"))
    with acting_as(SYSTEM):
        [change] = DirectoryChange.objects.filter(name=key.prefix, action="changed")
    assert change.details == {"certificates": ["", mine.digits]}
    assert change.by == world.people.administrator
    with pytest.raises(CertificatesNotBound, match="20 certificates at most"):
        bind(key, [f"{number:064x}" for number in range(21)])


def test_the_doctor_says_when_keys_are_bound_and_no_certificate_is_believed(
    world: World, mine: Made, settings: Any
) -> None:
    bound(mine)
    [finding] = bound_in_vain()
    assert (finding.level, finding.said) == (Level.RIGHT, "1 API keys are bound to one.")
    settings.API_TRUST_FORWARDED_FOR = False
    [finding] = bound_in_vain()
    assert finding.level == Level.WRONG
    assert "calls with these keys are refused" in finding.said
