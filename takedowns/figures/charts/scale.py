"""Where the axes of a chart begin, end and are marked."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo
from math import ceil, floor, log10
from typing import Final

from takedowns.figures.values import Board, Hour

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


def hours_in_window(board: Board, zone: tzinfo) -> list[Hour]:
    """Return the hours that are drawn: what changes weeks later would press those of the action into a corner."""
    _first, last = window(board, zone)
    return [hour for hour in board.hours if hour.start < last]


def nice_step(largest: int) -> int:
    """Return the distance of the marks on an axis for numbers up to ``largest``: 1, 2, 2.5 or 5 times a power of ten.

    Of those that give three to five marks above zero, the one that leaves the least empty room above the curves.
    """
    largest = max(largest, 4)
    power = 10 ** floor(log10(largest / 5))
    steps = [int(factor * power) for factor in (1, 2, 2.5, 5, 10) if int(factor * power) == factor * power]
    fitting = [step for step in steps if 3 <= ceil(largest / step) <= 5]
    return min(fitting, key=lambda step: (ceil(largest / step) * step, -step))


def axis(largest: int) -> list[int]:
    """Return the marks of an axis from 0 to the first that reaches ``largest``."""
    step = nice_step(largest)
    return list(range(0, max(largest, 4) + step, step))


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
