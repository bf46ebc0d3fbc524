"""The tables against the entries: what a row says must be what its last entry, or the events of its referral, come to.

Each check is one statement over all rows. As the system, in the snapshot of the whole check.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import connection

from takedowns.ledger.verifying.findings import NAMED, Report

#: The last move of each referral, in the order of the log.
_LAST_MOVE: Final = """
    SELECT DISTINCT ON (referral_id) referral_id, to_cell_id FROM referrals_event
    WHERE referral_id IS NOT NULL AND to_cell_id IS NOT NULL ORDER BY referral_id, xid DESC, id DESC
"""
_DIMENSIONS: Final = (
    "operation_id",
    "platform_id",
    "agency_id",
    "instrument",
    "tier",
    "status",
    "availability",
)

#: By table: which rows of it do not follow from the events. Id, and what is wrong.
_BY_EVENTS: Final = {
    "referrals_referral": f"""
        SELECT coalesce(referral.id, last.referral_id)::text, CASE
            WHEN referral.id IS NULL THEN 'its events are there, and it is not'
            WHEN last.referral_id IS NULL THEN 'no event tells of it'
            ELSE concat_ws(', ', {
        ", ".join(
            f"CASE WHEN referral.{name} IS DISTINCT FROM cell.{name}"
            f" THEN format('its {name.removesuffix('_id')} is %s, by its events %s', referral.{name}, cell.{name}) END"
            for name in _DIMENSIONS
        )
    }, CASE WHEN referral.cell_id <> last.to_cell_id THEN 'it stands in another cell than its last event says' END)
        END
        FROM referrals_referral AS referral FULL JOIN ({_LAST_MOVE}) AS last ON last.referral_id = referral.id
        LEFT JOIN referrals_cell AS cell ON cell.id = last.to_cell_id
        WHERE referral.id IS NULL OR last.referral_id IS NULL OR referral.cell_id <> last.to_cell_id
           OR ({", ".join(f"referral.{name}" for name in _DIMENSIONS)})
              IS DISTINCT FROM ({", ".join(f"cell.{name}" for name in _DIMENSIONS)})
        ORDER BY 1
    """,
    "referrals_referral, times": """
        SELECT referral.id::text, concat_ws(', ',
            CASE WHEN referral.submitted_at <> told.submitted THEN 'handed in at another time than its event says' END,
            CASE WHEN referral.approved_at IS DISTINCT FROM told.approved THEN 'approved at another time than its event says' END,
            CASE WHEN referral.referred_at IS DISTINCT FROM told.referred THEN 'referred at another time than its event says' END
        )
        FROM referrals_referral AS referral JOIN (
            SELECT referral_id, min(at) FILTER (WHERE kind = 'submit') AS submitted,
                   max(at) FILTER (WHERE kind = 'approve') AS approved, max(at) FILTER (WHERE kind = 'refer') AS referred
            FROM referrals_event WHERE kind IN ('submit', 'approve', 'refer') GROUP BY referral_id
        ) AS told ON told.referral_id = referral.id
        WHERE (referral.submitted_at, referral.approved_at, referral.referred_at)
              IS DISTINCT FROM (told.submitted, told.approved, told.referred)
        ORDER BY 1
    """,
    "referrals_event": """
        SELECT id::text, 'it leaves another cell than the event before it entered' FROM (
            SELECT id, from_cell_id, lag(to_cell_id) OVER (PARTITION BY referral_id ORDER BY xid, id) AS entered
            FROM referrals_event WHERE referral_id IS NOT NULL AND to_cell_id IS NOT NULL
        ) AS move
        WHERE from_cell_id IS DISTINCT FROM entered ORDER BY 1
    """,
    "referrals_item": """
        SELECT item.id::text, format('it is %s, by the last look %s', item.availability, coalesce(look.seen, 'unknown'))
        FROM referrals_item AS item LEFT JOIN (
            SELECT DISTINCT ON (item_id) item_id, details->>'seen' AS seen, at FROM referrals_event
            WHERE kind = 'check' AND NOT (details ? 'robot' AND details->>'seen' = 'unknown')
            ORDER BY item_id, at DESC, xid DESC, id DESC
        ) AS look ON look.item_id = item.id
        WHERE (item.availability, item.checked_at) IS DISTINCT FROM (coalesce(look.seen, 'unknown'), look.at)
        ORDER BY 1
    """,
}
#: What triggers enter: the row must read as its last entry says. A number orders the changes of one row as they were made.
_BY_ENTRIES: Final = """
    SELECT coalesce(row.key, last.key), CASE
        WHEN row.key IS NULL THEN 'entries tell of it, and it is not there'
        WHEN last.key IS NULL THEN 'no entry tells of it'
        WHEN last.action = 'removed' THEN 'the last entry says that it was removed'
        WHEN last.became = row.shown THEN 'what is withheld of it reads otherwise than its last entry says'
        ELSE format('it reads %%s, its last entry says %%s', row.shown, last.became)
    END
    FROM (
        SELECT DISTINCT ON (key) key, action, became, withheld FROM ledger_entry WHERE what = %(table)s
        ORDER BY key, number DESC
    ) AS last FULL JOIN (
        SELECT fields->>%(key)s AS key, takedowns_entry_text(fields, false) AS shown,
               takedowns_entry_text(fields, true) AS withheld FROM (SELECT to_jsonb(one) AS fields FROM {table} AS one) AS found
    ) AS row ON row.key = last.key
    WHERE last.key IS NULL
       OR last.action <> 'removed' AND row.key IS NULL
       OR last.action = 'removed' AND row.key IS NOT NULL
       OR last.action <> 'removed' AND (row.shown <> last.became OR row.withheld <> last.withheld)
    ORDER BY 1
"""


def check(report: Report) -> None:
    """Compare every row that follows from events or entries, and note those that do not."""
    with connection.cursor() as cursor:
        # As the triggers wrote.
        cursor.execute(
            "SET LOCAL timezone = 'UTC'; SET LOCAL intervalstyle = 'postgres'; SET LOCAL bytea_output = 'hex'"
        )
        for table, statement in _BY_EVENTS.items():
            _note(cursor, table.partition(",")[0], statement, {}, report)
        cursor.execute("SELECT name, key_column FROM takedowns_entered_tables()")
        for table, key in cursor.fetchall():
            _note(cursor, table, _BY_ENTRIES.format(table=table), {"table": table, "key": key}, report)


def _note(cursor: Any, table: str, statement: str, values: dict[str, str], report: Report) -> None:
    cursor.execute(f"SELECT count(*) FROM {table}")
    report.rows += cursor.fetchone()[0]
    cursor.execute(f"SELECT *, count(*) OVER () FROM ({statement}) AS wrong LIMIT {NAMED}", values or None)
    found = cursor.fetchall()
    for key, message, _ in found:
        report.find("row", None, f"{table} {key}", f"{message}.")
    if found:
        report.counts["row"] += found[0][2] - len(found)
