"""The pictures of the figures' pages by name: each with its title, and the table that stands behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from takedowns.figures import charts
from takedowns.figures.charts.displacement import displacement_svg
from takedowns.figures.charts.outcomes import LABELS, PARTS, outcomes_svg
from takedowns.figures.charts.resurfacing import resurfacing_svg
from takedowns.figures.charts.seen import PARTS as SEEN_PARTS
from takedowns.figures.charts.seen import seen_svg
from takedowns.figures.charts.times import bins, times_svg
from takedowns.figures.measures import MEASURES
from takedowns.figures.queries import MOST_BARS, Figures
from takedowns.figures.resurfacing import CURVE, DISPLACEMENT, Resurfacing
from takedowns.figures.values import STEPS
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


def charts_of(operation: Operation, figures: Figures) -> list[Chart]:
    """Return the charts that the figures can fill."""
    reference, found = operation.reference, []
    if figures.board is not None:
        found.append(
            Chart(
                "hours",
                _("Progress over the hours"),
                charts.hours_svg(figures.board),
                [_("Hour begins (UTC)"), *(_(MEASURES[step].label) for step in STEPS)],
                [
                    [f"{hour.start:%Y-%m-%d %H:%M}", *(getattr(hour, step) for step in STEPS)]
                    for hour in figures.board.hours
                ],
                _("How many referrals had come how far by the end of each hour."),
            )
        )
    outcomes = figures.outcomes
    title = _("What became of what was referred")
    found.append(
        Chart(
            "outcomes",
            title,
            outcomes_svg(f"{reference}: {title}", outcomes),
            [str(figures.form.by_label), _("Referred"), *(str(LABELS[part]) for part in PARTS)],
            [[bar.name, bar.referred, *(bar.parts[part] for part in PARTS)] for bar in outcomes],
            _("Each bar is all that was referred; what is left of it was withdrawn.") + _cut(figures),
        )
    )
    if figures.found.knows("timed") and (figures.found.times or figures.found.knows("median_time_to_action")):
        counted = bins(figures.found.times)
        title = _("How long it took until they acted")
        found.append(
            Chart(
                "times",
                title,
                times_svg(f"{reference}: {title}", counted),
                [_("From referred to removed or restricted"), _("Referrals"), _("By then, in all")],
                [[one.label, one.number, one.up_to] for one in counted],
                _("From the moment a referral was made until the platform says that it acted."),
            )
        )
    seen = figures.seen
    title = _("Their word, and what was seen")
    found.append(
        Chart(
            "seen",
            title,
            seen_svg(f"{reference}: {title}", seen),
            [str(figures.form.by_label), _("Said removed"), *(str(label) for _name, label in SEEN_PARTS)],
            [[bar.name, bar.removed, *(getattr(bar, name) for name, _label in SEEN_PARTS)] for bar in seen],
            _("Each bar is all that a platform says it removed.") + _cut(figures),
        )
    )
    return found


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
            [_("Days after it was first seen gone"), _("Share of outlets back"), _("Still watched")],
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
            [_("Seen gone on"), _("Turned up on"), _("Outlets"), _("Items there"), _("Median, in days")],
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
