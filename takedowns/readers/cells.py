"""Single cells: kind, tier and language as officers write them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import tzinfo
from typing import Generic, TypeVar

from takedowns.readers.date_order import DateOrder
from takedowns.readers.dates import NOTHING, time_reader
from takedowns.readers.model import shown
from takedowns.readers.vocabulary import languages, plain, words

Value = TypeVar("Value")

_REMEMBERED = 8_192

_TIER = re.compile(
    r"(?:tier|level|prio(?:rity)?|stufe|niveau|nivel|livello|t|p)?[\s.:\-]*([0-9])(?:[.,]0+)?", re.IGNORECASE
)
_TIER_NAMED = re.compile(r"([0-9])\s*[-\u2013\u2014:.)(=/]\s*\D.*", re.DOTALL)


class Remembered(dict[str, tuple[Value, str]], Generic[Value]):
    """Cells already read: text → (value, problem or ""). Columns repeat themselves, so most rows cost a look-up."""

    def __init__(self, read: Callable[[str], tuple[Value, str]]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: str) -> tuple[Value, str]:
        result = self._read(cell)
        if len(self) >= _REMEMBERED:
            self.clear()
        self[cell] = result
        return result


def read_kind(cell: str) -> tuple[str, str]:
    """The kind of item a cell names, in the vocabulary of `identity`; an unknown word is kept in lower case."""
    text = cell.strip()
    if text.lower() in NOTHING:
        return "", ""
    known = words("kind").get(plain(text))
    if known:
        return known, ""
    return (
        text.lower(),
        f"Kind '{shown(text)}' is not a kind known here (video, document, account, channel, ...); kept as written.",
    )


def read_tier(cell: str) -> tuple[int | None, str]:
    """The tier, 1 to 5, of cells such as "2", "Tier 2", "P2", "2 - crisis", "crisis"."""
    text = cell.strip()
    if text.lower() in NOTHING:
        return None, ""
    found = _TIER.fullmatch(text) or _TIER_NAMED.fullmatch(text)
    name = found[1] if found else words("tier").get(plain(text), "")
    if name in {"1", "2", "3", "4", "5"}:
        return int(name), ""
    return None, f"Tier '{shown(text)}' is not a number from 1 to 5; left empty."


def read_language(cell: str) -> tuple[str, str]:
    """ISO 639-1 code of cells such as "ar", "ar-SY", "ara", "Arabic", "arabe"."""
    text = cell.strip()
    if text.lower() in NOTHING:
        return "", ""
    known = languages()
    code = known.get(plain(text)) or known.get(plain(re.split(r"[-_(/,;]", text)[0]))
    if code:
        return code, ""
    return (
        "",
        f"Language '{shown(text)}' is not an ISO 639-1 code or the name of a language known here; left empty.",
    )


class Cells:
    """The readers of a list's cells, each remembering what it read: all that is decided for a list as a whole."""

    def __init__(self, zone: tzinfo, order: DateOrder | None = None) -> None:
        """A time without a zone is local time in `zone`; `order` is that of the column of dates."""
        self.kinds = Remembered(read_kind)
        self.tiers = Remembered(read_tier)
        self.languages = Remembered(read_language)
        self.times = Remembered(time_reader(zone, order))
