"""What the running application may do to the tables that migrations make."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.core.management.base import CommandError
from django.db import connections, transaction
from psycopg import sql

from takedowns.postgres.narrowing import IN_SANDBOX, ONLY_CALLED, ONLY_UPDATED, WITHHELD, calls
from takedowns.postgres.parts import Part, role_of
from takedowns.postgres.rights import letters
from takedowns.postgres.sandbox import SCHEMA

READ_ONLY = {"django_migrations"}
#: The sequence that holds the number of the log's epoch: read, never moved on.
LOG_EPOCH = "takedowns_log_epoch"
#: What a database lets everybody do who gets into the server, and we do not.
_FROM_PUBLIC = (
    "REVOKE ALL ON SCHEMA public FROM PUBLIC",
    "REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC",
    "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
)
_IN_SANDBOX = (
    "GRANT USAGE ON SCHEMA {1} TO {0}",
    "GRANT {2} ON ALL TABLES IN SCHEMA {1} TO {0}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {1} TO {0}",
    "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {1} TO {0}",
    "REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA {1} FROM PUBLIC",
)
_LETTERS: Final = {"S": "SELECT", "I": "INSERT", "U": "UPDATE", "D": "DELETE"}
#: Whoever may execute one can make it the trigger of a temporary table, and choose what it believes to have happened.
_OF_TRIGGERS = """
    SELECT oid::regprocedure::text FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND prorettype IN ('trigger'::regtype, 'event_trigger'::regtype)
"""

#: Of names, the functions.
_NAMED = """
    SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname = ANY(%s)
