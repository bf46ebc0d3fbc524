"""What the running application may do to the tables that migrations make."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.db import connections
from psycopg import sql

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
    "GRANT USAGE ON SCHEMA {} TO {}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {} TO {}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {} TO {}",
    "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {} TO {}",
    "REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA {} FROM PUBLIC",
)
#: Whoever may execute one can make it the trigger of a temporary table, and choose what it believes to have happened.
_OF_TRIGGERS = """
    SELECT oid::regprocedure::text FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND prorettype IN ('trigger'::regtype, 'event_trigger'::regtype)
"""


def of_database(name: str, application_role: str) -> list[str]:
    """Return the statements that let the application, and nobody else, connect and keep rows of its own for a transaction.

    A copy of a database does not copy these rights.
    """
    database, role = sql.Identifier(name), sql.Identifier(application_role)
    return [
        sql.SQL(statement).format(database, role).as_string(None)
        for statement in (
            "REVOKE CONNECT, TEMPORARY ON DATABASE {0} FROM PUBLIC",
            "GRANT CONNECT, TEMPORARY ON DATABASE {0} TO {1}",
        )
    ]


def grant(using: str) -> None:
    """Let the application's role read and write rows; never change the schema, and never alter an event. PUBLIC may nothing.

    A model with ``append_only = True`` can be inserted into and read, nothing else (DESIGN: events never change); one with
    ``written_by_triggers = True`` can be read, one with ``closed_to_application = True`` not even that.
    """
    application_role = settings.DATABASES["default"]["USER"]
    # A migration may just have been taken back: grant on what is there.
    present = set(connections[using].introspection.table_names())
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT current_user")
        if cursor.fetchone()[0] == application_role:
            return  # one role for both: the deployment check says so (takedowns.E002)
        role = sql.Identifier(application_role)
        for statement in (
            *of_database(connections[using].settings_dict["NAME"], application_role),
            *_FROM_PUBLIC,
        ):
            cursor.execute(statement)
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
            "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {}",
        ):
            cursor.execute(sql.SQL(statement).format(role).as_string(None))
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [LOG_EPOCH])
        if cursor.fetchone()[0]:
            cursor.execute(
                sql.SQL("REVOKE USAGE ON SEQUENCE {} FROM {}")
                .format(sql.Identifier(LOG_EPOCH), role)
                .as_string(None)
            )
        cursor.execute(_OF_TRIGGERS)
        for (function,) in cursor.fetchall():
            cursor.execute(
                sql.SQL("REVOKE EXECUTE ON FUNCTION {} FROM {}")
                .format(sql.SQL(function), role)
                .as_string(None)
            )
        cursor.execute("SELECT to_regnamespace(%s) IS NOT NULL", [SCHEMA])
        # Nothing in the sandbox is kept for ever: there the application may empty every table.
        for statement in _IN_SANDBOX if cursor.fetchone()[0] else ():
            cursor.execute(sql.SQL(statement).format(sql.Identifier(SCHEMA), role).as_string(None))
        for table in sorted(_tables_with("append_only") & present):
            cursor.execute(
                sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}")
                .format(sql.Identifier(table), role)
                .as_string(None)
            )
        for table in sorted(_tables_with("closed_to_application") & present):
            cursor.execute(
                sql.SQL("REVOKE ALL ON {} FROM {}").format(sql.Identifier(table), role).as_string(None)
            )
        for table in sorted((READ_ONLY | _tables_with("written_by_triggers")) & present):
            cursor.execute(
                sql.SQL("REVOKE INSERT, UPDATE, DELETE ON {} FROM {}")
                .format(sql.Identifier(table), role)
                .as_string(None)
            )


def _tables_with(mark: str) -> set[str]:
    return {model._meta.db_table for model in apps.get_models() if getattr(model, mark, False)}
