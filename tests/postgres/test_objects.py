"""The database holds the SQL objects of the files, and no others; and comes from any earlier state to what they say."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.db import OperationalError, connections, migrations, transaction
from django.db.migrations.executor import MigrationExecutor
from django.test.utils import override_settings

from takedowns.postgres import objects
from takedowns.postgres.objects import SourceError, SqlObject, install, parse, source
from takedowns.postgres.operations import RemoveSQL

ROOT = Path(__file__).parent.parent.parent

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


@pytest.fixture
def owner(db: None) -> Iterator[Any]:
    """A cursor of the role that owns the schema, in a transaction that is taken back."""
    with connections["owner"].cursor() as cursor:
        yield cursor


Files = Callable[..., None]


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Files:
    """Return a function that lets the files hold other objects: ``without`` keys, ``also`` these in the place of theirs."""

    def change(*also: SqlObject, without: tuple[str, ...] = ()) -> None:
        held = {key: one for key, one in source().items() if key not in without}
        held |= {one.key: one for one in also}
        monkeypatch.setattr(objects, "source", lambda: held)

    return change


def _definitions(cursor: Any) -> dict[str, str]:
    """Return what the catalogue holds of ours, by key, beside what Django's models and the libraries made."""
    cursor.execute(
        """
        SELECT 'function ' || proname, pg_get_functiondef(oid) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND proname !~ '^_?(procrastinate|pgtrigger)_'
        UNION ALL
        SELECT 'policy ' || policyname || ' on ' || tablename, concat_ws(' ', permissive, roles, cmd, qual, with_check)
        FROM pg_policies WHERE schemaname = 'public'
        UNION ALL
        SELECT 'trigger ' || tgname || ' on ' || tgrelid::regclass, pg_get_triggerdef(pg_trigger.oid)
        FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE relnamespace = 'public'::regnamespace AND NOT tgisinternal AND tgname !~ '^(procrastinate|pgtrigger)_'
        UNION ALL
        SELECT 'index ' || indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL
        SELECT 'settings ' || relname, concat_ws(' ', relpersistence, reloptions, relrowsecurity, relforcerowsecurity)
        FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
          AND (relpersistence <> 'p' OR reloptions IS NOT NULL OR relrowsecurity OR relforcerowsecurity)
        """
    )
    found = dict(cursor.fetchall())
    for index in _indexes_of_models(cursor):
        found.pop(f"index {index}")
    return found


def _indexes_of_models(cursor: Any) -> set[str]:
    """Return the names of indexes that migrations and libraries make: those of constraints, and of models."""
    cursor.execute(
        "SELECT conname FROM pg_constraint JOIN pg_index ON indexrelid = conindid AND indrelid = conrelid"
        " WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'u', 'x')"
    )
    names = {name for (name,) in cursor.fetchall()}
    with connections["owner"].schema_editor(collect_sql=True) as editor:
        for model in apps.get_models():
            editor.create_model(model)
    names |= set(re.findall(r'CREATE (?:UNIQUE )?INDEX "(\w+)"', "\n".join(editor.collected_sql)))
    cursor.execute(
        "SELECT indexname FROM pg_indexes WHERE schemaname = 'public' AND tablename !~ %s",
        [
            "^("
            + "|".join(app.label for app in apps.get_app_configs() if app.name.startswith("takedowns."))
            + ")_"
        ],
    )
    others = {name for (name,) in cursor.fetchall()}
    cursor.execute("SELECT indexname FROM pg_indexes WHERE schemaname = 'public'")
    return (names | others) & {name for (name,) in cursor.fetchall()}


def test_the_catalogue_holds_what_the_files_say_and_nothing_else(owner: Any) -> None:
    found = _definitions(owner)
    of_files = source()
    # A table made by a file has its settings in its own statement.
    tables = {f"settings {one.name}" for one in of_files.values() if one.kind == "table"}
    assert found.keys() - tables == {key for key, one in of_files.items() if one.kind != "table"}


