"""A web worker's memory after it has answered a little of everything, and how soon a fresh one answers at all."""

from __future__ import annotations

import http.client
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import claims
from benchmarks.board import load_answered
from benchmarks.database import bench_database
from benchmarks.requests import descendants
from benchmarks.server import gunicorn
from benchmarks.viewers import sign_in

ROOT = Path(__file__).resolve().parent.parent
ROWS = 2_600
RUNS = 3
MOST_MIB, MOST_CHECK_S, MOST_FIRST_S = 90, 1.0, 1.5
PAGES = (
    "/",
    "/operations/BENCH/",
    "/operations/BENCH/referrals/",
    "/operations/BENCH/figures/",
    "/operations/BENCH/submissions/",
    "/operations/BENCH/look-again/",
    "/find/?q=demo",
)


def main() -> None:
    """Print MiB of a worker, and seconds of ``check`` and of the first page after the start."""
    with bench_database(), tempfile.TemporaryDirectory() as folder:
        from django.core.management import call_command

        call_command("collectstatic", interactive=False, verbosity=0)
        load_answered(Path(folder) / "list.csv", ROWS)
        cookie = sign_in()
        runs = [_start(cookie) for _ in range(RUNS)]
    first, memory = (statistics.median(column) for column in zip(*runs, strict=True))
    check = statistics.median(_check() for _ in range(RUNS))
    claims.figure("check", check, "s", at_most=MOST_CHECK_S)
    claims.figure("first page after the start", first, "s", at_most=MOST_FIRST_S)
    claims.figure("memory of a web worker", memory, "MiB", at_most=MOST_MIB)


def _start(cookie: str) -> tuple[float, float]:
    """Return seconds to the first page after the start, and MiB of the worker after several pages."""
    started = time.perf_counter()
    with gunicorn(workers=1) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        first = 0.0
        for address in PAGES:
            connection.request("GET", address, headers={"Cookie": cookie})
            answer = connection.getresponse()
            answer.read()
            first = first or time.perf_counter() - started
            assert answer.status in {200, 302}, (address, answer.status)
        connection.close()
        return first, max(_resident(pid) for pid in descendants(os.getpid()))


def _resident(pid: int) -> float:
    """Return the MiB that a process holds in memory, what it shares with others included."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def _check() -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "manage.py", "check"], check=True, capture_output=True, cwd=ROOT)
    return time.perf_counter() - started
