"""The figures of a page: read once, then shown as tables, charts and files alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from takedowns.access.actor import Actor
from takedowns.figures.board import Board, board
from takedowns.figures.charts.outcomes import PARTS, Outcome
from takedowns.figures.charts.seen import Seen
from takedowns.figures.measures import MEASURES, Measure
from takedowns.figures.parameters import FiguresForm
from takedowns.figures.slices import Line, Slice, Sliced, of_board, slice_of, times_of, whole
from takedowns.figures.values import Share
from takedowns.referrals.models import Operation

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: Measures by what they tell. One that stands in none of them is shown under the last.
GROUPS: Final[tuple[tuple[str, str | _StrPromise, tuple[str, ...]], ...]] = (
    (
        "handed-in",
        gettext_lazy("What was handed in"),
        ("handed_in", "in_review", "rejected", "withdrawn", "co_referred", "referred"),
    ),
    (
        "answers",
        gettext_lazy("What platforms answered"),
        (
            "referred",
            "acknowledged",
            "removed",
            "share_removed",
            "restricted",
            "declined",
            "unavailable",
            "open",
            "reinstated",
        ),
    ),
    (
        "seen",
        gettext_lazy("What was seen"),
        (
            "seen_online",
            "seen_offline",
            "not_seen",
            "removed_and_gone",
            "removed_but_online",
            "removed_not_seen",
        ),
    ),
    ("times", gettext_lazy("How fast"), ("timed", "median_time_to_action", "p90_time_to_action")),
)


#: A picture shows all and the largest; the table shows more.
MOST_BARS: Final = 13


@dataclass(frozen=True)
class Table:
    """One table of measures: the columns that can be told, and lines of (key, name, values)."""

    name: str
    label: str | _StrPromise
    measures: tuple[Measure, ...]
    lines: tuple[tuple[str, str, tuple[Any, ...]], ...]
    total: tuple[Any, ...]


@dataclass(frozen=True)
class Figures:
    """What was asked for and found; ``board`` only where the whole operation is shown."""

    form: FiguresForm
    found: Sliced
    board: Board | None

    @property
    def named(self) -> list[tuple[Line, str]]:
        """The lines with what they are called."""
        names = (
            {row.slug: row.name for row in self.board.rows}
            if self.board and self.form.by == "platform"
            else {}
        )
        return [(line, names.get(line.key) or self.form.name_of(line.key)) for line in self.found.lines]

    @property
    def outcomes(self) -> list[Outcome]:
        """The bars of what became of what was referred: of all, then of each line with something referred."""
        return [
            Outcome(name, line.referred, {part: line.values[part] for part in PARTS})
            for line, name in self._with_total()
            if line.referred
        ][:MOST_BARS]

    @property
    def seen(self) -> list[Seen]:
        """The bars of word against eye, of all and of each line with something removed."""
        return [
            Seen(name, line.removed_and_gone, line.removed_but_online, line.removed_not_seen)
            for line, name in self._with_total()
            if line.removed
        ][:MOST_BARS]

    def tables(self) -> list[Table]:
        """Return the measures that can be told, by what they tell."""
        listed = {name for _name, _label, names in GROUPS for name in names}
        further = tuple(name for name in MEASURES if name not in listed)
        groups = [*GROUPS, *([("further", _("Further"), further)] if further else [])]
        return [
            self._table(name, label, names)
            for name, label, names in groups
            if any(map(self.found.knows, names))
        ]

    def _table(self, name: str, label: str | _StrPromise, names: Iterable[str]) -> Table:
        measures = tuple(MEASURES[one] for one in names if one in MEASURES and self.found.knows(one))
        return Table(
            name,
            label,
            measures,
            tuple(
                (line.key, called, tuple(line.values.get(measure.name) for measure in measures))
                for line, called in self.named
            ),
            tuple(self.found.total.values.get(measure.name) for measure in measures),
        )

    def _with_total(self) -> list[tuple[Line, str]]:
        together = [(self.found.total, _("All"))] if len(self.found.lines) > 1 else []
        return [*together, *self.named]


def read(operation: Operation, actor: Actor, form: FiguresForm, *, lines: bool = True) -> Figures:
    """Count what the form asks for: from what is folded wherever that can answer. At most five statements.

    Without ``lines`` only what all of it adds up to, in fewer statements.

    Raises:
        TooLargeError, NotSettledError, ValueError: see :func:`takedowns.figures.slices.slice_of`.
    """
    part = form.part
    platform = part.platform[0] if len(part.platform) == 1 else ""
    if (
        form.by == "platform"
        and not form.exact
        and part == Slice(platform=part.platform)
        and len(part.platform) < 2
    ):
        if not lines:
            return Figures(form, whole(operation, actor, platform, as_of=form.as_of), None)
        figures = board(operation, actor, as_of=form.as_of, etag="none needed")
        times = times_of(operation, platform=platform, as_of=form.as_of)
        return Figures(form, of_board(figures, platform, times), None if platform else figures)
    found = slice_of(operation, actor, part, by=form.by, one_by_one=form.exact, as_of=form.as_of)
    return Figures(form, found, None)


def plain(value: Any) -> str | int | float | None:
    """Return a value as a cell of a file: shares as numbers, times as seconds."""
    if isinstance(value, Share):
        return None if value.value is None else round(float(value.value), 6)
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value  # type: ignore[no-any-return]
