"""Every table whose changes are entries, touched in every way that there is: each is noticed, and the row named.

As the superuser, with triggers off, and without the constraints that would stand in the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from psycopg.errors import CheckViolation, UniqueViolation

from takedowns.ledger.verifying import addresses, rows
from takedowns.ledger.verifying.by_events import BY_EVENTS
from takedowns.ledger.verifying.findings import Report
from takedowns.ledger.verifying.texts import entry_text
from tests.ledger.conftest import superuser

pytestmark = pytest.mark.django_db(transaction=True)

_OTHER = {
    "uuid": "gen_random_uuid()",
    "boolean": "NOT coalesce({0}, false)",
    "timestamp with time zone": "coalesce({0}, now()) + interval '1 second'",
    "date": "coalesce({0}, '2019-11-21') + 1",
    "bytea": "'\\xab'::bytea",
    "jsonb": """'{{"forged": "1"}}'::jsonb""",
    "inet": "'192.0.2.99'::inet",
    "interval": "coalesce({0}, '0') + interval '1 second'",
}
#: Columns of referrals and items that no event tells, and why.
UNTOLD = {
    "referrals_referral.language": "stands in the file that was handed in, whose digest is sealed",
    "referrals_referral.listed_group": "the same",
    "referrals_referral.moments": "the same",
    "referrals_referral.ground": "until its approval says it, the same",
    "referrals_referral.availability_since": "counted from the looks",
    "referrals_item.outlet_id": "as its outlet's name stands in the file, or in the event of a correction",
    "referrals_item.first_seen_at": "a copy of when it was first handed in",
    "referrals_coreferral.id": "a number of its own, which nothing names",
    "referrals_coreferral.operation_id": "what the agency asked for, should it go on alone",
    "referrals_coreferral.instrument": "the same",
    "referrals_coreferral.withdrawn_at": "the same",
}


@pytest.fixture
def database(practised_day: None) -> Iterator[psycopg.Connection[Any]]:
    """Return the superuser's connection to a day of everything, in one transaction that is taken back."""
    with superuser("-c session_replication_role=replica -c timezone=UTC") as found:
        yield found
        found.rollback()


def columns_of(database: psycopg.Connection[Any], table: str) -> dict[str, str]:
    found = database.execute(
        "SELECT attname, regexp_replace(format_type(atttypid, atttypmod), '\\([^)]*\\)', '') FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
        [table],
    )
    return dict(found.fetchall())


def other(name: str, kind: str) -> str:
    """Return an expression of another value than a column has."""
    quoted = f'"{name}"'
    if kind in ("smallint", "integer", "bigint"):
        return f"coalesce({quoted}, 0) + 1"
    if kind.endswith("[]"):
        return f"CASE WHEN cardinality({quoted}) > 0 THEN '{{}}' ELSE ARRAY[{other_element(kind[:-2])}] END::{kind}"
    plain = f"CASE WHEN {quoted} = 'x' THEN 'y' ELSE 'x' END"
    return _OTHER.get(kind, plain).format(quoted)


def other_element(kind: str) -> str:
    return (
        "1" if kind in ("smallint", "integer", "bigint") else f"{_OTHER.get(kind, chr(39) + 'x' + chr(39))}"
    )


def forced(database: psycopg.Connection[Any], statement: str) -> None:
    """Run a statement; take away what stands in its way, as whoever rules the database can."""
    for _ in range(20):
        try:
            with database.transaction():
                assert database.execute(statement).rowcount != 0, f"changed nothing: {statement}"
                return
        except (UniqueViolation, CheckViolation) as error:
            name, table = error.diag.constraint_name, error.diag.table_name
            constraint = database.execute(
                "SELECT 1 FROM pg_constraint WHERE conname = %s AND conrelid = %s::regclass", [name, table]
            ).fetchone()
            database.execute(
                f'ALTER TABLE {table} DROP CONSTRAINT "{name}" CASCADE'
                if constraint
                else f'DROP INDEX "{name}"'
            )
    raise AssertionError(f"cannot be done: {statement}")


def found_after(
    database: psycopg.Connection[Any], statements: list[str], check: Callable[[Any, Report], None]
) -> Report:
    """Return what a check finds after some statements, which are taken back."""
    report = Report()
    with database.transaction(force_rollback=True):
        for statement in statements:
            forced(database, statement)
        check(database.cursor(), report)
    return report


