"""Whose call is made next: many at once in threads of their own, and none of them at another's expense.

Calls wait for answers, so they must not hold the worker's places: in each process of the worker one job hands them out to threads. An
endpoint whose last call was quick has several under way; one that was slow, failed or is new has one, and all such together
at most half of the threads. So whoever answers is told, whoever else does not. Endpoints of the sandbox have a few threads of
their own, so that nobody's trial takes a thread from a real call.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from django.db import connection
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as, placed
from takedowns.webhooks.models import ALL_LANES
from takedowns.webhooks.sending import send_next

log = logging.getLogger(__name__)

#: Calls that a process has under way, at most.
AT_ONCE: Final = 32
#: Those of the sandbox, besides.
AT_ONCE_IN_SANDBOX: Final = 4
#: Of one endpoint that answers quickly.
OF_A_QUICK_ONE: Final = 4
#: An answer that comes later is a slow one.
QUICK_S: Final = 2.0
#: A lane gives its thread back after this long, so that others have their turn.
OF_A_LANE_S: Final = 1.0
#: The job ends after this long and another goes on, so that a worker that is told to stop can.
OF_A_JOB_S: Final = 10.0

_DUE: Final = """
    SELECT endpoint.id, lane.number, head.next_at, head.calling_until
    FROM webhooks_endpoint AS endpoint
    CROSS JOIN unnest(%s::integer[]) AS lane (number)
    CROSS JOIN LATERAL (
        SELECT delivery.next_at, delivery.calling_until FROM webhooks_delivery AS delivery
        WHERE delivery.endpoint_id = endpoint.id AND delivery.lane = lane.number AND delivery.state = 'waiting'
        ORDER BY delivery.number LIMIT 1
    ) AS head
    WHERE endpoint.disabled_at IS NULL ORDER BY head.next_at
"""


class Waiting(NamedTuple):
    """A lane of an endpoint in which something waits, and from when on it may be sent."""

    endpoint_id: UUID
    lane: int
    at: datetime


def waiting_lanes() -> list[Waiting]:
    """Return the lanes in which something waits, the longest waiting first. One statement, a look into each lane."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_DUE, [list(ALL_LANES)])
        return [
            Waiting(endpoint_id, lane, max(next_at, calling_until or next_at))
            for endpoint_id, lane, next_at, calling_until in cursor.fetchall()
        ]


class Turns:
    """The calls that this process has under way, and who has shown to be quick.

    Args:
        at_once: how many calls it has under way, at most; of endpoints that are not quick half of them, one each.
        sandbox: they are those of the sandbox.
    """

    def __init__(self, at_once: int = AT_ONCE, *, sandbox: bool = False) -> None:
        self._at_once = at_once
        self._sandbox = sandbox
        self._handing_out = threading.Lock()
        self._woken = threading.Event()
        self._lock = threading.Lock()
        self._calling: Counter[UUID] = Counter()
        self._lanes: set[tuple[UUID, int]] = set()
        self._quick: set[UUID] = set()
        self._served: dict[UUID, float] = {}
        # Not of a job: a job ends though an answer is still waited for, and a worker that stops waits for the last ones.
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="webhook")

    def run(self) -> datetime | None:
        """Hand out calls as long as some are due or under way, for ten seconds; then let another job go on.

        Returns:
            When another has to; None where nothing waits, or where another job of this process is at it, which looks again.
        """
        if not self._handing_out.acquire(blocking=False):
            self._woken.set()
            return None
        ends = time.monotonic() + OF_A_JOB_S
        try:
            while True:
                self._woken.clear()
                with placed(in_sandbox=self._sandbox):
                    waiting = waiting_lanes()
                self._hand_out(waiting)
                with self._lock:
                    under_way = bool(self._lanes)
                if not under_way:
                    return min((one.at for one in waiting), default=None)
                if time.monotonic() >= ends:
                    return timezone.now()
                self._woken.wait(1.0)
        finally:
            self._handing_out.release()

    def _hand_out(self, waiting: list[Waiting]) -> None:
        """Give each lane that is due a thread, as far as its endpoint's share allows, whoever was served longest ago first."""
        now = timezone.now()
        due = [one for one in waiting if one.at <= now]
        for one in sorted(due, key=lambda one: (self._served.get(one.endpoint_id, 0.0), one.at)):
            if self._take(one):
                self._served[one.endpoint_id] = time.monotonic()
                self._threads.submit(self._send, one)

    def _take(self, one: Waiting) -> bool:
        """Take a lane's turn, unless its endpoint or those like it have their share of calls under way."""
        place = one.endpoint_id, one.lane
        with self._lock:
            if place in self._lanes or len(self._lanes) >= self._at_once:
                return False
            if one.endpoint_id in self._quick:
                allowed = self._calling[one.endpoint_id] < OF_A_QUICK_ONE
            else:
                others = sum(
                    number for endpoint, number in self._calling.items() if endpoint not in self._quick
                )
                allowed = not self._calling[one.endpoint_id] and others < self._at_once // 2
            if allowed:
                self._calling[one.endpoint_id] += 1
                self._lanes.add(place)
            return allowed

    def _send(self, one: Waiting) -> None:
        ends = time.monotonic() + OF_A_LANE_S
        try:
            while True:
                with placed(in_sandbox=self._sandbox):
                    sent = send_next(one.endpoint_id, one.lane)
                if sent.was_tried:
                    quick = sent.delivered and sent.seconds < QUICK_S
                    with self._lock:
                        (self._quick.add if quick else self._quick.discard)(one.endpoint_id)
                if not sent.delivered or time.monotonic() >= ends:
                    return
        except Exception:
            log.exception("A webhook call was not recorded; it is made again")
        finally:
            connection.close()
            with self._lock:
                self._calling[one.endpoint_id] -= 1
                self._lanes.discard((one.endpoint_id, one.lane))
                if not self._calling[one.endpoint_id]:
                    del self._calling[one.endpoint_id]
            self._woken.set()


#: Of this process.
TURNS: Final = Turns()
SANDBOX_TURNS: Final = Turns(AT_ONCE_IN_SANDBOX, sandbox=True)
