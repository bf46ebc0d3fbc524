"""What the head of every page tells: how much changed, and the messages that stand in an operation."""

from __future__ import annotations

from typing import Any, Final

from django import template
from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString

from takedowns.notices.models import What
from takedowns.notices.news import MANY, unread_number
from takedowns.pages.marks import CIRCLE, Mark, draw
from takedowns.referrals.templatetags.marks import AVAILABILITY, STATUS
from takedowns.referrals.vocabulary import Availability, Status

register = template.Library()
#: What pages call the thing that was read together with what the head tells (referrals/queries.py).
_CARRIERS = ("operation", "referral", "news", "work")


@register.simple_tag(takes_context=True)
def unread(context: dict[str, Any]) -> str:
    """Return how many changes the actor has not read, as the navigation says it: "", "7", "99+".

    No statement where the page's operation or referral was read with it; otherwise one.
    """
    number = next((one.unread for one in _carriers(context) if hasattr(one, "unread")), None)
    if number is None:
        number = unread_number()
    return f"{MANY - 1}+" if number >= MANY else str(number or "")


@register.simple_tag(takes_context=True)
def standing_messages(context: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the operation's messages that the actor has not put away. No statement."""
    found: list[dict[str, Any]] = next(
        (one.standing for one in _carriers(context) if hasattr(one, "standing")), []
    )
    return [
        {
            **one,
            "at": parse_datetime(one["at"]),
            "ends_at": parse_datetime(one["ends_at"]) if one["ends_at"] else None,
        }
        for one in found
    ]


def _carriers(context: dict[str, Any]) -> list[Any]:
    return [context[name] for name in _CARRIERS if context.get(name) is not None]


WHAT: Final[dict[str, Mark]] = {
    What.QUESTION: STATUS[Status.INFORMATION_REQUESTED],
    What.ONLINE: AVAILABILITY[Availability.ONLINE],
    What.COMPLAINT: Mark("warn", '<path d="M2 3h12v8H8l-4 3v-3H2z"/>'),
    What.IMPEDIMENT: Mark("warn", '<path d="M5 3v10M11 3v10"/>'),
    What.ORDER_SUGGESTED: Mark("warn", '<path d="M3 2h7l3 3v9H3z"/><path d="M8 6v3M8 11v1"/>'),
    What.REINSTATED: STATUS[Status.REINSTATED],
    What.CORRECTED: STATUS[Status.ACKNOWLEDGED],
    What.DECLINED: STATUS[Status.DECLINED],
    What.REJECTED: STATUS[Status.REJECTED],
    What.WITHDRAWN: STATUS[Status.WITHDRAWN],
    What.COMPLAINT_DECIDED: Mark("calm", '<path d="M2 3h12v8H8l-4 3v-3H2z"/><path d="M5 7l2 2 4-4"/>'),
    What.HOLD_ENDED: Mark("calm", CIRCLE + '<path d="M8 4v4l3 2"/>'),
    What.RESTRICTED: STATUS[Status.RESTRICTED],
    What.UNAVAILABLE: STATUS[Status.UNAVAILABLE],
    What.REMOVED: STATUS[Status.REMOVED],
}


@register.simple_tag
def what_mark(what: str) -> SafeString:
    """Return the mark of what somebody is told of."""
    return draw(WHAT[what], str(What(what).label), "")
