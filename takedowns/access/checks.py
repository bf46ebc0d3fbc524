"""System checks: does the database believe who the application says asks?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection

from takedowns.access.actor import SYSTEM, acting_as


@register(Tags.database)
def check_signature(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Refuse a database that does not know our key, or whose clock is minutes ahead of ours: everybody would see nothing."""
    if not databases or "default" not in databases:
        return []
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT takedowns_asks_everything()")
        believed = cursor.fetchone()[0]
    if believed:
        return []
    return [
        Error(
            "The database does not believe who the application says asks, so that everybody would see nothing.",
            hint="Run “manage.py migrate” with the SECRET_KEY of the application, and compare the two clocks.",
            id="takedowns.E006",
        )
    ]
