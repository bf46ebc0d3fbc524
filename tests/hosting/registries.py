"""Registries of the tests' own: a real server of HTTP over TLS for IANA's lists and RDAP, reached as from a network behind a proxy.

Names have addresses that are public; the proxy's tunnels lead to the server instead. What asks is the product as it is: the library,
the guarded client, the certificate checked. Answers have the shapes of RFC 9083 as registries of domains and of addresses write them.
"""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import pytest

from takedowns.outbound import client
from tests.certificates import make
from tests.outbound.tunnels import Tunnels, tunnelling

IANA, REGISTRY, REGISTRAR = "data.iana.org", "rdap.registry.example", "rdap.registrar.example"
NETWORKS, OTHER_NETWORKS = "rdap.networks.example", "rdap.other-networks.example"
#: Where names lead. The last is a trap.
ADDRESSES: Final = {
    IANA: "8.8.4.1",
    REGISTRY: "8.8.4.2",
    REGISTRAR: "8.8.4.3",
    NETWORKS: "8.8.4.4",
    OTHER_NETWORKS: "8.8.4.5",
    "files.example.org": "8.8.8.8",
    "unlisted.example": "8.8.4.6",
    "inside.example": "10.0.0.7",
}
JSON: Final = {"Content-Type": "application/rdap+json"}


@dataclass
class Said:
    """An answer; its body comes after a pause, as often as it has parts."""

    body: Any = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: dict(JSON))
    pause_s: float = 0.0
    parts: int = 1

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class Registries:
    """What they answer, by host and path; several are given one after the other, the last for good. And what they were asked."""

    answers: dict[str, list[Said]]
    tunnels: Tunnels
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def say(self, what: str, *answers: Said) -> None:
        self.answers[what] = list(answers)

    def times(self, what: str) -> int:
        return self.asked.count(what)


def entity(role: str, *fields: list[Any], handle: str = "", entities: Any = ()) -> dict[str, Any]:
    """Return an entity as registries nest them."""
    made: dict[str, Any] = {
        "objectClassName": "entity",
        "roles": [role],
        "vcardArray": ["vcard", [["version", {}, "text", "4.0"], *fields]],
    }
    return {**made, **({"handle": handle} if handle else {}), **({"entities": entities} if entities else {})}


def of_domain(mail_to: str, *, links: list[dict[str, str]] | None = None, **more: Any) -> dict[str, Any]:
    """As the registry of a large top-level domain answers: the abuse contact stands within the registrar's entity."""
    abuse = entity(
        "abuse",
        ["fn", {}, "text", ""],
        ["tel", {"type": "voice"}, "uri", "tel:+1.5555551212"],
        ["email", {}, "text", mail_to],
    )
    return {
        "rdapConformance": ["rdap_level_0", "icann_rdap_technical_implementation_guide_0"],
        "objectClassName": "domain",
        "handle": "2336799_DOMAIN_ORG-REG",
        "ldhName": "EXAMPLE.ORG",
        "links": [
            {
                "value": f"https://{REGISTRY}/v1/domain/EXAMPLE.ORG",
                "rel": "self",
                "href": f"https://{REGISTRY}/v1/domain/EXAMPLE.ORG",
                "type": "application/rdap+json",
            },
            *(links or []),
        ],
        "status": ["client delete prohibited", "client transfer prohibited"],
        "entities": [
            entity("registrar", ["fn", {}, "text", "Names Ltd"], handle="376", entities=[abuse])
            | {"publicIds": [{"type": "IANA Registrar ID", "identifier": "376"}]}
        ],
        "events": [
            {"eventAction": "registration", "eventDate": "1995-08-14T04:00:00Z"},
            {"eventAction": "last update of RDAP database", "eventDate": "2026-11-20T09:30:00Z"},
        ],
        "secureDNS": {
            "delegationSigned": True,
            "dsData": [{"keyTag": 370, "algorithm": 13, "digestType": 2}],
        },
        "nameservers": [{"objectClassName": "nameserver", "ldhName": "A.IANA-SERVERS.NET"}],
        "notices": [{"title": "Terms of Use", "description": ["Terms."], "links": []}],
        **more,
    }


