"""JSON out, by orjson: strict (no NaN, no lone surrogates), the same bytes for the same facts."""

from __future__ import annotations

from typing import Any, Final

import orjson

_OPTIONS: Final = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


def dumps(data: Any) -> bytes:
    """Return JSON in UTF-8; moments as RFC 3339 in UTC with a Z, UUIDs as text."""
    return orjson.dumps(data, default=str, option=_OPTIONS)
