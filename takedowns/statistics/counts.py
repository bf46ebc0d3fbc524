"""Counting: an operation's figures, exact, in one SQL statement and hence of one moment."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import connection

from takedowns.directory.asking import Asker
from takedowns.referrals.models import Operation, Referral
from takedowns.statistics.figures import Counts, Hour
from takedowns.statistics.measures import COUNTED, DURATIONS

#: Columns of ``visible`` in the statement below: what a measure's condition may speak of, beside ``co_referred``.
COLUMNS: Final = (
    "id",
    "platform_id",
    "agency_id",
    "status",
    "availability",
    "availability_since",
    "submitted_at",
    "referred_at",
    "acknowledged_at",
    "decided_at",
)

#: The moment at which a referral reached each step of the line over the hours. A removal that was seen gone counts from
#: the later of the two; GREATEST leaves out a moment that is not known.
STEPS: Final[Mapping[str, str]] = {
    "handed_in": "submitted_at",
    "referred": "referred_at",
    "acknowledged": "acknowledged_at",
    "removed": "CASE WHEN status = 'removed' THEN decided_at END",
    "removed_and_gone": "CASE WHEN status = 'removed' AND availability = 'offline'"
    " THEN greatest(decided_at, availability_since) END",
}


def _statement(visible: str) -> str:
    """Return the SQL that counts the rows of ``visible``, a SELECT of ``COLUMNS``.

    Totals are counted, not added up (GROUPING SETS), since a median of all is no sum of medians.
    """
    counts = ",\n".join(
        f"count(*) FILTER (WHERE {measure.condition}) AS {measure.name}" for measure in COUNTED
    )
    conditions = {measure.name: measure.condition for measure in COUNTED}
    durations = ",\n".join(
        f"percentile_disc({measure.quantile}) WITHIN GROUP (ORDER BY"
        " (extract(epoch FROM decided_at - referred_at) * 1000000)::bigint)"
        f" FILTER (WHERE {conditions[measure.among]}) AS {measure.name}"
        for measure in DURATIONS
    )
    # Each step is grouped by itself: the planner sorts their union, at twice the price.
    hours = " UNION ALL ".join(
        f"SELECT date_bin('1 hour', {moment}, '2000-01-01 00:00+00') AS hour, '{step}' AS step, count(*) AS more"
        f" FROM visible WHERE {moment} IS NOT NULL GROUP BY 1"
        for step, moment in STEPS.items()
    )
    return f"""
        WITH visible AS MATERIALIZED ({visible}),
        further AS (
            SELECT DISTINCT visible.id
            FROM visible JOIN referrals_coreferral AS further
              ON further.referral_id = visible.id AND further.agency_id <> visible.agency_id
        ),
        counted AS (
            SELECT platform_id, grouping(platform_id) = 1 AS is_total, {counts}, {durations}
            FROM (
                SELECT visible.*, further.id IS NOT NULL AS co_referred
                FROM visible LEFT JOIN further ON further.id = visible.id
            ) AS referral
            GROUP BY GROUPING SETS ((platform_id), ())
        ),
        hours AS ({hours})
        SELECT statement_timestamp(),
               (SELECT json_agg(counted) FROM counted)::text,
               (SELECT json_agg(json_build_array(extract(epoch FROM hour)::bigint, step, more)) FROM hours)::text
    """


@dataclass(frozen=True)
class Figures:
    """What the statement found: figures by platform slug, of all, over the hours, and the moment of the snapshot."""

    platforms: Mapping[str, Counts]
    total: Counts
    hours: tuple[Hour, ...]
    as_of: datetime


def query(operation: Operation, asker: Asker) -> tuple[str, tuple[Any, ...]]:
    """Return the counting statement and its parameters, for running or explaining it."""
    visible = Referral.objects.visible_to(asker).filter(operation=operation).values(*COLUMNS)
    # Not elided: whoever sees nothing gets zeros from the same statement.
    sql, params = visible.query.get_compiler(connection=connection, elide_empty=False).as_sql()
    return _statement(sql), tuple(params)


def count(operation: Operation, asker: Asker) -> Figures:
    """Count what ``asker`` may see of ``operation``, in one statement.

    Row-level security narrows it once more, so the running transaction must ask as the same person or as the system.
    """
    with connection.cursor() as cursor:
        cursor.execute(*query(operation, asker))
        as_of, counted, hours = cursor.fetchone()
    found = json.loads(counted)
    return Figures(
        platforms={row["platform_id"]: _counts(row) for row in found if not row["is_total"]},
        total=next(_counts(row) for row in found if row["is_total"]),
        hours=_progress(json.loads(hours or "[]")),
        as_of=as_of,
    )


def _counts(row: Mapping[str, Any]) -> Counts:
    """Return one row of ``counted``; durations come as microseconds, so that they stay exact."""
    values: dict[str, Any] = {measure.name: row[measure.name] for measure in COUNTED}
    for measure in DURATIONS:
        taken = row[measure.name]
        values[measure.name] = None if taken is None else timedelta(microseconds=taken)
    return Counts(**values)


def _progress(increments: Sequence[tuple[int, str, int]]) -> tuple[Hour, ...]:
    """Add up (hour in seconds of the epoch, step, how many more) into the state at the end of each hour."""
    so_far = dict.fromkeys(STEPS, 0)
    hours: dict[int, Hour] = {}
    for hour, step, more in sorted(increments):
        so_far[step] += more
        hours[hour] = Hour(datetime.fromtimestamp(hour, UTC), **so_far)
    return tuple(hours.values())
