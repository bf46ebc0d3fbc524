"""nginx and Caddy as deploy/ has them, in front of gunicorn as deploy/systemd/takedowns-web.service starts it."""

from __future__ import annotations

import http.client
import os
import re
import shlex
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.certificates import Made
from tests.operating.installation import ROOT, Answer, Installation, listens, until

DEPLOY = ROOT / "deploy"
HOST = "takedowns.example.org"
_PLACES = os.environ.get("PATH", "") + ":/usr/sbin"
NGINX = shutil.which("nginx", path=_PLACES)
CADDY = shutil.which("caddy", path=_PLACES)
MAIN = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
worker_processes 1;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/{included};
}}
"""


class _Connection(http.client.HTTPSConnection):
    """Goes to an address of this machine and asks there for the host, as a browser would that was told the address by a name server."""

    def connect(self) -> None:
        plain = socket.create_connection(("127.0.0.1", self.port), self.timeout)
        self.sock = self._context.wrap_socket(plain, server_hostname=HOST)  # type: ignore[attr-defined]


def connect_over_tls(
    certificate: Path, port: int, timeout: float, came: Made | None = None
) -> http.client.HTTPSConnection:
    """Return a connection to a proxy of this machine, which trusts its certificate alone, with a client's where one came."""
    context = ssl.create_default_context(cafile=certificate)
    if came:
        context.load_cert_chain(came.certificate, came.key)
    return _Connection("127.0.0.1", port, timeout=timeout, context=context)


