"""One request to one address, on httpcore: every address checked as it is connected to, everything bounded.

The name is resolved here, every address it has is judged, and the connection goes to a judged address itself: a second
answer of the name server (DNS rebinding) is never asked for. Redirects are answers like others. No cookie is kept. A
proxy, where one is given, is told the judged address and not the name.
"""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import can_ada
import httpcore

from takedowns import tracing
from takedowns.outbound.addresses import Networks, is_refused
from takedowns.outbound.errors import Refused, Unreachable
from takedowns.outbound.proxy import Proxy

#: The same of a name that is not known and of one that leads inside: whoever chose it learns neither names nor addresses here.
_NOT_PUBLIC: Final = "{host} has no public address that could be asked."
#: Resolves a host's name and port to IP addresses, best first. Raises OSError where there is none.
Resolver = Callable[[str, int], list[str]]

_DEFAULT_PORTS: Final = {"http:": 80, "https:": 443}
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a request may take and how much is read.

    Attributes:
        connect_s: seconds for the name, the connection and TLS, each.
        total_s: seconds for all of it, also for a server that sends a byte now and then.
        max_bytes: of the body; what follows is not read.
    """

    connect_s: float = 5.0
    total_s: float = 15.0
    max_bytes: int = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said.

    Attributes:
        headers: names in lower case; of a repeated one the last.
        truncated: whether the body was longer than the limit.
        address: the IP address that answered.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    truncated: bool
    address: str


def resolve(host: str, port: int) -> list[str]:
    """Ask the system for the addresses of ``host``."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def send(
    method: str,
    url: str,
    *,
    headers: Iterable[tuple[str, str]] = (),
    body: bytes = b"",
    limits: Limits = Limits(),
    allow: Networks = frozenset(),
    ports: Sequence[int] | None = (80, 443),
    plain_http: bool = True,
    proxy: Proxy | None = None,
    resolver: Resolver = resolve,
) -> Answer:
    """Make one request and return the answer, whatever its status. Redirects are not followed.

    ``allow`` names networks that may be asked although they are not public; ``ports`` the ports (None: any); ``proxy`` the way out.

    Raises:
        Refused: the URL is no plain http or https URL, or its host has an address that may not be asked.
        Unreachable: no HTTP answer in time.
    """
    origin = _origin(url, ports, plain_http)
    sent = [(b"host", origin.host_header), (b"connection", b"close"), *_checked(headers)]
    backend = _GuardedBackend(limits, allow, resolver, proxy)
    # Whom it asks is nobody's business who reads traces: a probe asks at the address of an item.
    with tracing.span("call to the outside", "client") as tell:
        answer = _exchange((method, origin.url, sent, body), limits, backend)
        tell("http.response.status_code", answer.status)
    return answer


