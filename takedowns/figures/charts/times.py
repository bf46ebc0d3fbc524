"""How long it took until platforms acted: a histogram whose bins are those in which people speak."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from takedowns.figures.charts import svg
from takedowns.figures.charts.svg import grouped

_BOUNDS: Final = (
    (timedelta(minutes=1), gettext_lazy("under 1 min")),
    (timedelta(minutes=5), gettext_lazy("1–5 min")),
    (timedelta(minutes=15), gettext_lazy("5–15 min")),
    (timedelta(hours=1), gettext_lazy("15–60 min")),
    (timedelta(hours=3), gettext_lazy("1–3 h")),
    (timedelta(hours=6), gettext_lazy("3–6 h")),
    (timedelta(hours=12), gettext_lazy("6–12 h")),
    (timedelta(hours=24), gettext_lazy("12–24 h")),
    (timedelta(days=3), gettext_lazy("1–3 d")),
    (timedelta(days=7), gettext_lazy("3–7 d")),
)
_MORE: Final = gettext_lazy("over 7 d")
BAR: Final = 16
ROW: Final = 24


@dataclass(frozen=True)
class Bin:
    """Times of one stretch: how many, and how many took at most as long as its end."""

    label: str
    number: int
    up_to: int


def bins(times: Mapping[int, int]) -> list[Bin]:
    """Return the histogram of times in microseconds. A time at a bound is in the bin that it ends: at most an hour."""
    counted = [0] * (len(_BOUNDS) + 1)
    for taken, number in times.items():
        place = next(
            (
                place
                for place, (bound, _label) in enumerate(_BOUNDS)
                if taken <= bound // timedelta(microseconds=1)
            ),
            len(_BOUNDS),
        )
        counted[place] += number
    labels = [str(label) for _bound, label in _BOUNDS] + [str(_MORE)]
    found, so_far = [], 0
    for label, number in zip(labels, counted, strict=True):
        so_far += number
        found.append(Bin(label, number, so_far))
    return found


def times_svg(title: str, counted: Sequence[Bin]) -> SafeString:
    """Return the histogram as lying bars: the words of the bins stay readable on a phone."""
    whole = counted[-1].up_to if counted else 0
    said = ". ".join(
        _("%(label)s: %(number)s") % {"label": one.label, "number": grouped(one.number)}
        for one in counted
        if one.number
    )
    root = svg.picture("times", title, said or _("Nothing was timed."), 28 + ROW * len(counted))
    svg.write(
        root, _("%(number)s acted on") % {"number": grouped(whole)}, "chart-tick", x=100, y=14, anchor="end"
    )
    most = max((one.number for one in counted), default=0) or 1
    for place, one in enumerate(counted):
        y = 24 + place * ROW
        group = svg.add(root, "g", "chart-row")
        svg.explain(group, f"{one.label}: {grouped(one.number)}")
        svg.write(group, one.label, "chart-label", x=33, dx=-8, y=y + 13, anchor="end")
        svg.upright_line(group, 33, y - 4, y + ROW - 4)
        svg.add(
            group,
            "rect",
            "chart-bar",
            x="33%",
            y=y,
            width=svg.percent(one.number * 0.38, most),
            height=BAR,
            fill="currentColor",
            fill_opacity=0.7,
        )
        share = f" · {100 * one.number / whole:.0f} %" if whole and one.number else ""
        svg.write(group, f"{grouped(one.number)}{share}", "chart-number", x=100, y=y + 13, anchor="end")
    return svg.render(root)
