"""The played platform's receiver of webhooks: checks each signature, and says that something came."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from threading import Thread
from typing import Any, Final

import orjson
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

LARGEST: Final = 8 * 2**20


class Receiver:
    """What was told and not yet read. Each delivery counts once, however often it is made."""

    def __init__(self, port: int) -> None:
        self.secret = ""
        self._told: Queue[list[dict[str, Any]]] = Queue()
        self._known: set[str] = set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(size) if 0 < size <= LARGEST else b""
                self.send_response(204 if receiver.take(body, dict(self.headers.items())) else 401)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing: what came is told by what is answered."""

        self._server = ThreadingHTTPServer(("0.0.0.0", port), Handler)  # noqa: S104 - the installation may be elsewhere

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def take(self, body: bytes, headers: dict[str, str]) -> bool:
        """Take in a call; return whether it is the installation's."""
        named = {name.lower(): value for name, value in headers.items()}
        try:
            Webhook(self.secret).verify(body, named)
            events = orjson.loads(body)["data"]["events"]
        except (WebhookVerificationError, orjson.JSONDecodeError, KeyError, ValueError):
            return False
        if named["webhook-id"] not in self._known:
            self._known.add(named["webhook-id"])
            self._told.put([event for event in events if "change" in event])
        return True

    def read(self, wait: float) -> list[dict[str, Any]]:
        """Return the changes told since; wait up to so many seconds for one."""
        changes: list[dict[str, Any]] = []
        try:
            changes += self._told.get(timeout=wait) if wait else self._told.get_nowait()
            while True:
                changes += self._told.get_nowait()
        except Empty:
            return changes

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take calls until the end of the block."""
        thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join(5)
