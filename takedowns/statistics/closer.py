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

from takedowns.referrals.models import Operation
from takedowns.referrals.vocabulary import Action, DeclineReason
from takedowns.statistics.closer_measures import AFTER, CLOSER_MEASURES
from takedowns.statistics.figures import Share
from takedowns.statistics.moment import first_id_of, require_settled


@dataclass(frozen=True)
class Closer:
    """The figures of an operation by the names of :data:`CLOSER_MEASURES`: numbers, times, or shares with what they rest on."""

    values: Mapping[str, int | timedelta | Share | None] = field(default_factory=dict)


_SHARES: Final = (*(f"online_after_{name}" for name in AFTER), "agreement")

_AFTER: Final = ",\n".join(
    f"""(SELECT json_build_array(count(*) FILTER (WHERE seen = 'online'), count(*)) FROM (
            SELECT DISTINCT ON (acted.referral_id) look.seen FROM acted JOIN looks AS look
              ON look.item_id = acted.item_id AND look.at >= acted.acted_at + interval '{after.total_seconds():.0f} seconds'
            ORDER BY acted.referral_id, look.at, look.id
        ) AS first_look) AS online_after_{name}"""
    for name, after in AFTER.items()
)
_ACTS: Final = (
    "(event.kind = 'remove' OR event.kind = 'restrict' AND event.details->>'action' IN ({}))".format(
        ", ".join(f"'{one}'" for one in (Action.GEO_BLOCKED, Action.DISABLED))
    )
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
    WITH told AS (
        SELECT event.referral_id, mine.item_id, mine.instrument,
               (array_agg(event.to_cell_id ORDER BY event.id DESC) FILTER (WHERE event.to_cell_id IS NOT NULL))[1] AS cell_id,
               min(event.at) FILTER (WHERE event.kind = 'refer') AS referred_at,
               (array_agg(event.at ORDER BY event.id) FILTER (
                   WHERE event.kind IN ('acknowledge', 'remove', 'restrict', 'decline', 'report_unavailable')))[1] AS acknowledged_at,
               (array_agg(event.at ORDER BY event.id DESC) FILTER (WHERE event.kind IN ('remove', 'restrict')))[1] AS acted_at,
               (array_agg(event.details->>'decline_reason' ORDER BY event.id DESC) FILTER (WHERE event.kind = 'decline'))[1] AS decline_reason,
               min(event.at) FILTER (WHERE {_ACTS}) AS carried_out_at,
               coalesce(bool_or(event.kind = 'receipt'), false) AS received,
               (array_agg(event.details->>'due_at' ORDER BY event.id DESC)
                   FILTER (WHERE event.kind IN ('receipt', 'impediment_ended')))[1]::timestamptz AS due_at,
               coalesce((array_agg(event.kind ORDER BY event.id DESC) FILTER (
                   WHERE event.kind IN ('receipt', 'impediment_ended')
                      OR event.kind = 'impediment' AND (event.details->>'stops_the_hour')::boolean
               ))[1] = 'impediment', false) AS stopped,
               count(*) FILTER (WHERE event.kind = 'complaint') AS complaints,
               count(*) FILTER (WHERE event.kind = 'complaint_decided' AND event.details->>'verdict' = 'upheld') AS upheld,
               count(*) FILTER (WHERE event.kind = 'complaint_decided' AND event.details->>'verdict' = 'dismissed') AS dismissed,
               coalesce(bool_or(event.kind = 'reinstate' AND event.details ? 'complaint'), false) AS put_back,
               coalesce(bool_or(event.kind IN ('withdraw', 'reinstate')
                   OR event.kind = 'complaint_decided' AND event.details->>'verdict' = 'upheld'
                   OR event.kind = 'impediment' AND event.details->>'impediment' = 'manifest_errors'), false) AS wrong
        FROM referrals_event AS event JOIN referrals_referral AS mine ON mine.id = event.referral_id
        WHERE mine.operation_id = %(operation)s AND (%(before)s::uuid IS NULL OR event.id < %(before)s::uuid)
        GROUP BY 1, 2, 3
    ),
    ways AS MATERIALIZED (
        SELECT told.*, cell.status,
               CASE WHEN acknowledged_at IS NOT NULL THEN greatest(acknowledged_at - referred_at, interval '0') END AS to_acknowledge
        FROM told JOIN referrals_cell AS cell ON cell.id = told.cell_id
    ),
    looks AS MATERIALIZED (
        SELECT id, item_id, at, seen FROM takedowns_looks(%(operation)s)
        WHERE %(before)s::uuid IS NULL OR id < %(before)s::uuid
    ),
    acted AS MATERIALIZED (
        SELECT ways.referral_id, ways.item_id, ways.acted_at FROM ways WHERE status = 'removed'
    ),
    clear_looks AS MATERIALIZED (SELECT * FROM looks WHERE seen <> 'unknown'),
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
        {_AFTER.replace("JOIN looks", "JOIN clear_looks")},
        (SELECT json_build_array(count(*) FILTER (WHERE seen = 'offline'), count(*)) FROM (
            SELECT DISTINCT ON (acted.referral_id) look.seen FROM acted JOIN clear_looks AS look
              ON look.item_id = acted.item_id AND look.at >= acted.acted_at
            ORDER BY acted.referral_id, look.at DESC, look.id DESC
        ) AS last_look) AS agreement,
        (SELECT coalesce(sum(complaints), 0)::bigint FROM ways) AS complaints,
        (SELECT coalesce(sum(upheld), 0)::bigint FROM ways) AS complaints_upheld,
        (SELECT coalesce(sum(dismissed), 0)::bigint FROM ways) AS complaints_dismissed,
        (SELECT count(*) FROM ways WHERE put_back) AS reinstated_after_complaint,
        (SELECT count(*) FROM ways WHERE referred_at IS NOT NULL AND wrong) AS errors
"""


def closer(operation: Operation, *, as_of: datetime | None = None) -> Closer:
    """Return these figures of an operation, of what the running transaction may see. One statement.

    Args:
        operation: whose figures.
        as_of: what had been recorded before this moment, which must be settled; everything unless told.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _STATEMENT,
            {
                "operation": operation.pk, "before": None if as_of is None else first_id_of(as_of), "moment": as_of,
            },
        )  # fmt: skip
        names = [column.name for column in cursor.description or ()]
        found: dict[str, Any] = dict(zip(names, cursor.fetchone(), strict=True))
    for name in _SHARES:
        found[name] = Share(*found[name])
    return Closer({name: found[name] for name in CLOSER_MEASURES})


def settled_closer(operation: Operation, *, as_of: datetime | None = None) -> Closer:
    """Return :func:`closer` once it is sure that what had been recorded by ``as_of`` is final.

    Raises:
        NotSettledError, ValueError: see :mod:`takedowns.statistics.moment`.
    """
    if as_of is not None:
        first_id_of(as_of)
        require_settled(as_of)
    return closer(operation, as_of=as_of)


def changes(operation: Operation) -> tuple[datetime | None, datetime | None]:
    """Return what these figures rest on beside the log: the latest submission loaded, and the latest hour that passed.

    One statement. A list of nothing but repeated rows writes no event, nor does an order whose hour passes.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT (SELECT max(loaded_at) FROM intake_submission WHERE operation_id = %(operation)s),
                   (SELECT max(referral.due_at) FROM referrals_removalorder AS removal
                    JOIN referrals_referral AS referral ON referral.id = removal.referral_id
                    WHERE referral.operation_id = %(operation)s AND referral.due_at < now())
            """,
            {"operation": operation.pk},
        )
        loaded, passed = cursor.fetchone()
    return loaded, passed
