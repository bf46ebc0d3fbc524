"""The figures of a page: read once, then shown as tables, charts and files alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from takedowns.access.actor import Actor
from takedowns.figures.board import Board, board
from takedowns.figures.charts.outcomes import PARTS, Outcome
from takedowns.figures.charts.seen import Seen
from takedowns.figures.measures import Measure
from takedowns.figures.parameters import FiguresForm
from takedowns.figures.part import Slice
from takedowns.figures.slices import (
    ALL_MEASURES,
    Line,
    Sliced,
    TooLargeError,
    of_board,
    slice_of,
    times_of,
    whole,
)
from takedowns.figures.values import Share
from takedowns.figures.verified_measures import WINDOWS
from takedowns.referrals.models import Operation, Referral

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: Measures by what they tell. One that stands in none of them is shown under the last.
GROUPS: Final[tuple[tuple[str, str | _StrPromise, tuple[str, ...]], ...]] = (
    (
        "handed-in",
        gettext_lazy("What was submitted"),
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
    (
        "verified",
        gettext_lazy("Verified offline after referral"),
        tuple(
            f"{name}_{window}"
            for window in WINDOWS
            for name in ("verified", "verified_by_person", "verified_by_robot")
        ),
    ),
    (
        "checked",
        gettext_lazy("How much was checked, and what came back"),
        (
            *(f"checked_{window}" for window in WINDOWS),
            "verified_since",
            "verified_since_by_person",
            "verified_since_by_robot",
            "back_online",
        ),
    ),
    (
        "times",
        gettext_lazy("How fast"),
        (
            "timed",
            "median_time_to_action",
            "p90_time_to_action",
            "median_time_to_verified",
            "p90_time_to_verified",
        ),
    ),
)
#: The four questions of whoever audits: heading, and the measures that answer it, the first one in large.
QUESTIONS: Final[tuple[tuple[str | _StrPromise, tuple[str, ...]], ...]] = (
    (gettext_lazy("How many?"), ("referred", "handed_in")),
    (
        gettext_lazy("Really gone?"),
        ("verified_24h", "verified_by_person_24h", "verified_by_robot_24h", "checked_24h"),
    ),
    (gettext_lazy("Came back?"), ("back_online", "verified_since")),
    (
        gettext_lazy("How fast?"),
        ("median_time_to_action", "p90_time_to_action", "median_time_to_verified"),
    ),
)


#: Of so few referrals the page reads each, so that every measure can be told; beyond, on demand.
READ_ANYWAY: Final = 100_000
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

    def lines_with_measures(self) -> list[tuple[str, str, list[tuple[Measure, Any]]]]:
        """Return the lines with what each value is."""
        return [
            (key, called, list(zip(self.measures, values, strict=True))) for key, called, values in self.lines
        ]

    def total_with_measures(self) -> list[tuple[Measure, Any]]:
        """Return the values of all with what each is."""
        return list(zip(self.measures, self.total, strict=True))


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
        further = tuple(name for name in ALL_MEASURES if name not in listed)
        groups = [*GROUPS, *([("further", _("Further"), further)] if further else [])]
        return [
            self._table(name, label, names)
            for name, label, names in groups
            if any(map(self.found.knows, names))
        ]

    def _table(self, name: str, label: str | _StrPromise, names: Iterable[str]) -> Table:
        measures = tuple(ALL_MEASURES[one] for one in names if self.found.knows(one))
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

    def answers(self) -> list[tuple[str | _StrPromise, list[tuple[Measure, Any]]]]:
        """Return the four questions with the measures that answer them, where all can be told."""
        total = self.found.total
        if not all(self.found.knows(names[0]) for _heading, names in QUESTIONS):
            return []
        return [
            (heading, [(ALL_MEASURES[name], total.values.get(name)) for name in names])
            for heading, names in QUESTIONS
        ]

    def _with_total(self) -> list[tuple[Line, str]]:
        together = [(self.found.total, _("All"))] if len(self.found.lines) > 1 else []
        return [*together, *self.named]


def read(
    operations: Operation | Sequence[Operation], actor: Actor, form: FiguresForm, *, lines: bool = True
) -> Figures:
    """Count what the form asks for: from what is folded wherever that can answer, and of few referrals one by one, too.

    Without ``lines`` only what all of it adds up to, in fewer statements. At most six statements.

    Raises:
        TooLargeError, NotSettledError, ValueError: see :func:`takedowns.figures.slices.slice_of`.
    """
    form.require_moment()
    part, as_of = form.part, form.as_of
    platform = part.platform[0] if len(part.platform) == 1 else ""
    plainly = form.by == "platform" and not form.exact and not form.happened
    if (
        isinstance(operations, Operation)
        and plainly
        and part == Slice(platform=part.platform)
        and len(part.platform) < 2
    ):
        if not lines:
            return Figures(form, whole(operations, actor, platform, as_of=as_of), None)
        figures = board(operations, actor, as_of=as_of, etag="none needed")
        found = of_board(figures, platform)
        if found.total.values["handed_in"] <= READ_ANYWAY and (each := _one_by_one(operations, actor, form)):
            found = found.joined_with(each)
        else:
            found = replace(found, times=times_of(operations, platform=platform, as_of=as_of))
        return Figures(form, found, None if platform else figures)
    can_be_folded = not form.exact and not form.happened and part.is_folded(form.by)
    if can_be_folded and _are_few(operations) and (each := _one_by_one(operations, actor, form)):
        return Figures(form, each, None)
    found = slice_of(
        operations, actor, part, by=form.by, one_by_one=form.exact, as_of=as_of, happened=form.happened
    )
    return Figures(form, found, None)


def _are_few(operations: Operation | Sequence[Operation]) -> bool:
    """Tell whether the operations have so few referrals that each is read. One statement, which stops counting there."""
    whose = [operations] if isinstance(operations, Operation) else operations
    counted = Referral.objects.filter(operation__in=[one.pk for one in whose]).order_by()
    return counted[: READ_ANYWAY + 1].count() <= READ_ANYWAY


def _one_by_one(
    operations: Operation | Sequence[Operation], actor: Actor, form: FiguresForm
) -> Sliced | None:
    """Read the referrals themselves; None where that takes too long."""
    try:
        return slice_of(operations, actor, form.part, by=form.by, one_by_one=True, as_of=form.as_of)
    except TooLargeError:
        return None


def plain(value: Any) -> str | int | float | None:
    """Return a value as a cell of a file: shares as numbers, times as seconds."""
    if isinstance(value, Share):
        return None if value.value is None else round(float(value.value), 6)
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value  # type: ignore[no-any-return]
