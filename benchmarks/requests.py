"""Board, list and a referral's page at 16 connections over real HTTP: requests for a second of a core, and how long the slowest wait.

A core's second is a second of processor time of the web's processes and of PostgreSQL's, wherever they ran: what asks runs on the
same cores and is not counted.
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
from benchmarks.server import gunicorn
from benchmarks.viewers import sign_in

ROWS = 26_000
CONNECTIONS = 16
SECONDS = float(os.environ.get("REQUESTS_SECONDS", "10"))
RUNS = 3
#: Page to the fewest requests for a second of a core.
LEAST: Final = {"board": 150, "list": 100, "referral page": 100}
MOST_P99_MS = 100


def main() -> None:
    """Print, for each page, requests for a second of a core and the 99th of 100 waits."""
    with bench_database(), tempfile.TemporaryDirectory() as folder:
        from django.core.management import call_command

        from takedowns.access.actor import SYSTEM, acting_as
        from takedowns.referrals.models import Referral

        call_command("collectstatic", interactive=False, verbosity=0)
        load_answered(Path(folder) / "list.csv", ROWS)
        fold_all()
        cookie = sign_in()
        with acting_as(SYSTEM):
            ids = list(Referral.objects.order_by("pk").values_list("pk", flat=True)[:50])
        pages = {
            "board": ["/operations/BENCH/"],
            "list": ["/operations/BENCH/referrals/"],
            "referral page": [f"/operations/BENCH/referrals/{pk}/" for pk in ids],
        }
        with gunicorn(workers=2) as port:
            for name, addresses in pages.items():
                _ask(port, cookie, addresses, 1.0)  # each process has made its templates by then
                runs = [_ask(port, cookie, addresses, SECONDS / RUNS) for _ in range(RUNS)]
                a_core, p99 = (statistics.median(column) for column in zip(*runs, strict=True))
                claims.figure(name, a_core, "requests/s a core", at_least=LEAST[name])
                claims.figure(f"{name} at {CONNECTIONS} connections, p99", p99, "ms", at_most=MOST_P99_MS)


def _ask(port: int, cookie: str, addresses: list[str], seconds: float) -> tuple[float, float]:
    """Return requests for a second of a core, and the 99th of 100 waits in milliseconds."""
    waits: list[float] = []
    until, before = time.monotonic() + seconds, worked()

    def view(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        mine = []
        while (started := time.monotonic()) < until:
            connection.request("GET", addresses[number % len(addresses)], headers={"Cookie": cookie})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            mine.append((time.monotonic() - started) * 1000)
            number += CONNECTIONS
        connection.close()
        waits.extend(mine)

    threads = [threading.Thread(target=view, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(waits) / (worked() - before), statistics.quantiles(waits, n=100)[98]


def worked() -> float:
    """Return the processor seconds so far of gunicorn and its workers, and of the database's backends."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        backends = {pid for (pid,) in cursor.fetchall()}
    return sum(seconds_of(pid) for pid in backends | set(descendants(os.getpid())))


def descendants(pid: int) -> list[int]:
    """Return the processes that this one started, and those that they did."""
    found = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return found + [below for one in found for below in descendants(one)]


def seconds_of(pid: int) -> float:
    """Return the processor seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
