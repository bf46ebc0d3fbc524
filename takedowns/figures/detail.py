"""Figures that read an operation's referrals one by one: why not, how fast to answer, word against eye, what was wrong.

They cost more the more referrals there are, so reports and a page of their own tell them and the board does not. What each
means stands in ``closer_measures``. As of a past moment they rest on the events, looks and complaints that had been
recorded by then. They are not in what is published: which of them would give a small one away has not been worked out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from takedowns.figures.detail_measures import AFTER, DETAIL_MEASURES
from takedowns.figures.moment import first_id_of, require_settled
from takedowns.figures.values import Share
from takedowns.referrals.models import Operation
from takedowns.referrals.vocabulary import DeclineReason


@dataclass(frozen=True)
class Detail:
    """The figures of an operation by the names of :data:`CLOSER_MEASURES`: numbers, times, or shares with what they rest on."""

    values: Mapping[str, int | timedelta | Share | None] = field(default_factory=dict)


_SHARES: Final = (*(f"online_after_{name}" for name in AFTER), "agreement")

_FIRST_LOOKS: Final = ",\n".join(
    f"""(array_agg(look.seen ORDER BY look.at, look.id)
            FILTER (WHERE look.at >= acted.acted_at + interval '{after.total_seconds():.0f} seconds'))[1] AS after_{name}"""
    for name, after in AFTER.items()
)
_AFTER: Final = ",\n".join(
    f"(SELECT json_build_array(count(*) FILTER (WHERE after_{name} = 'online'), count(after_{name})) FROM seen) AS online_after_{name}"
    for name in AFTER
)
_TIMES: Final = ",\n".join(
    f"(SELECT percentile_disc({quantile}) WITHIN GROUP (ORDER BY {column}) FROM ways WHERE {among}) AS {name}"
    for name, quantile, column, among in (
        ("median_time_to_acknowledge", 0.5, "to_acknowledge", "to_acknowledge IS NOT NULL"),
        ("p90_time_to_acknowledge", 0.9, "to_acknowledge", "to_acknowledge IS NOT NULL"),
        ("p99_time_to_acknowledge", 0.99, "to_acknowledge", "to_acknowledge IS NOT NULL"),
        ("p99_time_to_action", 0.99, "acted_at - referred_at", "status IN ('removed', 'restricted')"),
    )
)
_DECLINED: Final = ",\n".join(
    f"(SELECT count(*) FROM ways WHERE status = 'declined' AND decline_reason = '{reason.value}') AS declined_{reason.value}"
    for reason in DeclineReason
)

_STATEMENT: Final = f"""
    WITH ways AS MATERIALIZED (
        SELECT told.*, cell.status,
               CASE WHEN acknowledged_at IS NOT NULL THEN greatest(acknowledged_at - referred_at, interval '0') END AS to_acknowledge
        FROM takedowns_ways(%(operation)s, %(before)s::uuid) AS told JOIN referrals_cell AS cell ON cell.id = told.cell_id
    ),
    looks AS MATERIALIZED (
        SELECT id, item_id, at, seen FROM takedowns_looks(%(operation)s)
        WHERE %(before)s::uuid IS NULL OR id < %(before)s::uuid
    ),
    seen AS MATERIALIZED (
        SELECT {_FIRST_LOOKS},
               (array_agg(look.seen ORDER BY look.at, look.id))[count(*)] AS lately
        FROM ways AS acted JOIN looks AS look ON look.item_id = acted.item_id AND look.at >= acted.acted_at
        WHERE acted.status = 'removed' AND look.seen <> 'unknown'
        GROUP BY acted.referral_id
    ),
    orders AS (SELECT * FROM ways WHERE instrument = 'removal_order' AND received),
    handed_in AS (
        SELECT line.outcome FROM intake_submissionrow AS line JOIN intake_submission AS submission ON submission.id = line.submission_id
        WHERE submission.operation_id = %(operation)s AND submission.state = 'loaded'
          AND (%(moment)s::timestamptz IS NULL OR submission.loaded_at < %(moment)s::timestamptz)
    )
    SELECT
        (SELECT count(*) FROM handed_in) AS rows_handed_in,
        (SELECT count(*) FROM handed_in WHERE outcome IN ('new', 'on_hold')) AS rows_new,
        (SELECT count(*) FROM handed_in WHERE outcome IN ('repeated', 'already_referred')) AS rows_duplicate,
        (SELECT count(*) FROM handed_in WHERE outcome = 'on_hold') AS rows_on_hold,
        {_DECLINED},
        (SELECT count(*) FROM ways WHERE status = 'referred') AS no_answer,
        {_TIMES},
        (SELECT count(*) FROM orders) AS orders_received,
        (SELECT count(*) FROM orders WHERE carried_out_at IS NOT NULL AND (stopped OR carried_out_at <= due_at)) AS orders_within_the_hour,
        (SELECT count(*) FROM orders WHERE carried_out_at > due_at AND NOT stopped) AS orders_late,
        (SELECT count(*) FROM orders WHERE carried_out_at IS NULL AND NOT stopped AND due_at < coalesce(%(moment)s::timestamptz, now())
           AND status IN ('referred', 'acknowledged', 'information_requested', 'declined', 'restricted')) AS orders_overdue,
        (SELECT count(*) FROM ways WHERE referred_at IS NOT NULL AND EXISTS (
            SELECT 1 FROM looks AS look WHERE look.item_id = ways.item_id AND look.at >= ways.referred_at)) AS checked,
        {_AFTER},
        (SELECT json_build_array(count(*) FILTER (WHERE lately = 'offline'), count(*)) FROM seen) AS agreement,
        (SELECT coalesce(sum(complaints), 0)::bigint FROM ways) AS complaints,
        (SELECT coalesce(sum(upheld), 0)::bigint FROM ways) AS complaints_upheld,
        (SELECT coalesce(sum(dismissed), 0)::bigint FROM ways) AS complaints_dismissed,
        (SELECT count(*) FROM ways WHERE put_back) AS reinstated_after_complaint,
        (SELECT count(*) FROM ways WHERE referred_at IS NOT NULL AND wrong) AS errors
