"""What a benchmark claims: each figure as one line that a program reads, and whether it keeps its bound.

A line is ``NAME FIGURE UNIT``, or ``NAME 1.40 s, LIMIT 0.35 s ratio 4.00`` where the bare limit was measured in the same run.
They end a benchmark's output; which bound is passed is said on standard error, and the command then ends with 1.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence
from typing import Final

_LINES: Final[list[str]] = []
_PASSED: Final[list[str]] = []


def ratio(name: str, pairs: Sequence[tuple[float, float]], *, limit: str, at_most: float) -> None:
    """Claim that our seconds are at most so many times the limit's: median of each, measured pair by pair."""
    ours, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
    found = ours / bare
    _LINES.append(f"{name} {ours:.2f} s, {limit} {bare:.2f} s ratio {found:.2f}")
    if found > at_most:
        _PASSED.append(f"{name}: {found:.2f} times {limit}, at most {at_most:.2f}")


def figure(
    name: str, value: float, unit: str, *, at_most: float | None = None, at_least: float | None = None
) -> None:
    """Claim a figure, with the bound that it keeps where there is one."""
    said = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.2f}"
    _LINES.append(f"{name} {said} {unit}")
    if at_most is not None and value > at_most:
        _PASSED.append(f"{name}: {said} {unit}, at most {at_most:g}")
    if at_least is not None and value < at_least:
        _PASSED.append(f"{name}: {said} {unit}, at least {at_least:g}")


def tell() -> int:
    """Print what was claimed since the last time; return how many bounds were passed."""
    for line in _LINES:
        print(line, flush=True)
    for line in _PASSED:
        print(f"bound passed: {line}", file=sys.stderr, flush=True)
    passed = len(_PASSED)
    _LINES.clear()
    _PASSED.clear()
    return passed
