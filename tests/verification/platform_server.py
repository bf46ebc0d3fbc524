"""A platform of the tests' own on the loopback interface, with a page for each way in which an address can answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

#: Path: status, headers, body. ``{port}`` in a header is the server's own.
PAGES: dict[str, tuple[int, dict[str, str], str]] = {
    "/gone": (404, {}, "Nothing here."),
    "/gone-for-good": (410, {}, ""),
    "/gone-next-door": (301, {"Location": "/gone"}, ""),
    "/gone-elsewhere": (302, {"Location": "http://localhost:{port}/gone"}, ""),
    "/sign-in": (302, {"Location": "/login?next=/sign-in"}, ""),
    "/other-sign-in": (302, {"Location": "https://accounts.platform.example/x"}, ""),
    "/unauthorised": (401, {"WWW-Authenticate": "Basic"}, ""),
    "/login": (200, {}, "Sign in to see this channel."),
    "/blocked": (451, {}, "Unavailable for legal reasons."),
    "/forbidden": (403, {}, ""),
    "/bored": (429, {"Retry-After": "60"}, ""),
    "/broken": (503, {}, ""),
    "/odd": (999, {}, ""),
    "/lying": (200, {}, "<h1>Sorry, this page is not available.</h1>"),
    "/home": (302, {"Location": "/"}, ""),
    "/": (200, {}, 'Welcome. <div class="tgme_page_extra">9 subscribers</div>'),
    "/there": (200, {}, '<div class="tgme_page_extra">5 055 subscribers</div>'),
    "/slash": (301, {"Location": "/slash/"}, ""),
    "/slash/": (200, {}, '<div class="tgme_page_extra">7 subscribers</div>'),
    "/private": (302, {"Location": "http://10.0.0.1/"}, ""),
    "/metadata": (302, {"Location": "http://169.254.169.254/latest/meta-data/"}, ""),
    "/to-a-file": (302, {"Location": "file:///etc/passwd"}, ""),
    "/nonsense": (302, {"Location": "http://[half"}, ""),
    "/round": (302, {"Location": "/round"}, ""),
    "/nowhere": (302, {}, ""),
}
SLOW_S = 1.5


@dataclass
class PlatformServer:
    """Where it listens, and what it was asked for: path and User-Agent."""

    port: int
    asked: list[tuple[str, str]] = field(default_factory=list)

    def url(self, path: str) -> str:
        """Return the address of a page."""
        return f"http://127.0.0.1:{self.port}{path}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of who went away, as those who do not wait should."""


@contextmanager
def playing_a_platform() -> Iterator[PlatformServer]:
    """Serve until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked.append((self.path, self.headers.get("User-Agent", "")))
            if self.path == "/slow":
                time.sleep(SLOW_S)
            status, headers, body = PAGES.get(self.path.partition("?")[0], (404, {}, ""))
            content = body.encode()
            self.send_response_only(status, "x")
            for name, value in headers.items():
                self.send_header(name, value.format(port=server.port))
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    listening = _Server(("127.0.0.1", 0), Handler)
    server = PlatformServer(listening.server_address[1])
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join(5)
