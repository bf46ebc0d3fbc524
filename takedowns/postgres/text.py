"""Sets as one value each, and what PostgreSQL takes as text: everything but the character NUL (U+0000)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import DataError

NUL: Final = "\0"
#: untranslatable_character, as for \\u0000 in a JSON value.
_IN_JSON: Final = "22P05"


def uuid_array(ids: Iterable[UUID | str]) -> str:
    """Return ids as PostgreSQL writes ``uuid[]``: psycopg would look at each of them for its type and what to escape."""
    return "{" + ",".join(map(str, ids)) + "}"


def record_set(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows as JSON for ``json_to_recordset(%s)``, which names their columns and types. Moments keep their offset."""
    return orjson.dumps(rows).decode()


def holds_nul(exception: Exception) -> bool:
    """Tell whether a statement failed because a text or JSON value holds a NUL."""
    if not isinstance(exception, DataError):
        return False
    return "NUL (0x00)" in str(exception) or getattr(exception.__cause__, "sqlstate", "") == _IN_JSON