#: What a registry links to: what its registrar knows.
TO_REGISTRAR: Final = {
    "rel": "related",
    "href": f"https://{REGISTRAR}/rdap/domain/EXAMPLE.ORG",
    "type": "application/rdap+json",
}


def of_network(mail_to: str) -> dict[str, Any]:
    """As a registry of addresses answers: the contacts stand within the holder's entity, two deep."""
    abuse = entity(
        "abuse",
        ["adr", {"label": "1 Road\nTown"}, "text", ["", "", "", "", "", "", ""]],
        ["org", {}, "text", "Abuse"],
        ["kind", {}, "text", "group"],
        ["email", {"type": "work"}, "text", mail_to],
        handle="ABUSE5250-NET",
    )
    return {
        "rdapConformance": ["nro_rdap_profile_0", "rdap_level_0", "cidr0"],
        "objectClassName": "ip network",
        "handle": "NET-8-8-8-0-2",
        "startAddress": "8.8.8.0",
        "endAddress": "8.8.8.255",
        "ipVersion": "v4",
        "name": "RACKS",
        "type": "DIRECT ALLOCATION",
        "cidr0_cidrs": [{"v4prefix": "8.8.8.0", "length": 24}],
        "status": ["active"],
        "entities": [
            entity(
                "registrant",
                ["fn", {}, "text", "Racks GmbH"],
                ["kind", {}, "text", "org"],
                handle="RACKS",
                entities=[entity("technical", ["fn", {}, "text", "NOC"], handle="NOC1", entities=[abuse])],
            )
        ],
    }


def lists() -> dict[str, Said]:
    """IANA's lists of who answers for what (RFC 9224)."""
    services: dict[str, Any] = {
        "asn": [[["1-2"], [f"https://{NETWORKS}/"]]],
        "dns": [[["org", "net"], [f"https://{REGISTRY}/v1/"]]],
        "ipv4": [[["8.0.0.0/8"], [f"https://{NETWORKS}/registry/", f"http://{NETWORKS}/registry/"]]],
        "ipv6": [[["2000::/3"], [f"https://{NETWORKS}/registry/"]]],
        "object-tags": [[["ops@networks.example"], ["X"], [f"https://{NETWORKS}/"]]],
    }
    said = {"description": "RDAP bootstrap file", "publication": "2026-11-20T00:00:00Z", "version": "1.0"}
    return {
        f"{IANA}/rdap/{name}.json": Said({**said, "services": listed}) for name, listed in services.items()
    }


def _handler(registries: Registries) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            what = f"{self.headers['Host']}{self.path}"
            registries.asked.append(what)
            registries.headers.append({name.lower(): value for name, value in self.headers.items()})
            given = registries.answers.get(what, [Said({"errorCode": 404, "title": "Not found"}, 404)])
            said = given.pop(0) if len(given) > 1 else given[0]
            self.send_response(said.status)
            for name, value in {
                **said.headers,
                "Content-Length": str(len(said.content) * said.parts),
            }.items():
                self.send_header(name, value)
            self.end_headers()
            for _ in range(said.parts):
                time.sleep(said.pause_s)
                self.wfile.write(said.content)
                self.wfile.flush()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away while it is answered is what some tests are about."""


@contextmanager
def answering(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registries]:
    """Answer as registries until the end of the block; names and the certificate are those of the tests."""
    certificate = make(folder, "registries", [one for one in ADDRESSES if one != "unlisted.example"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.certificate, certificate.key)
    with tunnelling() as tunnels:
        registries = Registries({name: [said] for name, said in lists().items()}, tunnels)
        server = _Server(("127.0.0.1", 0), _handler(registries))
        server.socket = context.wrap_socket(server.socket, server_side=True)
        tunnels.leads_to = ("127.0.0.1", server.server_address[1])
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        asks = socket.getaddrinfo

        def resolved(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
            return asks(ADDRESSES.get(host, host), port, *args, **kwargs)

        with monkeypatch.context() as here:
            here.setattr(socket, "getaddrinfo", resolved)
            here.setenv("SSL_CERT_FILE", str(certificate.certificate))
            client._tls.cache_clear()
            try:
                yield registries
            finally:
                client._tls.cache_clear()
                server.shutdown()
                server.server_close()
