"""What PostgreSQL takes as text: everything but the character NUL (U+0000)."""

from __future__ import annotations

from typing import Final

from django.db import DataError

NUL: Final = "\0"
#: untranslatable_character, as for \\u0000 in a JSON value.
_IN_JSON: Final = "22P05"


def holds_nul(exception: Exception) -> bool:
    """Tell whether a statement failed because a text or JSON value holds a NUL."""
    if not isinstance(exception, DataError):
        return False
    return "NUL (0x00)" in str(exception) or getattr(exception.__cause__, "sqlstate", "") == _IN_JSON
