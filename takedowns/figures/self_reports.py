"""A platform's own totals: shown beside the counts and never added to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import connection
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.figures.models import SelfReport
from takedowns.referrals.models import Operation


def report_totals(
    operation: Operation, platform_id: str, totals: Mapping[tuple[date, str], int], *, by_id: UUID | None
) -> None:
    """Keep a platform's totals by day and thing; the same day and thing again replaces the number. One statement.

    The caller has checked that whoever says it answers for the platform, and may know of the operation.
    """
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO figures_selfreport (operation_id, platform_id, day, what, count, recorded_at, recorded_by_id)
            SELECT %s, %s, report.*, %s, %s FROM unnest(%s::date[], %s::text[], %s::integer[]) AS report
            ON CONFLICT (operation_id, platform_id, day, what) DO UPDATE SET
                count = EXCLUDED.count, recorded_at = EXCLUDED.recorded_at, recorded_by_id = EXCLUDED.recorded_by_id
            """,
            [
                operation.pk,
                platform_id,
                timezone.now(),
                by_id,
                [day for day, _ in totals],
                [what for _, what in totals],
                list(totals.values()),
            ],
        )


def totals_of(operation: Operation, platform_id: str) -> list[SelfReport]:
    """Return what a platform reported, by day. One statement."""
    found = SelfReport.objects.filter(operation=operation, platform_id=platform_id)
    return list(found.select_related("recorded_by").order_by("day", "what"))