@dataclass
class Proxied:
    """The installation as people and programs reach it."""

    installation: Installation
    folder: Path
    tls: int
    plain: int
    certificates: int
    logs: tuple[str, ...]

    @property
    def log(self) -> str:
        """All that the proxy wrote down."""
        written = [self.folder / name for name in self.logs]
        return "".join(one.read_text(errors="replace") for one in written if one.exists())

    def connect(
        self, timeout: float = 60, came: Made | None = None, at: int = 0
    ) -> http.client.HTTPSConnection:
        """Connect, at a port of its own where ``at`` names one, with a client certificate where one came."""
        return connect_over_tls(self.folder / "fullchain.pem", at or self.tls, timeout, came)

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        as_: str = "",
        came: Made | None = None,
        at: int = 0,
        **headers: str,
    ) -> Answer:
        """Ask over HTTPS; ``as_`` names the person (a session) or ``key`` (an API key); see :meth:`connect`."""
        sent = {"Host": HOST, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if as_ == "key":
            sent["Authorization"] = f"Bearer {self.installation.tokens['key']}"
        elif as_:
            sent["Cookie"] = f"__Host-sessionid={self.installation.tokens[as_]}; " + sent.get("Cookie", "")
        connection = self.connect(came=came, at=at)
        began = datetime.now(UTC)
        try:
            with suppress(
                ssl.SSLError, ConnectionError
            ):  # a proxy that refuses a long body answers before it has it
                connection.request(method, path, body=body, headers=sent)
            answer = connection.getresponse()
            text = answer.read().decode()
            return Answer(answer.status, answer.headers, text, (datetime.now(UTC) - began).total_seconds())  # type: ignore[arg-type]
        finally:
            connection.close()


def exec_start(unit: str) -> list[str]:
    """Return the command that a unit starts, its program without the folder."""
    [line] = re.findall(r"^ExecStart=(.*)$", (DEPLOY / "systemd" / unit).read_text(), re.MULTILINE)
    program, *arguments = shlex.split(line)
    return [Path(program).name, *arguments]


@contextmanager
def proxied(installation: Installation, folder: Path) -> Iterator[dict[str, Proxied]]:
    """Serve the installation behind each of the proxies there are, by the files that are shipped."""
    (folder / "run").mkdir()
    socket_path = folder / "run" / "web.sock"
    program, *arguments = exec_start("takedowns-web.service")
    arguments = [one.replace("/run/takedowns/web.sock", str(socket_path)) for one in arguments]
    web = installation.start(
        *("-m", program, *arguments, "--workers", "1"),
        HTTPS="on",
        BEHIND_PROXY="on",
        ALLOWED_HOSTS=HOST,
        CLIENT_CERTIFICATES_AT=f"https://{HOST}:8443",
    )
    write_certificate(folder)
    made, servers = {}, []
    try:
        for name, start in (("nginx", start_nginx), ("caddy", _start_caddy)):
            tls, plain, certificates = free_port(), free_port(), free_port()
            if server := start(folder, socket_path, tls, plain, certificates):
                servers.append(server)
                logs = ("takedowns.log", "takedowns.error.log") if name == "nginx" else ("caddy.log",)
                made[name] = Proxied(installation, folder, tls, plain, certificates, logs)
        until(socket_path.exists)
        for one in made.values():
            until(lambda one=one: listens(one.tls))
        yield made
    finally:
        for server in servers:
            server.terminate()
            server.wait(10)
        web.terminate()
        web.wait(60)


def start_nginx(
    folder: Path, socket_path: Path, tls: int, plain: int, certificates: int
) -> subprocess.Popen[bytes] | None:
    """Start nginx by the file that is shipped; None where this machine has none."""
    if NGINX is None:
        return None
    _write_configuration(folder, socket_path, tls, plain, certificates)
    command = [NGINX, "-c", str(folder / "nginx.conf"), "-p", str(folder)]
    checked = subprocess.run([*command, "-t"], check=False, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    assert "[warn]" not in checked.stderr, checked.stderr
    return subprocess.Popen(command)


def _start_caddy(
    folder: Path, socket_path: Path, tls: int, plain: int, certificates: int
) -> subprocess.Popen[bytes] | None:
    """Caddy has the name and the place of the application from its environment; its own authority is left out, as it would install it."""
    if CADDY is None:
        return None
    shipped = (DEPLOY / "caddy" / "Caddyfile").read_text()
    given_tls = "\ttls {\n"
    assert given_tls in shipped
    shipped = shipped.replace(given_tls, f"\ttls {folder}/fullchain.pem {folder}/privkey.pem {{\n")
    site, options = "{$TAKEDOWNS_SITE:takedowns.example.org} {\n", "\n{\n\t#"
    assert site in shipped
    assert options in shipped
    given = shipped.replace(site, f"{site}\ttls {folder}/fullchain.pem {folder}/privkey.pem\n")
    given = given.replace(options, f"\n{{\n\tadmin off\n\thttp_port {plain}\n\t#", 1)
    (folder / "Caddyfile").write_text(given)
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    said = {
        "TAKEDOWNS_SITE": f"{HOST}:{tls}",
        "TAKEDOWNS_CERTIFICATES_SITE": f"{HOST}:{certificates}",
        "TAKEDOWNS_UPSTREAM": f"unix/{socket_path}",
    }
    with (folder / "caddy.log").open("w") as log:
        return subprocess.Popen(
            [CADDY, "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")],
            stdout=log,
            stderr=log,
            env={"PATH": os.environ["PATH"], **home, **said},
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _write_configuration(folder: Path, socket_path: Path, tls: int, plain: int, certificates: int) -> None:
    shipped = (DEPLOY / "nginx" / "takedowns.conf").read_text()
    for old, new in (
        ("/run/takedowns/web.sock", str(socket_path)),
        ("/etc/ssl/takedowns/", f"{folder}/"),
    ):
        assert old in shipped, f"nginx/takedowns.conf no longer says {old}"
        shipped = shipped.replace(old, new)
    (folder / "takedowns.conf").write_text(listen_at(shipped, folder, tls, plain, certificates))
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user, included="takedowns.conf"))


def listen_at(configuration: str, folder: Path, tls: int, plain: int, certificates: int = 0) -> str:
    """Return a configuration of nginx that listens on ports of a test's own, and logs into a folder."""
    for old, new in (
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{tls} ssl http2;"),
        ("listen [::]:443 ssl http2;", ""),
        ("listen 8443 ssl http2;", f"listen 127.0.0.1:{certificates or free_port()} ssl http2;"),
        ("listen [::]:8443 ssl http2;", ""),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen [::]:80;", ""),
        ("/var/log/nginx/", f"{folder}/"),
    ):
        assert old in configuration, f"nginx/takedowns.conf no longer says {old}"
        configuration = configuration.replace(old, new)
    return configuration


def write_certificate(folder: Path) -> None:
    """Write a certificate of the host and its key, of a day before and after now."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
