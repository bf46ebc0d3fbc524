"""Pictures of a board, drawn on the server as SVG. Their classes are styled by ``statistics/charts.css``."""

from __future__ import annotations

from django.utils.safestring import SafeString

from takedowns.statistics.figures import Board

__all__ = ["funnel_svg", "hours_svg"]


def funnel_svg(board: Board) -> SafeString:
    """Return a bar per platform: handed in, referred, acknowledged, removed, seen gone."""
    raise NotImplementedError


def hours_svg(board: Board) -> SafeString:
    """Return a line over the hours for each step."""
    raise NotImplementedError
