"""The tables against the entries: what a row says must be what its last entry, or the events of its referral, come to.

Each check is one statement over all rows. As the system, in the snapshot of the whole check. What follows from events stands
in ``by_events.py``.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import connection

from takedowns.ledger.verifying import addresses
from takedowns.ledger.verifying.by_events import BY_EVENTS
from takedowns.ledger.verifying.findings import NAMED, Report
from takedowns.ledger.verifying.texts import entry_text

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
        # Events are sorted by their referrals; what does not fit into memory is sorted on disk.
        cursor.execute("SET LOCAL work_mem = '64MB'")
        for table in dict.fromkeys(table for table, _ in BY_EVENTS):
            _count(cursor, table, report)
        for table, statement in BY_EVENTS:
            _note(cursor, table, statement, {}, report)
        addresses.check(cursor, report)
        cursor.execute("SELECT name, key_column FROM takedowns_entered_tables()")
        for table, key in cursor.fetchall():
            check_entered(cursor, table, key, report)


def check_entered(cursor: Any, table: str, key: str, report: Report) -> None:
    """Compare each row of one table, whose primary key has that name, with its last entry."""
    values = {"table": table, "defaults": _defaults(cursor, table)}
    statement = _BY_ENTRIES.format(
        table=table,
        key=f'one."{key}"',
        shown=entry_text(cursor, table, withheld=False),
        withheld=entry_text(cursor, table, withheld=True),
    )
    _count(cursor, table, report)
    _note(cursor, table, statement, values, report)


def _count(cursor: Any, table: str, report: Report) -> None:
    cursor.execute(f"SELECT count(*) FROM {table}")
    report.rows += cursor.fetchone()[0]


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
    cursor.execute(f"SELECT *, count(*) OVER () FROM ({statement}) AS wrong LIMIT {NAMED}", values or None)
    found = cursor.fetchall()
    for key, message, _ in found:
        report.find("row", None, f"{table} {key}", f"{message}.")
    if found:
        report.counts["row"] += found[0][2] - len(found)
