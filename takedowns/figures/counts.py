"""Counting: an operation's figures in one SQL statement, hence of one moment, however many referrals there are.

What the folding job has added up (``fold.py``) and the events after its cursor are read in the same snapshot, so the
figures are exact at every commit, whether the job runs, is late or dead.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import connection

from takedowns.access.actor import Actor
from takedowns.figures.measures import COUNTED, DURATIONS
from takedowns.figures.moment import first_id_of
from takedowns.figures.values import STEPS, Counts, Hour
from takedowns.referrals.models import Operation
from takedowns.referrals.visibility import parameters, sees_operation

_COUNTS: Final = ",\n".join(
    "coalesce(sum(number) FILTER (WHERE "
    + (
        f"tally = 'standing' AND ({measure.condition})"
        if measure.condition
        else f"tally = 'reached' AND step = '{measure.step}'"
    )
    + f"), 0)::bigint AS {measure.name}"
    for measure in COUNTED
)
_QUANTILES: Final = ", ".join(
    f"min(slot) FILTER (WHERE so_far >= {measure.quantile} * whole) AS {measure.name}"
    for measure in DURATIONS
)
_STEPS: Final = ", ".join(f"'{step}'" for step in STEPS)

# Totals are counted, not added up (GROUPING SETS), since a median of all is no sum of medians.
_STATEMENT: Final = f"""
    WITH tallies AS MATERIALIZED (
        SELECT * FROM takedowns_tallies(%(operation)s, %(before)s)
        WHERE takedowns_sees_referral(
            {sees_operation("%(operation)s")}, NULL, platform_id, referred, false, NULL, %(platforms)s::text[]
        )
    ),
    counted AS (
        SELECT platform_id, grouping(platform_id) = 1 AS is_total, {_COUNTS}
        FROM tallies GROUP BY GROUPING SETS ((platform_id), ())
    ),
    merged AS (
        SELECT platform_id, grouping(platform_id) = 1 AS is_total, slot, sum(number) AS number
        FROM tallies WHERE tally = 'taken' GROUP BY GROUPING SETS ((platform_id, slot), (slot))
    ),
    ranked AS (
        SELECT platform_id, is_total, slot,
               sum(number) OVER (PARTITION BY is_total, platform_id ORDER BY slot) AS so_far,
               sum(number) OVER (PARTITION BY is_total, platform_id) AS whole
        FROM merged
    ),
    taken AS (SELECT platform_id, is_total, {_QUANTILES} FROM ranked GROUP BY 1, 2),
    hours AS (
        SELECT slot, step, sum(number)::bigint AS more
        FROM tallies WHERE tally = 'reached' AND step IN ({_STEPS}) GROUP BY 1, 2 HAVING sum(number) <> 0
    )
    SELECT statement_timestamp(),
           (SELECT json_agg(counted) FROM counted)::text,
           (SELECT json_agg(taken) FROM taken)::text,
           (SELECT json_agg(json_build_array(slot, step, more)) FROM hours)::text
"""


@dataclass(frozen=True)
class Figures:
    """What the statement found: figures by platform slug, of all, over the hours, and the moment of the snapshot."""

    platforms: Mapping[str, Counts]
    total: Counts
    hours: tuple[Hour, ...]
    as_of: datetime


def query(operation: Operation, actor: Actor, *, as_of: datetime | None = None) -> tuple[str, dict[str, Any]]:
    """Return the counting statement and its parameters, for running or explaining it."""
    return _STATEMENT, {
        "operation": operation.pk,
        "before": None if as_of is None else first_id_of(as_of),
        **parameters(actor),
    }


def count(operation: Operation, actor: Actor, *, as_of: datetime | None = None) -> Figures:
    """Count what ``actor`` may see of ``operation``, in one statement.

    An agency that takes part sees the whole operation, a platform's contact what was referred to the platform. The
    database narrows it once more, so the running transaction must ask as the same person or as the system.

    Args:
        operation: whose figures.
        actor: who asks.
        as_of: what had been recorded before this moment, from the events alone; everything unless told. See
            :func:`takedowns.figures.moment.require_settled`.
    """
    with connection.cursor() as cursor:
        cursor.execute(*query(operation, actor, as_of=as_of))
        now, counted, taken, hours = cursor.fetchone()
    times = {(row["is_total"], row["platform_id"]): row for row in json.loads(taken or "[]")}
    found = {
        (row["is_total"], row["platform_id"]): _counts(
            row, times.get((row["is_total"], row["platform_id"]), {})
        )
        for row in json.loads(counted)
    }
    return Figures(
        platforms={slug: counts for (is_total, slug), counts in found.items() if not is_total},
        total=found[True, None],
        hours=_progress(json.loads(hours or "[]")),
        as_of=as_of or now,
    )


def _counts(row: Mapping[str, Any], times: Mapping[str, Any]) -> Counts:
    """Return one row of ``counted`` with its row of ``taken``, whose times are microseconds."""
    values: dict[str, Any] = {measure.name: row[measure.name] for measure in COUNTED}
    for measure in DURATIONS:
        taken = times.get(measure.name)
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
