"""Words officers use, from the data files beside this module, compared without case, accents and punctuation."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from takedowns.readers.model import COLUMN_FIELDS


def plain(text: str) -> str:
    """`text` as it is compared: letters and digits only, no accents, no case ("Date d'observation" → "datedobservation")."""
    if text.isascii():
        return "".join(filter(str.isalnum, text)).lower()
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(filter(str.isalnum, decomposed))


def _table(filename: str) -> dict[str, dict[str, list[str]] | list[str]]:
    return tomllib.loads(files(__package__).joinpath(filename).read_text(encoding="utf-8"))


def _inverted(table: dict[str, list[str]]) -> dict[str, str]:
    words: dict[str, str] = {plain(key): key for key in table}
    for key, synonyms in table.items():
        for synonym in synonyms:
            words.setdefault(plain(synonym), key)
    return words


@cache
def headers() -> dict[str, str]:
    """Comparable header → our field."""
    return _inverted(_table("headers.toml"))  # type: ignore[arg-type]


@cache
def account_headers() -> frozenset[str]:
    """Comparable headers of columns of bare names, which say an item where a column says the platform."""
    return frozenset(map(plain, _table("words.toml")["account_columns"]["headers"]))  # type: ignore[call-overload]


@cache
def words(subject: str) -> dict[str, str]:
    """Comparable word → its meaning, for a `subject` of words.toml: "kind", "tier" or "month"."""
    return _inverted(_table("words.toml")[subject])  # type: ignore[arg-type]


def any_of(name: str) -> str:
    """A regular expression for one of the words around a time, of the list of that `name` in words.toml."""
    listed = _table("words.toml")["around_a_time"][name]  # type: ignore[call-overload]
    return "(?:" + "|".join(re.escape(word) for word in sorted(listed, key=len, reverse=True)) + ")"


def mail_words(name: str) -> list[str]:
    """The words of mail.toml: "headers" or "closings"."""
    return list(_table("mail.toml")[name])


@cache
def zones() -> dict[str, str]:
    """Comparable abbreviation of a time zone → minutes from UTC."""
    return {plain(name): minutes for minutes, names in _table("zones.toml").items() for name in names}


@cache
def languages() -> dict[str, str]:
    """Comparable code or name of a language → ISO 639-1 code."""
    return _inverted(_table("languages.toml"))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The fields of one kind of table, and how their columns are headed."""

    fields: tuple[str, ...]
    headers: Mapping[str, str]
    """Comparable header (:func:`plain`) → field; :func:`vocabulary_of` makes it from the words of a file."""
    needed: tuple[str, ...]
    """Fields of which a table has at least one; without, it is not such a table."""

    def field_of(self, header: str) -> str | None:
        """The field a column headed `header` fills, None where the header is not understood.

        "URL (link)" and "Link / URL" are understood by their parts.
        """
        found = self.headers.get(plain(header))
        if found is None and len(header) <= 80:
            for part in header.replace("(", "/").replace("[", "/").split("/"):
                found = self.headers.get(plain(part)) if part.strip() else None
                if found:
                    return found
        return found


def vocabulary_of(words_of: Mapping[str, list[str]], needed: tuple[str, ...]) -> Vocabulary:
    """The vocabulary of a table whose fields are headed by `words_of` (field → words), or by their own names."""
    return Vocabulary(tuple(words_of), _inverted(dict(words_of)), needed)


@cache
def handed_in() -> Vocabulary:
    """The vocabulary of the lists that officers hand in."""
    return Vocabulary(COLUMN_FIELDS, headers(), ("url",))