def test_each_definition_is_the_one_of_its_file(owner: Any) -> None:
    before = _definitions(owner)
    for one in reversed(source().values()):
        if one.kind in {"policy", "trigger", "index", "table"}:
            owner.execute(objects.drop_statement(one.key))
    for one in source().values():
        owner.execute(one.text)
    assert _definitions(owner) == before


def test_installing_again_makes_nothing(owner: Any) -> None:
    assert install("owner") == []


def test_a_changed_policy_takes_the_place_of_the_old_one(owner: Any, files: Files) -> None:
    old = source()["policy visible on holds_hold"]
    files(replace(old, text="CREATE POLICY visible ON holds_hold FOR SELECT USING (placed_at IS NOT NULL);"))

    assert install("owner") == [old.key]

    assert "placed_at" in _definitions(owner)[old.key]


def test_what_no_file_holds_any_more_is_dropped(owner: Any, files: Files) -> None:
    gone = (
        "trigger wake_webhooks on referrals_event",
        "function takedowns_wake_webhooks",
        "index item_by_handle",
    )
    files(without=gone)

    assert install("owner") == []

    assert not _definitions(owner).keys() & {*gone}


def test_an_object_may_move_to_another_app(owner: Any, files: Files) -> None:
    files(replace(source()["policy visible on holds_hold"], app="figures"))

    install("owner")
    files(replace(source()["policy visible on holds_hold"], app="figures"))

    assert install("owner") == []


def test_a_function_with_another_result_is_replaced_with_all_that_rests_on_it(
    owner: Any, files: Files
) -> None:
    files(
        SqlObject(
            "function",
            "takedowns_asks_everything",
            "",
            "postgres",
            _function("takedowns_asks_everything", "int"),
        ),
        *_asking_for_one(),
    )

    made = install("owner")

    assert "function takedowns_asks_everything" in made
    assert "RETURNS integer" in _definitions(owner)["function takedowns_asks_everything"]


def _function(name: str, result: str, arguments: str = "") -> str:
    return f"CREATE OR REPLACE FUNCTION {name}({arguments}) RETURNS {result} LANGUAGE sql STABLE AS $$ SELECT 1 $$;"


def _asking_for_one() -> list[SqlObject]:
    """Return all that rests on the function, each asking it for 1."""
    return [
        replace(one, text=one.text.replace("takedowns_asks_everything()", "takedowns_asks_everything() = 1"))
        for one in source().values()
        if "takedowns_asks_everything()" in one.text and one.name != "takedowns_asks_everything"
    ]


def test_a_function_with_other_arguments_leaves_no_second_one(owner: Any, files: Files) -> None:
    files(
        SqlObject(
            "function", "takedowns_looks", "", "verification", _function("takedowns_looks", "int", "a int")
        )
    )

    assert install("owner") == ["function takedowns_looks"]

    owner.execute(
        "SELECT pg_get_function_identity_arguments(oid) FROM pg_proc WHERE proname = 'takedowns_looks'"
        " AND pronamespace = 'public'::regnamespace"
    )
    assert owner.fetchall() == [("a integer",)]


def test_an_index_is_made_anew_when_a_function_changes_that_it_rests_on_by_way_of_another(
    owner: Any, files: Files
) -> None:
    cut = source()["function takedowns_cut"]
    files(replace(cut, text=cut.text.replace("4000", "3000")))

    assert set(install("owner")) == {
        "function takedowns_cut",
        "index event_by_words",
        "index item_by_words",
        "index referral_by_group_words",
    }


def test_an_index_that_was_not_finished_is_made_anew(owner: Any) -> None:
    owner.execute("COMMENT ON INDEX item_by_handle IS NULL")

    assert install("owner") == ["index item_by_handle"]


