"""The figures: counting with many and with few referrals, folded and not, how fast events are folded, and what that adds to an import."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import claims
from benchmarks.board import load_answered
from benchmarks.database import bench_database, the_operation
from benchmarks.intake import ROWS, run_import
from benchmarks.rows import write_list

SIZES = (2_600, 26_000)
RUNS = 15
IMPORTS = 5
MOST_PERCENT = 10


def main() -> None:
    """Print, for each size, milliseconds of a board's figures before and after folding, and events folded a second.

    An import counts nothing itself; what counting adds to it is the folding of its events, in seconds of the same run.
    """
    with bench_database(), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        for size in SIZES:
            load_answered(path, size)
            _measure(size)
        write_list(path, ROWS)
        _measure_counting(path)


def _measure(size: int) -> None:
    from takedowns.access.actor import SYSTEM, acting_as
    from takedowns.figures.board import board
    from takedowns.figures.fold import fold
    from takedowns.referrals.models import Event

    operation = the_operation()

    def figures() -> None:
        with acting_as(SYSTEM):
            board(operation, SYSTEM)

    with acting_as(SYSTEM):
        events = Event.objects.count()
    unfolded = _median(figures)
    started = time.perf_counter()
    fold()
    seconds = time.perf_counter() - started
    print(
        f"  {size:>6,} rows: figures {_median(figures):6.1f} ms, before folding {unfolded:6.1f} ms;"
        f" folded {events / seconds:,.0f} events/s ({events:,} events)"
    )


def _measure_counting(path: Path) -> None:
    from takedowns.figures.fold import fold

    shares = []
    for _ in range(IMPORTS):
        imported, _facts, _statements = run_import(path)
        started = time.perf_counter()
        fold()
        counted = time.perf_counter() - started
        shares.append(100 * counted / imported)
        print(f"  import of {ROWS:,} rows {imported:5.2f} s, folding its events {counted * 1000:5.0f} ms")
    claims.figure("folding, of an import", statistics.median(shares), "%", at_most=MOST_PERCENT)


def _median(work: Callable[[], None]) -> float:
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)
