"""Webhooks to a receiver on this machine that fails one call in a hundred, beside a bare loop of the same posts."""

from __future__ import annotations

import http.client
import random
import socket
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import orjson

from benchmarks.database import bench_database, empty, hand_in, make_operation
from benchmarks.intake import settle

BULK = 26_000
SINGLE = 1_000
FAILING = 0.01
LANES_AT_ONCE = 4
#: Endpoints that never answer, and decisions of another platform that are told meanwhile.
SILENT = 10
TOLD = 60


class _Receiver:
    """Keeps what it takes; fails now and then, and then says so before or after it took the call."""

    def __init__(self) -> None:
        self.port = 0
        self.failing = FAILING
        self.calls: list[tuple[str, bytes]] = []
        self.failed = 0
        self.lock = threading.Lock()
        self.chance = random.Random(2019)


def main() -> None:
    """Print deliveries and changes per second, in bulk and one change to a call, and what arrived."""
    with bench_database(), _receiving() as receiver:
        from django.conf import settings

        settings.WEBHOOK_ALLOW_NETWORKS, settings.WEBHOOK_PLAIN_HTTP = ["127.0.0.1/32"], True
        ids = _prepare(receiver.port)
        _run(receiver, "26,000 referrals made at once", [(pk, ["refer"]) for pk in ids])
        acknowledged = ids[:SINGLE]
        for pk in acknowledged:
            _change("acknowledge", [pk])
        for pk in acknowledged:
            _change("remove", [pk], action="visibility_removed")
        _run(
            receiver,
            f"{2 * SINGLE:,} single changes",
            [(pk, ["acknowledge", "remove"]) for pk in acknowledged],
        )
        _fairness(receiver, ids[SINGLE : SINGLE + TOLD])


def _fairness(receiver: _Receiver, ids: list[UUID]) -> None:
    """Print how long single decisions of one platform take to be told while ten endpoints of another never answer."""
    from takedowns.access.actor import SYSTEM, acting_as
    from takedowns.directory.models import Platform
    from takedowns.webhooks.endpoints import create
    from takedowns.webhooks.feeding import feed, ping
    from takedowns.webhooks.models import Endpoint
    from takedowns.webhooks.turns import TURNS

    with acting_as(SYSTEM):
        told = Endpoint.objects.get()
        other = Platform.objects.exclude(pk=told.platform_id).order_by("pk")[0].pk
    receiver.calls.clear()
    receiver.failing = 0.0
    done = threading.Event()

    def jobs() -> None:
        from django.db import connection

        while not done.is_set():
            TURNS.run()
        connection.close()

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(128)  # it connects, and nobody ever answers
        for number in range(SILENT):
            hangs, _ = create(other, url=f"http://127.0.0.1:{silent.getsockname()[1]}/{number}")
            for _ in range(3):
                ping(hangs)
        worker = threading.Thread(target=jobs)
        worker.start()
        time.sleep(1.0)  # they have all that they get
        times = []
        for number, pk in enumerate(ids, 1):
            started = time.perf_counter()
            _change("acknowledge", [pk])
            feed(told.pk)
            TURNS.run()  # as the job that the feeding queues: it wakes the one that runs
            while len(receiver.calls) < number and time.perf_counter() - started < 60:
                time.sleep(0.001)
            times.append(time.perf_counter() - started)
        done.set()
        worker.join()
    if len(receiver.calls) != len(ids):
        raise RuntimeError("Not all were told.")
    print(
        f"  {len(ids)} decisions one by one, told while {SILENT} endpoints of another platform never answer:"
        f" median {statistics.median(times) * 1000:.0f} ms, longest {max(times) * 1000:.0f} ms"
    )
    print(f"fairness {max(times):.3f} s")


def _prepare(port: int) -> list[UUID]:
    """Make the endpoint, then 26,000 referrals to its platform."""
    from takedowns.access.actor import SYSTEM, acting_as
    from takedowns.referrals.models import Referral
    from takedowns.webhooks.endpoints import create

    empty()
    content = "url\n" + "".join(f"https://t.me/demo_bench/{number}\n" for number in range(1, BULK + 1))
    hand_in(make_operation(), content.encode())
    create("telegram", url=f"http://127.0.0.1:{port}/hook")
    with acting_as(SYSTEM):
        ids = list(Referral.objects.values_list("pk", flat=True))
    _change("approve", ids, exemptions_checked=True)
    started = time.perf_counter()
    _change("refer", ids)
    print(f"  referring {BULK:,} with an endpoint that is woken: {time.perf_counter() - started:.2f} s")
    settle()
    return ids


