"""The guarded client against real sockets."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from takedowns.outbound import Limits, Refused, Unreachable, networks, send
from tests.outbound.server import Server, serving

LOOPBACK = networks(["127.0.0.0/8"])


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as one:
        yield one


def test_an_answer_comes_back_whole(server: Server) -> None:
    server.answer = [b"HTTP/1.1 410 Gone\r\nContent-Length: 4\r\nX-One: a\r\n\r\ngone"]
    answer = send(
        "POST", server.url("/hook?a=1"), headers=[("webhook-id", "x")], body=b"{}", allow=LOOPBACK, ports=None
    )
    assert (answer.status, answer.body, answer.headers["x-one"], answer.truncated) == (
        410,
        b"gone",
        "a",
        False,
    )
    assert answer.address == "127.0.0.1"
    request = server.received[0]
    assert request.startswith(b"POST /hook?a=1 HTTP/1.1\r\n")
    assert b"webhook-id: x\r\n" in request
    assert request.endswith(b"\r\n\r\n{}")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"])
def test_nothing_private_is_asked_however_it_is_written(server: Server, host: str) -> None:
    with pytest.raises(Refused, match="no public address"):
        send("GET", server.url(host=host), ports=None)
    assert server.received == []


def test_a_name_with_one_private_address_among_others_is_refused(server: Server) -> None:
    with pytest.raises(Refused):
        send(
            "GET", server.url(host="rebind.example"), ports=None, resolver=lambda *_: ["8.8.8.8", "127.0.0.1"]
        )
    assert server.received == []


def test_a_name_that_changes_its_mind_is_asked_once_only(server: Server) -> None:
    """DNS rebinding: the first answer is judged and connected to, there is no second."""
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    answer = send(
        "GET",
        server.url(host="rebind.example"),
        ports=None,
        allow=networks(["127.0.0.1"]),
        resolver=lambda *_: answers.pop(0),
    )
    assert answer.address == "127.0.0.1"
    assert len(answers) == 1


def test_a_redirect_is_an_answer(server: Server) -> None:
    server.answer = [b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n"]
    answer = send("GET", server.url(), allow=LOOPBACK, ports=None)
    assert (answer.status, answer.headers["location"]) == (302, "http://10.0.0.1/")
    assert len(server.received) == 1


def test_a_body_is_read_up_to_the_limit(server: Server) -> None:
    server.answer = [b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x" * 1_000_000]
    answer = send("GET", server.url(), allow=LOOPBACK, ports=None, limits=Limits(max_bytes=1000))
    assert (len(answer.body), answer.truncated) == (1000, True)


def test_a_server_that_drips_is_left_at_the_deadline(server: Server) -> None:
    server.answer = [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", *[b"x"] * 100]
    server.pause_s = 0.1
    started = time.monotonic()
    with pytest.raises(Unreachable) as refusal:
        send("GET", server.url(), allow=LOOPBACK, ports=None, limits=Limits(total_s=0.5))
    assert refusal.value.reason == "too_slow"
    assert time.monotonic() - started < 3


def test_what_does_not_resolve_connect_or_speak_is_told_apart(server: Server) -> None:
    def fails(*_: object) -> list[str]:
        raise OSError

    with pytest.raises(Unreachable) as nameless:
        send("GET", "https://nothing.example/", resolver=fails)
    server.answer = [b"220 mail.example ESMTP\r\n"]
    with pytest.raises(Unreachable) as mail:
        send("GET", server.url(), allow=LOOPBACK, ports=None)
    with pytest.raises(Unreachable) as plain:
        send("GET", server.url().replace("http:", "https:"), allow=LOOPBACK, ports=None)
    with serving() as ended:
        pass
    with pytest.raises(Unreachable) as closed:
        send("GET", ended.url(), allow=LOOPBACK, ports=None)
    assert [one.value.reason for one in (nameless, mail, plain, closed)] == [
        "name",
        "no_http",
        "tls",
        "connection",
    ]


def test_a_name_that_is_never_answered_ends_in_time() -> None:
    with pytest.raises(Unreachable) as slow:
        send(
            "GET",
            "https://slow.example/",
            resolver=lambda *_: [time.sleep(3) or ""],
            limits=Limits(connect_s=0.2),
        )  # type: ignore[func-returns-value]
    assert slow.value.reason == "name"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("file:///etc/passwd", "http"),
        ("gopher://example.org/", "http"),
        ("https://user:secret@example.org/", "password"),
        ("https://example.org:22/", "Port 22"),
        ("not a url", "no URL"),
    ],
)
def test_other_addresses_are_refused_with_a_reason(url: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        send("GET", url)


def test_plain_http_can_be_ruled_out(server: Server) -> None:
    with pytest.raises(Refused, match="Only https"):
        send("POST", server.url(), allow=LOOPBACK, ports=None, plain_http=False)


def test_a_header_cannot_smuggle_another(server: Server) -> None:
    with pytest.raises(Refused, match="header"):
        send("GET", server.url(), headers=[("x", "a\r\nHost: b")], allow=LOOPBACK, ports=None)


def test_a_name_that_leads_inside_and_one_that_is_not_known_are_told_alike() -> None:
    """Whoever chooses an endpoint's address must not learn from its errors which names and addresses there are inside."""

    def inside(host: str, port: int) -> list[str]:
        return ["10.11.12.13"]

    def unknown(host: str, port: int) -> list[str]:
        raise OSError

    said = []
    for resolver in (inside, unknown):
        with pytest.raises((Refused, Unreachable)) as refused:
            send("GET", "http://intranet.example/", resolver=resolver)
        said.append(str(refused.value))
    assert said[0] == said[1]
    assert "10.11" not in said[0]
