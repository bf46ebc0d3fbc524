"""Running the web server and the job worker together until somebody presses Ctrl-C."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from takedowns.installation.places import environment_of_children

STOP_SECONDS = 15


def port_is_free(port: int) -> bool:
    """Tell whether nobody listens on this port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def answers(port: int, seconds: float = 20) -> bool:
    """Wait until the web server takes connections; False when it does not within ``seconds``."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
        time.sleep(0.1)
    return False


def start(port: int) -> list[subprocess.Popen[bytes]]:
    """Start gunicorn and the worker, each in a session of its own, so that Ctrl-C reaches only us."""
    web = [
        sys.executable,
        "-m",
        "gunicorn",
        "-c",
        "python:takedowns.serving",
        "takedowns.wsgi",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "2",
        "--threads",
        "4",
        "--log-level",
        "warning",
    ]
    worker = [sys.executable, "-m", "takedowns", "worker", "--concurrency", "2"]
    return [
        subprocess.Popen(command, start_new_session=True, env=environment_of_children())
        for command in (web, worker)
    ]


def wait(
    processes: Sequence[subprocess.Popen[bytes]], before_stopping: Callable[[], None] = lambda: None
) -> int:
    """Wait for Ctrl-C, SIGTERM or the end of either process; then stop both. Return 0 unless one ended by itself."""
    asked_to_stop = False

    def stop(*_: object) -> None:
        nonlocal asked_to_stop
        asked_to_stop = True

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    while not asked_to_stop and all(process.poll() is None for process in processes):
        time.sleep(0.2)
    before_stopping()
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return 0 if asked_to_stop else 1
