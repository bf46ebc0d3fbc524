"""The sandbox: a schema with a copy of the work's tables, empty, for whoever calls with a test key.

Who works in it names no other tables: the transaction's ``search_path`` finds the copies first. So nothing of it can
stand in a list, a figure, a feed or an export of the real work, and nothing done in it can reach that: not because each
query thinks of it, but because they are other tables. What is not copied (people, keys, jobs) is the real one; a job
about the sandbox says so, and works there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, Final

from django.db import connections, transaction

SCHEMA: Final = "sandbox"
#: The value of search_path in the sandbox, and outside. A temporary table never stands in the place of one of ours: what is
#: not named is looked into first.
INSIDE: Final = f"{SCHEMA}, public, pg_temp"
OUTSIDE: Final = "public, pg_temp"

_COPIED: Final = r"^(referrals|holds|duties|evidence|fingerprints|orders|complaints|statements|sending|wallboard|intake|figures|verification|webhooks)_|^directory_(agency|platform|platformhost|provider)$"
#: Triggers that reach beyond the copies (the ledger), and those that keep events for ever: a sandbox is emptied again.
_LEFT_OUT: Final = r"^(ledger_|pgtrigger_append_only)"

_TABLES: Final = """
    SELECT class.relname, class.relrowsecurity,
           (SELECT string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod), attnotnull, attidentity,
                                        pg_get_expr(adbin, adrelid)), ', ' ORDER BY attnum)
            FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
            WHERE attrelid = class.oid AND attnum > 0 AND NOT attisdropped),
           (SELECT string_agg(pg_get_constraintdef(oid), ', ' ORDER BY conname) FROM pg_constraint
            WHERE conrelid = class.oid AND contype <> 'f'),
           (SELECT string_agg(pg_get_indexdef(indexrelid), ', ' ORDER BY indexrelid) FROM pg_index WHERE indrelid = class.oid)
    FROM pg_class AS class
    WHERE class.relnamespace = 'public'::regnamespace AND class.relkind = 'r' AND class.relname ~ %s
    ORDER BY class.relname
"""
_POLICIES: Final = """
    SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies
    WHERE schemaname = 'public' AND tablename ~ %s ORDER BY tablename, policyname
"""
_TRIGGERS: Final = """
    SELECT class.relname, pg_get_triggerdef(pg_trigger.oid, true) FROM pg_trigger JOIN pg_class AS class ON class.oid = tgrelid
    WHERE class.relnamespace = 'public'::regnamespace AND class.relname ~ %s AND NOT tgisinternal AND tgname !~ %s
    ORDER BY class.relname, tgname
"""
#: Functions that look past row-level security name the schema they look into, and those that are parsed when they are made
#: are bound to the tables they name; all others follow their caller.
_FUNCTIONS: Final = """
    SELECT pg_get_functiondef(oid) FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' AND prorettype <> 'trigger'::regtype
      AND (prosecdef OR prosqlbody IS NOT NULL)
    ORDER BY proname, oid
"""


def rebuild(using: str) -> bool:
    """Make the sandbox anew where the tables it copies have changed; return whether it was. What was in it is lost.

    Runs as the role that owns the schema; ``grants.grant`` then lets the application in.
    """
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(
            f"SET LOCAL search_path = {OUTSIDE}"
        )  # so that definitions name tables without a schema
        statements = list(_statements(cursor))
        digest = hashlib.sha256("\n".join(statements).encode()).hexdigest()
        cursor.execute("SELECT obj_description(to_regnamespace(%s), 'pg_namespace')", [SCHEMA])
        if cursor.fetchone()[0] == digest:
            return False
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA}")
        cursor.execute(f"SET LOCAL search_path = {INSIDE}")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute(f"COMMENT ON SCHEMA {SCHEMA} IS '{digest}'")
    return True


def _statements(cursor: Any) -> Iterator[str]:
    """Yield what makes the copies, in order."""
    cursor.execute(_TABLES, [_COPIED])
    for table, secured, *details in cursor.fetchall():
        # What LIKE copies is told in a comment, so that the statements differ whenever it does.
        told = " ".join(str(detail) for detail in details).replace("*/", "* /")
        yield f'CREATE TABLE {SCHEMA}."{table}" (LIKE public."{table}" INCLUDING ALL) /* {told} */'
        if secured:
            yield f'ALTER TABLE {SCHEMA}."{table}" ENABLE ROW LEVEL SECURITY'
    cursor.execute(_FUNCTIONS)
    # Twice: one that was made before a copy of what it names is bound to that copy the second time.
    for (definition,) in cursor.fetchall() * 2:
        yield definition.replace("FUNCTION public.", f"FUNCTION {SCHEMA}.", 1).replace(
            "TO 'pg_catalog', 'public', 'pg_temp'", f"TO 'pg_catalog', '{SCHEMA}', 'public', 'pg_temp'", 1
        )
    cursor.execute(_POLICIES, [_COPIED])
    for table, name, command, using, check in cursor.fetchall():
        conditions = (f" USING ({using})" if using else "") + (f" WITH CHECK ({check})" if check else "")
        yield f'CREATE POLICY "{name}" ON {SCHEMA}."{table}" FOR {command}{conditions}'
    cursor.execute(_TRIGGERS, [_COPIED, _LEFT_OUT])
    for table, definition in cursor.fetchall():
        yield definition.replace(f" ON {table} ", f" ON {SCHEMA}.{table} ", 1)
