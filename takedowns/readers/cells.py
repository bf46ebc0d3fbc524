"""Single cells: kind, tier and language as officers write them, in the words of this list where a person said what they mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from typing import Generic, NamedTuple, TypeVar

from takedowns.readers.date_order import DateOrder
from takedowns.readers.dates import NOTHING, time_reader
from takedowns.readers.model import shown
from takedowns.readers.vocabulary import headers, languages, plain, words

Value = TypeVar("Value")

_REMEMBERED = 8_192

_TIER = re.compile(r"([^\W\d_]{0,20})[\s.:\-]*([0-9])(?:[.,]0+)?(?:\s*/\s*5)?")
_TIER_NAMED = re.compile(r"([0-9])\s*[-\u2013\u2014:.)(=/]\s*\D.*", re.DOTALL)
_TIERS = frozenset("12345")

SENTENCES_OF_WORDS = ("Kind '", "Priority '", "Language '", "Listed group '")
"""How the sentences begin about words that a person can say the meaning of."""


class Remembered(dict[str, Value], Generic[Value]):
    """Cells already read: text → what was read. Columns repeat themselves, so most rows cost a look-up."""

    def __init__(self, read: Callable[[str], Value]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: str) -> Value:
        result = self._read(cell)
        if len(self) >= _REMEMBERED:
            self.clear()
        self[cell] = result
        return result


class Word(NamedTuple, Generic[Value]):
    """What a cell of a vocabulary was read as."""

    value: Value
    problem: str = ""
    """A sentence that says why not, "" mostly."""
    word: str = ""
    """The cell, where a person may want to say what it means: not understood, or understood as something else."""


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
    """The tier, 1 to 5, of cells such as "2", "Tier 2", "P2", "2 - crisis", "crisis", "high"."""
    text = cell.strip()
    if text.lower() in NOTHING:
        return None, ""
    name = ""
    if (found := _TIER.fullmatch(text)) and (found[1].lower() in {"", "t", "p"} or _is_tier(found[1])):
        name = found[2]
    elif found := _TIER_NAMED.fullmatch(text):
        name = found[1]
    name = name or words("tier").get(plain(text), "")
    if name in _TIERS:
        return int(name), ""
    return None, f"Priority '{shown(text)}' is not a number from 1 to 5; left empty."


def _is_tier(word: str) -> bool:
    """Whether a word before a number heads a column of tiers ("Stufe 2")."""
    return headers().get(plain(word)) == "tier"


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


def group_reader(groups: Mapping[str, str]) -> Callable[[str], tuple[str, str]]:
    """A reader of cells that name a listed group by any of its texts; `groups` as `Choices.groups`, kept as written without."""

    def read(cell: str) -> tuple[str, str]:
        text = cell.strip()
        if not groups:
            return text, ""
        if text.lower() in NOTHING:
            return "", ""
        name = groups.get(word_key(text))
        if name:
            return name, ""
        return text, f"Listed group '{shown(text)}' is not one of the listed groups; kept as written."

    return read


def word_key(cell: str) -> str:
    """A word of a cell as it is compared, for saying what it means."""
    return plain(cell) or cell.strip().casefold()


class Cells:
    """The readers of a list's cells, each remembering what it read: all that is decided for a list as a whole."""

    def __init__(
        self,
        zone: tzinfo,
        order: DateOrder | None = None,
        meanings: Mapping[tuple[str, str], str] | None = None,
        groups: Mapping[str, str] | None = None,
    ) -> None:
        """`zone`: of times without one. `order`: of the column of dates. `meanings`, `groups`: see `Choices`."""
        known = meanings or {}
        self.kinds: Remembered[Word[str]] = Remembered(
            lambda cell: _word("kind", cell, known, read_kind, str)
        )
        self.tiers: Remembered[Word[int | None]] = Remembered(
            lambda cell: _word(
                "tier", cell, known, read_tier, lambda said: int(said) if said in _TIERS else None
            )
        )
        self.languages: Remembered[Word[str]] = Remembered(
            lambda cell: _word("language", cell, known, read_language, str)
        )
        read_group = group_reader(groups or {})
        self.groups: Remembered[Word[str]] = Remembered(
            lambda cell: _word("listed_group", cell, known, read_group, str)
        )
        self.times: Remembered[tuple[datetime | None, str]] = Remembered(time_reader(zone, order))


def _word(
    field: str,
    cell: str,
    meanings: Mapping[tuple[str, str], str],
    read: Callable[[str], tuple[Value, str]],
    value_of: Callable[[str], Value],
) -> Word[Value]:
    """Read a cell as a person said, else as we know it. A word for a tier is told even where we know one: we may err."""
    if (said := meanings.get((field, word_key(cell)))) is not None:
        return Word(value_of(said), "", cell.strip())
    value, problem = read(cell)
    told = problem or (field == "tier" and value is not None and not any(map(str.isdigit, cell)))
    return Word(value, problem, cell.strip() if told else "")
