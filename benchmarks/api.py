"""One platform pulls 26,000 referrals and answers them over real HTTP, beside bare psycopg doing the same reads and writes.

Then single calls at 50 a second. The server is gunicorn as in the demo: two processes of four threads.
"""

from __future__ import annotations

import http.client
import json
import statistics
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from benchmarks import claims
from benchmarks.database import bench_database, empty, hand_in, make_operation
from benchmarks.intake import settle
from benchmarks.server import gunicorn

ROWS = 26_000
PAGE = 1_000
RUNS = 5
PER_SECOND = 50
SECONDS = 10
MOST_PULL, MOST_DECIDE = 1.2, 1.5
#: Milliseconds of one decision, half of all calls and 99 of 100.
MOST_P50, MOST_P99 = 6, 20

BARE_PAGE = """
    SELECT referral.id, operation.reference, referral.platform_id, item.id, item.kind, item.url, item.key, agency.slug, agency.name,
           agency.country, referral.instrument, referral.tier, referral.language, referral.listed_group, referral.ground,
           referral.status, referral.availability, referral.availability_since, referral.action, referral.decision_ground,
           referral.decline_reason, referral.referred_at, referral.acknowledged_at, referral.decided_at, referral.due_at, referral.round
    FROM referrals_referral AS referral
    JOIN referrals_item AS item ON item.id = referral.item_id
    JOIN referrals_operation AS operation ON operation.id = referral.operation_id
    JOIN directory_agency AS agency ON agency.id = referral.agency_id
    WHERE referral.platform_id = 'telegram' AND referral.referred_at IS NOT NULL AND referral.id > %s
    ORDER BY referral.id LIMIT 1000
"""
BARE_UPDATE = """
    UPDATE referrals_referral AS referral SET status = 'removed', cell_id = %s, action = 'visibility_removed',
           acknowledged_at = coalesce(acknowledged_at, now()), decided_at = now()
    FROM unnest(%s::uuid[]) AS move (id) WHERE referral.id = move.id
"""
BARE_EVENTS = """
    INSERT INTO referrals_event (item_id, referral_id, at, kind, from_cell_id, to_cell_id, details)
    SELECT move.item_id, move.id, now(), 'remove', move.cell_id, %s, '{"action": "visibility_removed"}'
    FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[]) AS move (id, item_id, cell_id)
"""


def serve() -> Any:
    """Return the WSGI application on the benchmark's database (gunicorn calls this)."""
    from django.conf import settings

    for database in settings.DATABASES.values():
        database["NAME"] = "takedowns_bench"
    from takedowns.wsgi import application

    return application


def main() -> None:
    """Print seconds of pulling and deciding beside the bare ones, and the latency of single calls."""
    with bench_database():
        pulls: list[tuple[float, float]] = []
        decisions: list[tuple[float, float]] = []
        for _ in range(RUNS):
            key = _prepare()
            with gunicorn(workers=2) as port:
                client = _Client(port, key)
                client.get("/api/v1/key")  # the first call of a process compiles its routes
                pull, referrals = _timed(client.pull)
                decide, moved = _timed(partial(client.decide, referrals))
                assert len(referrals) == moved == ROWS, (len(referrals), moved)
            _prepare()
            bare_pull, bare_decide = _bare()
            pulls.append((pull, bare_pull))
            decisions.append((decide, bare_decide))
            print(
                f"  pull {pull:5.2f} s, bare {bare_pull:5.2f} s, ratio {pull / bare_pull:4.2f}"
                f"   decide {decide:5.2f} s, bare {bare_decide:5.2f} s, ratio {decide / bare_decide:4.2f}"
            )
        claims.ratio("pull", pulls, limit="bare", at_most=MOST_PULL)
        claims.ratio("decisions", decisions, limit="bare", at_most=MOST_DECIDE)
        key = _prepare()
        with gunicorn(workers=2) as port:
            _latency(port, key)


def _prepare() -> str:
    """Let 26,000 referrals wait at Telegram; return its key."""
    from takedowns.access.actor import SYSTEM, acting_as
    from takedowns.directory.keys import create
    from takedowns.directory.models import Platform
    from takedowns.referrals.models import Referral
    from takedowns.referrals.transitions import apply_to_all

    empty()
    content = "url\n" + "".join(f"https://t.me/demo_bench/{number}\n" for number in range(1, ROWS + 1))
    hand_in(make_operation(), content.encode())
    with acting_as(SYSTEM):
        ids = list(Referral.objects.values_list("pk", flat=True))
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", ids, by=SYSTEM)
    _, text = create(
        name="bench", platform=Platform.objects.get(pk="telegram"), requests_per_minute=1_000_000
    )
    settle()
    return text


