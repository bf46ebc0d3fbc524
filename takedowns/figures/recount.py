"""Recounting: the figures once more from the referrals themselves, and the tallies once more from all events.

Nothing here rests on what the folding job has added up. A difference is reported; only when asked for are tallies
replaced, and then by what the events add up to.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from django.db import connection, transaction

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.figures.counts import count
from takedowns.figures.fold import BEGINNING, FOLD, LOCK, READER
from takedowns.figures.measures import COUNTED, DURATIONS
from takedowns.figures.values import STEPS, Counts
from takedowns.referrals.models import Operation

#: The moment at which a referral reached each step. A removal that was seen gone counts from the later of the two.
_REACHED: Final = {
    "handed_in": "submitted_at",
    "referred": "referred_at",
    "acknowledged": "acknowledged_at",
    "removed": "CASE WHEN status = 'removed' THEN decided_at END",
    "removed_and_gone": "CASE WHEN status = 'removed' AND availability = 'offline'"
    " THEN greatest(decided_at, availability_since) END",
}
_STEPS_OF_ROWS: Final = {"acknowledged": "acknowledged_at IS NOT NULL", "co_referred": "co_referred"}

_ROWS: Final = """
    WITH rows AS MATERIALIZED (
        SELECT referral.*, referred_at IS NOT NULL AS referred, EXISTS (
            SELECT 1 FROM referrals_coreferral AS further
            WHERE further.referral_id = referral.id AND further.agency_id <> referral.agency_id
        ) AS co_referred
        FROM referrals_referral AS referral WHERE operation_id = %(operation)s
    ),
    counted AS (
        SELECT coalesce(platform_id, '') AS platform_id, {counts}, {times}
        FROM rows GROUP BY GROUPING SETS ((platform_id), ())
    ),
    hours AS ({hours})
    SELECT (SELECT json_agg(counted) FROM counted)::text,
           (SELECT json_agg(json_build_array(hour, step, more)) FROM hours)::text
""".format(
    counts=", ".join(
        f"count(*) FILTER (WHERE {measure.condition or _STEPS_OF_ROWS[measure.step]}) AS {measure.name}"
        for measure in COUNTED
    ),
    times=", ".join(
        f"takedowns_three_digits(percentile_disc({measure.quantile}) WITHIN GROUP (ORDER BY"
        " (extract(epoch FROM decided_at - referred_at) * 1000000)::bigint)"
        f" FILTER (WHERE status IN ('removed', 'restricted'))) AS {measure.name}"
        for measure in DURATIONS
    ),
    hours=" UNION ALL ".join(
        f"SELECT takedowns_hour({moment}) AS hour, '{step}' AS step, count(*) AS more"
        f" FROM rows WHERE {moment} IS NOT NULL GROUP BY 1"
        for step, moment in _REACHED.items()
    ),
)

_TIMES: Final = """
    SELECT platform_id, slot, sum(shown)::bigint, sum(recounted)::bigint
    FROM (
        SELECT platform_id, slot, number AS shown, 0 AS recounted
        FROM takedowns_tallies(%(operation)s, NULL) WHERE tally = 'taken'
        UNION ALL
        SELECT platform_id, takedowns_taken(referred_at, decided_at), 0, 1
        FROM referrals_referral WHERE operation_id = %(operation)s AND status IN ('removed', 'restricted')
    ) AS side
    GROUP BY 1, 2 HAVING sum(shown) <> sum(recounted) ORDER BY 1, 2
"""

_KEYS: Final = ("tally", "operation_id", "platform_id", "cell_id", "step", "referred", "slot")
_KEPT: Final = """
    SELECT 'standing' AS tally, operation_id, platform_id, cell_id, NULL::text AS step, referred, NULL::bigint AS slot, number
    FROM figures_standing WHERE number <> 0
    UNION ALL
    SELECT 'reached', operation_id, platform_id, NULL, step::text, referred, hour, number
    FROM figures_reached WHERE number <> 0
    UNION ALL
    SELECT 'taken', operation_id, platform_id, NULL, NULL, true, microseconds, number
    FROM figures_taken WHERE number <> 0
