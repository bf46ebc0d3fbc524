"""A network that lets nothing out but through a proxy: the rules for addresses are kept, and the proxy is told an address and no name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from takedowns.outbound import Limits, Refused, Unreachable, networks, proxy_of, send
from tests.outbound.server import Server, serving
from tests.outbound.tunnels import Tunnels, tunnelling

LOOPBACK = networks(["127.0.0.0/8"])


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as one:
        yield one


@pytest.fixture
def tunnels() -> Iterator[Tunnels]:
    with tunnelling() as one:
        yield one


def test_a_request_goes_through_it_to_the_address_that_was_judged(server: Server, tunnels: Tunnels) -> None:
    answer = send(
        "POST",
        server.url("/hook", host="hook.example"),
        body=b"{}",
        allow=LOOPBACK,
        ports=None,
        proxy=proxy_of(tunnels.url("us%40r:p%3Aw@")),
        resolver=lambda *_: ["127.0.0.1"],
    )
    assert (answer.status, answer.address) == (204, "127.0.0.1")
    to = f"127.0.0.1:{server.port}"
    secret = "Proxy-Authorization: Basic dXNAcjpwOnc="
    assert tunnels.asked == [f"CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n{secret}\r\n\r\n"]
    assert b"\r\nhost: hook.example:" in server.received[0].lower()


def test_what_may_not_be_asked_is_not_asked_of_the_proxy_either(tunnels: Tunnels) -> None:
    for answers in (["10.0.0.1"], ["8.8.8.8", "127.0.0.1"]):
        with pytest.raises(Refused, match="no public address"):
            send(
                "GET",
                "http://inside.example/",
                proxy=proxy_of(tunnels.url()),
                resolver=lambda *_, found=answers: found,
            )
    assert tunnels.asked == []


@pytest.mark.parametrize("direct", ["hook.example", "example", ".example", "127.0.0.0/8", "127.0.0.1", "*"])
def test_what_is_named_is_reached_without_it(server: Server, tunnels: Tunnels, direct: str) -> None:
    proxy = proxy_of(tunnels.url(), ["other.test", direct])
    url = server.url(host="hook.example")
    answer = send("GET", url, allow=LOOPBACK, ports=None, proxy=proxy, resolver=lambda *_: ["127.0.0.1"])
    assert (answer.status, tunnels.asked) == (204, [])


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "proxy"),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", "proxy"),
        (b"", "proxy"),
        (b"220 smtp.example ready\r\n\r\n", "proxy"),
    ],
)
def test_a_proxy_that_makes_no_connection_is_named(
    server: Server, tunnels: Tunnels, said: bytes, reason: str
) -> None:
    tunnels.answer = said
    with pytest.raises(Unreachable, match="proxy of this network") as caught:
        send(
            "GET",
            server.url(),
            allow=LOOPBACK,
            ports=None,
            limits=Limits(total_s=2),
            proxy=proxy_of(tunnels.url()),
        )
    assert caught.value.reason == reason
    assert server.received == []


def test_a_proxy_that_is_away_is_named(server: Server) -> None:
    with pytest.raises(Unreachable, match="does not answer"):
        send("GET", server.url(), allow=LOOPBACK, ports=None, proxy=proxy_of("http://127.0.0.1:9"))


@pytest.mark.parametrize(
    "url", ["proxy.example:3128", "https://proxy.example:3128", "http://proxy.example", "socks5://a:1"]
)
def test_what_is_no_proxy_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="http://host:port"):
        proxy_of(url)
    assert proxy_of("") is None
