"""Two hundred people with the board open, each refreshing every five seconds, while the day goes on.

The server is gunicorn as in production, on this machine; viewers keep their connection and send the ETag they saw last, as
the page does. Bounded: so many viewers, so many seconds. What is measured is from sending a request to its whole answer,
so it contains the server's time, its queue and the viewers' own threads on the same cores.
"""

from __future__ import annotations

import http.client
import os
import random
import statistics
import tempfile
import threading
import time
from pathlib import Path

from benchmarks import claims
from benchmarks.board import load_answered
from benchmarks.database import bench_database, fold_all
from benchmarks.server import gunicorn

ROWS = 26_000
VIEWERS = int(os.environ.get("VIEWERS", "200"))
EVERY = 5.0
SECONDS = float(os.environ.get("VIEWERS_SECONDS", "60"))
#: How often a platform answers meanwhile: each answer changes the figures once for every viewer.
MOST_P99_MS = 100
CHANGE_EVERY = float(os.environ.get("VIEWERS_CHANGE_EVERY", "20"))


def main() -> None:
    """Print how long refreshes took and how many were answered 304."""
    with bench_database(), tempfile.TemporaryDirectory() as folder:
        from django.core.management import call_command

        call_command("collectstatic", interactive=False, verbosity=0)
        load_answered(Path(folder) / "list.csv", ROWS)
        fold_all()
        cookie = sign_in()
        with gunicorn(workers=4) as port:
            _bare(port)
            _watch(port, cookie)


def sign_in() -> str:
    """Return the cookie of the officer who looks."""
    from django.conf import settings
    from django.test import Client

    from takedowns.directory.models import User

    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(User.objects.get(email="officer@bench.example"))
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def _bare(port: int) -> None:
    """Print what the machine and the server need for an answer that does next to nothing, one at a time."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    times = []
    for _ in range(200):
        started = time.perf_counter()
        connection.request("GET", "/health/")
        connection.getresponse().read()
        times.append((time.perf_counter() - started) * 1000)
    connection.close()
    print(f"  /health/ alone, one at a time: median {statistics.median(times):.1f} ms")


def _open(port: int, cookie: str) -> str:
    """Ask every process for the board until each has answered, as on any day; return the tag of the figures."""
    tag = ""
    for _ in range(32):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/operations/BENCH/live/", headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        tag = answer.headers["ETag"] or ""
        connection.close()
    return tag


def _watch(port: int, cookie: str) -> None:
    """Let the viewers refresh and the day go on; print the distribution."""
    opened = _open(port, cookie)
    found: list[tuple[float, int]] = []
    lock = threading.Lock()
    until = time.monotonic() + SECONDS

    def view(number: int) -> None:
        chance = random.Random(number)
        headers = {"Cookie": cookie, "Host": "127.0.0.1"}
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        mine = []
        # The page that was opened names the tag of its figures.
        headers["If-None-Match"] = opened
        time.sleep(chance.random() * EVERY)  # people do not open a page at the same moment
        while (started := time.monotonic()) < until:
            try:
                connection.request("GET", "/operations/BENCH/live/", headers=headers)
                answer = connection.getresponse()
                answer.read()
                mine.append(((time.monotonic() - started) * 1000, answer.status))
                if etag := answer.headers.get("ETag"):
                    headers["If-None-Match"] = etag
            except (http.client.HTTPException, OSError):
                mine.append(((time.monotonic() - started) * 1000, 0))
                connection.close()
            time.sleep(max(0.0, EVERY - (time.monotonic() - started)))
        connection.close()
        with lock:
            found.extend(mine)

    threads = [threading.Thread(target=view, args=(number,)) for number in range(VIEWERS)]
    for thread in threads:
        thread.start()
    changes = _go_on(until)
    for thread in threads:
        thread.join()
    times = sorted(taken for taken, _ in found)
    unchanged = sum(status == 304 for _, status in found)
    whole = sum(status == 200 for _, status in found)
    p50, p99 = (times[int(len(times) * share)] for share in (0.5, 0.99))
    print(
        f"  {VIEWERS} viewers, {len(found):,} refreshes in {SECONDS:.0f} s, {changes} changes: median {p50:.1f} ms, p99 {p99:.1f} ms,"
        f" longest {times[-1]:.0f} ms; {unchanged / len(found):.0%} answered 304, {whole} whole,"
        f" {len(found) - unchanged - whole} failed"
    )
    claims.figure(f"refreshes of {VIEWERS} viewers, p99", p99, "ms", at_most=MOST_P99_MS)
    claims.figure("refreshes that failed", len(found) - unchanged - whole, "of all", at_most=0)


def _go_on(until: float) -> int:
    """Let the platform decline some more, now and then; return how often."""
    from takedowns.access.actor import SYSTEM, acting_as
    from takedowns.referrals.models import Referral
    from takedowns.referrals.transitions import apply_to_all

    with acting_as(SYSTEM):
        waiting = list(Referral.objects.filter(status="referred").values_list("pk", flat=True)[:1000])
    changes = 0
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, CHANGE_EVERY))
        if time.monotonic() < until:
            apply_to_all(
                "decline", waiting[changes * 10 : changes * 10 + 10], by=SYSTEM, decline_reason="other"
            )
            changes += 1
    return changes
