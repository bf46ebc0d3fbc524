"""``manage.py metrics``: answer Prometheus on a port of its own."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from prometheus_client import start_http_server

from takedowns.operating.metrics import registry


class Command(BaseCommand):
    help = "Answer Prometheus at /metrics on METRICS_PORT. Let no proxy lead there."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Say what may be asked."""
        parser.add_argument(
            "--port", type=int, default=settings.METRICS_PORT, help="METRICS_PORT (%(default)s)"
        )
        parser.add_argument("--bind", default="127.0.0.1", help="the address to listen on (%(default)s)")

    def handle(self, *, port: int, bind: str, **_: Any) -> None:
        """Serve until asked to stop."""
        if not port:
            raise CommandError(
                "Set METRICS_PORT, for this command and for the web, which counts requests only then."
            )
        server, thread = start_http_server(port, bind, registry(settings.METRICS_FOLDER))
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        stop.wait()
        server.shutdown()
        thread.join(5)
