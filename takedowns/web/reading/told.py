"""What the head of a page tells: how much is new, which messages stand. Read in the statement that finds the operation."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Func, IntegerField, JSONField


def told(operation: str) -> dict[str, Any]:
    """Return annotations ``unread`` and ``standing`` for the asking person; ``operation`` names the field with its id.

    ``standing`` is a list of messages that the person has not put away: id, text, by, at, ends_at.
    """
    return {
        "unread": Func(function="takedowns_unread", output_field=IntegerField()),
        "standing": Func(F(operation), function="takedowns_standing_messages", output_field=JSONField()),
    }
