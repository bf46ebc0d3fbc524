"""The board over real HTTP handling, with many and with few items: queries and server time."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from benchmarks import claims
from benchmarks.database import bench_database, empty, hand_in, make_operation
from benchmarks.rows import write_list

SIZES = (260, 2_600, 26_000)
REQUESTS = 30
MOST_QUERIES = 12
MOST_UNFOLDED_MS = 60


def main() -> None:
    """Print, for each size, the number of queries and the milliseconds of a full page and of a refresh."""
    with bench_database(), tempfile.TemporaryDirectory() as folder:
        from django.core.management import call_command

        from takedowns.figures.fold import fold

        call_command("collectstatic", interactive=False, verbosity=0)
        for size in SIZES:
            load_answered(Path(folder) / "list.csv", size)
            unfolded, queries = _measure(size, "the worker has not folded anything")
            fold()
            folded, queries_folded = _measure(size, "folded")
        claims.figure("board, folded", folded, "ms")
        claims.figure("board, nothing folded", unfolded, "ms", at_most=MOST_UNFOLDED_MS)
        claims.figure("board", max(queries, queries_folded), "queries", at_most=MOST_QUERIES)


def load_answered(path: Path, size: int) -> None:
    """Fill the tables with an operation whose referrals were approved, referred, answered and looked at."""
    from django.db import connections

    from takedowns.access.actor import SYSTEM, acting_as
    from takedowns.referrals.availability import Look, record_seen
    from takedowns.referrals.models import Referral
    from takedowns.referrals.transitions import apply_to_all
    from takedowns.referrals.vocabulary import Availability

    empty()
    write_list(path, size)
    hand_in(make_operation(), path.read_bytes())
    with acting_as(SYSTEM):
        pairs = list(Referral.objects.values_list("pk", "item_id", "submitted_at"))
    ids = [pk for pk, _, _ in pairs]
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", ids, by=SYSTEM)
    apply_to_all("remove", ids[: size * 8 // 10], by=SYSTEM, action="visibility_removed")
    looks = [Look(item, Availability.OFFLINE, at) for _, item, at in pairs[: size // 2]]
    record_seen(looks, by=SYSTEM, robot="bench")
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _measure(size: int, state: str) -> tuple[float, int]:
    """Return the page's milliseconds and statements."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from takedowns.directory.models import User
    from takedowns.web.views.dashboard import LIVE_PARTS

    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.get(email="officer@bench.example"))
    address = reverse("web:board", args=["BENCH"])
    with CaptureQueriesContext(connection) as counted:
        page = client.get(address)
    queries = len(counted)  # now: the next request empties the log
    assert page.status_code == 200, page.status_code
    live = reverse("web:board-live", args=["BENCH"])
    seen = {"If-None-Match": client.get(live).headers["ETag"]}
    unchanged = client.get(live, headers=seen)
    assert unchanged.status_code == 304, unchanged.status_code

    def first(asked: str) -> None:
        LIVE_PARTS.forget()  # as the first who sees a change
        client.get(asked)

    page_ms, again_ms, live_ms, unchanged_ms = (
        _median(lambda: first(address)),
        _median(lambda: client.get(address)),
        _median(lambda: first(live)),
        _median(lambda: client.get(live, headers=seen)),
    )
    print(
        f"  {size:>6,} items: {queries:>2} queries, page {page_ms:4.0f} ms (made for others already: {again_ms:4.0f}),"
        f" refresh {live_ms:4.0f} ms, unchanged {unchanged_ms:4.1f} ms; {state}"
    )
    return page_ms, queries


def _median(request) -> float:  # type: ignore[no-untyped-def]
    times = []
    for _ in range(REQUESTS):
        started = time.perf_counter()
        request()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)
