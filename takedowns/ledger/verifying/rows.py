"""The tables against the entries: what a row says must be what its last entry, or the events of its referral, come to.

Each check is one statement over all rows. As the system, in the snapshot of the whole check.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.db import connection

from takedowns.ledger.verifying.findings import NAMED, Report
from takedowns.ledger.verifying.texts import entry_text
from takedowns.referrals.lifecycle import ANSWERS, CORRECTION, TRANSITIONS

#: What an answer says that is a column of the referral.
_OF_ANSWERS: Final = ("action", "decision_ground", "decline_reason")
_DECIDING: Final = tuple(name for name, one in TRANSITIONS.items() if one.stamps == "decided_at")
_MOVES: Final = tuple(name for name in TRANSITIONS if name != CORRECTION.name)


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


#: The last move of each referral, in the order of the log.
_LAST_MOVE: Final = """
    SELECT DISTINCT ON (referral_id) referral_id, to_cell_id FROM referrals_event
    WHERE referral_id IS NOT NULL AND to_cell_id IS NOT NULL ORDER BY referral_id, xid DESC, id DESC
"""
#: What a referral's own events say of it beside its cell. The answer of one that was put right (correct_answer) is not told by a
#: single event: its status and its cell are, and are checked as those of all others.
_TOLD: Final = f"""
    SELECT referral_id, bool_or(kind = '{CORRECTION.name}') AS corrected,
           (array_agg(item_id ORDER BY xid, id))[1] AS item_id,
           (array_agg(actor_id ORDER BY xid, id) FILTER (WHERE kind = 'submit'))[1] AS submitted_by_id,
           (array_agg((details->>'submission')::uuid ORDER BY xid, id) FILTER (WHERE kind = 'submit'))[1] AS submission_id,
           (array_agg(details->>'ground' ORDER BY xid DESC, id DESC) FILTER (WHERE kind = 'approve' AND details ? 'ground'))[1] AS ground,
           {
    ", ".join(
        f"(array_agg(details->>'{name}' ORDER BY xid DESC, id DESC) FILTER (WHERE kind IN ({_quoted(ANSWERS)})"
        f" AND details->>'{name}' IS NOT NULL))[1] AS {name}"
        for name in _OF_ANSWERS
    )
},
           (array_agg(at ORDER BY xid, id) FILTER (WHERE takedowns_shows_receipt(kind)))[1] AS acknowledged_at,
           (array_agg(at ORDER BY xid DESC, id DESC) FILTER (WHERE kind IN ({
    _quoted(_DECIDING)
})))[1] AS decided_at,
           (array_agg(CASE WHEN kind = 'send_back' THEN at END ORDER BY xid DESC, id DESC)
            FILTER (WHERE kind IN ({_quoted(_MOVES)})))[1] AS returned_at
    FROM referrals_event WHERE referral_id IS NOT NULL GROUP BY referral_id
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

