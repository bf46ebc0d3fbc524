"""Figures that read an operation's referrals one by one: why not, how fast to answer, word against eye, what was wrong.

They cost more the more referrals there are, so reports tell them and the board does not. Each is defined once, here. As of
a past moment they rest on the events, looks and complaints that had been recorded by then. They are not in what is
published: which of them would give a small one away has not been worked out. Files are in English, and no page shows these
figures yet: nothing here is marked for translation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from takedowns.referrals.models import Operation
from takedowns.referrals.vocabulary import Action, DeclineReason
from takedowns.statistics.figures import Share
from takedowns.statistics.measures import Measure, Unit
from takedowns.statistics.moment import first_id_of

_LEDGER: Final = "The ledger of this installation, of what the reader may see."
_LOOKS: Final = "The looks recorded here: what people and robots saw. A look that could not tell is left out."
_ROWS: Final = "The submissions that the reader may read, their rows as they stand now."
#: After which times it is asked whether what was removed is still there.
AFTER: Final = {"1h": timedelta(hours=1), "24h": timedelta(hours=24), "7d": timedelta(days=7)}
_AFTER_WORDS: Final = {"1h": "1 hour", "24h": "24 hours", "7d": "7 days"}


def _m(name: str, label: str, definition: str, formula: str, *counts: str) -> Measure:
    """Return a measure of referrals in the ledger, unless ``counts`` names another unit, and a source."""
    unit = counts[0] if counts else Unit.REFERRAL
    source = counts[1] if len(counts) > 1 else _LEDGER
    return Measure(name, label, definition, formula, source, unit)  # type: ignore[arg-type]


_ROW: Final = "row handed in"
#: Every figure of this module by name, in the order in which it is shown.
CLOSER_MEASURES: Final[dict[str, Measure]] = {
    one.name: one
    for one in (
        _m("rows_handed_in", "Rows handed in", "Rows of the submissions that were loaded.", "rows of loaded submissions", _ROW, _ROWS),
        _m("rows_new", "New", "Rows that became referrals.", "outcome is new or on_hold", _ROW, _ROWS),
        _m("rows_duplicate", "Duplicates", "Rows whose item stood earlier in the same submission, or was referred already.", "outcome is repeated or already_referred", _ROW, _ROWS),
        _m("rows_on_hold", "On hold when handed in", "Of the new rows, those with a hold on their item when they were handed in.", "outcome is on_hold", _ROW, _ROWS),
        *(
            _m(f"declined_{reason.value}", "Declined: " + reason.value.replace("_", " "), "Referrals on which the platform decided not to act, for this reason.",
               f"status is declined, and the last event decline says {reason.value}")
            for reason in DeclineReason
        ),
        _m("no_answer", "No answer", "Referrals made that the platform has not even confirmed to have.", "status is referred"),
        _m("median_time_to_acknowledge", "Median time to acknowledge", "Half of the acknowledged referrals were confirmed within this time of being referred.",
           "percentile_disc(0.5) of the first event that acknowledges or decides minus the event refer, exact, at least 0", Unit.SECONDS),
        _m("p90_time_to_acknowledge", "90 % acknowledged within", "Nine in ten of the acknowledged referrals were confirmed within this time of being referred.", "percentile_disc(0.9) of the same", Unit.SECONDS),
        _m("p99_time_to_acknowledge", "99 % acknowledged within", "Ninety-nine in a hundred of the acknowledged referrals were confirmed within this time of being referred.", "percentile_disc(0.99) of the same", Unit.SECONDS),
        _m("p99_time_to_action", "99 % acted on within", "Ninety-nine in a hundred of the timed referrals were removed or restricted within this time of being referred.",
           "percentile_disc(0.99) of the last event remove or restrict minus the event refer, exact, over referrals removed or restricted now", Unit.SECONDS),
        _m("orders_received", "Removal orders received", "Removal orders of which it is known when the provider received them.", "instrument is removal_order, and an event receipt exists"),
        _m("orders_within_the_hour", "Of these, acted on in time", "Removal orders upon which the provider first acted within its hour, begun anew or standing still where an impediment was told in time.",
           "an event remove, or restrict that disables access, not after the latest due_at told, or while the hour stood still"),
        _m("orders_late", "Of these, acted on late", "Removal orders upon which the provider first acted after its hour.", "the same, after the latest due_at told"),
        _m("orders_overdue", "Of these, overdue", "Removal orders whose hour has passed, and upon which the provider has not acted.",
           "no such act; status is referred, acknowledged, information_requested, declined or restricted; due_at has passed and the hour does not stand still"),
        _m("checked", "Checked", "Referrals made whose item somebody looked at after it was referred, whatever was seen.", "a look at or after the event refer exists", Unit.REFERRAL, _LOOKS),
        *(
            _m(f"online_after_{name}", f"Still online after {words}",
               "Of the referrals removed by the platform's word and looked at this long after or later, the share that the first such look saw online.",
               f"status is removed; of the first look at least {words} after the event remove: online, divided by all", "share of referrals", _LOOKS)
            for name, words in _AFTER_WORDS.items()
        ),
        _m("agreement", "Word and eye agree", "Of the referrals removed by the platform's word and looked at since, the share that was gone at the last look.",
           "status is removed; of the last look at or after the event remove: offline, divided by all", "share of referrals", _LOOKS),
        _m("complaints", "Complaints", "Complaints about what was done upon referrals.", "events complaint", "complaint"),
        _m("complaints_upheld", "Complaints upheld", "Of these, complaints that were upheld.", "events complaint_decided with the verdict upheld", "complaint"),
        _m("complaints_dismissed", "Complaints dismissed", "Of these, complaints that were dismissed.", "events complaint_decided with the verdict dismissed", "complaint"),
        _m("reinstated_after_complaint", "Put back after a complaint", "Referrals whose item was put back because a complaint was upheld.", "an event reinstate that names a complaint exists"),
        _m("errors", "Errors", "Referrals made that turned out wrong: taken back by the agency, put back, complained about with success, or orders with manifest errors; each once.",
           "an event refer exists, and one of: withdraw, reinstate, complaint_decided with the verdict upheld, impediment manifest_errors"),
    )
}  # fmt: skip


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
