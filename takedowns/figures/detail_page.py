"""The page of the figures that are read one by one: in groups, and as two pictures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from takedowns.figures.charts.bars import Bar, bars_svg
from takedowns.figures.detail import Detail
from takedowns.figures.detail_measures import EYES, MISTAKES, ORDERS, REASONS, ROWS, TIMES
from takedowns.figures.measures import Measure
from takedowns.figures.page_charts import Chart
from takedowns.figures.values import Share
from takedowns.pages.templatetags.plain import number as number_written
from takedowns.referrals.models import Operation

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

GROUPS: Final[tuple[tuple[str, str | _StrPromise, tuple[Measure, ...]], ...]] = (
    ("rows", gettext_lazy("What the lists held"), ROWS),
    ("reasons", gettext_lazy("Why platforms did not act"), REASONS),
    ("times", gettext_lazy("How fast"), TIMES),
    ("orders", gettext_lazy("One-hour deadlines"), ORDERS),
    ("eyes", gettext_lazy("Platform decisions and checks"), EYES),
    ("mistakes", gettext_lazy("Complaints and errors"), MISTAKES),
)
#: The addresses of the pictures.
DETAIL_CHARTS: Final = ("still-online", "reasons")


@dataclass(frozen=True)
class Group:
    """Some of the figures, under a heading: of each what it is, and its value."""

    name: str
    label: str | _StrPromise
    lines: tuple[tuple[Measure, int | timedelta | Share | None], ...]

    @property
    def measures(self) -> list[Measure]:
        """What stands in it, to be explained."""
        return [measure for measure, _value in self.lines]


def groups_of(found: Detail) -> list[Group]:
    """Return all figures in their groups."""
    return [
        Group(name, label, tuple((measure, found.values[measure.name]) for measure in measures))
        for name, label, measures in GROUPS
        if measures[0].name in found.values
    ]


def detail_charts(operation: Operation, found: Detail) -> list[Chart]:
    """Return what is still online after they said that they removed it, and why they did not act."""
    online = [
        (measure, share)
        for measure in EYES
        if isinstance(share := found.values[measure.name], Share) and measure.name != "agreement"
    ]
    reasons = [
        (measure, number)
        for measure in REASONS
        if isinstance(number := found.values[measure.name], int) and measure.name != "no_answer"
    ]
    most = max((number for _measure, number in reasons), default=0) or 1
    title, other = _("Reported removed, online when checked"), _("Why platforms did not act")
    return [
        Chart(
            "still-online",
            title,
            bars_svg(
                "still-online",
                f"{operation.reference}: {title}",
                [
                    Bar(_(measure.label), None if share.value is None else float(share.value), _told(share))
                    for measure, share in online
                ],
            ),
            [_("Figure"), _("Share"), _("Of")],
            [[_(measure.label), share, share.denominator] for measure, share in online],
            _(
                "Of what was looked at that long after the platform said that it removed it: the first such look."
            ),
        ),
        Chart(
            "reasons",
            other,
            bars_svg(
                "reasons",
                f"{operation.reference}: {other}",
                [Bar(_(measure.label), number / most, number_written(number)) for measure, number in reasons],
            ),
            [_("Figure"), _("Referrals")],
            [[_(measure.label), number] for measure, number in reasons],
            _("The longest bar is the most frequent."),
        ),
    ]


def _told(share: Share) -> str:
    if share.percent is None:
        return _("nobody looked that late")
    return _("%(share)s %% of %(number)s") % {
        "share": number_format(f"{share.percent:.1f}", 1),
        "number": number_written(share.denominator),
    }