def test_nothing_is_changed_where_one_object_cannot_be_made(owner: Any, files: Files) -> None:
    before = _definitions(owner)
    hold = "policy visible on holds_hold"
    files(
        replace(source()[hold], text="CREATE POLICY visible ON holds_hold FOR SELECT USING (false);"),
        SqlObject(
            "policy",
            "wrong",
            "holds_hold",
            "referrals",
            "CREATE POLICY wrong ON holds_hold USING (1);",
        ),
    )

    with pytest.raises(Exception, match="boolean"), transaction.atomic("owner"):
        install("owner")

    assert _definitions(owner) == before


def test_installing_gives_up_behind_a_long_transaction(
    owner: Any, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "_LOCK_TIMEOUT", "50ms")
    files(without=("policy visible on holds_hold",))
    with connections["default"].cursor() as reader:
        reader.execute("SELECT count(*) FROM holds_hold")

    with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic("owner"):
        install("owner")


def test_objects_of_an_app_stay_while_it_is_halfway_between_migrations(
    owner: Any, files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = "from django.db import migrations\nclass Migration(migrations.Migration): pass\n"
    (tmp_path / "halfway").mkdir()
    for name, text in (("__init__", ""), ("0001_initial", empty), ("0002_later", empty)):
        (tmp_path / "halfway" / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    files(without=("index item_by_words",))

    with override_settings(MIGRATION_MODULES={"search": "halfway"}):
        assert install("owner") == []

    assert "index item_by_words" in _definitions(owner)


def test_objects_of_an_app_without_tables_are_dropped(owner: Any) -> None:
    owner.execute("DELETE FROM django_migrations WHERE app = 'webhooks'")

    install("owner")

    found = _definitions(owner)
    assert "trigger wake_webhooks on referrals_event" not in found
    assert "function takedowns_wake_webhooks" not in found
    assert "policy visible on referrals_event" in found


def test_a_migration_takes_out_what_stands_in_its_way_and_the_end_of_migrate_puts_it_back(owner: Any) -> None:
    key = "policy visible on holds_hold"
    migration = migrations.Migration("test", "referrals")
    migration.operations = [RemoveSQL(key), RemoveSQL("index no_such_index")]
    executor = MigrationExecutor(connections["owner"])
    state = executor.loader.project_state()

    with connections["owner"].schema_editor(atomic=False) as editor:
        migration.apply(state, editor)
    assert key not in _definitions(owner)
    assert install("owner") == [key]

    with connections["owner"].schema_editor(atomic=False) as editor:
        migration.unapply(state, editor)
    assert key not in _definitions(owner)
    assert install("owner") == [key]


def test_the_check_names_what_was_not_installed(owner: Any, files: Files) -> None:
    assert [found.id for found in run_checks(databases=["default"]) if found.id == "takedowns.E004"] == []
    files(replace(source()["policy visible on holds_hold"], app="figures"))
    (found,) = [found for found in run_checks(databases=["default"]) if found.id == "takedowns.E004"]
    assert "policy visible on holds_hold" in found.msg


@pytest.mark.parametrize(
    "text",
    [
        "DROP TABLE holds_hold;",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;",
        "CREATE POLICY p ON t USING (true)",
        "",
    ],
)
def test_a_file_with_anything_else_is_refused_by_name(text: str) -> None:
    with pytest.raises(SourceError, match=r"^here\.sql: "):
        parse(text, "referrals", "here.sql")


def test_the_files_are_part_of_the_package() -> None:
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"][
        "takedowns"
    ]
    shipped = {path for pattern in patterns for path in (ROOT / "takedowns").glob(pattern)}
    assert {*(ROOT / "takedowns").glob("*/sql/*.sql")} <= shipped


def test_each_file_is_named_after_what_it_holds() -> None:
    for path in (ROOT / "takedowns").glob("*/sql/*.sql"):
        first, *more = parse(path.read_text(), "any", str(path))
        assert path.stem in {first.name, first.table}, path
        assert not more or first.kind != "function", path