"""


def detail_of(operation: Operation, *, as_of: datetime | None = None) -> Detail:
    """Return these figures of an operation, of what the running transaction may see. One statement.

    Args:
        operation: whose figures.
        as_of: what had been recorded before this moment, which must be settled; everything unless told.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _STATEMENT,
            {
                "operation": operation.pk,
                "before": None if as_of is None else first_id_of(as_of),
                "moment": as_of,
            },
        )
        names = [column.name for column in cursor.description or ()]
        found: dict[str, Any] = dict(zip(names, cursor.fetchone(), strict=True))
    for name in _SHARES:
        found[name] = Share(*found[name])
    return Detail({name: found[name] for name in DETAIL_MEASURES})


def settled_detail(operation: Operation, *, as_of: datetime | None = None) -> Detail:
    """Return :func:`closer` once it is sure that what had been recorded by ``as_of`` is final.

    Raises:
        NotSettledError, ValueError: see :mod:`takedowns.figures.moment`.
    """
    if as_of is not None:
        first_id_of(as_of)
        require_settled(as_of)
    return detail_of(operation, as_of=as_of)


def changes(operation: Operation) -> tuple[datetime | None, datetime | None]:
    """Return what these figures rest on beside the log: the latest submission loaded, and the latest hour that passed.

    One statement. A list of nothing but repeated rows writes no event, nor does an order whose hour passes.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT (SELECT max(loaded_at) FROM intake_submission WHERE operation_id = %(operation)s),
                   (SELECT max(referral.due_at) FROM orders_removalorder AS removal
                    JOIN referrals_referral AS referral ON referral.id = removal.referral_id
                    WHERE referral.operation_id = %(operation)s AND referral.due_at < now())
            """,
            {"operation": operation.pk},
        )
        loaded, passed = cursor.fetchone()
    return loaded, passed
