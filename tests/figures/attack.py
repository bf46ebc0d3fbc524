"""An attack on a published report: all that its JSON tells, as linear equations over what it was made of.

The attacker knows the rules of the lifecycle and which platforms take part, reads the file and nothing of our code, and
asks of each number that the report withholds what it can be at least and at most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array

NOT_REFERRED = ("in_review", "rejected", "withdrawn_before")
GONE, ONLINE, UNSEEN = "removed_and_gone", "removed_but_online", "removed_not_seen"
REMOVED = (GONE, ONLINE, UNSEEN)
UNDECIDED = ("open", "withdrawn_after")
DECIDED = ("restricted", "declined", "unavailable", "reinstated")
REFERRED = (*REMOVED, *UNDECIDED, *DECIDED)
ATOMS = (*NOT_REFERRED, *REFERRED)
#: Splits that run across the outcomes: of all that was not removed, of the undecided, of everything.
SEEN = ("other_online", "other_gone", "other_unseen")
ACKNOWLEDGED = ("undecided_acknowledged", "undecided_not")
TWICE = ("co", "not_co")
#: Every count of the report in terms of these.
COUNTS: Mapping[str, tuple[str, ...]] = {
    "handed_in": ATOMS,
    "in_review": ("in_review",),
    "rejected": ("rejected",),
    "referred": REFERRED,
    "acknowledged": (*REMOVED, *DECIDED, ACKNOWLEDGED[0]),
    "open": ("open",),
    "removed": REMOVED,
    "restricted": ("restricted",),
    "declined": ("declined",),
    "unavailable": ("unavailable",),
    "reinstated": ("reinstated",),
    "withdrawn": ("withdrawn_before", "withdrawn_after"),
    "co_referred": ("co",),
    "seen_online": (ONLINE, "other_online"),
    "seen_offline": (GONE, "other_gone"),
    "not_seen": (UNSEEN, "other_unseen"),
    GONE: (GONE,),
    ONLINE: (ONLINE,),
    UNSEEN: (UNSEEN,),
    "timed": (*REMOVED, "restricted"),
}
STEPS = ("handed_in", "referred", "acknowledged", "removed", "removed_and_gone")


@dataclass
class System:
    """Unknown whole numbers from 0 on, and what is known of sums of them."""

    names: dict[tuple[str, str], int] = field(default_factory=dict)
    rows: list[dict[int, float]] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)

    def unknown(self, of: str, name: str) -> int:
        return self.names.setdefault((of, name), len(self.names))

    def know(self, terms: Mapping[int, float], low: float, high: float) -> None:
        self.rows.append(dict(terms))
        self.low.append(low)
        self.high.append(high)

    def range(
        self, terms: Sequence[int], *, whole: bool = False, less: Sequence[int] = ()
    ) -> tuple[float, float]:
        """Return the least and greatest value of a sum of unknowns ``less`` others; ``whole``: over whole numbers only."""
        size = len(self.names)
        matrix = csr_array(
            (
                [value for row in self.rows for value in row.values()],
                (
                    [number for number, row in enumerate(self.rows) for _ in row],
                    [column for row in self.rows for column in row],
                ),
            ),
            shape=(len(self.rows), size),
        )
        aim = np.zeros(size)
        aim[[*terms]] = 1
        aim[[*less]] = -1
        found = []
        for sign in (1, -1):
            if whole:
                result = milp(
                    sign * aim,
                    constraints=LinearConstraint(matrix, self.low, self.high),
                    integrality=np.ones(size),
                    bounds=Bounds(0, np.inf),
                )
            else:
                same = np.array(self.low) == np.array(self.high)
                less = ~same & np.isfinite(self.high)
                result = linprog(
                    sign * aim,
                    A_eq=matrix[same],
                    b_eq=np.array(self.high)[same],
                    A_ub=matrix[less] if less.any() else None,
                    b_ub=np.array(self.high)[less] if less.any() else None,
                    bounds=(0, None),
                )
            if result.status in (3, 4):  # without bound
                found.append(-sign * np.inf)
                continue
            assert result.status == 0, f"the published figures contradict each other: {result.message}"
            found.append(sign * result.fun)
        return found[0], found[1]


def value(figure: Any) -> Any:
    """Return a figure's number as JSON has it, or ``withheld``."""
    return figure["value"] if isinstance(figure, dict) else figure


def platforms_of(
    report: Mapping[str, Any], platforms: Sequence[str], system: System | None = None, at: str = ""
) -> System:
    """Return all that a report tells of its platforms and of all of them together, added to what ``system`` knows.

    Unknowns are of a platform's slug, or of ``at`` and its slug where several reports are read together.
    """
    system = system or System()
    slugs, platforms = platforms, [at + slug for slug in platforms]
    known = {(of, name) for of in platforms for name in (*ATOMS, *SEEN, *ACKNOWLEDGED, *TWICE)}
    for of, name in sorted(known):
        system.unknown(of, name)
    for of in platforms:
        for whole, parts in (
            ((*UNDECIDED, *DECIDED), SEEN),
            (UNDECIDED, ACKNOWLEDGED),
            (ATOMS, TWICE),
        ):
            terms = {system.unknown(of, name): 1.0 for name in whole}
            terms |= {system.unknown(of, name): -1.0 for name in parts}
            system.know(terms, 0, 0)
    told = {row["slug"]: row for row in report["figures"]["platforms"]}
    lines: list[tuple[Mapping[str, Any], Sequence[str]]] = [(report["figures"]["total"], platforms)]
    lines += [(row, [at + slug]) for slug, row in told.items() if slug in slugs]
    if ":others" in told:
        lines.append((told[":others"], [at + slug for slug in slugs if slug not in told]))
    for figures, among in lines:
        for name, parts in COUNTS.items():
            if (number := value(figures[name])) != "withheld":
                system.know({system.unknown(of, part): 1.0 for of in among for part in parts}, number, number)
        for name in ("share_removed", "median_time_to_action", "p90_time_to_action"):
            figure = figures[name]
            if isinstance(figure, dict):
                for part, of_part in (
                    ("numerator", "removed"),
                    ("denominator", "referred" if "share" in name else "timed"),
                ):
                    if part in figure:
                        terms = {system.unknown(of, atom): 1.0 for of in among for atom in COUNTS[of_part]}
                        system.know(terms, figure[part], figure[part])
    return system


def hours_of(report: Mapping[str, Any], hours: Sequence[str]) -> System:
    """Return all that a report tells of how much each step grew in each hour; a step is within the one before."""
    system = System()
    for step in STEPS:
        for hour in hours:
            system.unknown(hour, step)
    for wider, narrower in pairwise(STEPS):
        for number in range(len(hours)):
            terms = {system.unknown(hour, wider): -1.0 for hour in hours[: number + 1]}
            terms |= {system.unknown(hour, narrower): 1.0 for hour in hours[: number + 1]}
            system.know(terms, -np.inf, 0)
    for told in report["hours"]:
        for step in STEPS:
            if told[step] != "withheld":
                terms = {system.unknown(hour, step): 1.0 for hour in hours if hour <= told["hour"]}
                system.know(terms, told[step], told[step])
    return system
