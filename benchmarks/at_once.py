"""Two hundred people who ask for a page at the same moment: none is refused, and the slowest waits no longer than two seconds.

The server is ``takedowns serve`` as it comes (two processes of eight threads) behind nginx, with the full demo day, on this machine; who asks
runs on the same cores. What a process of the web holds in memory afterwards is told, too.
"""

from __future__ import annotations

import http.client
import os
import statistics
import threading
import time
from contextlib import suppress
from typing import Final, NamedTuple

from benchmarks import claims
from benchmarks.installed import Served, served_day
from benchmarks.requests import seconds_of
from benchmarks.waiting import proportional
from tests.operating.proxy import HOST, connect_over_tls

PEOPLE: Final = 200
RUNS: Final = 5
MOST_P99_S: Final = 2.0
#: PSS of a process of the web.
MOST_MB: Final = 110
#: What people open when an action day begins.
PAGES: Final = ("/operations/RAD19/", "/operations/RAD19/referrals/", "/", "/operations/RAD19/submissions/")


class Run(NamedTuple):
    """What came of it once: how many failed, the seconds that people waited, processor seconds of the web and of the database."""

    failed: int
    p50: float
    p95: float
    p99: float
    web: float
    database: float


def main() -> None:
    """Print how many failed, how long people waited, what the processors did for it, and the memory of the largest process."""
    with served_day() as served:
        _ask_at_once(served)  # each process has made its templates by then
        print("| failed | p50 | p95 | p99 | processor time: web | database | load of the machine |")
        print("|---|---|---|---|---|---|---|")
        runs = []
        for _ in range(RUNS):
            runs.append(one := _ask_at_once(served))
            waited = " | ".join(
                f"{seconds:.2f} s" for seconds in (one.p50, one.p95, one.p99, one.web, one.database)
            )
            print(f"| {one.failed} | {waited} | {os.getloadavg()[0]:.1f} |", flush=True)
        first, *others = served.web()
        memory = [proportional(pid) * 2**20 / 1e6 for pid in others]
        print(
            f"  memory (PSS): {', '.join(f'{one:.0f} MB' for one in memory)}; the one that begins them {proportional(first) * 2**20 / 1e6:.0f} MB"
        )
    claims.figure(
        "pages at once that failed", sum(one.failed for one in runs), f"of {PEOPLE * RUNS}", at_most=0
    )
    claims.figure(
        f"{PEOPLE} pages at once, p99", statistics.median(one.p99 for one in runs), "s", at_most=MOST_P99_S
    )
    # What two cores that nobody else uses need at least.
    own = statistics.median(one.web + one.database for one in runs)
    claims.figure(f"{PEOPLE} pages at once, processor time", own, "s", at_most=MOST_P99_S * 2)
    claims.figure("memory of the largest process of the web", max(memory), "MB", at_most=MOST_MB)


def _ask_at_once(served: Served) -> Run:
    """Let everybody connect, then ask in the same moment."""
    ready = threading.Barrier(PEOPLE + 1)
    waits: list[float] = []
    failed: list[object] = []

    def ask(number: int) -> None:
        connection = connect_over_tls(served.certificate, served.port, 120)
        headers = {"Host": HOST, "Cookie": served.cookies[number % len(served.cookies)]}
        with suppress(OSError):  # who has no connection by then asks for one again
            connection.connect()
        ready.wait()
        began = time.monotonic()
        try:
            connection.request("GET", PAGES[number % len(PAGES)], headers=headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                failed.append(answer.status)
        except (OSError, http.client.HTTPException) as error:
            failed.append(error)
        waits.append(time.monotonic() - began)
        connection.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(PEOPLE)]
    for thread in threads:
        thread.start()
    before = _worked(served)
    ready.wait()
    for thread in threads:
        thread.join()
    after = _worked(served)
    if failed:
        print(f"  failed: {failed[:3]}")
    shares = statistics.quantiles(waits, n=100)
    return Run(
        len(failed),
        shares[49],
        shares[94],
        shares[98],
        *(now - then for now, then in zip(after, before, strict=True)),
    )


def _worked(served: Served) -> tuple[float, float]:
    """Return the processor seconds so far of the web's processes and of the database's."""
    return sum(map(seconds_of, served.web())), sum(map(seconds_of, served.backends()))
