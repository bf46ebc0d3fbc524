"""``takedowns serve``: web and worker (and metrics, where METRICS_PORT is set) under one roof, for one machine."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from takedowns.operating.supervisor import supervise


class Command(BaseCommand):
    help = "Serve the pages and the API, and do the jobs. SIGTERM stops in order, SIGHUP begins anew after an update."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say what may be asked."""
        parser.add_argument(
            "--bind", default="127.0.0.1:8000", help="where the web listens, for the proxy (%(default)s)"
        )
        parser.add_argument(
            "--web", type=int, default=2, metavar="N", help="processes of the web (%(default)s)"
        )
        parser.add_argument(
            "--threads", type=int, default=8, metavar="N", help="threads of each (%(default)s)"
        )
        parser.add_argument("--jobs", type=int, default=4, metavar="N", help="jobs at once (%(default)s)")

    def handle(self, *, bind: str, web: int, threads: int, jobs: int, **_: Any) -> None:
        """Serve until asked to stop."""
        commands = {
            "web": [
                sys.executable,
                "-m",
                "gunicorn",
                "-c",
                "python:takedowns.serving",
                "takedowns.wsgi",
                "--bind",
                bind,
                "--workers",
                str(web),
                "--threads",
                str(threads),
                "--log-level",
                "warning",
            ],
            "worker": [sys.executable, "-m", "takedowns", "worker", "--concurrency", str(jobs)],
        }
        if settings.METRICS_PORT:
            # Counts of processes that are gone would be added up for ever.
            shutil.rmtree(settings.METRICS_FOLDER, ignore_errors=True)
            Path(settings.METRICS_FOLDER).mkdir(parents=True, exist_ok=True)
            commands["metrics"] = [sys.executable, "-m", "takedowns", "metrics"]
        self.stdout.write(
            f"Serving on {bind} (process {os.getpid()}; SIGHUP after an update, SIGTERM to stop)."
        )
        self.stdout.flush()
        supervise(commands, reloading=["web"])
