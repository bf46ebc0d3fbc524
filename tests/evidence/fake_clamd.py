"""A clamd that speaks its protocol over a real socket and finds what it is told to find: for tests alone."""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

VERSION: Final = "ClamAV 1.4.6/27480/Sun Nov 29 09:00:00 2026"


@dataclass
class Clamd:
    """What it does, and what came.

    Attributes:
        signatures: by their names, the bytes in which it finds them.
        most: longer streams are refused, as by ``StreamMaxLength``.
        silent: it takes everything and never answers.
        fails: it says this of every file.
    """

    address: str = ""
    signatures: dict[str, bytes] = field(default_factory=lambda: {"Eicar-Test-Signature": b"EICAR"})
    most: int = 1 << 20
    silent: bool = False
    fails: str = ""
    hello: str = VERSION
    came: list[bytes] = field(default_factory=list)


@contextmanager
def clamd(where: Path | None = None) -> Iterator[Clamd]:
    """Run one at a Unix socket in a folder, or at a TCP port of its own."""
    told = Clamd()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            _answer(self, told)

    server: Any
    if where is None:
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        told.address = f"tcp://127.0.0.1:{server.server_address[1]}"
    else:
        server = socketserver.ThreadingUnixStreamServer(str(where / "clamd.ctl"), Handler)
        told.address = f"unix:{where / 'clamd.ctl'}"
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(handler: socketserver.StreamRequestHandler, told: Clamd) -> None:
    command = b""
    while not command.endswith(b"\0"):
        command += handler.rfile.read(1)
    if command == b"zVERSION\0":
        handler.wfile.write(told.hello.encode() + b"\0")
        return
    assert command == b"zINSTREAM\0", command
    content = b""
    while (length := struct.unpack("!L", handler.rfile.read(4))[0]) != 0:
        if len(content) + length > told.most:
            # As clamd: it says so and closes while more is on its way.
            handler.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
            handler.request.shutdown(socket.SHUT_WR)
            handler.rfile.read(length)
            return
        content += handler.rfile.read(length)
    told.came.append(content)
    if told.silent:
        handler.rfile.read(1)
        return
    found = next((name for name, mark in told.signatures.items() if mark in content), "")
    said = told.fails or (f"stream: {found} FOUND" if found else "stream: OK")
    handler.wfile.write(said.encode() + b"\0")
