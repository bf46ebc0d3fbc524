"""Random choices that come out the same on every machine and Python version.

Python promises a stable sequence only for `Random.random()` (library reference, "Notes on Reproducibility"), and the
last digit of `log` or `exp` differs between C libraries. So everything here is built from `random()`, comparison,
multiplication and addition.
"""

import hashlib
import random
from collections.abc import MutableSequence, Sequence
from itertools import pairwise
from typing import Any, TypeVar

T = TypeVar("T")

Quantiles = Sequence[tuple[float, float]]
"""A distribution by its quantiles: (share of all, value), from (0, smallest) to (1, largest)."""


class Dice:
    """One stream of choices for one purpose, so that a change in one part of the day leaves the others as they were."""

    def __init__(self, seed: int, purpose: str) -> None:
        digest = hashlib.sha256(f"{seed}:{purpose}".encode()).digest()
        self.roll = random.Random(int.from_bytes(digest[:8], "big")).random  # noqa: S311 - a demo, not a secret

    def below(self, limit: int) -> int:
        """A whole number from 0 up to, but without, `limit`."""
        return int(self.roll() * limit)

    def chance(self, share: float) -> bool:
        """True in this share of cases (0 to 1)."""
        return self.roll() < share

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices, each equally likely."""
        return choices[int(self.roll() * len(choices))]

    def weighted(self, choices: Sequence[tuple[T, float]]) -> T:
        """One of the choices by weight; the weights need not add up to one."""
        left = self.roll() * sum(weight for _, weight in choices)
        for choice, weight in choices:
            left -= weight
            if left < 0:
                return choice
        return choices[-1][0]

    def shuffle(self, things: MutableSequence[Any]) -> None:
        """Put the things into a random order, in place."""
        for last in range(len(things) - 1, 0, -1):
            other = self.below(last + 1)
            things[last], things[other] = things[other], things[last]

    def along(self, quantiles: Quantiles) -> float:
        """A value drawn from a distribution given by its quantiles, straight lines in between."""
        rank = self.roll()
        for (low, start), (high, end) in pairwise(quantiles):
            if rank <= high:
                return start + (end - start) * (rank - low) / (high - low)
        return quantiles[-1][1]


def portions(total: int, weights: Sequence[float]) -> list[int]:
    """Split a total by weights into whole numbers that add up to it exactly."""
    whole = sum(weights)
    bounds = [0]
    running = 0.0
    for weight in weights:
        running += weight
        bounds.append(round(total * running / whole))
    bounds[-1] = total
    return [end - start for start, end in pairwise(bounds)]
