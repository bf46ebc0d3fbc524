"""What the web and the worker take of a machine, by processes and threads: memory, connections of the database, pages a second."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from benchmarks import claims
from benchmarks.board import load_answered
from benchmarks.database import bench_database
from benchmarks.memory import PAGES
from benchmarks.requests import descendants
from benchmarks.server import gunicorn
from benchmarks.viewers import sign_in
from benchmarks.waiting import proportional

ROOT = Path(__file__).resolve().parent.parent
ROWS = 2_600
ROUNDS = 3
#: Processes and threads of each.
WEBS = ((1, 4), (2, 8), (4, 16))
JOBS = (4, 8)
SETTLED_S = 20.0
#: The worker, on the benchmark's database.
_WORKER = """
import sys
import django
from django.conf import settings
from django.core.management import call_command
for database in settings.DATABASES.values():
    database["NAME"] = "takedowns_bench"
django.setup()
call_command("procrastinate", "worker", "--concurrency", sys.argv[1])
"""


def main() -> None:
    """Print a table: what runs, MiB of it, connections at the most, pages a second with a reader a thread."""
    with bench_database(), tempfile.TemporaryDirectory() as folder:
        from django.core.management import call_command

        call_command("collectstatic", interactive=False, verbosity=0)
        empty = _kilobytes()
        load_answered(Path(folder) / "list.csv", ROWS)
        claims.figure("disk of a referral", (_kilobytes() - empty) / ROWS, "kB")
        cookie = sign_in()
        print("| what runs | memory, MiB | connections | pages a second |\n|---|---|---|---|")
        for processes, threads in WEBS:
            with gunicorn(workers=processes, threads=threads) as port:
                readers, began = processes * threads, time.perf_counter()
                with ThreadPoolExecutor(readers) as pool:
                    answered = sum(pool.map(_read, [(port, cookie)] * readers))
                rate = answered / (time.perf_counter() - began)
                _tell(f"web: processes {processes}, threads of each {threads}", f"{rate:.0f}")
        for jobs in JOBS:
            with _worker(jobs):
                _tell(f"worker: {jobs} jobs at once", "")


def _read(whom: tuple[int, str]) -> int:
    """Read every page, several times over, as one person; return how many were answered."""
    port, cookie = whom
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    answered = 0
    for address in PAGES * ROUNDS:
        connection.request("GET", address, headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        answered += answer.status in {200, 302}
    connection.close()
    return answered


@contextmanager
def _worker(jobs: int) -> Iterator[None]:
    worker = subprocess.Popen([sys.executable, "-c", _WORKER, str(jobs)], cwd=ROOT)
    try:
        time.sleep(SETTLED_S)
        yield
    finally:
        worker.terminate()
        worker.wait(60)


def _tell(name: str, rate: str) -> None:
    memory = sum(proportional(pid) for pid in descendants(os.getpid()))
    print(f"| {name} | {memory:.0f} | {_connections()} | {rate or '–'} |", flush=True)


def _kilobytes() -> float:
    """Return the size of the database's tables with their indexes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind IN ('r', 'm')")
        return float(cursor.fetchone()[0]) / 1000


def _connections() -> int:
    """Return how many connections to this database the others hold."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])
