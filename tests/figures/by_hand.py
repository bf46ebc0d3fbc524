"""An operation's figures worked out by hand: plain SQL over the events and their cells, and none of our functions."""

from __future__ import annotations

from typing import Any, Final

from django.db import connection

# What became of a referral is where its last event with a cell left it; a moment is that of the event that set it.
_REFERRALS: Final = """
    WITH mine AS (
        SELECT event.*, cell.platform_id, cell.status, cell.availability, old.availability AS old_availability
        FROM referrals_event AS event
        JOIN referrals_cell AS cell ON cell.id = event.to_cell_id
        LEFT JOIN referrals_cell AS old ON old.id = event.from_cell_id
        JOIN referrals_operation AS operation ON operation.id = cell.operation_id
        WHERE operation.reference = %(reference)s
    ),
    stands AS (
        SELECT DISTINCT ON (referral_id) referral_id, platform_id, status, availability
        FROM mine ORDER BY referral_id, id DESC
    ),
    way AS (
        SELECT referral_id,
               min(at) FILTER (WHERE kind = 'submit') AS submitted_at,
               min(at) FILTER (WHERE kind = 'refer') AS referred_at,
               (array_agg(at ORDER BY id) FILTER (WHERE kind IN
                   ('acknowledge', 'remove', 'restrict', 'decline', 'report_unavailable')))[1] AS acknowledged_at,
               (array_agg(at ORDER BY id DESC) FILTER (WHERE kind IN ('remove', 'restrict')))[1] AS acted_at,
               (array_agg(at ORDER BY id DESC) FILTER (WHERE kind = 'check' AND availability = 'offline'
                   AND old_availability <> 'offline'))[1] AS gone_at
        FROM mine GROUP BY 1
    ),
    joined AS (SELECT DISTINCT referral_id FROM referrals_event WHERE kind = 'co_refer'),
    facts AS (
        SELECT stands.*, submitted_at, referred_at, acknowledged_at, acted_at, gone_at,
               joined.referral_id IS NOT NULL AS co
        FROM stands JOIN way USING (referral_id) LEFT JOIN joined USING (referral_id)
    )
"""

_FIGURES: Final = f"""
    {_REFERRALS}
    SELECT coalesce(platform_id, ''),
        count(*) AS handed_in,
        count(*) FILTER (WHERE status IN ('submitted', 'approved')) AS in_review,
        count(*) FILTER (WHERE status = 'rejected') AS rejected,
        count(referred_at) AS referred,
        count(acknowledged_at) AS acknowledged,
        count(*) FILTER (WHERE status IN ('referred', 'acknowledged', 'information_requested')) AS open,
        count(*) FILTER (WHERE status = 'removed') AS removed,
        count(*) FILTER (WHERE status = 'restricted') AS restricted,
        count(*) FILTER (WHERE status = 'declined') AS declined,
        count(*) FILTER (WHERE status = 'unavailable') AS unavailable,
        count(*) FILTER (WHERE status = 'reinstated') AS reinstated,
        count(*) FILTER (WHERE status = 'withdrawn') AS withdrawn,
        count(*) FILTER (WHERE co) AS co_referred,
        count(referred_at) FILTER (WHERE availability = 'online') AS seen_online,
        count(referred_at) FILTER (WHERE availability = 'offline') AS seen_offline,
        count(referred_at) FILTER (WHERE availability = 'unknown') AS not_seen,
        count(*) FILTER (WHERE status = 'removed' AND availability = 'offline') AS removed_and_gone,
        count(*) FILTER (WHERE status = 'removed' AND availability = 'online') AS removed_but_online,
        count(*) FILTER (WHERE status = 'removed' AND availability = 'unknown') AS removed_not_seen,
        count(acted_at) FILTER (WHERE status IN ('removed', 'restricted')) AS timed,
        count(*) FILTER (WHERE status = 'removed')::float / nullif(count(referred_at), 0) AS share_removed,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM acted_at - referred_at)::float)
            FILTER (WHERE status IN ('removed', 'restricted')) AS median_time_to_action,
        percentile_disc(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM acted_at - referred_at)::float)
            FILTER (WHERE status IN ('removed', 'restricted')) AS p90_time_to_action
    FROM facts GROUP BY GROUPING SETS ((platform_id), ())
"""

_HOURS: Final = f"""
    {_REFERRALS},
    steps AS (
        SELECT date_trunc('hour', at AT TIME ZONE 'UTC') AS hour, step FROM (
            SELECT submitted_at, 'handed_in' FROM facts
            UNION ALL SELECT referred_at, 'referred' FROM facts
            UNION ALL SELECT acknowledged_at, 'acknowledged' FROM facts
            UNION ALL SELECT acted_at, 'removed' FROM facts WHERE status = 'removed'
            UNION ALL SELECT greatest(acted_at, gone_at), 'removed_and_gone' FROM facts
                      WHERE status = 'removed' AND availability = 'offline'
        ) AS reached (at, step) WHERE at IS NOT NULL
    )
    SELECT to_char(hour, 'YYYY-MM-DD"T"HH24:MI"Z"') AS hour,
           sum(sum((step = 'handed_in')::int)) OVER w AS handed_in,
           sum(sum((step = 'referred')::int)) OVER w AS referred,
           sum(sum((step = 'acknowledged')::int)) OVER w AS acknowledged,
           sum(sum((step = 'removed')::int)) OVER w AS removed,
           sum(sum((step = 'removed_and_gone')::int)) OVER w AS removed_and_gone
    FROM steps GROUP BY steps.hour WINDOW w AS (ORDER BY steps.hour) ORDER BY steps.hour
"""


def figures_by_hand(reference: str) -> dict[str, dict[str, Any]]:
    """Return measure by name, by platform's slug; of all of them under an empty slug. Times are exact seconds."""
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, {"reference": reference})
        names = [column.name for column in cursor.description or ()][1:]
        return {row[0]: dict(zip(names, row[1:], strict=True)) for row in cursor.fetchall()}


def hours_by_hand(reference: str) -> list[dict[str, Any]]:
    """Return, for each hour in which a step was reached, how many had reached each by its end."""
    with connection.cursor() as cursor:
        cursor.execute(_HOURS, {"reference": reference})
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
