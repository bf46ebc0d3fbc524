"""A board as it may be published: what is withheld is not in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from fractions import Fraction
from typing import Any, Final

from django.utils.translation import gettext, gettext_noop

from takedowns.figures.measures import COUNTED, DURATIONS, SHARES
from takedowns.figures.publication.atoms import ROOTS, Atoms, atoms_of, total
from takedowns.figures.publication.earlier import Earlier, difference, none_of
from takedowns.figures.publication.hours import publish_hours
from takedowns.figures.publication.partition import Shown, is_fine, shown
from takedowns.figures.values import STEPS, Board, Counts, PlatformRow, SelfReportTotal

#: The line of the platforms that are not told apart. No platform's slug can be that: slugs have no colon.
OTHERS: Final = ":others"
OTHER_PLATFORMS: Final = gettext_noop("Other platforms")

RULE: Final = gettext_noop(
    "For publication: figures from 1 to {largest} are withheld, with those that would give them away. Small platforms stand"
    " together as other platforms, small hours with their neighbours; a time is told where at least {threshold} referrals"
    " are on either side of it."
)


def line_name(row: PlatformRow) -> str:
    """Return what a line is called where people read it: the platform's name, or other platforms in their language."""
    return gettext(row.name) if row.slug == OTHERS else row.name


@dataclass(frozen=True)
class _Lines:
    """How the platforms are told apart: those that stand alone, the line of the others if any, and what they show."""

    alone: tuple[PlatformRow, ...]
    others: tuple[PlatformRow, ...]
    shown: Shown

    @property
    def figures(self) -> int:
        """How many counts the lines tell."""
        return (len(self.alone) + bool(self.others)) * len(self.shown.names())


def publish(board: Board, threshold: int, earlier: Sequence[Earlier] = ()) -> Board:
    """Return the board with small figures withheld, and all from which they could be worked out.

    The withheld figures are 0 in what is returned and named in ``suppressed``: no format can let one slip.

    Args:
        board: all figures, as somebody sees who sees the whole operation.
        threshold: the smallest count that may be told, except 0; at least 2.
        earlier: what was published of the operation before: subtracting it gives no small number away either.

    Raises:
        ValueError: the threshold is below 2, or the board was published before.
    """
    if threshold < 2:
        raise ValueError("A threshold below 2 withholds nothing.")
    if board.threshold:
        raise ValueError("These figures are for publication already.")
    grown = [difference(atoms_of(board.total), one.total) for one in earlier]
    whole = _whole(atoms_of(board.total), grown, threshold)
    names = whole.names() if whole else frozenset()
    lines = _lines(board.rows, whole, threshold, earlier) if whole else None
    published = [] if lines is None else [*_published(lines, threshold, earlier)]
    nothing = [
        replace(row, self_reports=_own_counts(row, threshold, earlier))
        for row in board.rows
        if not row.counts.handed_in
    ]
    suppressed = {("", name) for name in _withheld(names, board.total, threshold)}
    rows = []
    for row, withheld in [*published, *((row, frozenset[str]()) for row in nothing)]:
        suppressed |= {(row.slug, name) for name in withheld}
        rows.append(replace(row, counts=_keep(row.counts, withheld)))
    return replace(
        board,
        rows=tuple(rows),
        total=_keep(board.total, {name for slug, name in suppressed if not slug}),
        hours=publish_hours(
            board.hours,
            [step for step in STEPS if step in names],
            threshold,
            [hour for one in earlier for hour in one.told.hours],
        ),
        suppressed=frozenset(suppressed),
        threshold=threshold,
    )


def _whole(atoms: Atoms, grown: Sequence[Atoms], threshold: int) -> Shown | None:
    """Return what the line of all platforms tells: of all that was handed in or of what was referred, what tells more."""
    fitting = [
        root
        for root in ROOTS
        if (total(atoms, root.atoms) >= threshold or not any(atoms.values()))
        and all(is_fine(total(one, root.atoms), threshold) for one in grown)
    ]
    return max(
        (shown(root, [atoms, *grown], threshold) for root in fitting),
        key=lambda found: len(found.names()),
        default=None,
    )


