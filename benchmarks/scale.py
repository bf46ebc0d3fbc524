"""The figures at 26 thousand, a million and ten million referrals: pages, folding, files, and a past moment's memory.

SCALE_SIZES=26000,1000000 in the environment names other sizes; ten million take 30 GB of disk and half an hour.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from benchmarks import claims
from benchmarks.database import bench_database, empty, make_operation, the_operation
from benchmarks.many import write_many

SIZES = tuple(int(size) for size in os.environ.get("SCALE_SIZES", "26000,1000000,10000000").split(","))
BEGIN = datetime(2019, 11, 21, 6, tzinfo=UTC)
RUNS = 15
#: Seconds of a report as of a past moment, from so many referrals on.
MOST_PAST_S, OF_MANY = 15, 10_000_000
MOST_GROWTH, LEAST_FOLDED = 1.3, 200_000


def main() -> None:
    """Print, for each size, milliseconds of board and figures, events folded a second, seconds of files; then how flat."""
    measured: dict[str, list[float]] = {}
    for size in SIZES:
        with bench_database():
            from django.core.management import call_command

            call_command("collectstatic", interactive=False, verbosity=0)
            empty()
            operation, agency, _ = make_operation()
            started = time.perf_counter()
            events = write_many(operation, agency, size, BEGIN)
            print(
                f"  {size:>10,} referrals, {events:,} events, written in {time.perf_counter() - started:.0f} s",
                flush=True,
            )
            _folding(events)
            for name, milliseconds in _pages().items():
                measured.setdefault(name, []).append(milliseconds)
                print(f"    {name:<28} {milliseconds:8.1f} ms", flush=True)
            _past(operation.reference, size)
    for name, times in measured.items():
        claims.figure(f"{name}, largest against smallest", times[-1] / times[0], "times", at_most=MOST_GROWTH)


def _folding(events: int) -> None:
    """Print events folded a second, beside PostgreSQL counting the same events by the cells they moved between, once."""
    from django.db import connections

    from takedowns.figures.fold import fold

    started = time.perf_counter()
    stretches = fold()
    seconds = time.perf_counter() - started
    started = time.perf_counter()
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT from_cell_id, to_cell_id, kind, date_trunc('hour', at), count(*)"
            " FROM referrals_event GROUP BY 1, 2, 3, 4) AS bare"
        )
    bare = time.perf_counter() - started
    print(
        f"    folded {events / seconds:,.0f} events/s in {stretches} stretches;"
        f" bare grouping {events / bare:,.0f} events/s"
    )
    # A start-up cost weighs more on few.
    least = LEAST_FOLDED if events >= LEAST_FOLDED else None
    claims.figure(f"folding of {events:,} events", events / seconds, "events/s", at_least=least)


def _pages() -> dict[str, float]:
    """Return the median milliseconds of pages and files as an officer gets them, everything folded."""
    from django.test import Client
    from django.urls import reverse

    from takedowns.access.actor import SYSTEM, acting_as
    from takedowns.directory.models import User
    from takedowns.figures.board import board
    from takedowns.figures.exports import FORMATS
    from takedowns.web.views.dashboard import LIVE_PARTS

    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.get(email="officer@bench.example"))
    operation = the_operation()
    with acting_as(SYSTEM):
        told = board(operation, SYSTEM)
    assert told.total.handed_in == told.total.referred > 0

    def get(name: str, query: str = "", **headers: str) -> Callable[[], None]:
        address = reverse(f"web:{name}", args=["BENCH"]) + query

        def ask() -> None:
            LIVE_PARTS.forget()  # as the first who sees a change
            answer = client.get(address, headers=headers)
            assert answer.status_code in {200, 304}, (address, answer.status_code)

        return ask

    etag = client.get(reverse("web:board-live", args=["BENCH"])).headers["ETag"]

    def figures() -> None:
        with acting_as(SYSTEM):
            board(operation, SYSTEM)

    return {
        "figures alone": _median(figures),
        "board": _median(get("board")),
        "board, refreshed": _median(get("board-live")),
        "board, unchanged (304)": _median(get("board-live", **{"If-None-Match": etag})),
        "Figures page": _median(get("figures")),
        "Figures page, by kind": _median(get("figures", "?by=kind")),
        "PDF": _median(lambda: FORMATS["pdf"](told), 3),
        "XLSX": _median(lambda: FORMATS["xlsx"](told), 3),
    }


def _past(reference: str, size: int) -> None:
    """Print seconds and peak memory of a report as of a past moment: of the process, and of its PostgreSQL backend."""
    moment = (BEGIN + timedelta(days=2)).isoformat()
    done = subprocess.run(
        [sys.executable, "-c", _ONE, reference, moment], check=True, capture_output=True, text=True
    )
    told = json.loads(done.stdout.splitlines()[-1])
    print(
        f"    as of a past moment: {told['seconds']:.1f} s, peak {told['mib']:.0f} MiB;"
        f" its backend {told['backend']:.0f} MiB beyond what all share",
        flush=True,
    )
    most = MOST_PAST_S if size >= OF_MANY else None
    claims.figure(f"CSV as of a past moment over {size:,}", told["seconds"], "s", at_most=most)


# In a process of its own: nothing but the product, so that its peak memory is the product's.
_ONE = """
import json, re, sys, time
from pathlib import Path
import django
from django.conf import settings
for database in settings.DATABASES.values():
    database["NAME"] = "takedowns_bench"
django.setup()
from datetime import datetime
from django.db import connection
from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals.models import Operation
from takedowns.figures.board import board
from takedowns.figures.exports import FORMATS
started = time.perf_counter()
with acting_as(SYSTEM), connection.cursor() as cursor:
    cursor.execute("SELECT pg_backend_pid()")
    [pid] = cursor.fetchone()
    told = board(Operation.objects.get(reference=sys.argv[1]), SYSTEM, as_of=datetime.fromisoformat(sys.argv[2]))
    FORMATS["csv"](told)
    seconds = time.perf_counter() - started
    status = Path(f"/proc/{pid}/status")
    kib = dict(re.findall(r"^(VmHWM|RssShmem):\\s+(\\d+)", status.read_text(), re.M)) if status.exists() else {}
print(json.dumps({"seconds": seconds, "mib": int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024,
                  "backend": (int(kib.get("VmHWM", 0)) - int(kib.get("RssShmem", 0))) / 1024}))
"""


def _median(work: Callable[[], object], runs: int = RUNS) -> float:
    work()
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)
