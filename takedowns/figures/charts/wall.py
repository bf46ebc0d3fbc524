"""Pictures for a screen on the wall, as large as their place: read from five metres, so that each line stands by its name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Final
from xml.etree.ElementTree import Element

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from takedowns.figures.charts import scale, svg
from takedowns.figures.charts.funnel import Bar, draw_part, sentence
from takedowns.figures.charts.hours import LINES, SPAN, Frame, coordinates, course, css_of, stroke_of
from takedowns.figures.values import Board

HEIGHT: Final = 24
#: Per cent of the picture: where the plot begins, its width and depth; the rest is for values, hours and names.
LEFT: Final = 11
PLOT: Final = 53
TOP: Final = 3
DEEP: Final = 80
#: Per cent of the height: a line of a name, and what is left free between two names; of the width: what leads to one.
LINE: Final = 7
GAP: Final = 0.5
LEAD: Final = 3
#: Characters of a name that fit in one line.
ONE_LINE: Final = 18
#: What a bar shows: of all that was submitted what was removed, and verified offline.
DRAWN: Final = ("handed_in", "removed", "removed_and_gone")


def lines_svg(board: Board) -> SafeString:
    """Return the lines over the hours as large as their place: values and hours at the axes, each line's name at its end."""
    zone = timezone.get_current_timezone()
    first, last = scale.window(board, zone)
    marks = scale.axis(board.total.handed_in)
    frame = Frame(first, last, marks[-1], PLOT)
    said = ", ".join(
        f"{gettext(label).lower()} {svg.grouped(getattr(board.total, name))}" for name, label, _ in LINES
    )
    title = gettext("%(operation)s: progress over the hours: %(figures)s.") % {
        "operation": board.reference,
        "figures": said,
    }
    root = svg.picture("wall-lines", title, title, HEIGHT)
    _axes(root, frame, marks, zone)
    shown = [hour for hour in board.hours if hour.start < last]
    if not shown:
        return svg.render(root)
    place = {"x": f"{LEFT}%", "y": f"{TOP}%", "width": f"{PLOT}%", "height": f"{DEEP}%"}
    view = svg.add(root, "svg", viewBox=f"0 0 {SPAN} {SPAN}", preserveAspectRatio="none", overflow="visible")
    view.attrib.update(place)
    points = {
        name: [
            (SPAN * frame.across(moment), SPAN * (1 - value / frame.top))
            for moment, value in course(shown, name, frame, together=bool(board.threshold))
        ]
        for name, _, _ in LINES
    }
    gap = [*points["removed"], *reversed(points["removed_and_gone"])]
    svg.add(view, "polygon", "chart-gap-area", points=coordinates(gap), fill_opacity=0.18)
    for name, _, dashes in LINES:
        svg.add(view, "polyline", css_of(name), points=coordinates(points[name]), **stroke_of(name, dashes))
    _names(root, {name: TOP + DEEP * points[name][-1][1] / SPAN for name, _, _ in LINES})
    return svg.render(root)


def _axes(root: Element, frame: Frame, marks: list[int], zone: tzinfo) -> None:
    """Write the values at the left and the hours, with their days, below."""
    right = LEFT + PLOT
    for value in marks:
        y = f"{TOP + DEEP * (1 - value / frame.top):.2f}%"
        ends = {"x1": f"{LEFT}%", "x2": f"{right}%", "y1": y, "y2": y}
        svg.add(root, "line", "chart-grid", stroke="currentColor", stroke_opacity=0.35, **ends)
        _write(root, svg.grouped(value), "wall-tick", LEFT - 1, y, anchor="end", dy="0.35em")
    for moment in scale.ticks(frame.first, frame.last, zone):
        x = LEFT + PLOT * frame.across(moment)
        anchor = "middle" if x < right - PLOT / 20 else "end"
        _write(root, f"{moment:%H:%M}", "wall-tick", x, f"{TOP + DEEP}%", anchor=anchor, dy="1.2em")
        day = date_format(moment, "j M")
        _write(root, day, "wall-tick", x, f"{TOP + DEEP}%", anchor=anchor, dy="2.3em")


def _names(root: Element, ends: Mapping[str, float]) -> None:
    """Write each line's name beside its end, from the top, none on another; a piece of the line leads to it."""
    names = {name: _broken(gettext(label)) for name, label, _ in LINES}
    above, places = TOP - LINE / 2, {}
    for name, _, _ in LINES:
        half = LINE * len(names[name]) / 2
        places[name] = max(ends[name], above + half + GAP)
        above = places[name] + half
    too_deep = max(above - (TOP + DEEP + LINE / 2), 0)
    places = {name: y - too_deep for name, y in places.items()}
    right = LEFT + PLOT
    for name, _, dashes in LINES:
        y = places[name]
        lead = {"x1": f"{right}%", "x2": f"{right + LEAD}%", "y1": f"{ends[name]:.2f}%", "y2": f"{y:.2f}%"}
        svg.add(root, "line", css_of(name), **lead, **stroke_of(name, dashes))
        for number, words in enumerate(names[name]):
            dy = f"{0.35 + 1.1 * (number - (len(names[name]) - 1) / 2):.2f}em"
            css = f"wall-name wall-name-{name.replace('_', '-')}"
            _write(root, words, css, right + LEAD + 1, f"{y:.2f}%", dy=dy)


def _broken(name: str) -> list[str]:
    """Return a name in lines, none longer than fits beside the plot unless a word is."""
    lines: list[str] = []
    for word in name.split(" "):
        if lines and len(lines[-1]) + 1 + len(word) <= ONE_LINE:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _write(
    parent: Element, words: str, css: str, x: float, y: str, *, dy: str, anchor: str = "start"
) -> None:
    svg.add(parent, "text", css, x=f"{x:.2f}%", y=y, dy=dy, text_anchor=anchor).text = words


def bar_svg(bar: Bar, place: str) -> SafeString:
    """Return one bar: all that was submitted, and of it removed and verified offline; the gap between the two hatched.

    Args:
        place: distinguishes the bar from the others of the page.
    """
    said = sentence(bar)
    root = svg.picture(f"wall-bar-{place}", said, said, HEIGHT)
    hatched = svg.hatching(root, f"wall-bar-{place}")
    for step in DRAWN:
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