"""


def of_database(name: str, application_role: str) -> list[str]:
    """Return the statements that let the application and its parts, and nobody else, connect and keep rows for a transaction.

    A copy of a database does not copy these rights.
    """
    database = sql.Identifier(name)
    roles = sql.SQL(", ").join(
        map(sql.Identifier, dict.fromkeys((application_role, *roles_of_parts().values())))
    )
    return [
        sql.SQL(statement).format(database, roles).as_string(None)
        for statement in (
            "REVOKE CONNECT, TEMPORARY ON DATABASE {0} FROM PUBLIC",
            "GRANT CONNECT, TEMPORARY ON DATABASE {0} TO {1}",
        )
    ]


def roles_of_parts() -> dict[str, str]:
    """Return the roles of the parts that have one of their own, by part."""
    application = settings.DATABASES["default"]["USER"]
    found = {part: str(role_of(part)) for part in Part if role_of(part)}
    return {part: role for part, role in found.items() if role != application}


def grant(using: str) -> None:
    """Let the application's role read and write rows; never change the schema, and never alter an event. PUBLIC may nothing.

    A model with ``append_only = True`` can be inserted into and read, nothing else (DESIGN: events never change); one with
    ``written_by_triggers = True`` can be read, one with ``closed_to_application = True`` not even that. The parts that have a role
    of their own may what ``rights.py`` says, within that.

    Raises:
        CommandError: a role that the settings name is not on the server.
    """
    application_role = settings.DATABASES["default"]["USER"]
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT current_user")
        owner = cursor.fetchone()[0]
        parts = {part: role for part, role in roles_of_parts().items() if role != owner}
        _require(cursor, parts)
        for statement in (
            *(of_database(connections[using].settings_dict["NAME"], application_role)),
            *_FROM_PUBLIC,
        ):
            cursor.execute(statement)
        if owner != application_role:  # one role for both: the deployment check says so (takedowns.E002)
            _grant_application(cursor, application_role, using)
        for part, role in parts.items():
            with transaction.atomic(using=using):  # whoever works meanwhile never finds a right gone
                _grant_part(cursor, part, role, using)


def _require(cursor: Any, parts: dict[str, str]) -> None:
    cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(parts.values())])
    known = {name for (name,) in cursor.fetchall()}
    for part, role in parts.items():
        if role not in known:
            raise CommandError(
                f"DATABASE_{part.upper()}_URL names the role “{role}”, which the server does not know. Make it, as its superuser: "
                f"CREATE ROLE {role} LOGIN PASSWORD '…' NOSUPERUSER NOBYPASSRLS; then run “takedowns migrate” again."
            )


def _grant_application(cursor: Any, application_role: str, using: str) -> None:
    # A migration may just have been taken back: grant on what is there.
    present = set(connections[using].introspection.table_names())
    role = sql.Identifier(application_role)
    for statement in (
        "GRANT USAGE ON SCHEMA public TO {}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
    ):
        _run(cursor, statement, role)
    _grant_objects(cursor, role)
    # Nothing in the sandbox is kept for ever: there the application may empty every table.
    _grant_sandbox(cursor, role, _LETTERS)
    for table in sorted(_tables_with("append_only") & present):
        _run(cursor, "REVOKE UPDATE, DELETE, TRUNCATE ON {1} FROM {0}", role, sql.Identifier(table))
    for table in sorted(_tables_with("closed_to_application") & present):
        _run(cursor, "REVOKE ALL ON {1} FROM {0}", role, sql.Identifier(table))
    for table in sorted((READ_ONLY | _tables_with("written_by_triggers")) & present):
        _run(cursor, "REVOKE INSERT, UPDATE, DELETE ON {1} FROM {0}", role, sql.Identifier(table))


def _grant_part(cursor: Any, part: str, name: str, using: str) -> None:
    role = sql.Identifier(name)
    _run(cursor, "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}", role)
    _run(cursor, "GRANT USAGE ON SCHEMA public TO {}", role)
    _grant_objects(cursor, role)
    cursor.execute(_NAMED, [[name for name in ONLY_CALLED if not calls(part, name)]])
    for (function,) in cursor.fetchall():
        _run(cursor, "REVOKE EXECUTE ON FUNCTION {1} FROM {0}", role, sql.SQL(function))
    if part in IN_SANDBOX:
        _grant_sandbox(cursor, role, IN_SANDBOX[part])
    for table in connections[using].introspection.table_names(cursor):
        withheld = {column for (of, column), parts in WITHHELD.items() if of == table and part in parts}
        columns = [one.name for one in connections[using].introspection.get_table_description(cursor, table)]
        for letter in may(part, table):
            only: Iterable[str] | None = None
            if letter == "U" and (table, part) in ONLY_UPDATED:
                only = ONLY_UPDATED[table, part]
            elif withheld and letter in "SU":
                only = [column for column in columns if column not in withheld]
            listed = (
                sql.SQL(" ({})").format(sql.SQL(", ").join(map(sql.Identifier, only)))
                if only
                else sql.SQL("")
            )
            _run(
                cursor,
                f"GRANT {_LETTERS[letter]}{{2}} ON {{1}} TO {{0}}",
                role,
                sql.Identifier(table),
                listed,
            )


def may(part: str, table: str) -> str:
    """Return what a part may do to a table: what ``rights.py`` says, and never more than the model allows anybody."""
    if table in _tables_with("closed_to_application"):
        return ""
    allowed = "SIUD"
    if table in READ_ONLY | _tables_with("written_by_triggers"):
        allowed = "S"
    elif table in _tables_with("append_only"):
        allowed = "SI"
    return "".join(letter for letter in letters(part, table) if letter in allowed)


def _grant_objects(cursor: Any, role: sql.Identifier) -> None:
    """Let a role use sequences and functions, but for the log's epoch, and triggers as triggers alone."""
    _run(cursor, "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}", role)
    _run(cursor, "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {}", role)
    cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [LOG_EPOCH])
    if cursor.fetchone()[0]:
        _run(cursor, "REVOKE USAGE ON SEQUENCE {1} FROM {0}", role, sql.Identifier(LOG_EPOCH))
    cursor.execute(_OF_TRIGGERS)
    for (function,) in cursor.fetchall():
        _run(cursor, "REVOKE EXECUTE ON FUNCTION {1} FROM {0}", role, sql.SQL(function))


def _grant_sandbox(cursor: Any, role: sql.Identifier, rights: Iterable[str]) -> None:
    cursor.execute("SELECT to_regnamespace(%s) IS NOT NULL", [SCHEMA])
    if not cursor.fetchone()[0]:
        return
    for statement in _IN_SANDBOX:
        rights_named = sql.SQL(", ").join(sql.SQL(_LETTERS[letter]) for letter in rights)
        _run(cursor, statement, role, sql.Identifier(SCHEMA), rights_named)


def _run(cursor: Any, statement: str, *parts: sql.Composable) -> None:
    cursor.execute(sql.SQL(statement).format(*parts).as_string(None))


def _tables_with(mark: str) -> set[str]:
    return {model._meta.db_table for model in apps.get_models() if getattr(model, mark, False)}
