"""The figures: counting with many and with few referrals, folded and not, and how fast events are folded."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.board import _load
from benchmarks.database import bench_database

SIZES = (2_600, 26_000)
RUNS = 15


def main() -> None:
    """Print, for each size, milliseconds of a board's figures before and after folding, and events folded a second."""
    with bench_database(), tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            _load(Path(folder) / "list.csv", size)
            _measure(size)


def _measure(size: int) -> None:
    from takedowns.directory.asking import SYSTEM, asking_as
    from takedowns.referrals.models import Event, Operation
    from takedowns.statistics.board import board
    from takedowns.statistics.fold import fold

    operation = Operation.objects.get()

    def figures() -> None:
        with asking_as(SYSTEM):
            board(operation, SYSTEM)

    with asking_as(SYSTEM):
        events = Event.objects.count()
    unfolded = _median(figures)
    started = time.perf_counter()
    fold()
    seconds = time.perf_counter() - started
    print(
        f"  {size:>6,} rows: figures {_median(figures):6.1f} ms, before folding {unfolded:6.1f} ms;"
        f" folded {events / seconds:,.0f} events/s ({events:,} events)"
    )


def _median(work: Callable[[], None]) -> float:
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)
