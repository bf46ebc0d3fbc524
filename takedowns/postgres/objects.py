"""SQL that is source: functions, policies, triggers, indexes and settings of tables, one file an object in ``APP/sql/``.

Migrations make tables and columns; what is here rests on them and is written as it is *now*. ``manage.py migrate`` installs
it after the migrations (:func:`install`): what is new or has changed, and only that. What no file holds any more is
dropped. So an object is changed where it stands, and its history is that of its file (a "repeatable migration").

A comment on each object tells from which text it was made; the database needs no table of its own for that.

A file holds one function, or statements each of which ends in a semicolon at the end of a line: ``CREATE POLICY``, ``CREATE
TRIGGER``, ``CREATE INDEX``, ``CREATE UNLOGGED TABLE`` (made anew, empty, when it changes), and ``ALTER TABLE``, which must be
repeatable; all of one table stand in one file, and what one no longer says is not undone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.db import ProgrammingError, connections, transaction
from django.db.migrations.loader import MigrationLoader

from takedowns.postgres.sandbox import SCHEMA as SANDBOX

#: The order in which objects are made; they are dropped in the opposite one.
KINDS: Final = ("function", "table", "settings", "policy", "trigger", "index")
#: What can be replaced as it stands; all else is dropped and made anew.
_IN_PLACE: Final = {"function", "settings"}
_HEADS: Final = {
    "function": re.compile(r"CREATE OR REPLACE FUNCTION (?P<name>\w+)\s*\("),
    "table": re.compile(r"CREATE UNLOGGED TABLE (?P<name>\w+)"),
    "settings": re.compile(r"ALTER TABLE (?P<name>\w+)"),
    "policy": re.compile(r"CREATE POLICY (?P<name>\w+) ON (?P<table>\w+)"),
    "trigger": re.compile(r"CREATE TRIGGER (?P<name>\w+)\s.*?\sON (?P<table>\w+)", re.DOTALL),
    "index": re.compile(r"CREATE (?:UNIQUE )?INDEX (?P<name>\w+) ON \w+"),
}
_MARK: Final = "takedowns.sql"
#: Replacing a policy locks its table for an instant. Behind a long transaction it gives up rather than stop everybody.
_LOCK_TIMEOUT: Final = "10s"
#: Indexes of the sandbox carry copies of the comments.
_MADE: Final = """
    SELECT description FROM pg_description
    WHERE objsubid = 0 AND description LIKE %s
      AND coalesce((pg_identify_object(classoid, objoid, 0)).schema, 'public') = 'public'
