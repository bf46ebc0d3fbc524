"""The doctor looks at the certificate of our own address as a browser does, and says so before it has ended."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from takedowns.operating.findings import Finding, Level
from takedowns.operating.transport import certificate
from tests.certificates import Made, make


@contextmanager
def shown(made: Made) -> Iterator[int]:
    """Answer TLS with a certificate, on a port of its own."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate, made.key)
    listening = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            try:
                plain, _ = listening.accept()
            except OSError:
                return
            try:
                context.wrap_socket(plain, server_side=True).close()
            except OSError:  # whoever does not believe it hangs up
                plain.close()

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def looked_at(made: Made) -> Finding:
    with shown(made) as port:
        [finding] = certificate(f"https://localhost:{port}")
    return finding


@pytest.mark.parametrize(("days", "level"), [(90, Level.RIGHT), (5, Level.LOOK)])
def test_it_says_for_how_long_the_certificate_is_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, level: Level
) -> None:
    made = make(tmp_path, "localhost", days=days)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.certificate))
    finding = looked_at(made)
    assert finding.level == level
    assert f"{days} days" in finding.said or f"{days - 1} days" in finding.said
    assert bool(finding.mend) == (level != Level.RIGHT)


def test_one_that_nobody_believes_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(make(tmp_path, "another").certificate))
    finding = looked_at(make(tmp_path, "localhost"))
    assert (finding.level, finding.what) == (Level.WRONG, "certificate")
    assert "localhost" in finding.said
    assert finding.mend


def test_without_tls_there_is_nothing_to_say() -> None:
    assert list(certificate("http://localhost:8000")) == []
