"""Entity tags: whether what a caller has seen still stands, whatever a proxy on the way made of our tag."""

from __future__ import annotations

import re
from typing import Final

_TAG: Final = re.compile(r'(?:W/)?"([^"]*)"')
#: What compressing proxies add to a tag: nginx makes it weak, Apache and Caddy append the coding.
_CODING: Final = re.compile(r"-(?:br|deflate|gzip|zstd)\Z")


def strong(tag: str) -> str:
    """Return the header of a representation that is the same byte for byte whenever the tag is."""
    return f'"{tag}"'


def weak(tag: str) -> str:
    """Return the header of one that says the same whenever the tag is, but for the time at which it was asked."""
    return f'W/"{tag}"'


def is_named(header: str | None, *tags: str) -> bool:
    """Tell whether a condition (``If-None-Match``, ``If-Match``) is ``*`` or names one of our tags.

    The comparison is the weak one (RFC 9110, section 8.8.3.2), for ``If-Match`` too: a proxy that compresses makes our
    tags weak, and whoever sends one back has seen what we sent. A tag without its quotes is taken as well.
    """
    if header is None:
        return False
    if header.strip() == "*":
        return True
    given = _TAG.findall(header) if '"' in header else header.split(",")
    return not {_CODING.sub("", one.strip().removeprefix("W/")) for one in given}.isdisjoint(tags)
