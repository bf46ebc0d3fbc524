"""The platform's word against the eye: of what it says that it removed, what was gone, online, or not looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from takedowns.figures.charts import svg
from takedowns.figures.charts.svg import grouped
from takedowns.figures.measures import label_of

PARTS: Final = (
    "removed_and_gone",
    "removed_but_online",
    "removed_not_seen",
)
BAR: Final = 18
ROW: Final = 62
LEGEND: Final = 80


@dataclass(frozen=True)
class Seen:
    """One bar: of what was said to be removed, how many were seen how."""

    name: str
    removed_and_gone: int
    removed_but_online: int
    removed_not_seen: int

    @property
    def removed(self) -> int:
        """All that was said to be removed."""
        return self.removed_and_gone + self.removed_but_online + self.removed_not_seen


def seen_svg(title: str, bars: Sequence[Seen]) -> SafeString:
    """Return a bar for each platform, drawn to 100 % of what it says that it removed."""
    root = svg.picture(
        "seen",
        title,
        " ".join(map(sentence, bars)) or _("Nothing was reported removed."),
        LEGEND + ROW * len(bars),
    )
    fill = svg.hatching(root, "seen")
    for place, name in enumerate(PARTS):
        y = 4 + 22 * place
        spot = svg.add(root, "svg", y=y, width=14, height=14, overflow="visible")
        _part(spot, name, fill, width="14", y=0, height=14)
        svg.write(root, label_of(name), "chart-label", dx=20, y=y + 12)
    for place, bar in enumerate(bars):
        y = LEGEND + place * ROW
        group = svg.add(root, "g", "chart-row")
        svg.explain(group, sentence(bar))
        words = _("%(number)s removed") % {"number": grouped(bar.removed)}
        svg.write(group, svg.shorten(bar.name, 38 - len(words)), "chart-name", y=y + 13)
        svg.write(group, words, "chart-number", x=100, y=y + 13, anchor="end")
        so_far = 0
        for name in PARTS:
            if number := getattr(bar, name):
                _part(
                    group,
                    name,
                    fill,
                    width=svg.percent(number, bar.removed),
                    y=y + 19,
                    height=BAR,
                    x=svg.percent(so_far, bar.removed),
                )
                so_far += number
        online = _("%(number)s still online") % {"number": grouped(bar.removed_but_online)}
        gone = _("%(number)s verified offline") % {"number": grouped(bar.removed_and_gone)}
        svg.write(group, gone, "chart-number", y=y + 19 + BAR + 14)
        svg.write(
            group,
            online,
            "chart-number chart-stress" if bar.removed_but_online else "chart-number",
            x=100,
            y=y + 19 + BAR + 14,
            anchor="end",
        )
    return svg.render(root)


def sentence(bar: Seen) -> str:
    """Say a bar in words."""
    return _(
        "%(name)s: %(removed)s removed by the platform’s word; %(gone)s of them verified offline, %(online)s still online, %(unknown)s not verified."
    ) % {
        "name": bar.name,
        "removed": grouped(bar.removed),
        "gone": grouped(bar.removed_and_gone),
        "online": grouped(bar.removed_but_online),
        "unknown": grouped(bar.removed_not_seen),
    }


def _part(
    parent: Element, name: str, hatched: str, *, width: str, y: float, height: float, x: str = "0%"
) -> None:
    look = {
        "removed_and_gone": ("chart-step chart-removed-and-gone", "currentColor", 1.0),
        "removed_but_online": ("chart-gap", hatched, 1.0),
        "removed_not_seen": ("chart-step chart-handed-in", "none", 1.0),
    }[name]
    svg.add(
        parent,
        "rect",
        look[0],
        x=x,
        y=y,
        width=width,
        height=height,
        fill=look[1],
        fill_opacity=look[2],
        stroke="currentColor",
        stroke_width=0.5,
    )
