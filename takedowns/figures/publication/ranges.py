"""Solves linear programs and ends: the part of the check of publications that runs as a process of its own.

The library is large, and a web process that once loaded it would hold its memory for ever. ``disclosure.py`` starts it.

Standard input: JSON with ``unknowns`` (how many, each from 0 on), ``known`` (rows of ``[terms, low, high]``; a term is
``[unknown, factor]``; null is without bound) and ``asked`` (lists of terms). Standard output: for each list of terms the
least and the greatest value that its sum can have, null where there is no bound; or ``null`` where the rows contradict each
other.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

_DONE, _CONTRADICTION, _WITHOUT_BOUND = 0, 2, (3, 4)


def ranges(unknowns: int, known: list[Any], asked: list[Any]) -> list[list[float | None]] | None:
    """Return the range of each sum that is asked for; None where what is known contradicts itself."""
    same = [row for row in known if row[1] == row[2]]
    bounded = [(terms, high) for terms, low, high in known if low != high and high is not None]
    bounded += [
        ([[unknown, -factor] for unknown, factor in terms], -low)
        for terms, low, high in known
        if low != high and low is not None
    ]
    constraints = {
        "A_eq": _matrix([terms for terms, _, _ in same], unknowns) if same else None,
        "b_eq": [number for _, number, _ in same] or None,
        "A_ub": _matrix([terms for terms, _ in bounded], unknowns) if bounded else None,
        "b_ub": [number for _, number in bounded] or None,
    }
    found: list[list[float | None]] = []
    for terms in asked:
        aim = np.zeros(unknowns)
        for unknown, factor in terms:
            aim[unknown] += factor
        ends: list[float | None] = []
        for sign in (1, -1):
            result = linprog(sign * aim, bounds=(0, None), **constraints)
            if result.status == _CONTRADICTION:
                return None
            if result.status != _DONE and result.status not in _WITHOUT_BOUND:
                raise RuntimeError(result.message)
            ends.append(sign * result.fun if result.status == _DONE else None)
        found.append(ends)
    return found


def _matrix(rows: list[Any], unknowns: int) -> Any:
    values = [factor for terms in rows for _, factor in terms]
    lines = [number for number, terms in enumerate(rows) for _ in terms]
    columns = [unknown for terms in rows for unknown, _ in terms]
    return csr_array((values, (lines, columns)), shape=(len(rows), unknowns))


if __name__ == "__main__":
    json.dump(ranges(**json.load(sys.stdin)), sys.stdout)
