"""Fifty API callers that wait for changes while people open pages: who waits, who is told to come back, and what it costs.

A waiting call holds a thread of gunicorn; ``api/places.py`` bounds how many. Measured for several numbers of threads: whether threads
are dear enough to wait in another way.
"""

from __future__ import annotations

import http.client
import os
import re
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Final

from benchmarks import claims
from benchmarks.board import load_answered
from benchmarks.database import bench_database, fold_all
from benchmarks.requests import descendants, worked
from benchmarks.server import gunicorn
from benchmarks.viewers import sign_in

ROWS = 2_600
CALLERS: Final = 50
#: Callers of one key: a platform's programs on several machines.
OF_A_KEY: Final = 4
PROCESSES: Final = 2
THREADS: Final = (8, 16, 64)
SECONDS: Final = 12
PAGE: Final = "/operations/BENCH/referrals/"
#: MiB of the largest process of the web (PSS), with 64 threads too.
MOST_MIB: Final = 110
#: How much longer a page takes while fifty wait.
MOST_SLOWER: Final = 2.0


def main() -> None:
    """Print a table by threads: who waits, pages' latency without and with them, memory, and processor time of waiting."""
    with bench_database(), tempfile.TemporaryDirectory() as folder:
        from django.core.management import call_command

        from takedowns.directory.keys import create
        from takedowns.directory.models import Platform

        call_command("collectstatic", interactive=False, verbosity=0)
        load_answered(Path(folder) / "list.csv", ROWS)
        fold_all()
        cookie, platform = sign_in(), Platform.objects.get(slug="telegram")
        keys = [
            create(name=f"key {number}", platform=platform, requests_per_minute=10**6)[1]
            for number in range(-(-CALLERS // OF_A_KEY))
        ]
        print(
            "| threads | may wait at once | waited | told to come back | page alone | page while they wait | largest process, PSS | processor time of waiting |"
        )
        print("|---|---|---|---|---|---|---|---|")
        for threads in THREADS:
            _measure(threads, cookie, keys)


def _measure(threads: int, cookie: str, keys: list[str]) -> None:
    from takedowns.api.places import Places

    with gunicorn(workers=PROCESSES, threads=threads) as port:
        _pages(port, cookie, 2)
        alone = _pages(port, cookie, SECONDS / 3)
        ended = threading.Event()
        waiting: list[float] = []
        refused: list[float] = []
        lock = threading.Lock()

        def wait(number: int) -> None:
            headers = {"Authorization": f"Bearer {keys[number // OF_A_KEY]}"}
            while not ended.is_set():
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                began = time.monotonic()
                connection.request("GET", "/api/v1/changes?after=latest&wait=5", headers=headers)
                answer = connection.getresponse()
                answer.read()
                connection.close()
                with lock:
                    (waiting if answer.status == 200 else refused).append(time.monotonic() - began)
                if answer.status != 200:
                    ended.wait(float(answer.headers["Retry-After"]))

        callers = [threading.Thread(target=wait, args=(number,)) for number in range(CALLERS)]
        for one in callers:
            one.start()
        time.sleep(2)
        before, began = worked(), time.monotonic()
        time.sleep(SECONDS / 3)
        cost = (worked() - before) / (time.monotonic() - began)
        beside = _pages(port, cookie, SECONDS)
        memory = max(proportional(pid) for pid in descendants(os.getpid()))
        ended.set()
        for one in callers:
            one.join()
    places = PROCESSES * Places(threads).most_waiting
    print(
        f"| {PROCESSES} processes of {threads} | {min(places, CALLERS)} | {len(waiting)} calls | {len(refused)} times | {alone[0]:.0f} ms, p99 {alone[1]:.0f} ms"
        f" | {beside[0]:.0f} ms, p99 {beside[1]:.0f} ms | {memory:.0f} MiB | {cost:.0%} of a core |",
        flush=True,
    )
    claims.figure(
        f"a page while {CALLERS} wait, {threads} threads",
        beside[0] / alone[0],
        "times one alone",
        at_most=MOST_SLOWER,
    )
    claims.figure(f"largest process, {threads} threads", memory, "MiB", at_most=MOST_MIB)


def _pages(port: int, cookie: str, seconds: float) -> tuple[float, float]:
    """Open a page again and again, one at a time; return milliseconds in the middle and of the slowest of 100."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    taken: list[float] = []
    until = time.monotonic() + seconds
    while (began := time.monotonic()) < until or len(taken) < 20:
        connection.request("GET", PAGE, headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        taken.append((time.monotonic() - began) * 1000)
    connection.close()
    return statistics.median(taken), statistics.quantiles(taken, n=100)[98]


def proportional(pid: int) -> float:
    """Return the MiB of a process, what it shares counted in parts (PSS); nothing for one of PostgreSQL."""
    if "postgres" in Path(f"/proc/{pid}/cmdline").read_text():
        return 0.0
    found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0