#: Columns of a referral that exactly one event tells, with how they are called.
_SAID: Final = {
    "item_id": "item",
    "submitted_by_id": "person who submitted it",
    "submission_id": "submission",
    "returned_at": "time of being sent back",
}

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
            CASE WHEN referral.submitted_at <> told.submitted THEN 'submitted at another time than its event says' END,
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
    "referrals_referral, what its events say beside": f"""
        SELECT referral.id::text, concat_ws(', ',
            {
        ", ".join(
            f"CASE WHEN referral.{name} IS DISTINCT FROM told.{name} THEN format('its {label} is %s, by its events %s', referral.{name}, told.{name}) END"
            for name, label in _SAID.items()
        )
    },
            {
        ", ".join(
            f"CASE WHEN NOT told.corrected AND referral.{name} IS DISTINCT FROM coalesce(told.{name}, '')"
            f" THEN format('its {name} is %s, by its events %s', referral.{name}, told.{name}) END"
            for name in _OF_ANSWERS
        )
    },
            {
        ", ".join(
            f"CASE WHEN NOT told.corrected AND referral.{name} IS DISTINCT FROM told.{name}"
            f" THEN format('its {name} is %s, by its events %s', referral.{name}, told.{name}) END"
            for name in ("acknowledged_at", "decided_at")
        )
    },
            CASE WHEN referral.ground <> told.ground THEN 'it was approved on another ground' END
        )
        FROM referrals_referral AS referral JOIN ({_TOLD}) AS told ON told.referral_id = referral.id
        WHERE ({", ".join(f"referral.{name}" for name in _SAID)}) IS DISTINCT FROM ({
        ", ".join(f"told.{name}" for name in _SAID)
    })
           OR referral.ground <> told.ground
           OR NOT told.corrected AND ({
        ", ".join(f"referral.{name}" for name in (*_OF_ANSWERS, "acknowledged_at", "decided_at"))
    })
              IS DISTINCT FROM ({
        ", ".join(f"coalesce(told.{name}, '')" for name in _OF_ANSWERS)
    }, told.acknowledged_at, told.decided_at)
        ORDER BY 1
    """,
    "referrals_referral, rounds": """
        SELECT id::text, format('it is round %s of its item and stands at place %s, or follows another than the one before', round, place)
        FROM (
            SELECT id, round, previous_id, lag(id) OVER rounds AS before, row_number() OVER rounds AS place
            FROM referrals_referral WINDOW rounds AS (PARTITION BY item_id ORDER BY round)
        ) AS referral
        WHERE (round, previous_id) IS DISTINCT FROM (place, before) ORDER BY 1
    """,
    "referrals_item, kind": """
        SELECT item.id::text, format('it is %s on %s, its latest referral was counted as %s on %s', item.kind, item.platform_id, cell.kind, cell.platform_id)
        FROM referrals_item AS item JOIN (
            SELECT DISTINCT ON (item_id) item_id, cell_id FROM referrals_referral ORDER BY item_id, round DESC
        ) AS latest ON latest.item_id = item.id JOIN referrals_cell AS cell ON cell.id = latest.cell_id
        WHERE (item.kind, item.platform_id) <> (cell.kind, cell.platform_id) ORDER BY 1
    """,
    "referrals_coreferral": """
        SELECT coalesce(one.id, event.id)::text, CASE
            WHEN one.id IS NULL THEN 'its event is there, and it is not'
            ELSE 'no event tells that this agency submitted it, too'
        END
        FROM referrals_coreferral AS one FULL JOIN (
            SELECT DISTINCT ON (referral_id, agency_id) id, referral_id, agency_id FROM referrals_event WHERE kind = 'co_refer'
        ) AS event ON (event.referral_id, event.agency_id) = (one.referral_id, one.agency_id)
        WHERE one.id IS NULL OR event.id IS NULL ORDER BY 1
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
#: A column that came after the entry, with an upgrade, is not in it; it must then hold what the upgrade gave to every row.
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
        SELECT ({key})::text AS key, {shown} AS shown, {withheld} AS withheld, one AS whole FROM {table} AS one
    ) AS row ON row.key = last.key
    WHERE last.key IS NULL
       OR last.action <> 'removed' AND row.key IS NULL
       OR last.action = 'removed' AND row.key IS NOT NULL
       OR last.action <> 'removed' AND (row.shown <> last.became OR row.withheld <> last.withheld) AND NOT (
           SELECT takedowns_entry_text(added.fields - came_later, false) = last.became
                  AND coalesce(takedowns_entry_text(added.fields - came_later, true) = last.withheld, true)
           FROM (
               SELECT to_jsonb(row.whole) AS fields, coalesce(array_agg(field.name), '{{}}') AS came_later
               FROM jsonb_each(to_jsonb(row.whole)) AS field (name, value)
               WHERE NOT last.became::jsonb ? field.name AND NOT coalesce(last.withheld::jsonb ? field.name, false)
                 AND field.value = coalesce(%(defaults)s::jsonb->field.name, 'null')
           ) AS added
       )
    ORDER BY 1
"""
#: What a new column of a table holds in rows that were there before: its constant default.
_DEFAULTS: Final = """
    SELECT attname, pg_get_expr(adbin, adrelid) FROM pg_attribute JOIN pg_attrdef ON (adrelid, adnum) = (attrelid, attnum)
    WHERE attrelid = %s::regclass AND attgenerated = '' AND pg_get_expr(adbin, adrelid) !~ '\\('
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
            values = {"table": table, "defaults": _defaults(cursor, table)}
            statement = _BY_ENTRIES.format(
                table=table,
                key=f'one."{key}"',
                shown=entry_text(cursor, table, withheld=False),
                withheld=entry_text(cursor, table, withheld=True),
            )
            _note(cursor, table, statement, values, report)


def _defaults(cursor: Any, table: str) -> str:
    """Return the constant defaults of a table's columns by name, as JSON."""
    cursor.execute(_DEFAULTS, [table])
    defaults = dict(cursor.fetchall())
    if not defaults:
        return "{}"
    # Expressions of the catalogue, not of anybody's input.
    pairs = ", ".join(f"'{name}', {expression}" for name, expression in defaults.items())
    cursor.execute(f"SELECT jsonb_build_object({pairs})::text")
    return str(cursor.fetchone()[0])


def _note(cursor: Any, table: str, statement: str, values: dict[str, str], report: Report) -> None:
    cursor.execute(f"SELECT count(*) FROM {table}")
    report.rows += cursor.fetchone()[0]
    cursor.execute(f"SELECT *, count(*) OVER () FROM ({statement}) AS wrong LIMIT {NAMED}", values or None)
    found = cursor.fetchall()
    for key, message, _ in found:
        report.find("row", None, f"{table} {key}", f"{message}.")
    if found:
        report.counts["row"] += found[0][2] - len(found)
