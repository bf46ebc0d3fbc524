"""Signs that turn the direction of reading, shown instead of obeyed: with one, a text reads otherwise than it is written."""

from __future__ import annotations

import re
from typing import Final

#: Marks (U+061C, U+200E, U+200F), embeddings and overrides (U+202A to U+202E), isolates (U+2066 to U+2069): UAX 9, section 2.
DIRECTIONS: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def shown(text: str) -> str:
    """Return a text with each such sign written out, as ``[U+202E]``: where people or paper read what others wrote."""
    if text.isascii():
        return text
    return DIRECTIONS.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)
