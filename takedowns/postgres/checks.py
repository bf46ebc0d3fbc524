"""System checks (``manage.py check --database default``): is the application's role as harmless as it must be?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from takedowns.postgres.grants import roles_of_parts
from takedowns.postgres.objects import outdated

MINIMUM_VERSION = 150000


@register(Tags.database)
def check_role(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Refuse an application role that owns tables or can bypass row-level security, and a server before 15."""
    if not databases or "default" not in databases:
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute(
            """
            SELECT current_user, rolsuper OR rolbypassrls,
                   EXISTS (SELECT 1 FROM pg_class WHERE relowner = pg_roles.oid AND relkind = 'r'),
                   current_setting('server_version_num')::int
            FROM pg_roles WHERE rolname = current_user
            """
        )
        role, bypasses, owns, version = cursor.fetchone()
    messages: list[CheckMessage] = []
    if version < MINIMUM_VERSION:
        messages.append(
            Error(f"PostgreSQL {version // 10000} is too old.", hint="Use 15 or later.", id="takedowns.E003")
        )
    if bypasses:
        messages.append(
            Error(
                f"The application connects as '{role}', which bypasses row-level security.",
                hint="Name a plain role in DATABASE_URL and the owner in DATABASE_OWNER_URL.",
                id="takedowns.E001",
            )
        )
    if owns:
        messages.append(
            Error(
                f"The application connects as '{role}', which owns tables.",
                hint="Run migrations as another role: DATABASE_OWNER_URL.",
                id="takedowns.E002",
            )
        )
    return messages


_OF_PARTS = """
    SELECT named.role, found.rolname IS NULL, coalesce(found.rolsuper OR found.rolbypassrls, false),
           ARRAY(SELECT other FROM unnest(%(others)s::text[]) AS other JOIN pg_roles AS known ON known.rolname = other
                 WHERE other <> named.role AND pg_has_role(found.oid, known.oid, 'MEMBER')),
           coalesce(has_table_privilege(found.oid, to_regclass('public.directory_agency'), 'SELECT'), false)
    FROM unnest(%(roles)s::text[]) AS named(role) LEFT JOIN pg_roles AS found ON found.rolname = named.role
"""


@register(Tags.database)
def check_parts(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Refuse a part's role that is not there, was given nothing yet, bypasses policies or can become another role."""
    parts = roles_of_parts()
    if not databases or "default" not in databases or not parts:
        return []
    others = {*parts.values(), *(settings.DATABASES[name]["USER"] for name in ("default", "owner"))}
    with connections["default"].cursor() as cursor:
        cursor.execute(_OF_PARTS, {"roles": list(parts.values()), "others": sorted(others)})
        found = cursor.fetchall()
    messages: list[CheckMessage] = []
    for role, missing, bypasses, becomes, has_rights in found:
        if missing:
            wrong, hint = (
                "is not on the server",
                "Make it (docs/operators/processes.md), then run “manage.py migrate”.",
            )
        elif bypasses:
            wrong, hint = "bypasses row-level security", "ALTER ROLE … NOSUPERUSER NOBYPASSRLS."
        elif becomes:
            wrong, hint = (
                f"can become {', '.join(becomes)}",
                "REVOKE that membership: a part's role is nobody else's.",
            )
        elif not has_rights:
            wrong, hint = "has no rights yet", "Run “manage.py migrate” with the settings of the application."
        else:
            continue
        messages.append(Error(f"The role '{role}' of a part {wrong}.", hint=hint, id="takedowns.E008"))
    return messages


FROM_PUBLIC = """
    SELECT 'create temporary tables' FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) AS may
    WHERE datname = current_database() AND may.grantee = 0 AND may.privilege_type = 'TEMPORARY'
    UNION ALL
    SELECT 'create objects in the schema public' FROM pg_namespace, aclexplode(nspacl) AS may
    WHERE nspname = 'public' AND may.grantee = 0 AND may.privilege_type = 'CREATE'
"""


@register(Tags.database)
def check_public(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Refuse a database in which every role of the server may make objects; ``migrate`` takes that right where it may."""
    if not databases or "default" not in databases:
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute(FROM_PUBLIC)
        found = [what for (what,) in cursor.fetchall()]
    return [
        Error(
            f"Every role of the server may {what}.",
            hint="Let the owner's role own the database, and run “manage.py migrate”.",
            id="takedowns.E005",
        )
        for what in found
    ]


@register(Tags.database)
def check_objects(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Refuse a database whose functions, policies, triggers or indexes are not those of this version."""
    if not databases or "default" not in databases or not (found := outdated("default")):
        return []
    named = ", ".join(found[:5]) + (", …" if len(found) > 5 else "")
    return [
        Error(
            f"{len(found)} SQL objects of the database are not those of this version: {named}.",
            hint="Run “manage.py migrate”.",
            id="takedowns.E004",
        )
    ]