def _change(step: str, ids: list[UUID], **arguments: Any) -> None:
    from takedowns.access.actor import SYSTEM
    from takedowns.referrals.transitions import apply_to_all

    apply_to_all(step, ids, by=SYSTEM, **arguments)


def _run(receiver: _Receiver, name: str, expected: list[tuple[UUID, list[str]]]) -> None:
    """Feed and send all, four lanes at a time as four threads of a worker would; then compare and say how fast."""
    from takedowns.access.actor import SYSTEM, acting_as
    from takedowns.webhooks.feeding import feed
    from takedowns.webhooks.models import ALL_LANES, Endpoint

    with acting_as(SYSTEM):
        endpoint = Endpoint.objects.get()
    receiver.calls.clear()
    receiver.failed = 0
    started = time.perf_counter()
    made = feed(endpoint.pk)
    fed = time.perf_counter() - started
    started = time.perf_counter()
    for first in range(0, len(ALL_LANES), LANES_AT_ONCE):
        threads = [
            threading.Thread(target=_send_all, args=(endpoint.pk, lane))
            for lane in ALL_LANES[first : first + LANES_AT_ONCE]
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    sent = time.perf_counter() - started
    changes = sum(len(kinds) for _, kinds in expected)
    bare = _bare(receiver, [body for _, body in receiver.calls])
    print(
        f"  {name}: {made:,} deliveries made in {fed:.2f} s, sent in {sent:.2f} s:"
        f" {made / sent:,.0f} deliveries/s, {changes / sent:,.0f} changes/s; bare posts of the same bodies"
        f" {bare:,.0f}/s; {receiver.failed} calls failed and were made again"
    )
    _compare(receiver, expected)


def _send_all(endpoint_id: UUID, lane: int) -> None:
    from django.db import connection
    from django.utils import timezone

    from takedowns.access.actor import SYSTEM, acting_as
    from takedowns.webhooks.models import Delivery
    from takedowns.webhooks.sending import send_next

    try:
        while True:
            sent = send_next(endpoint_id, lane)
            if sent.try_at is not None:  # a failed one: do not wait for it here
                with acting_as(SYSTEM):
                    Delivery.objects.filter(state="waiting", lane=lane).update(next_at=timezone.now())
            elif not sent.delivered:
                return
    finally:
        connection.close()


def _compare(receiver: _Receiver, expected: list[tuple[UUID, list[str]]]) -> None:
    """Stop with an error where anything is missing or out of order."""
    told: dict[str, list[str]] = defaultdict(list)
    known: set[str] = set()
    twice = 0
    for call, body in receiver.calls:
        if call in known:
            twice += 1
            continue
        known.add(call)
        for event in orjson.loads(body)["data"]["events"]:
            told[event["referral_id"]].append(event["change"])
    if told != {str(pk): kinds for pk, kinds in expected}:
        raise RuntimeError("Something was lost or out of order.")
    print(f"    nothing lost, nothing out of order; {twice} came twice, to be known by their webhook-id")


def _bare(receiver: _Receiver, bodies: list[bytes]) -> float:
    """Return how many posts a second one thread makes over fresh connections, without database and signature."""
    failing, receiver.failing = receiver.failing, 0.0
    calls = list(receiver.calls)
    bodies = bodies[:500]
    times = []
    for body in bodies:
        started = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", receiver.port, timeout=10)
        connection.request("POST", "/hook", body, {"webhook-id": "bare"})
        connection.getresponse().read()
        connection.close()
        times.append(time.perf_counter() - started)
    receiver.failing, receiver.calls = failing, calls
    return 1 / statistics.mean(times)


@contextmanager
def _receiving() -> Iterator[_Receiver]:
    receiver = _Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with receiver.lock:
                fails = receiver.chance.random() < receiver.failing
                # Half of the failures come after the receiver took the call: its answer was lost.
                if not fails or receiver.chance.random() < 0.5:
                    receiver.calls.append((self.headers["webhook-id"], body))
                receiver.failed += fails
            self.send_response(500 if fails else 204)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 128

    server = Server(("127.0.0.1", 0), Handler)
    receiver.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
