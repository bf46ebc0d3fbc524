"""What all publications of an operation together give away: asked by linear programming before one more is registered.

:mod:`partition` sees to it that one publication gives no small number away, and that each told number differs from what
was told before by 0 or at least the threshold. Several publications that tell different parts apart might still be
combined. So a reader is played who knows every number that was published, how the figures hang together, and which
platforms take part; who takes a platform of which every number stayed the same to be unchanged; and who knows that what
was submitted or referred stays so. Of each small number that is withheld, and of each small change between two
publications, the least and the greatest value are worked out that fit with all of that. Where they lie closer than the
threshold, the number is given away.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from takedowns.figures.publication.atoms import MARGINS, REFERRED, SUMS, UNDECIDED, atoms_of, total
from takedowns.figures.publication.earlier import Earlier, difference
from takedowns.figures.publication.publish import OTHERS
from takedowns.figures.values import Counts

#: Each count as a sum of atoms.
COUNTS: Final[Mapping[str, frozenset[str]]] = {
    **SUMS,
    "acknowledged": (REFERRED - UNDECIDED) | {"undecided_acknowledged"},
    "seen_online": frozenset({"removed_but_online", "other_online"}),
    "seen_offline": frozenset({"removed_and_gone", "other_gone"}),
    "not_seen": frozenset({"removed_not_seen", "other_not_seen"}),
    "co_referred": frozenset({"co_referred"}),
}
#: What never shrinks: nobody takes back that an item was submitted or referred.
GROWING: Final = ("handed_in", "referred")
#: Longer than any day needs, and shorter than a proxy waits for the page; then nothing is registered.
SECONDS: Final = 60
_SLACK: Final = 1e-6
_PROGRAM: Final = Path(__file__).with_name("ranges.py")


class UncheckedError(RuntimeError):
    """Whether the publications give something away could not be worked out."""


@dataclass(frozen=True, order=True)
class GivenAway:
    """A number that a reader of all publications can tell.

    Attributes:
        number: of the publication whose figure it is; of the later one where it is a change.
        since: the number of the earlier publication, of a change; 0 of a figure.
        slug: of the platform; "" for all together.
        name: the measure's.
    """

    number: int
    since: int
    slug: str
    name: str


@dataclass
class _Known:
    """Unknown numbers from 0 on, by publication, platform and atom, and what is known of sums of them."""

    unknowns: dict[tuple[int, str, str], int] = field(default_factory=dict)
    rows: list[tuple[list[tuple[int, int]], float | None, float | None]] = field(default_factory=list)

    def terms(
        self, number: int, slugs: Iterable[str], atoms: Iterable[str], factor: int = 1
    ) -> list[tuple[int, int]]:
        """Return a sum of unknowns: these atoms of these platforms in one publication."""
        return [
            (self.unknowns.setdefault((number, slug, atom), len(self.unknowns)), factor)
            for slug in slugs
            for atom in sorted(atoms)
        ]


def given_away(publications: Sequence[Earlier], threshold: int) -> list[GivenAway]:
    """Return each small number that these publications give away together; none where they may stand beside each other.

    Args:
        publications: of one operation, in the order of their numbers; the last one is the new one.
        threshold: the smallest count that may be told, except 0.

    Raises:
        UncheckedError: the library did not answer in time, or says that the published numbers contradict each other.
    """
    slugs = sorted({slug for one in publications for slug in one.counts})
    known = _Known()
    for one in publications:
        _know_publication(known, one, slugs)
    for before, after in combinations(publications, 2):
        _know_what_stays(known, before, after, slugs)
    asked = dict(_small(known, publications, slugs, threshold))
    if not asked:
        return []
    widths = _ranges(known, list(asked.values()))
    return sorted(
        what
        for what, (least, greatest) in zip(asked, widths, strict=True)
        if least is not None and greatest is not None and greatest - least < threshold - _SLACK
    )


def _know_publication(known: _Known, one: Earlier, slugs: Sequence[str]) -> None:
    """Know how the figures hang together, and each number that was told."""
    for slug in slugs:
        for margin in MARGINS:
            parts = known.terms(one.number, [slug], margin.parts, -1)
            known.rows.append((known.terms(one.number, [slug], margin.population) + parts, 0, 0))
    lines = _lines(one, slugs)
    for slug, among in lines.items():
        for name, number in _told(one, slug).items():
            known.rows.append((known.terms(one.number, among, COUNTS[name]), number, number))


def _lines(one: Earlier, slugs: Sequence[str]) -> dict[str, Sequence[str]]:
    """Return the lines of a publication with the platforms that each is about."""
    alone = [row.slug for row in one.told.rows if row.slug != OTHERS]
    lines: dict[str, Sequence[str]] = {"": slugs, **{slug: [slug] for slug in alone}}
    if len(alone) < len(one.told.rows):
        lines[OTHERS] = [slug for slug in slugs if slug not in alone]
    return lines


def _told(one: Earlier, slug: str) -> dict[str, int]:
    """Return the counts that a line of a publication tells."""
    counts = one.told.total if not slug else next(row.counts for row in one.told.rows if row.slug == slug)
    return {name: getattr(counts, name) for name in COUNTS if one.told.tells(slug, name)}


def _know_what_stays(known: _Known, before: Earlier, after: Earlier, slugs: Sequence[str]) -> None:
    """Know what only grows, and take lines of which every number stayed the same to be unchanged, where that is so."""
    for slug in slugs:
        was, became = _of(before, slug), _of(after, slug)
        for name in GROWING:
            if getattr(became, name) >= getattr(was, name):
                terms = known.terms(after.number, [slug], COUNTS[name])
                known.rows.append((terms + known.terms(before.number, [slug], COUNTS[name], -1), 0, None))
    earlier, later = _lines(before, slugs), _lines(after, slugs)
    for slug in earlier.keys() & later.keys():
        first, second = _told(before, slug), _told(after, slug)
        common = first.keys() & second.keys()
        if earlier[slug] != later[slug] or not common or any(first[name] != second[name] for name in common):
            continue
        for one in later[slug]:
            was_atoms, atoms = atoms_of(_of(before, one)), atoms_of(_of(after, one))
            for atom in [atom for atom in atoms if atoms[atom] == was_atoms[atom]]:
                terms = known.terms(after.number, [one], [atom])
                known.rows.append((terms + known.terms(before.number, [one], [atom], -1), 0, 0))


def _of(one: Earlier, slug: str) -> Counts:
    return one.counts.get(slug, Counts())


def _small(
    known: _Known, publications: Sequence[Earlier], slugs: Sequence[str], threshold: int
) -> Iterator[tuple[GivenAway, list[tuple[int, int]]]]:
    """Yield each small number that is withheld, and each small change up to the last publication, with its terms."""
    last = publications[-1]
    for slug in ("", *slugs):
        among = [slug] if slug else slugs
        now = last.total if not slug else atoms_of(_of(last, slug))
        for one in publications:
            then = one.total if not slug else atoms_of(_of(one, slug))
            grown = difference(now, then)
            for name, atoms in COUNTS.items():
                terms = known.terms(one.number, among, atoms)
                if 0 < total(then, atoms) < threshold:
                    yield GivenAway(one.number, 0, slug, name), terms
                if one is not last and 0 < abs(total(grown, atoms)) < threshold:
                    before = known.terms(one.number, among, atoms, -1)
                    yield (
                        GivenAway(last.number, one.number, slug, name),
                        known.terms(last.number, among, atoms) + before,
                    )


def _ranges(known: _Known, asked: Sequence[Any]) -> list[tuple[float | None, float | None]]:
    answer = _solved({"unknowns": len(known.unknowns), "known": known.rows, "asked": asked})
    if answer is None:
        raise UncheckedError(_("The published figures contradict each other."))
    return [(least, greatest) for least, greatest in answer]


def _solved(question: Any) -> list[list[float | None]] | None:
    """Return the answer of ``ranges.py``, which runs as a process of its own."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_PROGRAM)],
            input=json.dumps(question).encode(),
            capture_output=True,
            timeout=SECONDS,
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        raise UncheckedError(
            _(
                "Whether it gives something away could not be worked out. Nothing was published; tell your administrator."
            )
        ) from error
    found: list[list[float | None]] | None = json.loads(done.stdout)
    return found