"""


class SourceError(ValueError):
    """A file of SQL is not as it must be; the message names it and says what to do."""


@dataclass(frozen=True, slots=True)
class SqlObject:
    """One object of the database, as a file defines it.

    Attributes:
        kind: one of :data:`KINDS`.
        name: of the function, table, policy, trigger or index; of settings, the table's.
        table: of a policy or trigger, else empty.
        app: label of the app whose file it is.
        text: the statement (of settings: all of them).
    """

    kind: str
    name: str
    table: str
    app: str
    text: str

    @property
    def key(self) -> str:
        """What the object is, as DROP and COMMENT ON name it: ``policy visible on referrals_event``."""
        return f"{self.kind} {self.name}" + (f" on {self.table}" if self.table else "")

    @property
    def mark(self) -> str:
        """The comment that tells from which text the object was made."""
        digest = hashlib.sha256(self.text.encode()).hexdigest()[:32]
        return f"{_MARK} {digest} {self.app} {self.key}"


@dataclass(frozen=True, slots=True)
class _Made:
    """An object that the database holds, as its comment tells."""

    mark: str

    @property
    def app(self) -> str:
        return self.mark.split(" ", 3)[2]

    @property
    def key(self) -> str:
        return self.mark.split(" ", 3)[3]

    @property
    def kind(self) -> str:
        return self.key.split(" ", 1)[0]


def source() -> dict[str, SqlObject]:
    """Return every object that the files of our apps define, by key, in the order in which they are made.

    Raises:
        SourceError: a file holds what is none of the known statements, or two files define the same object.
    """
    found: dict[str, SqlObject] = {}
    for app in _our_apps():
        for path in sorted((Path(app.path) / "sql").glob("*.sql")):
            for one in parse(path.read_text(encoding="utf-8"), app.label, str(path)):
                if one.key in found:
                    raise SourceError(f"{path}: there is a second “{one.key}” (app {found[one.key].app}).")
                found[one.key] = one
    return {
        one.key: one for kind in KINDS for one in _in_order([o for o in found.values() if o.kind == kind])
    }


def _in_order(alike: list[SqlObject]) -> list[SqlObject]:
    """Return objects of one kind so that what a function names comes before it."""
    by_name = {one.name: one for one in alike if one.kind == "function"}
    ordered: dict[str, SqlObject] = {}

    def put(one: SqlObject, above: frozenset[str]) -> None:
        for name in sorted(set(re.findall(r"\w+", one.text)) & by_name.keys() - above - {one.name}):
            put(by_name[name], above | {one.name})
        ordered.setdefault(one.key, one)

    for one in alike:
        put(one, frozenset())
    return list(ordered.values())


def parse(text: str, app: str, path: str) -> list[SqlObject]:
    """Return the objects of one file.

    Raises:
        SourceError: it holds what is none of the known statements.
    """
    lines = text.split("\n")
    code = "\n".join(line for line in lines if not line.startswith("--")).strip()
    statements = [code] if _HEADS["function"].match(code) else re.split(r"(?<=;)\n+", code)
    found: list[SqlObject] = []
    settings: dict[str, list[str]] = {}
    for statement in statements:
        heads = ((kind, head.match(statement)) for kind, head in _HEADS.items())
        kind, match = next(((kind, match) for kind, match in heads if match), ("", None))
        if match is None or not statement.endswith(";"):
            raise SourceError(f"{path}: “{statement[:60]}” is none of the statements that belong here.")
        if kind == "settings":
            settings.setdefault(match["name"], []).append(statement)
        else:
            found.append(SqlObject(kind, match["name"], match.groupdict().get("table") or "", app, statement))
    found += [SqlObject("settings", table, "", app, "\n".join(texts)) for table, texts in settings.items()]
    return found


def install(using: str, only: Collection[str] | None = None) -> list[str]:
    """Bring the database's objects to what the files say; return the keys of those that were made, in order.

    Objects of an app are left alone while only some of its migrations are applied (somebody went back to an earlier one),
    and dropped when none is. All in one transaction, except indexes: those are built beside running work, one by one
    (unless the caller is in a transaction, as tests are).

    Args:
        using: alias of the database, as the role that owns the schema.
        only: labels of apps; nothing of others is made or dropped.
    """
    ready, halfway = _apps(using)
    ready = ready if only is None else ready & {*only}
    wanted = {key: one for key, one in source().items() if one.app in ready}
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT set_config('search_path', 'public', true), set_config('check_function_bodies', 'off', true),"
            " set_config('lock_timeout', %s, true)",
            [_LOCK_TIMEOUT],
        )
        owners = {found.app for found in _made(cursor)} - halfway if only is None else ready
        _drop_all(cursor, [found.key for found in _stale(cursor, wanted, owners)])
        made = []
        while functions := _missing(cursor, wanted, {"function"}):  # one may take others out with it
            made.append(_replace_function(cursor, functions[0], _resting_on(functions[0], wanted), using))
        for one in _missing(cursor, wanted, {"table", "settings", "policy", "trigger"}):
            cursor.execute(one.text)
            made.append(_remember(cursor, one))
        indexes = _missing(cursor, wanted, {"index"})
    return made + [_build_index(using, one) for one in indexes]


def begin_entries(using: str) -> int:
    """Take what tables hold into the ledger where its triggers have just come; return how many rows."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT takedowns_begin_entries()")
        return int(cursor.fetchone()[0])


