"""Pictures for a screen on the wall: no text of their own, as large as their place; the page writes beside them."""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from takedowns.figures.charts import scale, svg
from takedowns.figures.charts.funnel import Bar, draw_part, sentence
from takedowns.figures.charts.hours import LINES, SPAN, Frame, coordinates, course, css_of, stroke_of
from takedowns.figures.values import STEPS, Board

HEIGHT: Final = 24


def lines_svg(board: Board) -> SafeString:
    """Return the lines over the hours in a box that is stretched to its place, the gap between the last two filled."""
    zone = timezone.get_current_timezone()
    first, last = scale.window(board, zone)
    frame = Frame(first, last, scale.axis(board.total.handed_in)[-1], 100)
    said = ", ".join(
        f"{gettext(label).lower()} {svg.grouped(getattr(board.total, name))}" for name, label, _ in LINES
    )
    root = _stretched(
        "wall-lines",
        gettext("%(operation)s: progress over the hours: %(figures)s.")
        % {"operation": board.reference, "figures": said},
    )
    shown = [hour for hour in board.hours if hour.start < last]
    for share in (0.25, 0.5, 0.75, 1.0):
        y = SPAN * share
        svg.add(
            root,
            "line",
            "chart-grid",
            x1=0,
            x2=SPAN,
            y1=y,
            y2=y,
            stroke="currentColor",
            stroke_opacity=0.35,
            vector_effect="non-scaling-stroke",
        )
    if shown:
        points = {
            name: [
                (SPAN * frame.across(moment), SPAN * (1 - value / frame.top))
                for moment, value in course(shown, name, frame, together=bool(board.threshold))
            ]
            for name, _, _ in LINES
        }
        gap = [*points["removed"], *reversed(points["removed_and_gone"])]
        svg.add(root, "polygon", "chart-gap-area", points=coordinates(gap), fill_opacity=0.18)
        for name, _, dashes in LINES:
            svg.add(
                root, "polyline", css_of(name), points=coordinates(points[name]), **stroke_of(name, dashes)
            )
    return svg.render(root)


def bar_svg(bar: Bar, place: str) -> SafeString:
    """Return one bar: handed in, referred, acknowledged, removed, seen gone; the gap between the last two hatched.

    Args:
        place: distinguishes the bar from the others of the page.
    """
    root = _stretched(f"wall-bar-{place}", sentence(bar), stretched=False)
    hatched = svg.hatching(root, f"wall-bar-{place}")
    for step in STEPS:
        if step == "handed_in" or (bar.whole and step in bar.told):
            width = "100%" if step == "handed_in" else svg.percent(getattr(bar.counts, step), bar.whole)
            draw_part(root, step, width, 0, HEIGHT)
    if bar.has_gap and bar.counts.removed_unconfirmed > 0:
        svg.add(
            root,
            "rect",
            "chart-gap",
            x=svg.percent(bar.counts.removed_and_gone, bar.whole),
            y=0,
            width=svg.percent(bar.counts.removed_unconfirmed, bar.whole),
            height=HEIGHT,
            fill=hatched,
        )
    return svg.render(root)


def _stretched(name: str, description: str, *, stretched: bool = True) -> Element:
    root = svg.picture(name, description, description, HEIGHT)
    if stretched:
        root.set("viewBox", f"0 0 {SPAN} {SPAN}")
        root.set("preserveAspectRatio", "none")
    return root
