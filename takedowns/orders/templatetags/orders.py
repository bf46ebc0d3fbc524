"""Where the hour of a removal order stands, as a mark."""

from __future__ import annotations

from typing import Final

from django import template
from django.utils.safestring import SafeString

from takedowns.orders.vocabulary import ClockState
from takedowns.pages.marks import CIRCLE, Mark, draw

register = template.Library()


CLOCK: Final[dict[str, Mark]] = {
    ClockState.NOT_ISSUED: Mark("calm", CIRCLE),
    ClockState.UNRECEIVED: Mark("warn", CIRCLE + '<path d="M8 11v1M6 6q0-2 2-2t2 2q0 1-2 3"/>'),
    ClockState.RUNNING: Mark("busy", CIRCLE + '<path d="M8 4v4l3 2"/>'),
    ClockState.STOPPED: Mark("warn", '<path d="M5 3v10M11 3v10"/>'),
    ClockState.OVERDUE: Mark("bad", '<path d="M8 1l7 13H1z"/><path d="M8 5v5M8 11v2"/>'),
    ClockState.MET: Mark("good", CIRCLE + '<path d="M5 8l2 2 4-4"/>'),
    ClockState.LATE: Mark("bad", '<path d="M8 1l7 13H1z"/><path d="M5 10l2 2 4-4"/>'),
    ClockState.ENDED: Mark("calm", '<path d="M3 8h10"/>'),
}


@register.simple_tag
def clock_mark(state: str, size: str = "") -> SafeString:
    """Return the mark of where an order's hour stands; ``size`` may be "large"."""
    return draw(CLOCK[state], str(ClockState(state).label), size)
