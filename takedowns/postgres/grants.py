"""What the running application may do to the tables that migrations make."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.db import connections
from psycopg import sql

from takedowns.postgres.sandbox import SCHEMA

READ_ONLY = {"django_migrations"}
_IN_SANDBOX = (
    "GRANT USAGE ON SCHEMA {} TO {}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {} TO {}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {} TO {}",
    "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {} TO {}",
)


def grant(using: str) -> None:
    """Let the application's role read and write rows; never change the schema, and never alter an event.

    A model with ``append_only = True`` can be inserted into and read, nothing else (DESIGN: events never change).
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
            "GRANT USAGE ON SCHEMA public TO {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
            "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {}",
        ):
            cursor.execute(sql.SQL(statement).format(role).as_string(None))
        cursor.execute("SELECT to_regnamespace(%s) IS NOT NULL", [SCHEMA])
        # Nothing in the sandbox is kept for ever: there the application may empty every table.
        for statement in _IN_SANDBOX if cursor.fetchone()[0] else ():
            cursor.execute(sql.SQL(statement).format(sql.Identifier(SCHEMA), role).as_string(None))
        tables = {model._meta.db_table for model in apps.get_models() if getattr(model, "append_only", False)}
        for table in sorted(tables & present):
            cursor.execute(
                sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}")
                .format(sql.Identifier(table), role)
                .as_string(None)
            )
        for table in sorted(READ_ONLY & present):
            cursor.execute(
                sql.SQL("REVOKE INSERT, UPDATE, DELETE ON {} FROM {}")
                .format(sql.Identifier(table), role)
                .as_string(None)
            )
