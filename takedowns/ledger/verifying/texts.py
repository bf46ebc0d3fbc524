"""How the rows of a table read as entries, as one expression: what ``takedowns_entry_text`` says, ten times as quick.

That function takes any row apart by the names of its columns. It is asked once for each table which columns it takes, and
makes the text itself of columns whose values it does not take as they are.
"""

from __future__ import annotations

from typing import Any, Final

#: Types whose text is what JSON holds of them, in quotation marks; and those that JSON puts in quotation marks itself.
_PLAIN: Final = frozenset({"uuid", "smallint", "integer", "bigint", "boolean"})
_QUOTED: Final = frozenset({"text", "character varying", "timestamp with time zone", "date"})

_COLUMNS: Final = """
    SELECT attname, regexp_replace(format_type(atttypid, atttypmod), '\\([^)]*\\)', '') FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attname COLLATE "C"
"""
#: Which columns are taken, and whether as they are: a value that is none of theirs comes back, or its digest.
_TAKEN: Final = """
    SELECT name, value = '-' FROM jsonb_each_text(takedowns_entry_text((
        SELECT jsonb_object_agg(name, '-') FROM unnest(%s::text[]) AS one (name)
    ), %s)::jsonb) AS taken (name, value)
"""


def entry_text(cursor: Any, table: str, *, withheld: bool) -> str:
    """Return an expression over the row ``one`` of a table: its text as an entry has it, what is shown or what is withheld."""
    cursor.execute(_COLUMNS, [table])
    types: dict[str, str] = dict(cursor.fetchall())
    cursor.execute(_TAKEN, [list(types), withheld])
    taken: dict[str, bool] = dict(cursor.fetchall())
    members = [
        _member(name, kind if taken[name] else "", "true" if withheld else "false")
        for name, kind in types.items()
        if name in taken
    ]
    return " || ',' || ".join(members).join(("'{' || ", " || '}'")) if members else "'{}'"


def _member(name: str, kind: str, withheld: str) -> str:
    column = f'one."{name}"'
    if kind in _PLAIN:
        return f"""coalesce('"{name}":"' || {column} || '"', '"{name}":null')"""
    if kind in _QUOTED:
        return f"""coalesce('"{name}":' || to_json({column})::text, '"{name}":null')"""
    alone = f"takedowns_entry_text(jsonb_build_object('{name}', {column}), {withheld})"
    return f"""btrim({alone}, '{{}}')"""
