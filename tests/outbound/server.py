"""A server of the tests' own on the loopback interface that answers exactly the bytes it is told to, as slowly as told."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Server:
    """What it answers, and what it was sent."""

    port: int
    answer: list[bytes] = field(default_factory=lambda: [b"HTTP/1.1 204 No Content\r\n\r\n"])
    pause_s: float = 0.0
    received: list[bytes] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        """Return an address at this server."""
        return f"http://{host}:{self.port}{path}"


@contextmanager
def serving() -> Iterator[Server]:
    """Serve on a free port until the end of the block."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)
        server = Server(listening.getsockname()[1])
        ended = threading.Event()
        thread = threading.Thread(target=_serve, args=(listening, server, ended), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            ended.set()
            thread.join(5)


def _serve(listening: socket.socket, server: Server, ended: threading.Event) -> None:
    while not ended.is_set():
        try:
            connection, _ = listening.accept()
        except TimeoutError:
            continue
        with connection:
            connection.settimeout(2)
            try:
                server.received.append(_request(connection))
                for part in server.answer:
                    connection.sendall(part)
                    if server.pause_s and ended.wait(server.pause_s):
                        break
            except OSError:
                continue  # the client went away, as it should in some of these tests
            time.sleep(0.01)


def _request(connection: socket.socket) -> bytes:
    """Read a request's head and as much body as it announces."""
    read = b""
    while b"\r\n\r\n" not in read and (more := connection.recv(65536)):
        read += more
    head, _, body = read.partition(b"\r\n\r\n")
    length = next(
        (
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        ),
        0,
    )
    while len(body) < length and (more := connection.recv(65536)):
        body += more
    return head + b"\r\n\r\n" + body
