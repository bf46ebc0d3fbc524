"""Migrations on a database with rows in every table: each goes forwards, backwards and forwards again."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import starmap
from typing import Final

import pytest
from django.core.management import call_command
from django.db import connections
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState
from pytest_django.plugin import DjangoDbBlocker

from takedowns.postgres.objects import install, source
from tests.postgres.scratch import fill, scratch_database

#: Everything in the schema that a migration can make, a line each.
SCHEMA = """
    SELECT 'table', relname, relpersistence::text, relrowsecurity::text, relforcerowsecurity::text FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
    UNION ALL
    SELECT 'column', attrelid::regclass::text, attname, format_type(atttypid, atttypmod),
           concat_ws(' ', attnotnull, attidentity, attgenerated, pg_get_expr(adbin, adrelid))
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm') AND attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), '' FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
    UNION ALL
    SELECT 'index', tablename, indexname, indexdef, '' FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL
    SELECT 'policy', tablename, policyname, concat_ws(' ', permissive, roles, cmd), concat_ws(' / ', qual, with_check)
    FROM pg_policies WHERE schemaname = 'public'
    UNION ALL
    SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), tgenabled::text FROM pg_trigger
    WHERE NOT tgisinternal AND tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
    UNION ALL
    SELECT 'function', proname, oid::regprocedure::text, pg_get_functiondef(oid), '' FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
    UNION ALL
    SELECT 'sequence', sequencename, data_type::text, increment_by::text, '' FROM pg_sequences WHERE schemaname = 'public'
"""
COLUMNS = """
    SELECT table_name, array_agg(column_name::text) FROM information_schema.columns JOIN information_schema.tables
    USING (table_schema, table_name)
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> 'django_migrations'
    GROUP BY table_name
"""
#: Of other packages that need nothing of ours; and the functions of triggers, which pgtrigger leaves and replaces.
OF_OTHERS = ("auth_", "django_", "procrastinate_", "pgtrigger_", "_pgtrigger_")
Content = dict[tuple[str, str], tuple[int, int]]


@pytest.fixture
def filled(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, _media: None
) -> Iterator[MigrationExecutor]:
    with django_db_blocker.unblock(), scratch_database():
        assert fill() == [], "tables without a row: their migrations would be tried on nothing"
        yield MigrationExecutor(connections["owner"])


def schema() -> set[tuple[str, ...]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(SCHEMA)
        return set(cursor.fetchall())


LEDGER: Final = "ledger_entry"
#: What the way back changes on purpose, by migration: a role that did not exist before becomes the one that did.
CHANGED_ON_THE_WAY_BACK: Final = {"directory.0002_desk_roles": {("directory_membership", "role")}}

#: Tables of which some rows go, since an earlier version cannot hold them: endpoints of agencies. The others stay.
SOME_GO_ON_THE_WAY_BACK: Final = {"webhooks.0002_agencies": {"webhooks_endpoint"}}


def content() -> Content:
    """Return for each column how many rows its table has, and a sum over the values that no order changes."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(COLUMNS)
        columns = dict(cursor.fetchall())
        cursor.execute(" UNION ALL ".join(starmap(_read, columns.items())))
        return {
            (table, column): (count, total)
            for table, count, totals in cursor.fetchall()
            for column, total in zip(columns[table], totals, strict=True)
        }


def _read(table: str, columns: list[str]) -> str:
    totals = (f'coalesce(sum(hashtextextended("{column}"::text, 0)), 0)' for column in columns)
    return f"SELECT '{table}', count(*), ARRAY[{', '.join(totals)}] FROM \"{table}\""


def _of_migrations(found: set[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """Return the columns and constraints of the tables that migrations make, and nothing of what files define."""
    of_files = {one.name for one in source().values()}
    return {one for one in found if one[0] in {"column", "constraint", "sequence"} and one[1] not in of_files}


def states(executor: MigrationExecutor) -> Iterator[tuple[Migration, ProjectState]]:
    """Yield every migration there is in order, each with the models as they are before it."""
    state = ProjectState(real_apps=executor.loader.unmigrated_apps)
    for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True):
        yield migration, state.clone()
        state = migration.mutate_state(state, preserve=False)


def is_ours(migration: Migration) -> bool:
    return type(migration).__module__.startswith("takedowns.")


def test_every_model_stands_in_a_migration(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        call_command("makemigrations", check_changes=True, dry_run=True)
    except SystemExit:
        pytest.fail(f"run `manage.py makemigrations`:\n{capsys.readouterr().out}")


def test_each_migration_goes_back_and_forth_over_rows_and_all_of_them_to_nothing_and_back(
    filled: MigrationExecutor,
) -> None:
    before = dict(states(filled))
    ours = sorted({migration.app_label for migration in before if is_ours(migration)})
    plan = filled.migration_plan([(app, None) for app in ours])
    whole = schema()
    for migration, _ in plan:
        if is_ours(migration):
            _back_and_forth(filled, migration, before[migration])
        filled.unapply_migration(before[migration].clone(), migration)
        install("owner")
    # Nothing is left to take back, but what runs after a migration runs here too.
    call_command("migrate", ours[0], "zero", verbosity=0)
    of_no_table = tuple(one.name for one in source().values() if one.app == "postgres")
    left = {name for kind, name, *_ in schema() if kind in {"table", "function", "sequence"}}
    assert {name for name in left if not name.startswith(OF_OTHERS + of_no_table)} == set(), (
        "made, but not taken back"
    )
    call_command("migrate", verbosity=0)
    assert schema() == whole


def _back_and_forth(executor: MigrationExecutor, migration: Migration, before: ProjectState) -> None:
    made, rows = schema(), content()
    executor.unapply_migration(before.clone(), migration)
    install("owner")  # as the command does at its end
    remaining = content()
    executor.apply_migration(before.clone(), migration)
    install("owner")
    again = content()
    # While an app is between two of its migrations, its files' objects stay as they are; here they went with its tables.
    halfway = any(
        app == migration.app_label and name > migration.name for app, name in executor.loader.graph.nodes
    )
    seen = _of_migrations if halfway else set
    assert seen(schema()) == seen(made), f"{migration}: not the same once taken back and made again"
    # A change on the way back is itself recorded: the ledger alone may have grown.
    kept = {column for column in rows.keys() & remaining.keys() if column[0] != LEDGER}
    some_go = SOME_GO_ON_THE_WAY_BACK.get(str(migration), set())
    assert all(0 < remaining[column][0] < rows[column][0] for column in kept if column[0] in some_go)
    kept = {column for column in kept if column[0] not in some_go}
    assert {column: remaining[column][0] for column in kept} == {
        column: rows[column][0] for column in kept
    }, f"{migration}: rows of tables that stay are lost when it is taken back"
    grown = {column for column in rows.keys() & remaining.keys() if column[0] == LEDGER}
    assert all(rows[column][0] <= remaining[column][0] for column in grown), f"{migration}: records are lost"
    kept -= CHANGED_ON_THE_WAY_BACK.get(str(migration), set())
    assert {column: again[column] for column in kept} == {column: rows[column] for column in kept}, (
        f"{migration}: what stayed reads otherwise once it is made again"
    )
