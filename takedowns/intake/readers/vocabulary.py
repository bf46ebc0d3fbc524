"""Words officers use, from the data files beside this module, compared without case, accents and punctuation."""

from __future__ import annotations

import tomllib
import unicodedata
from functools import cache
from importlib.resources import files


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
def words(subject: str) -> dict[str, str]:
    """Comparable word → its meaning, for a `subject` of words.toml: "kind", "tier" or "month"."""
    return _inverted(_table("words.toml")[subject])  # type: ignore[arg-type]


@cache
def languages() -> dict[str, str]:
    """Comparable code or name of a language → ISO 639-1 code."""
    return _inverted(_table("languages.toml"))  # type: ignore[arg-type]


def field_of(header: str) -> str | None:
    """The field a column headed `header` fills, None where the header is not understood.

    "URL (link)" and "Link / URL" are understood by their parts.
    """
    known = headers()
    found = known.get(plain(header))
    if found is None and len(header) <= 80:
        for part in header.replace("(", "/").replace("[", "/").split("/"):
            found = known.get(plain(part)) if part.strip() else None
            if found:
                return found
    return found
