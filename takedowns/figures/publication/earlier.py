"""What was published of an operation before, as far as a new publication must know it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from takedowns.figures.publication.atoms import Atoms, atoms_of
from takedowns.figures.values import Board, Counts


@dataclass(frozen=True)
class Earlier:
    """An earlier publication: what it told, and all that it rested on.

    Attributes:
        number: counts the operation's publications from 1.
        told: the board as it was published.
        counts: the full figures of that moment, by platform; nobody is shown them.
        all: those of all platforms together.
    """

    number: int
    told: Board
    counts: Mapping[str, Counts]
    all: Counts

    @cached_property
    def platforms(self) -> Mapping[str, Atoms]:
        """The atoms of each platform at that moment."""
        return {slug: atoms_of(counts) for slug, counts in self.counts.items()}

    @cached_property
    def total(self) -> Atoms:
        """The atoms of all platforms together at that moment."""
        return atoms_of(self.all)

    def own_counts(self, slug: str, what: str) -> Mapping[date | None, int]:
        """Return what the platform was told to have counted of itself under that name: by day, all days under None."""
        told: dict[date | None, int] = {}
        for row in self.told.rows:
            for report in row.self_reports:
                if (row.slug, report.what) == (slug, what):
                    told = {None: report.total, **dict(report.days)}
        return told


def difference(now: Atoms, before: Atoms) -> Atoms:
    """Return by how many referrals each atom grew, below nought where it shrank."""
    return {name: number - before[name] for name, number in now.items()}


def none_of(atoms: Atoms) -> Atoms:
    """Return the same atoms with no referral in them."""
    return dict.fromkeys(atoms, 0)
