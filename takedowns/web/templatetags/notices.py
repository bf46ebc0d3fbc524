"""What the head of every page tells: how much changed, and the messages that stand in an operation."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.dateparse import parse_datetime

from takedowns.notices.news import MANY, unread_number

register = template.Library()
#: What pages call the thing that was read together with what the head tells (reading/told.py).
_CARRIERS = ("operation", "referral", "news")


@register.simple_tag(takes_context=True)
def unread(context: dict[str, Any]) -> str:
    """Return how many changes the asker has not read, as the navigation says it: "", "7", "99+".

    No statement where the page's operation or referral was read with it; otherwise one.
    """
    number = next((one.unread for one in _carriers(context) if hasattr(one, "unread")), None)
    if number is None:
        number = unread_number()
    return f"{MANY - 1}+" if number >= MANY else str(number or "")


@register.simple_tag(takes_context=True)
def standing_messages(context: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the operation's messages that the asker has not put away. No statement."""
    found: list[dict[str, Any]] = next(
        (one.standing for one in _carriers(context) if hasattr(one, "standing")), []
    )
    return [
        {**one, "at": parse_datetime(one["at"]), "ends_at": parse_datetime(one["ends_at"]) if one["ends_at"] else None}
        for one in found
    ]  # fmt: skip


def _carriers(context: dict[str, Any]) -> list[Any]:
    return [context[name] for name in _CARRIERS if context.get(name) is not None]
