"""Every page of the full demo day: statements and server time, as the first person who reaches it sees it."""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from benchmarks import claims
from benchmarks.database import bench_database, fold_all

if TYPE_CHECKING:
    from django.test import Client

    from tour.walk import Stop

DAY = "RAD19"
VISITS = 9
#: Fifteen, and the entry of who looked.
MOST_QUERIES, MOST_MS = 16, 200
#: Pages with a bound of their own.
BOUNDS = {
    "web:morning-after": ("follow-up page", 50),
    "web:look-again": ("verification queue", 50),
}
BARE = 200


def main() -> None:
    """Print a table of pages, slowest first, and how many keep to 15 queries and 200 ms at the median."""
    with bench_database(), tempfile.TemporaryDirectory() as folder:
        from django.core.management import call_command

        from takedowns.demo.play import play
        from takedowns.demo.practice import make_practice
        from takedowns.demo.scenario import build

        call_command("collectstatic", interactive=False, verbosity=0)
        play(build(), Path(folder), lambda *_: None)
        make_practice()
        fold_all()
        _table()


def _table() -> None:
    from takedowns.demo.practice import REFERENCE
    from tour.walk import everybody

    stops: dict[str, tuple[Stop, Client]] = {}
    # What the full day has nothing of is measured where there is something.
    for operation in (DAY, REFERENCE):
        for client, found in everybody(operation, host="localhost"):
            for stop in [*found, *_harder(found)]:
                stops.setdefault(stop.page, (stop, client))
    measured = sorted((_measure(stop, client) for stop, client in stops.values()), reverse=True)
    print(f"  a statement alone over the same connection: {_bare_ms():.2f} ms")
    print(f"  {'page':<34} {'median':>9} {'queries':>8}")
    for milliseconds, queries, stop in measured:
        over = "  over" if milliseconds > MOST_MS or queries > MOST_QUERIES else ""
        print(f"  {stop.page.removeprefix('web:'):<34} {milliseconds:>6.0f} ms {queries:>8}{over}")
    for milliseconds, _queries, stop in measured:
        if stop.page in BOUNDS:
            name, most = BOUNDS[stop.page]
            claims.figure(name, milliseconds, "ms", at_most=most)
    kept = sum(ms <= MOST_MS and queries <= MOST_QUERIES for ms, queries, _ in measured)
    claims.figure(
        f"pages over {MOST_QUERIES} queries or {MOST_MS} ms",
        len(measured) - kept,
        f"of {len(measured)}",
        at_most=0,
    )


def _harder(found: list[Stop]) -> list[Stop]:
    """Return what a page is asked on a bad day: the last keyset page with a filter, and a search by URL."""
    from tour.walk import Stop

    if (listed := next((stop for stop in found if stop.page == "web:referrals"), None)) is None:
        return []
    address = f"/operations/{DAY}/referrals/"
    return [
        Stop("referrals, last page", f"{address}?last=1", listed.person),
        Stop(
            "referrals, filtered, last page",
            f"{address}?status=removed&platform=telegram&last=1",
            listed.person,
        ),
        Stop(
            "referrals, search by URL",
            f"{address}?q={quote('https://telegram.me/s/demo_amber_lantern_6187')}",
            listed.person,
        ),
    ]


def _measure(stop: Stop, client: Client) -> tuple[float, int, Stop]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(stop.address)  # now and then a visit also writes that the session is used
    with CaptureQueriesContext(connection) as counted:
        answer = client.get(stop.address)
    queries = len(counted)
    if answer.status_code != 200:
        raise RuntimeError(f"{stop.address} answers {answer.status_code}")
    times = []
    for _ in range(VISITS):
        started = time.perf_counter()
        client.get(stop.address)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times), queries, stop


def _bare_ms() -> float:
    from django.db import connection

    with connection.cursor() as cursor:
        started = time.perf_counter()
        for number in range(BARE):
            cursor.execute("SELECT %s", [json.dumps(number)])
        return (time.perf_counter() - started) * 1000 / BARE
