"""Where the axes of a chart begin, end and are marked."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo
from math import ceil, floor, log10
from typing import Final

from takedowns.statistics.figures import Board

#: Hours between two marks; the first that leaves at most four marks is taken, then whole days.
_HOURS: Final = (1, 2, 3, 6, 12, 24)
_MOST_MARKS: Final = 4


def window(board: Board, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the moments from and to which the hours are drawn.

    The operation's days and the day after, cut to what has happened; where nothing happened in them (or the
    operation is a standing stream), from the first change to the last.
    """
    opens = datetime.combine(board.starts, time.min, zone)
    if not board.hours:
        return opens, opens + timedelta(days=1)
    first = board.hours[0].start
    end = board.hours[-1].start + timedelta(hours=1)
    if board.ends is not None:
        closes = datetime.combine(board.ends + timedelta(days=2), time.min, zone)
        if any(opens <= hour.start < closes for hour in board.hours):
            return max(opens, first), min(closes, end)
    return first, end


def nice_top(largest: int) -> int:
    """Return the end of an axis for numbers up to ``largest``: 4 even steps of 1, 2, 2.5 or 5 times a power of ten."""
    least = max(largest, 4) / 4
    power = 10 ** floor(log10(least))
    for factor in (1, 2, 2.5, 5, 10):
        step = factor * power
        if step >= least and step == int(step):
            return int(step) * 4
    return ceil(least) * 4


def steps(top: int) -> list[int]:
    """Return the marks of an axis that ends at ``top``."""
    return [top * part // 4 for part in range(5)]


def ticks(first: datetime, last: datetime, zone: tzinfo) -> list[datetime]:
    """Return at most five moments to mark, at full hours of the clock in ``zone`` and evenly apart."""
    hours = (last - first).total_seconds() / 3600
    step = next((step for step in _HOURS if hours / step <= _MOST_MARKS), 0) or 24 * ceil(
        hours / 24 / _MOST_MARKS
    )
    # Wall-clock arithmetic: adding to a local time keeps midnight at midnight when summer time ends.
    mark = datetime.combine(first.astimezone(zone).date(), time.min, zone)
    marks: list[datetime] = []
    while mark <= last:
        if mark >= first:
            marks.append(mark)
        mark += timedelta(hours=step)
    return marks