def _lines(
    rows: Iterable[PlatformRow], whole: Shown, threshold: int, earlier: Sequence[Earlier]
) -> _Lines | None:
    """Return how the platforms are told apart so that most figures are told; the largest stand alone first.

    Platforms that changed by a small number since an earlier publication come last: they stand with others.
    """
    root = whole.tree.atoms
    now = {row.slug: atoms_of(row.counts) for row in rows}
    # Of each platform: its own numbers, then what they differ by from each earlier publication.
    atoms = {
        slug: [one, *(difference(one, before.platforms.get(slug, none_of(one))) for before in earlier)]
        for slug, one in now.items()
    }
    ranked = sorted(
        (row for row in rows if any(total(one, root) for one in atoms[row.slug])),
        key=lambda row: (
            not all(is_fine(total(one, root), threshold) for one in atoms[row.slug][1:]),
            -total(now[row.slug], root),
            row.slug,
        ),
    )
    found: list[_Lines] = []
    for number in range(len(ranked), 0, -1):
        alone, others = ranked[:number], ranked[number:]
        parts = [part for row in alone for part in atoms[row.slug]]
        if others:
            parts += [_together(each) for each in zip(*(atoms[row.slug] for row in others), strict=True)]
        if len(others) == 1 or not all(is_fine(total(part, root), threshold) for part in parts):
            continue
        told = shown(whole.tree, parts, threshold, whole.splits)
        found.append(_Lines(tuple(alone), tuple(others), told))
    return max(found, key=lambda lines: lines.figures, default=None)


def _published(
    lines: _Lines, threshold: int, earlier: Sequence[Earlier]
) -> Iterable[tuple[PlatformRow, frozenset[str]]]:
    names = lines.shown.names()
    for row in lines.alone:
        told = replace(row, self_reports=_own_counts(row, threshold, earlier))
        yield told, frozenset(_withheld(names, row.counts, threshold))
    if lines.others:
        counted = {
            measure.name: sum(getattr(row.counts, measure.name) for row in lines.others)
            for measure in COUNTED
        }
        # Times of several platforms cannot be put together from theirs, so the line has none.
        row = PlatformRow(OTHERS, OTHER_PLATFORMS, "", Counts(**counted))
        yield row, frozenset(_withheld(names, row.counts, threshold) | {one.name for one in DURATIONS})


def _own_counts(row: PlatformRow, threshold: int, earlier: Sequence[Earlier]) -> tuple[SelfReportTotal, ...]:
    """Return what a platform says of itself where it is not small and grew by no small number; its days likewise."""
    told = []
    for report in row.self_reports:
        before = [one.own_counts(row.slug, report.what) for one in earlier]
        known: dict[date | None, int] = {None: report.total, **dict(report.days)}

        def grew_fine(day: date | None, before: Any = before, known: Any = known) -> bool:
            return all(is_fine(known[day] - one.get(day, known[day]), threshold) for one in before)

        if not is_fine(report.total, threshold) or not grew_fine(None):
            continue
        fine = all(is_fine(counted, threshold) and grew_fine(day) for day, counted in report.days)
        told.append(report if fine else replace(report, days=()))
    return tuple(told)


def _withheld(names: frozenset[str], counts: Counts, threshold: int) -> set[str]:
    """Return the measures that are not told, given the counts that are."""
    withheld = {measure.name for measure in COUNTED} - names
    withheld |= {one.name for one in SHARES if not names.issuperset({one.numerator, one.denominator})}
    # How many stand beyond a time is judged by a number that is told, so that telling the time tells no other number.
    timed = next((getattr(counts, name) for name in ("timed", "removed") if name in names), None)
    for measure in DURATIONS:
        quantile = Fraction(str(measure.quantile))
        if timed is None or min(quantile, 1 - quantile) * timed < threshold:
            withheld.add(measure.name)
    return withheld


def _keep(counts: Counts, withheld: Iterable[str]) -> Counts:
    """Return the counts without what is withheld: 0 or none in its place."""
    blank: Mapping[str, Any] = {field.name: field.default for field in fields(Counts)}
    return replace(counts, **{name: blank[name] for name in withheld if name in blank})


def _together(parts: Sequence[Atoms]) -> Atoms:
    return {name: sum(part[name] for part in parts) for name in parts[0]}
