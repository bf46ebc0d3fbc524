"""The months of the log: made ahead, and dropped when they are past their time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as

#: So many months are there ahead; the worker sees to it each hour.
AHEAD: Final = 3


def prepare(ahead: int = AHEAD) -> int:
    """Make the partitions of this month and of those to come; return how many were missing."""
    return _call("takedowns_prepare_access_log", ahead)


def forget(now: datetime | None = None) -> int:
    """Drop the months that are past ``KEEP_ACCESS_LOG_DAYS`` to their last day; return how many."""
    now = now or timezone.now()
    return _call("takedowns_forget_access_log", now - timedelta(days=settings.KEEP_ACCESS_LOG_DAYS))


def _call(function: str, value: int | datetime) -> int:
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [value])
        return int(cursor.fetchone()[0])
