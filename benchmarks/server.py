"""The application behind gunicorn on a free port, as a benchmark calls it over real HTTP."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def gunicorn(*, workers: int, threads: int = 4) -> Iterator[int]:
    """Run the server on the benchmark's database (``benchmarks.api:serve``); yield its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    environment = {**os.environ, "DEBUG": "0", "ALLOWED_HOSTS": "127.0.0.1", "HTTPS": "0"}
    # Sessions are signed: the server needs the secret with which they were made.
    environment.setdefault("SECRET_KEY", secrets.token_urlsafe(48))
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "-c",
        "python:takedowns.serving",
        "benchmarks.api:serve()",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        str(workers),
        "--threads",
        str(threads),
        "--keep-alive",
        "30",
        "--log-level",
        "error",
    ]
    server = subprocess.Popen(command, cwd=Path(__file__).resolve().parent.parent, env=environment)
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(30)
