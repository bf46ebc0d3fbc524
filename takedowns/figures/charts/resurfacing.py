"""How fast outlets were back: the share that is back after a time, as steps; and a curve's end where nobody looked on."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from xml.etree.ElementTree import Element

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from takedowns.figures.charts import scale, svg
from takedowns.figures.resurfacing import Resurfacing

PLOT: Final = 200
TOP: Final = 26
AXIS: Final = 48
SPAN: Final = 1000


def resurfacing_svg(title: str, found: Resurfacing) -> SafeString:
    """Return the curve of :class:`~takedowns.figures.resurfacing.Resurfacing`, from nothing to the last look."""
    root = svg.picture("resurfacing", title, said(found), TOP + PLOT + AXIS)
    svg.write(root, _("Share of outlets back"), "chart-tick", y=14)
    watched = _("%(number)s outlets verified offline") % {"number": svg.grouped(found.outlets_seen_gone)}
    svg.write(root, watched, "chart-tick", x=100, y=14, anchor="end")
    _levels(root)
    days = max((found.watched_until or timedelta(0)) / timedelta(days=1), 1)
    last = _day_axis(root, days)
    if not found.outlets_seen_gone:
        return svg.render(root)
    _curve(root, found, days, last)
    return svg.render(root)


def _levels(root: Element) -> None:
    for level_of in (0, 0.25, 0.5, 0.75, 1):
        y = TOP + PLOT * (1 - level_of)
        svg.level_line(root, y, opacity=0.2)
        if level_of:
            svg.write(
                root,
                f"{level_of:.0%}".replace("%", " %"),
                "chart-tick chart-halo",
                y=y + 13 if level_of == 1 else y - 4,
            )


def _day_axis(root: Element, days: float) -> float:
    """Draw the axis of days; return the last day that is marked."""
    marks = scale.axis(max(4, round(days + 0.49)))
    last = float(marks[-1])
    for mark in marks:
        x = 100 * mark / last
        anchor = "start" if not mark else "end" if mark == marks[-1] else "middle"
        svg.upright_line(root, x, TOP + PLOT, TOP + PLOT + 5)
        svg.write(root, str(mark), "chart-tick", x=x, y=TOP + PLOT + 18, anchor=anchor)
    svg.write(
        root,
        _("Days after it was first verified offline"),
        "chart-tick",
        x=50,
        y=TOP + PLOT + 38,
        anchor="middle",
    )
    return last


def _curve(root: Element, found: Resurfacing, days: float, last: float) -> None:
    """Draw the stairs of the share that is back, the area below, and the last share as a number."""
    view = svg.add(
        root,
        "svg",
        x=0,
        y=TOP,
        width="100%",
        height=PLOT,
        viewBox=f"0 0 {SPAN} {SPAN}",
        preserveAspectRatio="none",
        overflow="visible",
    )
    corners, level = [(0.0, float(SPAN))], float(SPAN)
    for point in found.curve:
        x = SPAN * (point.after / timedelta(days=1)) / last
        corners += [(x, level), (x, level := SPAN * (1 - point.share))]
    end = SPAN * days / last
    corners.append((end, level))
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    svg.add(
        view,
        "polygon",
        "chart-back-area",
        points=f"{line} {end:.1f},{SPAN} 0,{SPAN}",
        fill="currentColor",
        fill_opacity=0.12,
    )
    svg.add(
        view,
        "polyline",
        "chart-line chart-line-back",
        points=line,
        fill="none",
        stroke="currentColor",
        stroke_width=2.5,
        vector_effect="non-scaling-stroke",
    )
    if found.curve:
        share = f"{100 * found.curve[-1].share:.0f} %"
        anchor = "end" if end > 0.3 * SPAN else "start"
        svg.write(
            root,
            share,
            "chart-name chart-halo",
            x=end / 10,
            y=max(TOP + PLOT * level / SPAN - 6, TOP + 14),
            anchor=anchor,
        )


def said(found: Resurfacing) -> str:
    """Say the curve in words."""
    if not found.outlets_seen_gone:
        return _("No outlet was verified offline.")
    words = _("%(back)s of %(gone)s outlets are back.") % {
        "back": svg.grouped(found.outlets_back),
        "gone": svg.grouped(found.outlets_seen_gone),
    }
    for days in (1, 7, 14, 30):
        reached = [point.share for point in found.curve if point.after <= timedelta(days=days)]
        if found.watched_until is not None and found.watched_until >= timedelta(days=days):
            share = f"{100 * (reached[-1] if reached else 0):.0f} %"
            words += " " + _("After %(days)s d: %(share)s.") % {"days": days, "share": share}
    return words
