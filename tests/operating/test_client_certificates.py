"""Client certificates really shown to nginx and Caddy as they are shipped: what of them arrives, and what nobody can make up."""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from takedowns.operating import client_certificates
from takedowns.operating.findings import Level
from tests.certificates import Made, make, make_ended
from tests.operating.installation import Installation
from tests.operating.proxy import HOST, Proxied, proxied
from tests.operating.test_behind_proxies import of

pytestmark = pytest.mark.torture
SEEN = "/api/v1/certificate"
#: Names that become the one header that the application reads.
SPELT = ("X-Client-Certificate", "x-client-certificate", "X_Client_Certificate", "X-Client_Certificate")


@pytest.fixture(scope="module")
def sites(migrated: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Proxied]]:
    migrated.start_server()
    with proxied(migrated, tmp_path_factory.mktemp("certificates")) as made:
        yield made
    migrated.end_processes()


@pytest.fixture(params=["nginx", "caddy"])
def each(request: pytest.FixtureRequest, sites: dict[str, Proxied]) -> Proxied:
    return of(sites, request.param)


@pytest.fixture
def mine(tmp_path: Path) -> Made:
    return make(tmp_path, "mine")


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def seen(site: Proxied, **how: object) -> object:
    answer = site.ask("GET", SEEN, **how)  # type: ignore[arg-type]
    assert answer.status == 200, answer.text
    found = json.loads(answer.text)["certificate"]
    return found and found["sha256"]


def test_the_certificate_that_is_shown_arrives_and_none_that_is_said(
    each: Proxied, mine: Made, tmp_path: Path
) -> None:
    at = each.certificates
    other = make(tmp_path, "other")
    assert seen(each, at=at, came=mine) == mine.digits
    assert seen(each, at=at) is None
    # Where certificates are not asked for, none arrives, also where a program has one.
    assert seen(each, came=mine) is None
    for said in (other.from_nginx, other.from_caddy):
        [text] = said.values()
        for name in SPELT:
            # ask() would make hyphens of what is spelt with a line below.
            connections = (
                (each.connect(), None),
                (each.connect(at=at), None),
                (each.connect(at=at, came=mine), mine),
            )
            for connection, shown in connections:
                connection.request("GET", SEEN, headers={"Host": "takedowns.example.org", name: text})
                found = json.loads(connection.getresponse().read())["certificate"]
                connection.close()
                assert (found and found["sha256"]) == (shown and shown.digits), (name, shown)


def test_a_bound_key_is_refused_without_its_certificate(each: Proxied, mine: Made, tmp_path: Path) -> None:
    made = each.installation.done(
        "create_api_key", "--platform", "telegram", "--name", "Bound", "--certificate", mine.fingerprint
    )
    [key] = re.findall(r"tkd_\w+[-\w]*", made)
    at, other = each.certificates, make(tmp_path, "other")
    let_in = each.ask("GET", "/api/v1/referrals", at=at, came=mine, **bearer(key))
    assert let_in.status == 200, let_in.text
    for how in ({"at": at}, {"at": at, "came": other}, {"came": mine}, {}):
        refused = each.ask("GET", "/api/v1/referrals", **how, **bearer(key))  # type: ignore[arg-type]
        assert refused.status == 401
        assert json.loads(refused.text)["type"] == "/api/v1/problems/certificate-needed"
    form = urlencode(
        {"grant_type": "client_credentials", "client_id": key.split("_")[1], "client_secret": key}
    )
    asked = {"body": form.encode(), "Content_Type": "application/x-www-form-urlencoded"}
    given = each.ask("POST", "/api/v1/oauth/token", at=at, came=mine, **asked)  # type: ignore[arg-type]
    assert given.status == 200, given.text
    token = json.loads(given.text)["access_token"]
    shown = json.loads(each.ask("GET", "/api/v1/key", at=at, came=mine, **bearer(token)).text)
    assert shown["token"]["cnf"] == {"x5t#S256": mine.thumbprint}
    assert each.ask("GET", "/api/v1/key", at=at, came=other, **bearer(token)).status == 401
    assert each.ask("GET", "/api/v1/key", **bearer(token)).status == 401
    without = each.ask("POST", "/api/v1/oauth/token", **asked)  # type: ignore[arg-type]
    assert (without.status, json.loads(without.text)["error"]) == (401, "invalid_client")


def test_a_certificate_that_has_ended_lets_nobody_in(each: Proxied, tmp_path: Path) -> None:
    ended = make_ended(tmp_path)
    answer = each.ask("GET", SEEN, at=each.certificates, came=ended)
    if each.logs[0] == "takedowns.log":  # nginx says so itself
        assert answer.status == 401
        assert json.loads(answer.text)["type"] == "/api/v1/problems/certificate-needed"
    else:
        assert json.loads(answer.text)["certificate"] is None


def test_pages_are_not_where_certificates_are_asked_for(each: Proxied, mine: Made) -> None:
    assert each.ask("GET", "/operations/", at=each.certificates, came=mine, as_="officer").status == 404
    metadata = each.ask("GET", "/.well-known/oauth-authorization-server", at=each.certificates)
    assert json.loads(metadata.text)["mtls_endpoint_aliases"]["token_endpoint"].endswith(
        ":8443/api/v1/oauth/token"
    )


def test_the_doctor_sees_whether_a_proxy_passes_on_what_callers_make_up(
    each: Proxied, db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    local = f"https://localhost:{each.tls}", f"https://localhost:{each.certificates}"
    context = ssl.create_default_context(cafile=each.folder / "fullchain.pem")
    context.check_hostname = False
    monkeypatch.setattr(ssl, "create_default_context", lambda **_: context)
    real = client_certificates._arrives

    def arrives(place: str, said: str, secure: ssl.SSLContext) -> str | None:
        # By the name that the installation answers to.
        asked = each.connect() if place == local[0] else each.connect(at=each.certificates)
        asked._context = secure  # type: ignore[attr-defined]
        asked.request("GET", SEEN, headers={"Host": HOST, "X-Client-Certificate": said})
        found = json.loads(asked.getresponse().read())["certificate"]
        return found and str(found["sha256"])

    monkeypatch.setattr(client_certificates, "_arrives", arrives)
    settings.SITE_URL, settings.CLIENT_CERTIFICATES_AT = local
    [finding] = client_certificates.through_the_proxy()
    assert finding.level == Level.RIGHT, finding
    assert "none that is made up" in finding.said
    monkeypatch.setattr(client_certificates, "_arrives", real)
    settings.CLIENT_CERTIFICATES_AT = f"https://localhost:{each.plain}"
    [finding] = client_certificates.through_the_proxy()
    assert finding.level == Level.WRONG
