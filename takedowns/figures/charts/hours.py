"""A line over the hours for each step of an operation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final
from xml.etree.ElementTree import Element

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from takedowns.figures.charts import scale, svg
from takedowns.figures.charts.svg import grouped
from takedowns.figures.measures import MEASURES
from takedowns.figures.values import Board, Hour

PLOT: Final = 220
TOP: Final = 124
AXIS: Final = 62
# Inside the stretched view of a curve: per mille of its width and height.
SPAN: Final = 1000
#: Width of the curves where something changed after the operation's days; the rest, dashed, leads to now.
SHORTER: Final = 84
# From this share of the width on, a mark's words stand before it instead of around it.
NEAR_END: Final = 0.92

#: Attribute of ``Hour``, label, dash pattern: a line is known by its pattern, its width and its colour.
LINES: Final = (
    ("handed_in", MEASURES["handed_in"].label, ""),
    ("referred", MEASURES["referred"].label, "7 3"),
    ("acknowledged", MEASURES["acknowledged"].label, "2 3"),
    ("removed", MEASURES["removed"].label, "12 3 2 3"),
    ("removed_and_gone", MEASURES["removed_and_gone"].label, ""),
)


def _lines(board: Board) -> list[tuple[str, str, str]]:
    return [(name, gettext(label), dashes) for name, label, dashes in LINES if board.tells("", name)]


@dataclass(frozen=True)
class Frame:
    """What the curves are drawn in: from when to when, up to which number, over how many per cent of the width."""

    first: datetime
    last: datetime
    top: int
    width: float

    def across(self, moment: datetime) -> float:
        """Return the share of the frame, 0 to 1, at which a moment stands."""
        return min(max((moment - self.first) / (self.last - self.first), 0), 1)


def hours_svg(board: Board) -> SafeString:
    """Return how far the operation had come, hour by hour, in the current time zone.

    The curves cover the operation's days and the day after; what changed later follows as one dashed step to the
    present figures, so that weeks of checks do not press the hours of the action into a corner.
    """
    zone = timezone.get_current_timezone()
    first, last = scale.window(board, zone)
    later = bool(board.hours) and board.hours[-1].start >= last
    root = svg.picture(
        "hours",
        gettext("%(operation)s: progress over the hours") % {"operation": board.reference},
        _sentences(board, zone),
        TOP + PLOT + AXIS,
    )
    _legend(root, board)
    lines = _lines(board)
    marks = scale.axis(max((getattr(board.total, name) for name, _, _ in lines), default=0))
    frame = Frame(first, last, marks[-1], SHORTER if later else 100)
    _grid(root, marks)
    shown = scale.hours_in_window(board, zone)
    _curves(root, shown, frame, board)
    if later:
        _rest(root, shown, board, frame.top, zone)
    _time_axis(root, frame, zone)
    return svg.render(root)


def _sentences(board: Board, zone: tzinfo) -> str:
    if not board.hours:
        return (
            gettext("These figures are withheld.")
            if board.suppressed
            else gettext("Nothing was submitted yet.")
        )
    started = timezone.localtime(board.hours[0].start, zone)
    ended = timezone.localtime(board.hours[-1].start + timedelta(hours=1), zone)
    figures = ", ".join(
        f"{label.lower()} {grouped(getattr(board.hours[-1], name))}" for name, label, _ in _lines(board)
    )
    return gettext(
        "From %(start)s to %(end)s: %(figures)s. The dashboard’s table holds the figures by platform."
    ) % {
        "start": date_format(started, "j F Y H:i"),
        "end": f"{date_format(ended, 'j F Y H:i')} {ended:%Z}",
        "figures": figures,
    }


def _legend(root: Element, board: Board) -> None:
    for place, (name, label, dashes) in enumerate(_lines(board)):
        y = 12 + place * 19
        svg.add(root, "line", css_of(name), x1=0, x2=30, y1=y, y2=y, **stroke_of(name, dashes))
        svg.write(root, f"{label} {grouped(getattr(board.total, name))}", "chart-label", dx=38, y=y + 4)


def _grid(root: Element, marks: list[int]) -> None:
    for value in marks:
        y = TOP + PLOT * (1 - value / marks[-1])
        svg.level_line(root, y, opacity=0.2)
        if value:
            svg.write(root, grouped(value), "chart-tick chart-halo", y=y - 4)


def _view(root: Element, x: float, width: float) -> Element:
    return svg.add(
        root,
        "svg",
        x=f"{x}%",
        y=TOP,
        width=f"{width}%",
        height=PLOT,
        viewBox=f"0 0 {SPAN} {SPAN}",
        preserveAspectRatio="none",
        overflow="visible",
    )


def _curves(root: Element, hours: list[Hour], frame: Frame, board: Board) -> None:
    if not hours:
        return
    view = _view(root, 0, frame.width)
    points = {
        name: [
            (SPAN * frame.across(moment), SPAN * (1 - value / frame.top))
            for moment, value in course(hours, name, frame, together=bool(board.threshold))
        ]
        for name, _, _ in _lines(board)
    }
    if board.tells("", "removed", "removed_and_gone"):
        gap = [*points["removed"], *reversed(points["removed_and_gone"])]
        svg.add(view, "polygon", "chart-gap-area", points=coordinates(gap), fill_opacity=0.12)
    for name, _, dashes in _lines(board):
        svg.add(view, "polyline", css_of(name), points=coordinates(points[name]), **stroke_of(name, dashes))


def course(hours: list[Hour], name: str, frame: Frame, *, together: bool) -> list[tuple[datetime, int]]:
    """Return the corners of one curve: an hour's increase is spread over the hour, between hours it is level.

    Where hours stand together, the increase is spread over all since the last one told.
    """
    course = [(frame.first, 0)]
    for hour in hours:
        if not together:
            course.append((hour.start, course[-1][1]))
        course.append((hour.start + timedelta(hours=1), getattr(hour, name)))
    course.append((frame.last, course[-1][1]))
    # Corners in the middle of a level stretch say nothing; a year of hours would make a long line of them.
    kept = [
        corner
        for before, corner, after in zip(course, course[1:], course[2:], strict=False)
        if not before[1] == corner[1] == after[1]
    ]
    return [course[0], *kept, course[-1]]


def _rest(root: Element, hours: list[Hour], board: Board, top: int, zone: tzinfo) -> None:
    """Lead from the end of the curves to the present figures, dashed, with the day of the last change."""
    view = _view(root, SHORTER, 100 - SHORTER)
    end = board.hours[-1]
    for name, _, _ in _lines(board):
        y1 = SPAN * (1 - (getattr(hours[-1], name) if hours else 0) / top)
        y2 = SPAN * (1 - getattr(end, name) / top)
        svg.add(view, "line", css_of(name), x1=0, x2=SPAN, y1=y1, y2=y2, **stroke_of(name, "1 5"))
    svg.upright_line(root, SHORTER, TOP, TOP + PLOT)
    day = timezone.localtime(end.start, zone)
    svg.write(root, gettext("later"), "chart-tick", x=100, y=TOP + PLOT + 16, anchor="end")
    svg.write(root, date_format(day, "j M"), "chart-tick", x=100, y=TOP + PLOT + 32, anchor="end")


def _time_axis(root: Element, frame: Frame, zone: tzinfo) -> None:
    for moment in scale.ticks(frame.first, frame.last, zone):
        share = frame.across(moment)
        x = frame.width * share
        if share > NEAR_END and frame.width < 100:
            continue  # the mark of what came later stands there
        anchor = "start" if share < 1 - NEAR_END else "end" if share > NEAR_END else "middle"
        svg.upright_line(root, x, TOP + PLOT, TOP + PLOT + 5)
        svg.write(root, f"{moment:%H:%M}", "chart-tick", x=x, y=TOP + PLOT + 16, anchor=anchor)
        svg.write(root, date_format(moment, "j M"), "chart-tick", x=x, y=TOP + PLOT + 32, anchor=anchor)
    svg.write(
        root,
        gettext("Times in %(zone)s") % {"zone": f"{frame.first.astimezone(zone):%Z}"},
        "chart-tick",
        y=TOP + PLOT + 54,
    )


def css_of(name: str) -> str:
    return f"chart-line chart-line-{name.replace('_', '-')}"


def stroke_of(name: str, dashes: str) -> dict[str, str]:
    stroke = {
        "fill": "none",
        "stroke": "currentColor",
        "vector_effect": "non-scaling-stroke",
        "stroke_width": "2.5" if name.startswith("removed") else "1.5",
    }
    return {**stroke, "stroke_dasharray": dashes} if dashes else stroke


def coordinates(points: list[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
