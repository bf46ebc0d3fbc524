"""The pictures of the figures' pages by name: each with its title, and the table that stands behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from takedowns.figures import charts
from takedowns.figures.charts.displacement import displacement_svg
from takedowns.figures.charts.outcomes import PARTS, outcomes_svg
from takedowns.figures.charts.resurfacing import resurfacing_svg
from takedowns.figures.charts.seen import PARTS as SEEN_PARTS
from takedowns.figures.charts.seen import seen_svg
from takedowns.figures.charts.times import bins, times_svg
from takedowns.figures.measures import label_of
from takedowns.figures.queries import MOST_BARS, Figures
from takedowns.figures.resurfacing import Resurfacing
from takedowns.figures.return_measures import CURVE, DISPLACEMENT
from takedowns.figures.values import STEPS, Board
from takedowns.referrals.models import Operation


@dataclass(frozen=True)
class Chart:
    """A picture.

    Attributes:
        name: in addresses; ``title``: above it; ``drawn``: the SVG.
        heads, lines: the table behind it.
        note: how to read it, in a sentence.
    """

    name: str
    title: str
    drawn: SafeString
    heads: Sequence[str]
    lines: Sequence[Sequence[Any]]
    note: str = ""


def charts_of(reference: str, figures: Figures) -> list[Chart]:
    """Return the charts that the figures can fill; ``reference`` says whose they are."""
    found: list[Chart] = []
    if figures.board is not None:
        found.append(_hours(figures.board))
    found.append(_outcomes(reference, figures))
    if figures.found.knows("timed") and (figures.found.times or figures.found.knows("median_time_to_action")):
        found.append(_times(reference, figures))
    found.append(_seen(reference, figures))
    return found


def _hours(board: Board) -> Chart:
    return Chart(
        "hours",
        _("Progress over the hours"),
        charts.hours_svg(board),
        [_("Hour begins (UTC)"), *map(label_of, STEPS)],
        [[f"{hour.start:%Y-%m-%d %H:%M}", *(getattr(hour, step) for step in STEPS)] for hour in board.hours],
        _("How many referrals had come how far by the end of each hour."),
    )


def _outcomes(reference: str, figures: Figures) -> Chart:
    outcomes = figures.outcomes
    title = _("What became of what was referred")
    return Chart(
        "outcomes",
        title,
        outcomes_svg(f"{reference}: {title}", outcomes),
        [str(figures.form.by_label), label_of("referred"), *map(label_of, PARTS)],
        [[bar.name, bar.referred, *(bar.parts[part] for part in PARTS)] for bar in outcomes],
        _("Each bar is all that was referred; what is left of it was withdrawn.") + _cut(figures),
    )


def _times(reference: str, figures: Figures) -> Chart:
    counted = bins(figures.found.times)
    title = _("How long it took until they acted")
    return Chart(
        "times",
        title,
        times_svg(f"{reference}: {title}", counted),
        [_("From referred to removed or restricted"), _("Referrals"), _("By then, in all")],
        [[one.label, one.number, one.up_to] for one in counted],
        _("From the moment a referral was made until the platform says that it acted."),
    )


def _seen(reference: str, figures: Figures) -> Chart:
    seen = figures.seen
    title = _("Platform decisions and checks")
    return Chart(
        "seen",
        title,
        seen_svg(f"{reference}: {title}", seen),
        [str(figures.form.by_label), label_of("removed"), *map(label_of, SEEN_PARTS)],
        [[bar.name, bar.removed, *(getattr(bar, name) for name in SEEN_PARTS)] for bar in seen],
        _("Each bar is all that a platform says it removed.") + _cut(figures),
    )


def _cut(figures: Figures) -> str:
    """Say that there are more lines than bars."""
    if len(figures.found.lines) < MOST_BARS:
        return ""
    return " " + _("The largest are drawn; the tables below show more.")


def returns_charts(operation: Operation, found: Resurfacing, *, wide: bool = False) -> list[Chart]:
    """Return the two pictures of what came back."""
    title, other = _("How fast outlets were back"), _("Where they went")
    return [
        Chart(
            "resurfacing",
            title,
            resurfacing_svg(f"{operation.reference}: {title}", found),
            [_("Days after it was first verified offline"), _("Share of outlets back"), _("Still watched")],
            [
                [f"{point.after.total_seconds() / 86400:.2f}", f"{100 * point.share:.1f} %", point.watched]
                for point in found.curve
            ],
            _(CURVE),
        ),
        Chart(
            "displacement",
            other,
            displacement_svg(f"{operation.reference}: {other}", found.moves, wide=wide),
            [
                _("Verified offline on"),
                _("Turned up on"),
                _("Outlets"),
                _("Items there"),
                _("Median, in days"),
            ],
            [
                [
                    one.source_name,
                    one.target_name,
                    one.outlets,
                    one.items,
                    f"{one.median.total_seconds() / 86400:.1f}",
                ]
                for one in found.moves
            ],
            _(DISPLACEMENT),
        ),
    ]
