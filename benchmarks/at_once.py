"""Two hundred people who ask for a page at the same moment: none is refused, and the slowest waits no longer than two seconds.

The server is ``takedowns serve`` as it comes (two processes of eight threads), on this machine; who asks runs on the same cores.
"""

from __future__ import annotations

import http.client
import os
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Final

from benchmarks import claims
from benchmarks.board import load_answered
from benchmarks.database import bench_database, fold_all
from benchmarks.requests import worked
from benchmarks.server import gunicorn
from benchmarks.viewers import sign_in

ROWS = 2_600
PEOPLE: Final = 200
RUNS: Final = 5
MOST_P99_S: Final = 2.0
#: What people open when an action day begins.
PAGES: Final = ("/operations/BENCH/", "/operations/BENCH/referrals/", "/", "/operations/BENCH/submissions/")


def main() -> None:
    """Print how many failed, how long the slowest of 100 waited, and what the processors did for it."""
    with bench_database(), tempfile.TemporaryDirectory() as folder:
        from django.core.management import call_command

        call_command("collectstatic", interactive=False, verbosity=0)
        load_answered(Path(folder) / "list.csv", ROWS)
        fold_all()
        cookie = sign_in()
        with gunicorn(workers=2, threads=8) as port:
            _ask_at_once(port, cookie)  # each process has made its templates by then
            runs = [_ask_at_once(port, cookie) for _ in range(RUNS)]
    failed = sum(one[0] for one in runs)
    p99, own = (statistics.median(column) for column in list(zip(*runs, strict=True))[1:])
    busy = os.getloadavg()[0]
    print(f"  {PEOPLE} pages at once, {RUNS} times; load of the machine {busy:.1f} on {os.cpu_count()} cores")
    claims.figure("pages at once that failed", failed, f"of {PEOPLE * RUNS}", at_most=0)
    claims.figure(f"{PEOPLE} pages at once, p99", p99, "s", at_most=MOST_P99_S)
    # What two cores that nobody else uses need at least.
    claims.figure(f"{PEOPLE} pages at once, processor time", own, "s", at_most=MOST_P99_S * 2)


def _ask_at_once(port: int, cookie: str) -> tuple[int, float, float]:
    """Return how many failed, the 99th of 100 waits, and the processor seconds of web and database."""
    ready = threading.Barrier(PEOPLE + 1)
    waits: list[float] = []
    failed: list[object] = []

    def ask(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        ready.wait()
        began = time.monotonic()
        try:
            connection.request("GET", PAGES[number % len(PAGES)], headers={"Cookie": cookie})
            answer = connection.getresponse()
            answer.read()
            if answer.status not in (200, 302):
                failed.append(answer.status)
        except (OSError, http.client.HTTPException) as error:
            failed.append(error)
        waits.append(time.monotonic() - began)
        connection.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(PEOPLE)]
    for thread in threads:
        thread.start()
    before = worked()
    ready.wait()
    for thread in threads:
        thread.join()
    if failed:
        print(f"  failed: {failed[:3]}")
    return len(failed), statistics.quantiles(waits, n=100)[98], worked() - before
