"""Status and availability on a page: a word, a shape and a colour, never colour alone (DESIGN, "Look")."""

from __future__ import annotations

from typing import Final, NamedTuple

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from takedowns.notices.models import What
from takedowns.referrals.orders_vocabulary import ClockState
from takedowns.referrals.vocabulary import Availability, Status

register = template.Library()


class Mark(NamedTuple):
    """A tone (a class of marks.css) and a shape on a grid of 16 by 16."""

    tone: str
    shape: str


_CIRCLE = '<circle cx="8" cy="8" r="6"/>'
_CROSS = '<path d="M3 3l10 10M13 3L3 13"/>'
_SQUARE = '<rect class="solid" x="2" y="2" width="12" height="12"/>'

STATUS: Final[dict[str, Mark]] = {
    Status.SUBMITTED: Mark("calm", _CIRCLE),
    Status.APPROVED: Mark("calm", _CIRCLE + '<path d="M5 8l2 2 4-4"/>'),
    Status.REJECTED: Mark("calm", _CIRCLE + '<path d="M4 12L12 4"/>'),
    Status.REFERRED: Mark("busy", '<path d="M2 8h11M8 3l5 5-5 5"/>'),
    Status.ACKNOWLEDGED: Mark("busy", '<path class="solid" d="M3 2l11 6-11 6z"/>'),
    Status.INFORMATION_REQUESTED: Mark("warn", '<path d="M8 1l7 7-7 7-7-7z"/><path d="M8 5v4M8 10v2"/>'),
    Status.REMOVED: Mark("good", _SQUARE),
    Status.RESTRICTED: Mark(
        "warn", '<rect x="2" y="2" width="12" height="12"/><path class="solid" d="M2 14V2l12 12z"/>'
    ),
    Status.DECLINED: Mark("bad", _CROSS),
    Status.UNAVAILABLE: Mark("calm", '<rect x="2" y="2" width="12" height="12" stroke-dasharray="3 2"/>'),
    Status.WITHDRAWN: Mark("calm", '<path d="M14 8H3M8 3L3 8l5 5"/>'),
    Status.REINSTATED: Mark("bad", '<path d="M8 14V3M3 8l5-5 5 5"/>'),
}
AVAILABILITY: Final[dict[str, Mark]] = {
    Availability.UNKNOWN: Mark("calm", '<path d="M3 8h10"/>'),
    Availability.ONLINE: Mark("bad", '<circle class="solid" cx="8" cy="8" r="3"/>' + _CIRCLE),
    Availability.OFFLINE: Mark("good", '<circle cx="8" cy="8" r="6" stroke-dasharray="2 2.7"/>'),
}

CLOCK: Final[dict[str, Mark]] = {
    ClockState.NOT_ISSUED: Mark("calm", _CIRCLE),
    ClockState.UNRECEIVED: Mark("warn", _CIRCLE + '<path d="M8 11v1M6 6q0-2 2-2t2 2q0 1-2 3"/>'),
    ClockState.RUNNING: Mark("busy", _CIRCLE + '<path d="M8 4v4l3 2"/>'),
    ClockState.STOPPED: Mark("warn", '<path d="M5 3v10M11 3v10"/>'),
    ClockState.OVERDUE: Mark("bad", '<path d="M8 1l7 13H1z"/><path d="M8 5v5M8 11v2"/>'),
    ClockState.MET: Mark("good", _CIRCLE + '<path d="M5 8l2 2 4-4"/>'),
    ClockState.LATE: Mark("bad", '<path d="M8 1l7 13H1z"/><path d="M5 10l2 2 4-4"/>'),
    ClockState.ENDED: Mark("calm", '<path d="M3 8h10"/>'),
}

WHAT: Final[dict[str, Mark]] = {
    What.QUESTION: STATUS[Status.INFORMATION_REQUESTED],
    What.ONLINE: AVAILABILITY[Availability.ONLINE],
    What.COMPLAINT: Mark("warn", '<path d="M2 3h12v8H8l-4 3v-3H2z"/>'),
    What.IMPEDIMENT: Mark("warn", '<path d="M5 3v10M11 3v10"/>'),
    What.REINSTATED: STATUS[Status.REINSTATED],
    What.CORRECTED: STATUS[Status.ACKNOWLEDGED],
    What.DECLINED: STATUS[Status.DECLINED],
    What.REJECTED: STATUS[Status.REJECTED],
    What.WITHDRAWN: STATUS[Status.WITHDRAWN],
    What.COMPLAINT_DECIDED: Mark("calm", '<path d="M2 3h12v8H8l-4 3v-3H2z"/><path d="M5 7l2 2 4-4"/>'),
    What.HOLD_ENDED: Mark("calm", _CIRCLE + '<path d="M8 4v4l3 2"/>'),
    What.RESTRICTED: STATUS[Status.RESTRICTED],
    What.UNAVAILABLE: STATUS[Status.UNAVAILABLE],
    What.REMOVED: STATUS[Status.REMOVED],
}


@register.simple_tag
def what_mark(what: str) -> SafeString:
    """Return the mark of what somebody is told of."""
    return _draw(WHAT[what], str(What(what).label), "")


@register.simple_tag
def clock_mark(state: str, size: str = "") -> SafeString:
    """Return the mark of where an order's hour stands; ``size`` may be "large"."""
    return _draw(CLOCK[state], str(ClockState(state).label), size)


@register.simple_tag
def status_mark(status: str, size: str = "") -> SafeString:
    """Return the mark of a referral's status; ``size`` may be "large"."""
    return _draw(STATUS[status], str(Status(status).label), size)


@register.simple_tag
def availability_mark(availability: str, size: str = "") -> SafeString:
    """Return the mark of what was last seen; ``size`` may be "large"."""
    return _draw(AVAILABILITY[availability], str(Availability(availability).label), size)


def _draw(mark: Mark, word: str, size: str) -> SafeString:
    return format_html(
        '<span class="mark {} {}"><svg viewBox="0 0 16 16" aria-hidden="true">{}</svg>{}</span>',
        mark.tone,
        size,
        mark_safe(mark.shape),  # noqa: S308 - drawn above
        word,
    )
