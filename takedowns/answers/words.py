"""The words in which platforms answer, in every language that is read, and the columns of the lists they return."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from django.conf import settings
from django.utils import translation

from takedowns.readers import HASH_FIELDS, Vocabulary, vocabulary_of
from takedowns.readers.vocabulary import handed_in, headers, plain
from takedowns.referrals.lifecycle import ANSWERS
from takedowns.referrals.vocabulary import Action, DeclineReason

#: Columns of the lists that officers hand in which say nothing of an answer; "note" is not among them.
_HANDED_IN: Final = frozenset(
    {"kind", "tier", "language", "outlet", "listed_group", "ground", "found_at", *HASH_FIELDS}
)


class Word(NamedTuple):
    """What a word says: a move of the lifecycle, and the action where it names one; "" as move: not answered yet."""

    transition: str
    action: str = ""


OPEN: Final = Word("")


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))


@cache
def answers() -> Mapping[str, Word]:
    """Comparable word → what it answers: of words.toml, and the names, buttons and statuses of the pages."""
    known: dict[str, Word] = {}
    for key, words in _table()["answer"].items():
        transition, _, action = key.partition("/")
        known |= {plain(word): Word(transition, action) for word in words}
    known |= {plain(word): OPEN for word in _table()["open"]["open"]}
    labels = {move.name: (move.label, str(move.enters)) for move in ANSWERS.values()}
    return known | {word: Word(name) for word, name in _labelled(labels).items()}


def is_another(cell: str, answer: Word | None) -> bool:
    """Tell whether a cell in another place than that of the answer says an answer too, and not the one given.

    Receipt and questions come before any answer, and why something was declined may be said in the words of another.
    """
    found = answers().get(plain(cell), OPEN)
    if answer is None or found.transition in ("", "acknowledge", "request_information", answer.transition):
        return False
    return answer.transition != "decline" or plain(cell) not in decline_reasons()


@cache
def actions() -> Mapping[str, str]:
    """Comparable word → code of an action."""
    return _known("action") | _labelled({str(one): (one.label,) for one in Action})


@cache
def decline_reasons() -> Mapping[str, str]:
    """Comparable word → code of a reason for declining."""
    return _known("decline_reason") | _labelled({str(one): (one.label,) for one in DeclineReason})


@cache
def returned() -> Vocabulary:
    """The vocabulary of the lists that platforms return."""
    words = dict(_table()["header"])
    words["url"] = [word for word, field in headers().items() if field == "url"]
    return vocabulary_of(words, ("reference", "url"))


@cache
def field_of(header: str) -> str:
    """The field a column fills; "ignored" where it says nothing of an answer, "" where it is not known."""
    field = returned().field_of(header)
    if field is None and handed_in().field_of(header) in _HANDED_IN:
        return "ignored"
    return field or ""


def _known(subject: str) -> dict[str, str]:
    return {plain(word): code for code, words in _table()[subject].items() for word in (code, *words)}


def _labelled(of: Mapping[str, Iterable[object]]) -> dict[str, str]:
    """Return which code each word stands for: the code itself, or a label in any language of the pages."""
    found = {plain(code): code for code in of}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for code, names in of.items():
                found |= {plain(str(name)): code for name in names}
    return found
