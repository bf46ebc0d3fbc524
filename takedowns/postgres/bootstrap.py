"""Roles and the database of the embedded server. A real installation's are made by its operator (docs/operators/install.md)."""

from __future__ import annotations

from typing import Final

import psycopg
from psycopg import sql

from takedowns.postgres.cluster import SUPERUSER, Cluster

DATABASE: Final = "takedowns"
OWNER_ROLE: Final = "takedowns_owner"
APPLICATION_ROLE: Final = "takedowns_app"
#: By part of the application, the role that it connects as (``parts.py``).
PART_ROLES: Final = {
    "web": "takedowns_web",
    "api": "takedowns_api",
    "sign_in": "takedowns_sign_in",
    "worker": "takedowns_worker",
}

_prepared: set[Cluster] = set()


def prepare(cluster: Cluster) -> None:
    """Start ``cluster`` for this process and make sure its roles and its database exist. Idempotent.

    The owner migrates and may create the tests' databases; the application's role and those of its parts own nothing and
    cannot bypass row-level security.
    """
    cluster.acquire()
    if cluster in _prepared:
        return
    with psycopg.connect(cluster.dsn(SUPERUSER, SUPERUSER), autocommit=True) as connection:
        # Two processes may come at the same moment: the second waits here and then finds everything there.
        connection.execute("SELECT pg_advisory_lock(hashtext('takedowns bootstrap'))")
        known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        plain = dict.fromkeys((APPLICATION_ROLE, *PART_ROLES.values()), "NOCREATEDB")
        for role, may in {OWNER_ROLE: "CREATEDB", **plain}.items():
            if role not in known:
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEROLE NOBYPASSRLS {}").format(
                        sql.Identifier(role), sql.SQL(may)
                    )
                )
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(DATABASE), sql.Identifier(OWNER_ROLE)
                )
            )
    _prepared.add(cluster)
