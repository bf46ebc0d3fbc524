"""Pictures of a board, drawn on the server as SVG. Their classes are styled by ``figures/charts.css``."""

from takedowns.figures.charts.funnel import funnel_svg
from takedowns.figures.charts.hours import hours_svg
from takedowns.figures.charts.wall import bar_svg, lines_svg

__all__ = ["bar_svg", "funnel_svg", "hours_svg", "lines_svg"]