class _Client:
    """A platform's program: one connection, pages and calls of 1,000."""

    def __init__(self, port: int, key: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def get(self, path: str) -> Any:
        return self._call("GET", path)

    def post(self, path: str, body: Any) -> Any:
        return self._call("POST", path, json.dumps(body).encode())

    def pull(self) -> list[str]:
        ids: list[str] = []
        after = ""
        while True:
            page = self.get(f"/api/v1/referrals?limit={PAGE}{after}")
            ids += [one["id"] for one in page["referrals"]]
            if page["next"] is None:
                return ids
            after = f"&after={page['next']}"

    def decide(self, ids: list[str]) -> int:
        moved = 0
        for start in range(0, len(ids), PAGE):
            rows = [
                {"referral": one, "verdict": "remove", "action": "visibility_removed"}
                for one in ids[start : start + PAGE]
            ]
            moved += self.post("/api/v1/decisions", {"decisions": rows})["moved"]
        return moved

    def _call(self, method: str, path: str, body: bytes | None = None) -> Any:
        self._connection.request(method, path, body, self._headers)
        response = self._connection.getresponse()
        content = response.read()
        assert response.status == 200, content[:500]
        return json.loads(content)


def _bare() -> tuple[float, float]:
    """Read and write the same rows with psycopg alone; return seconds of each."""
    import psycopg
    from django.db import connections

    from takedowns.access.actor import SYSTEM, acting_as
    from takedowns.access.context import SAY, everything
    from takedowns.referrals.cells import Dimensions, ensure_cells
    from takedowns.referrals.models import Cell

    with acting_as(SYSTEM):
        one = Cell.objects.get(status="referred")
        removed = Dimensions(*(getattr(one, name) for name in Dimensions._fields))._replace(status="removed")
        cell = ensure_cells([removed])[removed]
    settings = connections["default"].settings_dict
    parameters = {
        "host": settings["HOST"],
        "port": settings["PORT"],
        "user": settings["USER"],
        "password": settings["PASSWORD"],
    }
    given = {name: value for name, value in parameters.items() if value}
    with psycopg.connect(dbname=settings["NAME"], **given) as connection:

        def read() -> list[Any]:
            rows: list[Any] = []
            after = UUID(int=0)
            connection.execute(SAY, [everything()])
            while page := connection.execute(BARE_PAGE, [after]).fetchall():
                rows += page
                after = page[-1][0]
                connection.commit()
                connection.execute(SAY, [everything()])
            return rows

        def write(rows: list[Any]) -> None:
            for start in range(0, len(rows), PAGE):
                page = rows[start : start + PAGE]
                ids, items = [row[0] for row in page], [row[3] for row in page]
                connection.execute(SAY, [everything()])
                connection.execute(BARE_UPDATE, [cell, ids])
                connection.execute(BARE_EVENTS, [cell, ids, items, [one.pk] * len(page)])
                connection.commit()

        pull, rows = _timed(read)
        decide, _ = _timed(lambda: write(rows))
    assert len(rows) == ROWS
    return pull, decide


def _warm(port: int, key: str, referral: str) -> None:
    """Let each process answer both kinds of call once: what it loads first is not the latency that callers see."""
    clients = [_Client(port, key) for _ in range(16)]
    for client in clients:
        client.get(f"/api/v1/referrals/{referral}")
        client.post("/api/v1/decisions", {"decisions": [{"referral": referral, "verdict": "acknowledge"}]})


def _latency(port: int, key: str) -> None:
    """Make single calls at a fixed rate, each timed from the moment it was due; print p50 and p99."""
    ids = _Client(port, key).pull()
    _warm(port, key, ids[-1])
    took: dict[str, list[float]] = {"read one": [], "decide one": []}
    start = time.perf_counter() + 0.5
    due = iter(range(PER_SECOND * SECONDS))
    lock = threading.Lock()

    def work() -> None:
        client = _Client(port, key)
        while True:
            with lock:
                number = next(due, None)
            if number is None:
                return
            at = start + number / PER_SECOND
            time.sleep(max(0.0, at - time.perf_counter()))
            if number % 2:
                client.get(f"/api/v1/referrals/{ids[number]}")
            else:
                client.post(f"/api/v1/referrals/{ids[number]}/decision", {"verdict": "acknowledge"})
            took["read one" if number % 2 else "decide one"].append(time.perf_counter() - at)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name, seconds in took.items():
        cuts = statistics.quantiles(seconds, n=100)
        print(
            f"  {name:10} at {PER_SECOND} calls/s together: p50 {cuts[49] * 1000:5.1f} ms, p99 {cuts[98] * 1000:5.1f} ms ({len(seconds)} calls)"
        )
    cuts = statistics.quantiles(took["decide one"], n=100)
    claims.figure("one decision p50", cuts[49] * 1000, "ms", at_most=MOST_P50)
    claims.figure("one decision p99", cuts[98] * 1000, "ms", at_most=MOST_P99)


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result
