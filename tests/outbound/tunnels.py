"""A proxy of the tests' own that makes tunnels (CONNECT)."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Tunnels:
    """What it was asked for, what it says to that, and where its tunnels lead if not to where they were asked to."""

    port: int = 0
    asked: list[str] = field(default_factory=list)
    answer: bytes = b"HTTP/1.1 200 Connection established\r\n\r\n"
    leads_to: tuple[str, int] | None = None

    def url(self, who: str = "") -> str:
        return f"http://{who}127.0.0.1:{self.port}"


@contextmanager
def tunnelling() -> Iterator[Tunnels]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        made = Tunnels(listening.getsockname()[1])
        threading.Thread(target=_serve, args=(listening, made), daemon=True).start()
        yield made


def _serve(listening: socket.socket, made: Tunnels) -> None:
    with suppress(OSError):
        while True:
            near, _ = listening.accept()
            head = near.recv(4096).decode()
            made.asked.append(head)
            near.sendall(made.answer)
            if b" 200 " not in made.answer:
                near.close()
                continue
            host, port = head.split(" ")[1].rsplit(":", 1)
            far = socket.create_connection(made.leads_to or (host.strip("[]"), int(port)))
            threading.Thread(target=_pass_on, args=(far, near), daemon=True).start()
            threading.Thread(target=_pass_on, args=(near, far), daemon=True).start()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)
