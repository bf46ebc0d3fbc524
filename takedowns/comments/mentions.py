"""Whom a comment mentions: ``@name`` in its text, told from the names of those who may be mentioned. Plain Python.

What begins like nobody's name stays text: a handle on a platform begins with @, too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

#: An @ that no letter stands before (an e-mail address has one), and what may be a name behind it.
_AT: Final = re.compile(r"(?<![\w.+-])@(?=\w)")
_WORD: Final = re.compile(r"[\w.\-’']*[\w]")
#: What is shorter begins too many names.
SHORTEST: Final = 2


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may be mentioned."""

    id: UUID
    name: str
    email: str

    @property
    def label(self) -> str:
        """The name with the address, which tells two of one name apart."""
        return f"{self.name} ({self.email})" if self.name != self.email else self.email


@dataclass(frozen=True, slots=True)
class Mentioned:
    """Who is mentioned in a text.

    Attributes:
        people: those it names, in the order of the text.
        unclear: by what was typed, those it may mean where they are several.
    """

    people: list[Colleague] = field(default_factory=list)
    unclear: dict[str, list[Colleague]] = field(default_factory=dict)


def mentioned_in(text: str, colleagues: Sequence[Colleague]) -> Mentioned:
    """Return who a text mentions: the longest name that stands behind an @, or the only one that begins so."""
    found = Mentioned()
    for at in _AT.finditer(text):
        typed, fits = _fitting(text[at.end() :], colleagues)
        if len(fits) == 1:
            if fits[0] not in found.people:
                found.people.append(fits[0])
        elif fits:
            found.unclear[typed] = fits
    return found


def named(text: str, colleagues: Sequence[Colleague]) -> list[Colleague]:
    """Return those whom a name, an e-mail address or both, as a list offers them, means; several where it is not clear."""
    wanted = _plain(text.strip().lstrip("@"))
    exact = [one for one in colleagues if wanted in (_plain(one.label), _plain(one.email), _plain(one.name))]
    return exact or [one for one in colleagues if wanted and _plain(one.name).startswith(wanted)]


def _fitting(behind: str, colleagues: Sequence[Colleague]) -> tuple[str, list[Colleague]]:
    plain = _plain(behind)
    whole = {
        one: max(_length(plain, _plain(one.name)), _length(plain, _plain(one.email))) for one in colleagues
    }
    if longest := max(whole.values(), default=0):
        return behind[:longest], [one for one, length in whole.items() if length == longest]
    word = _WORD.match(behind)
    if word and behind[word.end() :].startswith("@"):
        return "", []  # the address of somebody else, who is not meant by what another's begins with
    typed = _plain(word[0]) if word else ""
    if len(typed) < SHORTEST:
        return "", []
    words = {one.id: [*_plain(one.name).split(), one.email.partition("@")[0]] for one in colleagues}
    fits = [one for one in colleagues if typed in words[one.id]]
    fits = fits or [one for one in colleagues if any(each.startswith(typed) for each in words[one.id])]
    return word[0] if word else "", fits


def _length(text: str, name: str) -> int:
    """Return how long the name is that a text begins with; 0 where it does not, or goes on as another."""
    return len(name) if text.startswith(name) and not re.match(r"\w", text[len(name) :]) else 0


def _plain(text: str) -> str:
    """Return a text without case and accents, as names are compared."""
    parts = unicodedata.normalize("NFD", text.casefold())
    return "".join(one for one in parts if not unicodedata.combining(one))