def _exchange(
    request: tuple[str, httpcore.URL, list[tuple[bytes, bytes]], bytes],
    limits: Limits,
    backend: _GuardedBackend,
) -> Answer:
    method, url, sent, body = request
    with httpcore.ConnectionPool(ssl_context=_tls(), max_connections=1, network_backend=backend) as pool:
        try:
            with pool.stream(
                method.encode("ascii"),
                url,
                headers=sent,
                content=body or None,
                extensions={
                    "timeout": {
                        "connect": limits.connect_s,
                        "read": limits.total_s,
                        "write": limits.total_s,
                        "pool": limits.total_s,
                    }
                },
            ) as response:
                content, truncated = _read(response, limits.max_bytes)
        except (httpcore.TimeoutException, _TooSlowError) as error:
            raise Unreachable("too_slow", f"No full answer within {limits.total_s:g} s.") from error
        except httpcore.ConnectError as error:
            reason = "tls" if isinstance(error.__context__, ssl.SSLError) else "connection"
            raise Unreachable(reason, f"No connection: {error}") from error
        except httpcore.NetworkError as error:
            raise Unreachable("connection", f"The connection broke: {error}") from error
        except (httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
            raise Unreachable("no_http", f"What answered does not speak HTTP/1.1: {error}") from error
    return Answer(
        response.status,
        {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers},
        content,
        truncated,
        backend.address,
    )


@cache
def _tls() -> ssl.SSLContext:
    """Return the system's trusted authorities, read once: reading them takes longer than most requests."""
    return ssl.create_default_context()


def check_url(url: str, *, plain_http: bool = True, ports: Sequence[int] | None = (80, 443)) -> None:
    """Tell early what :func:`send` would refuse of a URL; its host is not resolved.

    Raises:
        Refused: it is no URL that would be asked.
    """
    _origin(url, ports, plain_http)


@dataclass(frozen=True, slots=True)
class _Origin:
    url: httpcore.URL
    host_header: bytes


def _origin(url: str, ports: Sequence[int] | None, plain_http: bool) -> _Origin:
    try:
        parsed = can_ada.parse(url)
    except ValueError as error:
        raise Refused("It is no URL.") from error
    if parsed.protocol not in _DEFAULT_PORTS or (parsed.protocol == "http:" and not plain_http):
        raise Refused("Only https is asked." if not plain_http else "Only http and https are asked.")
    if parsed.username or parsed.password:
        raise Refused("A URL with a user's name or password is not asked.")
    port = int(parsed.port) if parsed.port else _DEFAULT_PORTS[parsed.protocol]
    if ports is not None and port not in ports:
        raise Refused(f"Port {port} is not asked; {', '.join(map(str, ports))} are.")
    host = parsed.hostname.strip("[]")
    return _Origin(
        httpcore.URL(
            scheme=parsed.protocol.rstrip(":").encode(),
            host=host.encode("ascii"),
            port=port,
            target=(parsed.pathname + parsed.search).encode("ascii"),
        ),
        parsed.host.encode("ascii"),
    )


def _checked(headers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    checked = []
    for name, value in headers:
        if not _TOKEN.fullmatch(name) or any(ord(one) < 32 and one != "\t" for one in value):
            raise Refused(f"The header {name!r} cannot be sent.")
        checked.append((name.encode("ascii"), value.encode("latin-1")))
    return checked


def _read(response: httpcore.Response, most: int) -> tuple[bytes, bool]:
    content = bytearray()
    for chunk in response.iter_stream():
        content += chunk
        if len(content) > most:
            return bytes(content[:most]), True
    return bytes(content), False


class _TooSlowError(Exception):
    pass


@dataclass
class _GuardedBackend(httpcore.NetworkBackend):
    """Connects to judged addresses only, and ends every wait at the deadline."""

    limits: Limits
    allow: Networks
    resolver: Resolver
    proxy: Proxy | None = None
    address: str = ""
    started: float = field(default_factory=time.monotonic)

    def remaining(self) -> float:
        left = self.started + self.limits.total_s - time.monotonic()
        if left <= 0:
            raise _TooSlowError
        return left

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        addresses = self._addresses(host, port)
        if any(is_refused(one, self.allow) for one in addresses):
            raise Refused(_NOT_PUBLIC.format(host=host))
        if self.proxy is not None and self.proxy.leads_to(host, addresses[0]):
            return self._through(self.proxy, addresses[0], port)
        failed: Exception = OSError("no address")
        for address in addresses:
            wait = min(self.limits.connect_s, self.remaining())
            try:
                stream = httpcore.SyncBackend().connect_tcp(address, port, timeout=wait)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
                continue
            self.address = address
            return _DeadlineStream(stream, self)
        raise failed

    def _through(self, proxy: Proxy, address: str, port: int) -> httpcore.NetworkStream:
        wait = min(self.limits.connect_s, self.remaining())
        try:
            stream = httpcore.SyncBackend().connect_tcp(proxy.host, proxy.port, timeout=wait)
        except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
            raise Unreachable("proxy", "The proxy of this network does not answer.") from error
        guarded = _DeadlineStream(stream, self)
        try:
            proxy.open(guarded, address, port)
        except BaseException:
            guarded.close()
            raise
        self.address = address
        return guarded

    def _addresses(self, host: str, port: int) -> list[str]:
        """Resolve in a thread: the system's resolver knows no deadline."""
        found: list[str] = []
        errors: list[OSError] = []

        def ask() -> None:
            try:
                found.extend(self.resolver(host, port))
            except OSError as error:
                errors.append(error)

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        thread.join(min(self.limits.connect_s, self.remaining()))
        if thread.is_alive():
            raise Unreachable("name", _NOT_PUBLIC.format(host=host))
        if errors or not found:
            raise Unreachable("name", _NOT_PUBLIC.format(host=host))
        return found


class _DeadlineStream(httpcore.NetworkStream):
    """A stream whose every operation ends by the request's deadline."""

    def __init__(self, stream: httpcore.NetworkStream, backend: _GuardedBackend) -> None:
        self._stream, self._backend = stream, backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, self._backend.remaining())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, self._backend.remaining())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        wait = min(self._backend.limits.connect_s, self._backend.remaining())
        return _DeadlineStream(self._stream.start_tls(ssl_context, server_hostname, wait), self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
