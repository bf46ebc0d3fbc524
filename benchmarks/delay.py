"""How long a platform's changes wait while a long list is taken in: a follower at the head, and somebody who answers meanwhile.

Readers of the log go no further than the oldest transaction in flight, and a list is taken in by one. A platform passes such a
transaction, since nothing in it is told to platforms (``referrals/log.py``); an agency is told of its lists, and waits for them: from
the first row written to the commit. So the processor time of the import's two processes, its own and the database's, which take
turns, is printed with it: on a quiet machine an agency waits for about their sum.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from uuid import UUID

from benchmarks import claims
from benchmarks.database import bench_database, empty, hand_in, make_operation
from benchmarks.million import IMPORT
from benchmarks.rows import write_list

SIZES: Final = (26_000, 100_000)
#: Processor seconds of 100,000 rows at most, both processes together; and how long a platform's change may wait beside them.
MOST_WORK: Final = 30
MOST_WAIT: Final = 5
#: Somebody answers so often, and a follower asks so often.
ANSWER_EVERY, ASK_EVERY = 0.25, 0.05
ANSWERS: Final = 2_000
FOLLOWED: Final = "facebook"


def main() -> None:
    """Print, for each length of the list, how long the answers of one platform's program waited at most, and alone."""
    with bench_database(), tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            path = Path(folder) / "list.csv"
            write_list(path, size)
            alone, waited, run = _measure(path, Path(folder) / "waiting.csv")
            print(
                f"  {size:>9,} rows in {run['seconds']:6.2f} s (processor: {run['own']:.2f} s of the import's own,"
                f" {run['backend']:.2f} of the database's): a change waits {alone:.2f} s at most before, {waited:.2f} meanwhile"
            )
            claims.figure(
                f"a platform's change beside a list of {size:,} rows",
                waited,
                "s until it is told",
                at_most=MOST_WAIT,
            )
        claims.figure(
            f"processor time of a list of {size:,} rows", run["own"] + run["backend"], "s", at_most=MOST_WORK
        )


def _measure(path: Path, others: Path) -> tuple[float, float, dict[str, float]]:
    """Return the longest wait alone and beside a list, and what taking it in came to."""
    from django.db import connections

    empty()
    # Other addresses than those of the list: nobody else's answers wait for a lock of it.
    lines = [
        f"https://www.facebook.com/demo.other/posts/{number},post,4,,,\n" for number in range(1, ANSWERS + 1)
    ]
    others.write_text("URL,Kind,Tier,Language,Outlet,Note\n" + "".join(lines))
    hand_in(make_operation(), others.read_bytes())
    answers = _refer_all()
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    with _Answering(answers) as alone:
        time.sleep(5)
    with _Answering(answers) as beside:
        done = subprocess.run(
            [sys.executable, "-c", IMPORT, str(path)], check=True, capture_output=True, text=True
        )
    return alone.longest, beside.longest, json.loads(done.stdout.splitlines()[-1])


def _refer_all() -> list[UUID]:
    from takedowns.access.actor import SYSTEM, acting_as
    from takedowns.referrals.models import Referral
    from takedowns.referrals.transitions import apply_to_all

    with acting_as(SYSTEM):
        ids = list(Referral.objects.values_list("pk", flat=True))
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", ids, by=SYSTEM)
    return ids


class _Answering:
    """While it lasts, one answers a referral now and then, and one follows the feed at its head."""

    def __init__(self, left: list[UUID]) -> None:
        self._left = left
        self._ended = threading.Event()
        self._committed: dict[UUID, float] = {}
        self._waits: list[float] = []
        self._threads: Sequence[threading.Thread] = ()

    @property
    def longest(self) -> float:
        """Seconds from the commit of a change to its being told, of the change that waited longest."""
        return max(self._waits)

    def __enter__(self) -> _Answering:
        self._threads = [threading.Thread(target=target) for target in (self._answer, self._follow)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _answer(self) -> None:
        from django.db import connections

        from takedowns.access.actor import SYSTEM
        from takedowns.referrals.transitions import apply_to_all

        while not self._ended.wait(ANSWER_EVERY):
            one = self._left.pop()
            apply_to_all("acknowledge", [one], by=SYSTEM)
            self._committed[one] = time.monotonic()
        connections.close_all()

    def _follow(self) -> None:
        from django.db import connections

        from takedowns.access.actor import acting_as
        from takedowns.referrals.log import latest
        from takedowns.representation.changes import changes
        from takedowns.representation.reader import PlatformReader

        reader, position, told = PlatformReader(FOLLOWED), latest(), 0
        while not self._ended.is_set() or told < len(self._committed):
            time.sleep(ASK_EVERY)
            with acting_as(reader.actor):
                reading, found = changes(reader, position, 1000, ["acknowledge"])
            now = time.monotonic()
            self._waits += [now - self._committed.get(one["referral_id"], now) for one in found]
            position, told = reading.position, told + len(found)
        connections.close_all()
