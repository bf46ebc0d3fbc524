"""Steps over the hours for publication: hours are put together until enough happened in them.

What is told is how far each step had come at some hours. Between two of these each step grew by 0 or at least the
threshold, and at each the steps lie 0 or at least the threshold apart. What happened in a withheld hour may have
happened in any other of its stretch, all steps alike, so it may be anything from 0 to what the stretch adds.

Hours of an earlier publication are further points of the same line: an hour that lies a small number above or below one
of them is left out, so that nobody can subtract the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from takedowns.figures.publication.partition import is_fine
from takedowns.figures.values import STEPS, Hour


def publish_hours(
    hours: Sequence[Hour], steps: Sequence[str], threshold: int, earlier: Sequence[Hour] = ()
) -> tuple[Hour, ...]:
    """Return the hours that may be told, with ``steps`` (outermost first) and 0 for any other step.

    The last one stays, since its figures are the totals, which are told anyway.

    Args:
        earlier: the hours that were told before, of earlier publications.
    """
    if not hours or not steps:
        return ()
    told: list[Hour] = []
    for hour in hours:
        if (
            _grown(told, hour, steps, threshold)
            and _apart(hour, steps, threshold)
            and all(_grown([before], hour, steps, threshold) for before in earlier)
        ):
            told.append(hour)
    if told[-1:] != [hours[-1]]:
        while not _grown(told, hours[-1], steps, threshold):
            told.pop()
        told.append(hours[-1])
    return tuple(Hour(hour.start, **{name: _step(hour, name, steps) for name in STEPS}) for hour in told)


def _step(hour: Hour, name: str, steps: Sequence[str]) -> int:
    return int(getattr(hour, name)) if name in steps else 0


def _grown(told: Sequence[Hour], hour: Hour, steps: Sequence[str], threshold: int) -> bool:
    return all(
        is_fine(getattr(hour, step) - (getattr(told[-1], step) if told else 0), threshold) for step in steps
    )


def _apart(hour: Hour, steps: Sequence[str], threshold: int) -> bool:
    return all(
        is_fine(getattr(hour, wider) - getattr(hour, narrower), threshold)
        for wider, narrower in pairwise(steps)
    )
