"""A platform's own receiver of webhooks on the loopback interface: checks each signature, keeps what it takes."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook


@dataclass
class Call:
    """One call as it came."""

    id: str
    body: dict[str, Any]
    signed_by: int  # how many of the receiver's secrets its signatures fit

    @property
    def events(self) -> list[dict[str, Any]]:
        return list(self.body["data"]["events"])


@dataclass
class Receiver:
    """What came in, and what is answered.

    Attributes:
        secrets: those the receiver knows.
        answer: says which status a call gets; other headers may follow.
        taken: the calls answered with 2xx, in order.
        refused: the others.
    """

    port: int
    secrets: list[str] = field(default_factory=list)
    answer: Callable[[Call], tuple[int, dict[str, str]]] = lambda call: (204, {})
    taken: list[Call] = field(default_factory=list, repr=False)
    refused: list[Call] = field(default_factory=list, repr=False)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def events(self) -> list[dict[str, Any]]:
        """Return the events of all calls taken, each delivery once, as a careful receiver keeps them."""
        with self.lock:
            calls = list(dict.fromkeys(call.id for call in self.taken))
            by_id = {call.id: call for call in reversed(self.taken)}
        return [event for one in calls for event in by_id[one].events]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Listen on a free port until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            fits = 0
            for secret in receiver.secrets:
                try:
                    Webhook(secret).verify(body, headers)
                    fits += 1
                except Exception:
                    continue
            call = Call(headers["webhook-id"], json.loads(body), fits)
            status, more = receiver.answer(call)
            with receiver.lock:
                (receiver.taken if 200 <= status < 300 else receiver.refused).append(call)
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
