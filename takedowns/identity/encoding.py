"""Percent-encoding, decoded exactly once and written back in one way (RFC 3986, section 2)."""

from __future__ import annotations

import re
import unicodedata

_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_STRAY = re.compile(r"%(?![0-9A-Fa-f]{2})")
# Bytes never decoded in a path: "/" and "%" would change meaning on the next reading, controls and "\" are no text.
_KEPT_IN_PATH = frozenset(b"/%\\") | frozenset(range(0x20)) | {0x7F}
_UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"


def _table(safe: bytes) -> dict[int, str]:
    return {byte: chr(byte) if byte in safe else f"%{byte:02X}" for byte in range(256)}


# In a decoded path "%" only ever begins an escape that was kept; in a decoded query value or fragment it is itself.
_PATH = _table(_UNRESERVED + b"!$&'()*+,;=:@/%")
_VALUE = _table(_UNRESERVED + b"!$'()*,;:@/")
_URL = _table(_UNRESERVED + b"!$&'()*+,;=:@/?#%[]")


def _decode(run: re.Match[str], kept: frozenset[int]) -> str:
    # A byte that is no UTF-8 comes out as a lone surrogate, 0xDC00 above its value, and is escaped again.
    text = bytes.fromhex(run.group().replace("%", "")).decode("utf-8", "surrogateescape")
    return "".join(
        f"%{ord(c) & 0xFF:02X}" if ord(c) in kept or "\udc80" <= c <= "\udcff" else c for c in text
    )


def decode_path(path: str) -> str:
    """Decode the percent-escapes of a path once. %2F and %25 stay escaped, as does what is no UTF-8."""
    return _ESCAPES.sub(lambda run: _decode(run, _KEPT_IN_PATH), _STRAY.sub("%25", path))


def decode_value(value: str) -> str:
    """Decode a query value or fragment once; "+" is a space. What is no UTF-8 stays escaped."""
    if "+" in value:
        value = value.replace("+", " ")
    if "%" not in value:
        return value
    return _ESCAPES.sub(lambda run: _decode(run, frozenset()), value)


def decode_fragment(value: str) -> str:
    """Decode a fragment once; here "+" is itself."""
    if "%" not in value:
        return value
    return _ESCAPES.sub(lambda run: _decode(run, frozenset()), value)


def quote(url: str) -> str:
    """Escape what may not stand in a URL, leaving escapes and separators that are there as they are."""
    return "".join(map(_URL.__getitem__, url.encode()))


def quote_path(value: str) -> str:
    """Escape a value that decode_path() gave for use in a path."""
    return "".join(map(_PATH.__getitem__, value.encode()))


def quote_value(value: str) -> str:
    """Escape a fully decoded value for use in a query, a fragment or a path."""
    return "".join(map(_VALUE.__getitem__, value.encode()))


def compose(text: str) -> str:
    """Bring text to Unicode normal form C, so that one name typed on two keyboards is one name."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def pairs(search: str) -> list[tuple[str, str]]:
    """Split a query string into decoded (name, value) pairs, in order, as application/x-www-form-urlencoded."""
    out = []
    is_plain = "%" not in search and "+" not in search
    for part in search.split("&"):
        if part:
            name, _, value = part.partition("=")
            out.append((name, value) if is_plain else (decode_value(name), decode_value(value)))
    return out
