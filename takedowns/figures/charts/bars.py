"""Bars of parts of a whole, one below the other, each with its number in words: as wide as its share of 100."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from takedowns.figures.charts import svg

BAR: Final = 14
ROW: Final = 60


@dataclass(frozen=True)
class Bar:
    """One bar: what it is, its share of 1 (None where there is nothing to divide by), and its number as it is written."""

    label: str
    share: float | None
    told: str


def bars_svg(name: str, title: str, bars: Sequence[Bar]) -> SafeString:
    """Return the bars; a thin line shows how far all of it would go."""
    said = " ".join(f"{bar.label}: {bar.told}." for bar in bars) or _("None.")
    root = svg.picture(name, title, said, max(ROW * len(bars), ROW))
    for place, bar in enumerate(bars):
        y = place * ROW
        svg.write(root, bar.label, "chart-name", y=y + 14)
        svg.write(
            root, bar.told, "chart-number", y=y + 31
        )  # below: beside a name there is no room on a phone
        svg.add(
            root,
            "line",
            "chart-grid",
            x1="0",
            x2="100%",
            y1=y + 38 + BAR / 2,
            y2=y + 38 + BAR / 2,
            stroke="currentColor",
            stroke_width=0.5,
        )
        if bar.share:
            svg.add(
                root, "rect", "chart-step chart-bar", y=y + 38, width=svg.percent(bar.share, 1), height=BAR
            )
    return svg.render(root)
