"""What became of what was referred: a bar for each platform (or agency, kind, ...), each as long as its share of the longest."""

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

#: Measures that a referral made is in exactly one of, in the order of the bar; withdrawn ones make up the rest.
PARTS: Final = ("removed", "restricted", "unavailable", "declined", "reinstated", "open")
#: In a picture that stands alone without the style sheet.
GREYS: Final = {
    "removed": 0.95,
    "restricted": 0.65,
    "unavailable": 0.35,
    "declined": 0.5,
    "reinstated": 0.2,
    "open": 0.08,
}

BAR: Final = 18
ROW: Final = 62
LEGEND: Final = 84
HATCHED: Final = ("declined", "reinstated")


@dataclass(frozen=True)
class Outcome:
    """One bar: its name, how many were referred, and how many of them ended how."""

    name: str
    referred: int
    parts: dict[str, int]


def outcomes_svg(title: str, bars: Sequence[Outcome]) -> SafeString:
    """Return the bars. Each is drawn to 100 % of what was referred; the number beside it says how much that is."""
    sentences = " ".join(map(sentence, bars)) or _("Nothing was referred.")
    root = svg.picture("outcomes", title, sentences, LEGEND + ROW * len(bars))
    fills = {name: svg.stripes(root, f"outcomes-{name}", f"chart-part-{name}") for name in HATCHED}
    for place, name in enumerate(PARTS):
        column, line = divmod(place, 3)
        spot = svg.add(
            root, "svg", x=f"{column * 50}%", y=4 + line * 22, width=14, height=14, overflow="visible"
        )
        _part(spot, name, fills, width="14", y=0, height=14)
        svg.write(root, label_of(name), "chart-label", x=column * 50, dx=20, y=16 + line * 22)
    for place, bar in enumerate(bars):
        _bar(root, bar, LEGEND + place * ROW, fills)
    return svg.render(root)


def sentence(bar: Outcome) -> str:
    """Say a bar in words."""
    parts = ", ".join(
        f"{label_of(name).lower()} {grouped(bar.parts[name])}" for name in PARTS if bar.parts[name]
    )
    return _("%(name)s: %(referred)s referred") % {"name": bar.name, "referred": grouped(bar.referred)} + (
        f"; {parts}." if parts else "."
    )


def _bar(root: Element, bar: Outcome, y: float, fills: dict[str, str]) -> None:
    group = svg.add(root, "g", "chart-row")
    svg.explain(group, sentence(bar))
    number = _("%(number)s referred") % {"number": grouped(bar.referred)}
    svg.write(group, svg.shorten(bar.name, 38 - len(number)), "chart-name", y=y + 13)
    svg.write(group, number, "chart-number", x=100, y=y + 13, anchor="end")
    top, so_far = y + 19, 0
    svg.add(
        group,
        "rect",
        "chart-frame",
        y=top,
        width="100%",
        height=BAR,
        fill="none",
        stroke="currentColor",
        stroke_opacity=0.5,
    )
    for name in PARTS:
        if number_of := bar.parts[name]:
            _part(
                group,
                name,
                fills,
                width=svg.percent(number_of, bar.referred),
                y=top,
                height=BAR,
                x=svg.percent(so_far, bar.referred),
            )
            so_far += number_of
    if bar.referred:
        share = f"{100 * bar.parts['removed'] / bar.referred:.1f} %"
        svg.write(group, _("%(share)s removed") % {"share": share}, "chart-number", y=top + BAR + 14)


def _part(
    parent: Element, name: str, fills: dict[str, str], *, width: str, y: float, height: float, x: str = "0%"
) -> None:
    css = f"chart-part chart-part-{name}"
    if name in fills:
        svg.add(
            parent,
            "rect",
            "chart-part",
            x=x,
            y=y,
            width=width,
            height=height,
            fill=fills[name],
            stroke="currentColor",
            stroke_width=0.5,
        )
        return
    svg.add(
        parent,
        "rect",
        css,
        x=x,
        y=y,
        width=width,
        height=height,
        fill="currentColor",
        fill_opacity=GREYS[name],
        stroke="currentColor",
        stroke_width=0.5,
    )
