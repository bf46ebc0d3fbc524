"""The way out of a network that lets nothing out but through a proxy: a tunnel to an address that was judged here (CONNECT, RFC 9110)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Final
from urllib.parse import unquote, urlsplit

import httpcore

from takedowns.outbound.errors import Unreachable

#: Bytes of a proxy's answer, before the tunnel begins.
_LONGEST: Final = 16 * 1024


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that makes tunnels.

    Attributes:
        authorization: what to send as ``Proxy-Authorization``; empty where it asks for nothing.
        direct: hosts (with all below them) and networks that are reached without it.
    """

    host: str
    port: int
    authorization: bytes = b""
    direct: tuple[str, ...] = ()

    def leads_to(self, host: str, address: str) -> bool:
        """Tell whether a host, found at an address, is reached through the proxy."""
        return not any(_covers(one, host.lower(), address) for one in self.direct)

    def open(self, stream: httpcore.NetworkStream, address: str, port: int) -> None:
        """Turn a connection to the proxy into one to an address: never to a name, which the proxy could find elsewhere.

        Raises:
            Unreachable: the proxy does not make the tunnel.
        """
        to = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        head = f"CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n".encode()
        if self.authorization:
            head += b"Proxy-Authorization: " + self.authorization + b"\r\n"
        stream.write(head + b"\r\n")
        answer = b""
        while b"\r\n\r\n" not in answer and len(answer) < _LONGEST:
            more = stream.read(4096)
            if not more:
                break
            answer += more
        status = answer.partition(b"\r\n")[0].split(b" ")
        if not answer.endswith(b"\r\n\r\n") or len(status) < 2 or not status[1].startswith(b"2"):
            said = status[1].decode("latin-1") if len(status) > 1 else "nothing"
            raise Unreachable("proxy", f"The proxy of this network made no connection: it said {said[:3]}.")


def proxy_of(url: str, direct: Iterable[str] = ()) -> Proxy | None:
    """Read a proxy as ``HTTPS_PROXY`` and ``NO_PROXY`` say it: ``http://[user:password@]host:port``; None where there is none.

    Raises:
        ValueError: it is no such address.
    """
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname or not parts.port or parts.path not in ("", "/"):
        raise ValueError(
            "A proxy is written http://host:port, with user:password@ before the host where it asks."
        )
    said = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    return Proxy(
        parts.hostname,
        parts.port,
        b"Basic " + b64encode(said.encode()) if parts.username else b"",
        tuple(one.strip().lower().lstrip(".") for one in direct if one.strip()),
    )


def _covers(direct: str, host: str, address: str) -> bool:
    if direct in ("*", host) or host.endswith(f".{direct}"):
        return True
    try:
        network = ip_network(direct, strict=False)
    except ValueError:
        return False
    return ip_address(address.partition("%")[0]) in network
