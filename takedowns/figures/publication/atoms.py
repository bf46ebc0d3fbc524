"""What a board's figures are made of: parts that share no referral, so that each figure is a sum of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from takedowns.figures.values import Counts

Atoms = Mapping[str, int]


@dataclass(frozen=True)
class Node:
    """A set of referrals and the parts it falls into; a leaf is shown as one number or is an atom."""

    atoms: frozenset[str]
    children: tuple[Node, ...] = ()

    def leaves(self) -> Iterable[frozenset[str]]:
        """Yield the sets of atoms that the tree tells apart."""
        if not self.children:
            yield self.atoms
        for child in self.children:
            yield from child.leaves()


def _node(*parts: str | Node) -> Node:
    children = tuple(part if isinstance(part, Node) else Node(frozenset({part})) for part in parts)
    return Node(frozenset().union(*(child.atoms for child in children)), children)


_REMOVED: Final = _node("removed_and_gone", "removed_but_online", "removed_not_seen")
_REFERRED_NODE: Final = _node(
    _REMOVED, "open", "withdrawn_after", "restricted", "declined", "unavailable", "reinstated"
)
#: What a report may be about, the fuller first: all that was handed in, or only what platforms were asked.
ROOTS: Final = (_node(_REFERRED_NODE, "in_review", "rejected", "withdrawn_before"), _REFERRED_NODE)

#: The referrals that were made to a platform.
REFERRED: Final = _REFERRED_NODE.atoms
#: The referrals that were not removed, and those the platform has not decided on, whatever became of them.
NOT_REMOVED: Final = REFERRED - _REMOVED.atoms
UNDECIDED: Final = frozenset({"open", "withdrawn_after"})

#: Each figure that is a sum of atoms.
SUMS: Final[Mapping[str, frozenset[str]]] = {
    "handed_in": ROOTS[0].atoms,
    "in_review": frozenset({"in_review"}),
    "rejected": frozenset({"rejected"}),
    "withdrawn": frozenset({"withdrawn_before", "withdrawn_after"}),
    "referred": REFERRED,
    "removed": _REMOVED.atoms,
    "timed": _REMOVED.atoms | {"restricted"},
    **{
        name: frozenset({name})
        for name in (
            "open",
            "restricted",
            "declined",
            "unavailable",
            "reinstated",
            "removed_and_gone",
            "removed_but_online",
            "removed_not_seen",
        )
    },
}


@dataclass(frozen=True)
class Margin:
    """A second way to split a set of atoms, free of the first: whatever became of a referral, it may be on either side.

    Attributes:
        names: the figures that are known where this split is.
        population: what is split.
        parts: the atoms' own names of the sides.
        needs: the sums that the figures are worked out with.
    """

    names: tuple[str, ...]
    population: frozenset[str]
    parts: tuple[str, ...]
    needs: tuple[frozenset[str], ...]


MARGINS: Final = (
    Margin(
        ("seen_online", "seen_offline", "not_seen"),
        NOT_REMOVED,
        ("other_online", "other_gone", "other_not_seen"),
        tuple(frozenset({atom}) for atom in sorted(_REMOVED.atoms)),
    ),
    Margin(("acknowledged",), UNDECIDED, ("undecided_acknowledged", "not_acknowledged"), (REFERRED,)),
    Margin(("co_referred",), ROOTS[0].atoms, ("co_referred", "handed_in_once"), ()),
)


def atoms_of(counts: Counts) -> dict[str, int]:
    """Return how many referrals of ``counts`` are in each atom and on each side of each margin."""
    withdrawn_before = counts.handed_in - counts.in_review - counts.rejected - counts.referred
    decided = counts.removed + counts.restricted + counts.declined + counts.unavailable + counts.reinstated
    return {
        "in_review": counts.in_review,
        "rejected": counts.rejected,
        "withdrawn_before": withdrawn_before,
        "withdrawn_after": counts.withdrawn - withdrawn_before,
        "open": counts.open,
        "restricted": counts.restricted,
        "declined": counts.declined,
        "unavailable": counts.unavailable,
        "reinstated": counts.reinstated,
        "removed_and_gone": counts.removed_and_gone,
        "removed_but_online": counts.removed_but_online,
        "removed_not_seen": counts.removed_not_seen,
        "other_online": counts.seen_online - counts.removed_but_online,
        "other_gone": counts.seen_offline - counts.removed_and_gone,
        "other_not_seen": counts.not_seen - counts.removed_not_seen,
        "undecided_acknowledged": counts.acknowledged - decided,
        "not_acknowledged": counts.referred - counts.acknowledged,
        "co_referred": counts.co_referred,
        "handed_in_once": counts.handed_in - counts.co_referred,
    }


def total(row: Atoms, atoms: Iterable[str]) -> int:
    """Return how many referrals of a row are in any of ``atoms``."""
    return sum(row[atom] for atom in atoms)
