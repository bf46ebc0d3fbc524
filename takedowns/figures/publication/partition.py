"""Which parts may be told apart, so that no small number is published and none can be worked out.

*Fine* is a number that is 0 or at least the threshold. The rule: the parts that the line of all platforms tells apart
are fine; the lines of platforms tell apart unions of those, the same for each platform, fine in each; platforms of
which one is not fine stand together in one line, "other platforms".

Why a withheld small number cannot be worked out then. Take a platform's part p, withheld because the platforms' lines
tell only a wider part apart, of which the platform has a and all platforms together N; of p all platforms have b. All
that is known of p there is a table with these sums, so p may be any whole number from max(0, a + b - N) to min(a, b): a
range as wide as the smallest of a, b, N - a and N - b. Each of the four is a sum of fine numbers, so it is 0 or at
least the threshold. Is one 0, then p is 0 or equals a published number, and so is not small; otherwise the range is at
least as wide as the threshold. Within what no line tells apart, and among the platforms that stand together,
referrals can be exchanged at will, which makes the range no smaller.

The other ways to split a set (what was seen, what was acknowledged, what was co-referred: ``Margin``) obey the same
rule, and whatever they say can be true of any outcome, so they narrow nothing. Steps over the hours: ``hours.py``.

Zeros are published: that nothing was declined tells of no referral.

Two publications of an operation can be subtracted. So what happened between an earlier one and this is held to the same
rule: each difference is one more row, and a part is told apart where it grew or shrank by 0 or at least the threshold.
What combinations of several publications give away beyond that, ``disclosure.py`` asks before one is registered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from takedowns.figures.publication.atoms import MARGINS, SUMS, Atoms, Node, total


@dataclass(frozen=True)
class Shown:
    """What a line tells apart: a tree of parts, and the splits beside it."""

    tree: Node
    splits: frozenset[str]

    def names(self) -> frozenset[str]:
        """Return the counts that can be read from it."""
        leaves = [*self.tree.leaves()]
        return frozenset(name for name, atoms in SUMS.items() if is_told(atoms, leaves)) | self.splits


def is_fine(number: int, threshold: int) -> bool:
    """Whether a number may be published: it is 0, or not small; a difference whether up or down."""
    return number == 0 or abs(number) >= threshold


def is_told(atoms: frozenset[str], leaves: Iterable[frozenset[str]]) -> bool:
    """Whether a set of atoms is a union of what is told apart."""
    covered: set[str] = set()
    for leaf in leaves:
        if leaf <= atoms:
            covered |= leaf
    return covered == atoms


def coarsen(node: Node, rows: Sequence[Atoms], threshold: int) -> Node:
    """Return the tree with parts put together until each is fine in each row; the root must be fine.

    Parts that are not fine are put together, with the smallest of the others where that does not do.
    """
    kept = [child for child in node.children if _all_fine(child.atoms, rows, threshold)]
    if len(kept) == len(node.children):
        return Node(node.atoms, tuple(coarsen(child, rows, threshold) for child in kept))
    rest = node.atoms.difference(*(child.atoms for child in kept))
    kept.sort(key=lambda child: sum(total(row, child.atoms) for row in rows), reverse=True)
    while kept and not _all_fine(rest, rows, threshold):
        smallest = next((child for child in reversed(kept) if _any(child.atoms, rows)), kept[-1])
        kept.remove(smallest)
        rest |= smallest.atoms
    if not kept:
        return Node(node.atoms)
    return Node(node.atoms, (*(coarsen(child, rows, threshold) for child in kept), Node(rest)))


def shown(tree: Node, rows: Sequence[Atoms], threshold: int, splits: frozenset[str] | None = None) -> Shown:
    """Return what ``rows`` can tell apart of ``tree``, and of ``splits``: all unless told."""
    found = coarsen(tree, rows, threshold)
    leaves = [*found.leaves()]
    names: set[str] = set()
    for margin in MARGINS:
        if splits is not None and not splits.issuperset(margin.names):
            continue
        known = all(is_told(atoms, leaves) for atoms in (margin.population, *margin.needs))
        if known and all(_all_fine({part}, rows, threshold) for part in margin.parts):
            names.update(margin.names)
    return Shown(found, frozenset(names))


def _all_fine(atoms: Iterable[str], rows: Sequence[Atoms], threshold: int) -> bool:
    atoms = [*atoms]
    return all(is_fine(total(row, atoms), threshold) for row in rows)


def _any(atoms: Iterable[str], rows: Sequence[Atoms]) -> bool:
    atoms = [*atoms]
    return any(total(row, atoms) for row in rows)
