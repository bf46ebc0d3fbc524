"""The shipped configuration of nginx, really in front of the application: large files, slow senders, waiting callers, an application that is away."""

from __future__ import annotations

import http.client
import os
import re
import socket
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.operating.installation import Installation, until
from tests.operating.proxy import HOST, NGINX, Proxied, proxied

pytestmark = pytest.mark.torture
MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def site(migrated: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxied]:
    if NGINX is None:
        reason = "nginx is not installed (Debian: apt-get install nginx)"
        if os.environ.get("REQUIRE_PROXIES") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    migrated.start_server()
    with proxied(migrated, tmp_path_factory.mktemp("nginx")) as made:
        yield made
    migrated.end_processes()


def test_a_page_comes_over_https_alone(site: Proxied) -> None:
    page = site.ask("GET", "/operations/", as_="officer")
    assert page.status == 200
    assert page.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    plain = http.client.HTTPConnection("127.0.0.1", site.plain, timeout=10)
    plain.request("GET", "/operations/?a=b", headers={"Host": HOST})
    answer = plain.getresponse()
    assert (answer.status, answer.headers["Location"]) == (308, f"https://{HOST}/operations/?a=b")


def test_a_hundred_megabytes_are_let_in_where_lists_are_handed_in_and_nowhere_else(site: Proxied) -> None:
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
    refused = site.ask("POST", "/sign-in/", body=b"x" * (2 * MEGABYTE))
    assert refused.status == 413


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
        assert site.ask("GET", "/livez").seconds < 3
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
        assert max(health.seconds, page.seconds) < 4
        statuses = {one.result().status for one in waiting}
    assert statuses <= {200, 429, 503}
    assert 200 in statuses


def test_nobody_says_from_which_address_they_come(site: Proxied) -> None:
    installation = site.installation
    made = installation.done(
        "create_api_key", "--platform", "telegram", "--name", "Bound", "--address", "203.0.113.9"
    )
    [key] = re.findall(r"tkd_\w+", made)
    installation.tokens["bound"], mine = key, installation.tokens["key"]
    installation.tokens["key"] = key
    try:
        answer = site.ask("GET", "/api/v1/key", as_="key", X_Forwarded_For="203.0.113.9")
    finally:
        installation.tokens["key"] = mine
    assert answer.status in (401, 403), answer.text


def test_addresses_that_let_somebody_in_are_in_no_log(site: Proxied) -> None:
    for path in (
        "/invitation/s3cret/",
        "/wall/s3cret/",
        "/hand-off/s3cret/",
        "/account/password/reset/key/s3cret/",
        "/operations/?seen=1",
    ):
        site.ask("GET", path)
    until(lambda: "/operations/?seen=1" in site.log)
    assert "s3cret" not in site.log


def test_an_address_of_eight_thousand_characters_arrives(site: Proxied) -> None:
    answer = site.ask("GET", "/api/v1/referrals?status=" + "x" * 7_900, as_="key")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_an_application_that_is_away_is_told_with_when_to_come_back(
    migrated: Installation, site: Proxied
) -> None:
    for process in migrated._started:
        process.terminate()
        process.wait(60)
    answer = site.ask("GET", "/operations/")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
    assert "load this page again" in answer.text