def attacks(database: psycopg.Connection[Any], table: str, key: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each way to touch a table, with its statements."""
    columns = columns_of(database, table)
    some = [row[0] for row in database.execute(f'SELECT "{key}"::text FROM {table} ORDER BY 1 LIMIT 2')]
    one = f"\"{key}\"::text = '{some[0]}'"
    taken: set[str] = set()
    for withheld in (False, True):
        found = database.execute(rows_taken(), [list(columns), withheld])
        taken |= {row[0] for row in found}
    for name in sorted(taken - {key}):
        yield f"edit of {name}", [f'UPDATE {table} SET "{name}" = {other(name, columns[name])} WHERE {one}']
    fresh = {"uuid": "gen_random_uuid()", "bigint": f'(SELECT max("{key}") + 1 FROM {table})'}.get(
        columns[key], "'forged'"
    )
    names = ", ".join(f'"{name}"' for name in columns if name != key)
    yield (
        "insert",
        [
            f'INSERT INTO {table} ("{key}", {names}) OVERRIDING SYSTEM VALUE SELECT {fresh}, {names} FROM {table} WHERE {one}'
        ],
    )
    yield "delete", [f"DELETE FROM {table} WHERE {one}"]
    yield "emptying", [f"DELETE FROM {table}"]
    if len(some) == 2 and columns[key] == "uuid":
        two = f"\"{key}\"::text = '{some[1]}'"
        between = "00000000-0000-0000-0000-00000000ffff"
        yield (
            "swap",
            [
                f"UPDATE {table} SET \"{key}\" = '{between}' WHERE {one}",
                f"UPDATE {table} SET \"{key}\" = '{some[0]}' WHERE {two}",
                f"UPDATE {table} SET \"{key}\" = '{some[1]}' WHERE \"{key}\" = '{between}'",
            ],
        )


def rows_taken() -> str:
    return (
        "SELECT name FROM jsonb_each_text(takedowns_entry_text((SELECT jsonb_object_agg(name, '-')"
        " FROM unnest(%s::text[]) AS one (name)), %s)::jsonb) AS taken (name, value)"
    )


def test_every_entered_table_in_every_way(database: psycopg.Connection[Any]) -> None:
    tables = database.execute("SELECT name, key_column FROM takedowns_entered_tables()").fetchall()
    tried, unnoticed = set(), []
    for table, key in tables:
        if not database.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone():
            continue

        def check(cursor: Any, report: Report, table: str = table, key: str = key) -> None:
            rows.check_entered(cursor, table, key, report)

        assert found_after(database, [], check).findings == [], table
        for way, statements in attacks(database, table, key):
            tried.add(table)
            if not found_after(database, statements, check).counts["row"]:
                unnoticed.append(f"{table}: {way}")
    assert unnoticed == []
    assert len(tried) > 30, sorted(tried)


@pytest.mark.parametrize("table", ["referrals_referral", "referrals_item", "referrals_coreferral"])
def test_every_column_that_events_tell(database: psycopg.Connection[Any], table: str) -> None:
    def check(cursor: Any, report: Report) -> None:
        for _, statement in BY_EVENTS:
            cursor.execute(f"SELECT count(*) FROM ({statement}) AS wrong")
            report.counts["row"] += cursor.fetchone()[0]
        addresses.check(cursor, report)

    columns = columns_of(database, table)
    some = database.execute(f"SELECT id::text FROM {table} ORDER BY 1 LIMIT 2").fetchall()
    unnoticed = {
        f"{table}.{name}"
        for name, kind in columns.items()
        if not found_after(
            database,
            [f"UPDATE {table} SET \"{name}\" = {other(name, kind)} WHERE id = '{some[0][0]}'"],
            check,
        ).counts["row"]
    }
    assert unnoticed == {name for name in UNTOLD if name.startswith(f"{table}.")}
    deleted = found_after(database, [f"DELETE FROM {table} WHERE id = '{some[0][0]}'"], check)
    assert (
        deleted.counts["row"] or table == "referrals_item"
    )  # an item whose referral stays is refused by its key


def test_a_row_reads_by_the_expression_as_by_the_function(database: psycopg.Connection[Any]) -> None:
    for table, _ in database.execute("SELECT name, key_column FROM takedowns_entered_tables()").fetchall():
        for withheld in (False, True):
            text = entry_text(database.cursor(), table, withheld=withheld)
            differing = database.execute(
                f"SELECT {text}, takedowns_entry_text(to_jsonb(one), {withheld}) FROM {table} AS one"
                f" WHERE {text} IS DISTINCT FROM takedowns_entry_text(to_jsonb(one), {withheld}) LIMIT 1"
            ).fetchone()
            assert differing is None, table