"""
_TALLIES: Final = f"""
    WITH kept AS ({_KEPT}),
    recounted AS (
        SELECT * FROM takedowns_tally_changes(
            NULL, NULL,
            coalesce((SELECT xid FROM figures_cursor WHERE reader = '{READER}'), '0'::xid8),
            coalesce((SELECT event_id FROM figures_cursor WHERE reader = '{READER}'), '00000000-0000-0000-0000-000000000000'),
            NULL, NULL
        )
    ),
    both_sides AS (
        SELECT {", ".join(_KEYS)}, sum(kept)::bigint AS kept, sum(recounted)::bigint AS recounted
        FROM (
            SELECT {", ".join(_KEYS)}, number AS kept, 0 AS recounted FROM kept
            UNION ALL
            SELECT {", ".join(_KEYS)}, 0, number FROM recounted
        ) AS side
        GROUP BY {", ".join(_KEYS)}
    )
    SELECT operation.reference, found.platform_id, tally,
           concat_ws(' ', found.step, cell.status, cell.availability, CASE WHEN referred THEN 'referred' END, found.slot),
           kept, recounted
    FROM both_sides AS found JOIN referrals_operation AS operation ON operation.id = found.operation_id
    LEFT JOIN referrals_cell AS cell ON cell.id = found.cell_id
    WHERE kept <> recounted ORDER BY 1, 2, 3, 4
"""


@dataclasses.dataclass(frozen=True)
class Difference:
    """One number that a recount finds to be another.

    Attributes:
        operation: its reference.
        platform: slug; empty for all platforms.
        what: measure, tally or step with its hour.
        shown: as the figures say.
        recounted: as the recount says.
        repairable: whether it is a tally that the events contradict. Otherwise events and referrals contradict each
            other, which no tally can mend.
    """

    operation: str
    platform: str
    what: str
    shown: object
    recounted: object
    repairable: bool


def recount() -> list[Difference]:
    """Compare every tally with the events, and every figure with the referrals, in one snapshot. Changes nothing.

    Raises:
        RuntimeError: it runs inside another transaction, and so could not choose its snapshot.
    """
    if connection.in_atomic_block:
        raise RuntimeError("A recount needs a transaction of its own.")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        with acting_as(SYSTEM):
            return [*_tallies(), *_figures()]


def repair() -> None:
    """Replace the tallies by what the events up to the cursor add up to. Folding waits; reading does not."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("SELECT xid::text, event_id FROM figures_cursor WHERE reader = %s", [READER])
        at = cursor.fetchone()
        for table in ("standing", "reached", "taken"):
            cursor.execute(f"DELETE FROM figures_{table}")
        if at is not None:
            cursor.execute("DELETE FROM figures_cursor WHERE reader = %s", [READER])
            cursor.execute(
                FOLD,
                {"xid": "0", "id": BEGINNING, "upto_xid": at[0], "upto_id": at[1], "reader": READER},
            )


def _tallies() -> Iterator[Difference]:
    with connection.cursor() as cursor:
        cursor.execute(_TALLIES)
        for reference, platform, tally, what, kept, recounted in cursor.fetchall():
            yield Difference(reference, platform, f"tally {tally}: {what}", kept, recounted, repairable=True)


def _figures() -> Iterator[Difference]:
    for operation in Operation.objects.order_by("reference"):
        shown = count(operation, SYSTEM)
        with connection.cursor() as cursor:
            cursor.execute(_ROWS, {"operation": operation.pk})
            counted, hours = cursor.fetchone()
            cursor.execute(_TIMES, {"operation": operation.pk})
            for platform, taken, shown_times, recounted_times in cursor.fetchall():
                yield Difference(
                    operation.reference,
                    platform,
                    f"acted on after {taken} µs",
                    shown_times,
                    recounted_times,
                    repairable=False,
                )
        recounted = {row["platform_id"]: _counts(row) for row in json.loads(counted)}
        sides = {"": shown.total, **shown.platforms}
        for platform in sorted({*sides, *recounted}):
            ours, theirs = (side.get(platform, Counts()) for side in (sides, recounted))
            for field in dataclasses.fields(Counts):
                pair = getattr(ours, field.name), getattr(theirs, field.name)
                if pair[0] != pair[1]:
                    yield Difference(operation.reference, platform, field.name, *pair, repairable=False)
        so_far = dict.fromkeys(STEPS, 0)
        lines: dict[int, dict[str, int]] = {}
        for hour, step, more in sorted(json.loads(hours or "[]")):
            so_far[step] += more
            lines[hour] = {**so_far}
        line = {
            int(hour.start.timestamp()): {step: getattr(hour, step) for step in STEPS} for hour in shown.hours
        }
        for hour in sorted({*line, *lines}):
            if line.get(hour) != lines.get(hour):
                yield Difference(
                    operation.reference, "", f"hour {hour}", line.get(hour), lines.get(hour), repairable=False
                )


def _counts(row: dict[str, Any]) -> Counts:
    values: dict[str, Any] = {measure.name: row[measure.name] for measure in COUNTED}
    for measure in DURATIONS:
        taken = row[measure.name]
        values[measure.name] = None if taken is None else timedelta(microseconds=taken)
    return Counts(**values)