def keep_log_epoch(using: str) -> None:
    """Begin a new epoch of the log where the database has come to another server (``takedowns_keep_log_epoch.sql``)."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regprocedure('takedowns_keep_log_epoch()') IS NOT NULL")
        if cursor.fetchone()[0]:  # not while somebody has gone back to an earlier migration
            cursor.execute("SELECT takedowns_keep_log_epoch()")


def outdated(using: str) -> list[str]:
    """Return the keys of objects that the database does not hold as the files say."""
    with connections[using].cursor() as cursor:
        return [one.key for one in _missing(cursor, source(), KINDS)]


def drop_statement(key: str) -> str:
    """Return the statement that drops an object if it is there."""
    kind, name = key.split(" ", 1)
    if kind not in KINDS or kind == "settings":
        raise SourceError(f"“{key}” cannot be dropped: name a {', '.join(KINDS)}.")
    return f"DROP {kind.upper()} IF EXISTS {name}"


def _our_apps() -> list[Any]:
    return [app for app in apps.get_app_configs() if app.name.startswith("takedowns.")]


def _apps(using: str) -> tuple[set[str], set[str]]:
    """Return the labels of our apps whose migrations are all applied, and of those of which only some are."""
    loader = MigrationLoader(connections[using])
    applied = set(loader.applied_migrations)
    ready, halfway = set(), set()
    for app in _our_apps():
        nodes = {node for node in loader.disk_migrations if node[0] == app.label}
        if nodes <= applied:
            ready.add(app.label)
        elif nodes & applied:
            halfway.add(app.label)
    return ready, halfway


def _made(cursor: Any) -> list[_Made]:
    cursor.execute(_MADE, [f"{_MARK} %"])
    return [_Made(mark) for (mark,) in cursor.fetchall()]


def _stale(cursor: Any, wanted: Mapping[str, SqlObject], owners: Collection[str]) -> list[_Made]:
    """Return what is to be dropped: what no file of its app holds any more, and what cannot be replaced as it stands."""
    stale = []
    for found in _made(cursor):
        if (one := wanted.get(found.key)) is None:
            changed = found.app in owners
        else:
            changed = one.mark != found.mark and found.kind not in _IN_PLACE
        stale += [found] if changed else []
    return sorted(stale, key=lambda found: KINDS.index(found.kind), reverse=True)


def _missing(cursor: Any, wanted: Mapping[str, SqlObject], kinds: Collection[str]) -> list[SqlObject]:
    marks = {found.mark for found in _made(cursor)}
    return [one for one in wanted.values() if one.kind in kinds and one.mark not in marks]


def _drop_all(cursor: Any, keys: Collection[str]) -> None:
    """Drop objects, functions last and at once: PostgreSQL then finds out itself which of them rests on which."""
    functions = [key for key in keys if key.startswith("function ")]
    for key in keys:
        if key not in functions:
            _drop(cursor, key)
    if functions:
        _drop(cursor, functions[0], *functions[1:])


def _drop(cursor: Any, key: str, *others: str) -> None:
    """Drop an object, and others of its kind with it."""
    kind, name = key.split(" ", 1)
    if kind == "settings":
        cursor.execute(f"COMMENT ON TABLE {name} IS NULL")
        return
    if kind == "function":
        # Copies of policies and indexes rest on it; migrate makes the sandbox anew.
        cursor.execute(f"DROP SCHEMA IF EXISTS {SANDBOX} CASCADE")
    cursor.execute(", ".join([drop_statement(key), *(other.split(" ", 1)[1] for other in others)]))


def _remember(cursor: Any, one: SqlObject) -> str:
    named = one.key.replace("settings ", "table ", 1)
    cursor.execute(f"COMMENT ON {named} IS '{one.mark}'")
    return one.key


def _resting_on(function: SqlObject, wanted: Mapping[str, SqlObject]) -> list[SqlObject]:
    """Return what names a function, also by way of other functions: PostgreSQL keeps no note of what their bodies name."""
    found: dict[str, SqlObject] = {}
    names = [function.name]
    while names:
        named = re.compile(rf"\b{names.pop()}\b")
        for key, one in wanted.items():
            if key not in found and key != function.key and named.search(one.text):
                found[key] = one
                names += [one.name] if one.kind == "function" else []
    return list(found.values())


def _replace_function(cursor: Any, one: SqlObject, resting: list[SqlObject], using: str) -> str:
    """Put a function in the place of the one of its name, and drop what rests on it and must be made anew for that.

    An index holds what the function returned before. Where arguments or the type of the result differ, PostgreSQL wants
    the function dropped, and all that rests on it.
    """
    for other in resting:
        if other.kind == "index":
            _drop(cursor, other.key)
    try:
        with transaction.atomic(using=using):
            cursor.execute(one.text)
            return _remember(cursor, one)  # ambiguous where it has become a second one of the name
    except ProgrammingError:
        for other in sorted(resting, key=lambda other: KINDS.index(other.kind), reverse=True):
            _drop(cursor, other.key)
        _drop(cursor, one.key)
        cursor.execute(one.text)
        return _remember(cursor, one)


def _build_index(using: str, one: SqlObject) -> str:
    connection = connections[using]
    beside = "" if connection.in_atomic_block else " CONCURRENTLY"
    with connection.cursor() as cursor:
        # One that was interrupted is left behind unusable, and without our comment.
        cursor.execute(f"DROP INDEX{beside} IF EXISTS {one.name}")
        cursor.execute(one.text.replace("INDEX", f"INDEX{beside}", 1))
        return _remember(cursor, one)
