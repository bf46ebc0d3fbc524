"""The shipped configurations of nginx and Caddy, really in front of the application: large files, slow senders, waiting callers, an application that is away."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import os
import re
import socket
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.operating.installation import Answer, Installation, until
from tests.operating.proxy import HOST, Proxied, proxied

pytestmark = pytest.mark.torture
MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def sites(migrated: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Proxied]]:
    migrated.start_server()
    with proxied(migrated, tmp_path_factory.mktemp("proxies")) as made:
        yield made
    migrated.end_processes()


def of(sites: dict[str, Proxied], name: str) -> Proxied:
    if name not in sites:
        reason = f"{name} is not installed (Debian: apt-get install {name})"
        if os.environ.get("REQUIRE_PROXIES") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return sites[name]


@pytest.fixture
def site(sites: dict[str, Proxied]) -> Proxied:
    return of(sites, "nginx")


@pytest.fixture(params=["nginx", "caddy"])
def each(request: pytest.FixtureRequest, sites: dict[str, Proxied]) -> Proxied:
    return of(sites, request.param)


def test_a_page_comes_over_https_alone_with_what_the_application_says_of_safety(each: Proxied) -> None:
    page = each.ask("GET", "/operations/", as_="officer", X_Request_ID="asked-17")
    assert page.status == 200
    assert page.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    for name, value in (
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("X-Request-ID", "asked-17"),
    ):
        assert page.headers.get_all(name) == [value]  # type: ignore[attr-defined]
    assert "gunicorn" not in str(page.headers).lower()
    plain = http.client.HTTPConnection("127.0.0.1", each.plain, timeout=10)
    plain.request("GET", "/operations/?a=b", headers={"Host": HOST})
    answer = plain.getresponse()
    assert answer.status == 308
    assert answer.headers["Location"].startswith(f"https://{HOST}")
    assert answer.headers["Location"].endswith("/operations/?a=b")


def test_a_request_has_one_name_in_both_logs(site: Proxied) -> None:
    made = site.ask("GET", "/operations/", as_="officer", X_Request_ID="no name at all").headers[
        "X-Request-ID"
    ]
    assert re.fullmatch(r"[0-9a-f]{32}", made)
    until(lambda: made in site.log)


def test_a_hundred_megabytes_are_let_in_where_lists_are_handed_in(site: Proxied) -> None:
    form = site.ask("GET", "/operations/", as_="officer")
    [place] = set(re.findall(r"/operations/[^/\"]+/(?=\")", form.text)) or {""}
    page = site.ask("GET", f"{place}hand-in/", as_="officer")
    [token] = set(re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text))
    [agency] = re.findall(r'name="agency"[^>]*value="([^"]+)"', page.text) or re.findall(
        r'<option value="([0-9a-f-]{36})"', page.text
    )
    cookie = page.headers["Set-Cookie"].split(";")[0]
    head = (
        f'--x\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n'
        f'--x\r\nContent-Disposition: form-data; name="agency"\r\n\r\n{agency}\r\n'
        '--x\r\nContent-Disposition: form-data; name="file"; filename="large.csv"\r\nContent-Type: text/csv\r\n\r\n'
    ).encode()
    body = head + b"\x01" * (100 * MEGABYTE) + b"\r\n--x--\r\n"
    said = {
        "Content_Type": "multipart/form-data; boundary=x",
        "Cookie": cookie,
        "Referer": f"https://{HOST}{place}hand-in/",
    }
    taken = site.ask("POST", f"{place}hand-in/", body=body, as_="officer", **said)
    assert taken.status == 302
    assert re.search(r"/submissions/[0-9a-f-]{36}/", taken.headers["Location"])


def test_what_is_too_long_is_refused_with_a_sentence(each: Proxied) -> None:
    for path in ("/sign-in/", "/operations/RAD19/submissions/"):
        refused = each.ask("POST", path, body=b"x" * (9 * MEGABYTE), Content_Type="text/plain")
        assert refused.status == 413, path
        assert "Takedowns does not answer" not in refused.text
    said = each.ask("POST", "/sign-in/", body=b"x" * (9 * MEGABYTE), Accept_Language="de-AT,de;q=0.9")
    assert "länger, als diese Seite annimmt" in said.text


def test_what_nginx_refuses_is_a_problem_to_programs(site: Proxied) -> None:
    refused = site.ask("POST", "/api/v1/changes", body=b"x" * (5 * MEGABYTE))
    assert refused.headers["Content-Type"] == "application/problem+json"
    told = json.loads(refused.text)
    assert (told["type"], told["status"]) == ("/api/v1/problems/too-large", 413)
    assert told["request_id"] == refused.headers["X-Request-ID"]


def test_what_nginx_itself_finds_too_long_is_said_as_the_application_says_it(site: Proxied) -> None:
    """Beyond what nginx reads of an address or a header, at both ports: a problem to programs, a page to people."""
    most, more = "a" * 9_000, "a" * 70_000
    for at in (site.tls, site.certificates):
        for one, status in (
            ({"path": "/api/v1/referrals?url={}"}, 414),
            ({"path": "/api/v1/key", "said": "{}"}, 431),
        ):
            told = []
            for much in (most, more):
                answer = _with_long(site, at, one, much)
                assert answer.status == status, answer.text
                assert answer.headers["Content-Type"] == "application/problem+json"
                told.append({**json.loads(answer.text), "request_id": ""})
            assert told[0] == told[1]
    for one, status in (({"path": "/operations/?q={}"}, 414), ({"path": "/operations/", "said": "{}"}, 431)):
        answer = _with_long(site, site.tls, one, more)
        assert answer.status == status
        assert "Its address or its headers are too long." in answer.text
    assert site.ask("GET", "/takedowns-said/page").status == 404


def _with_long(site: Proxied, at: int, one: dict[str, str], much: str) -> Answer:
    said, path = one.get("said", "-").format(much), one["path"].format(much)
    return site.ask("GET", path, at=at, X_Said=said)


def test_slow_senders_hold_none_of_the_applications_threads(site: Proxied) -> None:
    slow = []
    try:
        for _ in range(60):  # of sixteen threads
            context = ssl._create_unverified_context()
            connection = context.wrap_socket(socket.create_connection(("127.0.0.1", site.tls)))
            connection.sendall(
                f"POST /sign-in/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 100000\r\n\r\nname=".encode()
            )
            slow.append(connection)
        time.sleep(0.5)
        health = site.ask("GET", "/health/")
        assert (health.status, health.seconds < 3) == (200, True)
        assert site.ask("GET", "/operations/", as_="officer").status == 200
    finally:
        for connection in slow:
            connection.close()


def test_ten_callers_that_wait_leave_the_site_to_the_others(site: Proxied) -> None:
    with ThreadPoolExecutor(10) as callers:
        waiting = [
            callers.submit(site.ask, "GET", "/api/v1/changes?wait=6&after=latest", as_="key")
            for _ in range(10)
        ]
        time.sleep(1)
        health, page = site.ask("GET", "/health/"), site.ask("GET", "/operations/", as_="officer")
        assert (health.status, page.status) == (200, 200)
        assert max(health.seconds, page.seconds) < 2
        statuses = {one.result().status for one in waiting}
    assert statuses <= {200, 429, 503}
    assert 200 in statuses


def test_nobody_says_from_which_address_they_come(each: Proxied) -> None:
    installation = each.installation
    made = installation.done(
        "create_api_key", "--platform", "telegram", "--name", "Bound", "--address", "203.0.113.9"
    )
    [key] = re.findall(r"tkd_\w+", made)
    mine = installation.tokens["key"]
    installation.tokens["key"] = key
    try:
        answer = each.ask("GET", "/api/v1/key", as_="key", X_Forwarded_For="203.0.113.9")
    finally:
        installation.tokens["key"] = mine
    assert answer.status in (401, 403), answer.text
    page = each.ask("GET", "/sign-in/")
    [token] = set(re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text))
    name = f"nobody-{each.tls}@example.org"
    tried = each.ask(
        "POST",
        "/sign-in/",
        body=f"csrfmiddlewaretoken={token}&login={name}&password=wrong-password".encode(),
        Content_Type="application/x-www-form-urlencoded",
        Cookie=page.headers["Set-Cookie"].split(";")[0],
        Referer=f"https://{HOST}/sign-in/",
        X_Forwarded_For="203.0.113.9",
        X_Forwarded_Proto="http",
        Forwarded="for=203.0.113.9;proto=http",
    )
    assert tried.status in (200, 422), tried.headers
    written = installation.ask(
        "SELECT DISTINCT host(address) FROM accounts_accountevent WHERE email = %s", name
    )
    assert written == [("127.0.0.1",)]


def test_nothing_that_lets_somebody_in_and_no_search_is_in_a_log(each: Proxied) -> None:
    for path in (
        "/invitation/s3cret/",
        "/wall/s3cret/live/",
        "/%77all/s3cret/",
        "/hand-off/s3cret/",
        "/account/password/reset/key/s3cret/",
        "/operations/seen/?q=s3cret",
    ):
        each.ask("GET", path, Referer=f"https://{HOST}/wall/s3cret/", X_Request_ID=f"seen-{each.tls}")
    until(lambda: "/operations/seen/" in each.log or "/operations/..." in each.log)
    assert "127.0.0.1" in each.log
    assert "s3cret" not in each.log


def test_an_address_of_eight_thousand_characters_arrives(site: Proxied) -> None:
    answer = site.ask("GET", "/api/v1/referrals?status=" + "x" * 7_900, as_="key")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_an_application_that_is_away_is_told_with_when_to_come_back(
    migrated: Installation, sites: dict[str, Proxied]
) -> None:
    demanded = ("nginx", "caddy") if os.environ.get("REQUIRE_PROXIES") == "1" else tuple(sites)
    here = [of(sites, name) for name in demanded]
    for process in migrated._started:
        process.terminate()
        process.wait(60)
    for one in here:
        answer = one.ask("GET", "/wall/s3cret/?q=s3cret")
        assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
        assert "Load this page again" in answer.text
        assert "s3cret" not in one.log
    nginx = of(sites, "nginx")
    page = nginx.ask("GET", "/operations/", Accept_Language="fr-BE")
    assert '<html lang="fr">' in page.text
    assert "Rechargez cette page" in page.text
    assert page.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    [style] = re.findall(r"<style>(.*)</style>", page.text)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page.headers["Content-Security-Policy"]
    problem = nginx.ask("GET", "/api/v1/changes", as_="key")
    assert (problem.status, problem.headers["Retry-After"]) == (503, "30")
    assert json.loads(problem.text)["type"] == "/api/v1/problems/unavailable"
