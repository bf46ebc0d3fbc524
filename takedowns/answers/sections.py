"""Lines of words among rows: headings of the rows below, or words about those above. Where it may be either, both stop."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final, NamedTuple

from takedowns.answers.meaning import Interpreter, Meaning
from takedowns.answers.pieces import Said
from takedowns.answers.rows import Problem
from takedowns.answers.signs import is_sign
from takedowns.answers.words import answers, field_of
from takedowns.readers.vocabulary import mail_words, plain

#: Characters of a line of words that are shown to a person.
_SHOWN: Final = 120
#: What stands in addresses and names, whole or not, and in no heading.
_OF_A_NAME: Final = re.compile(r"[/\\@]|\w\.\w")
#: "some_channel", "channel24": no word of an answer holds a digit or an underscore.
_NAME_ALONE: Final = re.compile(r"(?=[^\W\d_]*[\d_])(?=.*[^\W\d_])\w+")
#: "Declined: https://…": the word may be said of this address, or of all that follow.
_LABEL: Final = re.compile(r":\s*[<(\[\"'\u00ab\u201c\u201e]*$")


_PART_OF_NAME: Final = re.compile(r"[^\W_]+")
_MOST_PARTS: Final = 4
#: What a name may say of all rows; companies are called "Limited".
_OF_ALL: Final = frozenset({"remove", "decline", "report_unavailable", "reinstate"})


class Told(NamedTuple):
    """What one line says: its names, and its answer. A line of words that is understood as a heading says nothing itself."""

    number: int
    found: Said
    text: str
    meaning: Meaning | Problem


class Line(NamedTuple):
    """A line as it is sorted: ``words`` are those of a line of words, None for a row."""

    number: int
    text: str
    found: Said
    words: tuple[str, ...] | None


def is_of_words(text: str, found: Said) -> bool:
    """Tell a line of words from a name that is not whole: "Declined:", "We could not remove these", "Rejets"."""
    if found.references or found.addresses or not found.words or _OF_A_NAME.search(text):
        return False
    if all(map(field_of, found.words)) or _NAME_ALONE.fullmatch(
        text.strip()
    ):  # the headers of a table; a bare name
        return False
    return any(map(str.isalpha, text)) or is_sign(text) or plain(text) in answers()


def is_label(text: str, found: Said) -> bool:
    """Tell whether words stand before the first name of a row as a label does: "Declined: https://…"."""
    names = [at for name in (*found.references, *found.addresses) if (at := text.find(name)) > 0]
    return bool(names) and _LABEL.search(text[: min(names)]) is not None


def followed_by(lines: Sequence[Line]) -> list[int | None]:
    """Return the number of the first row below each line; None where none is."""
    below: list[int | None] = []
    following: int | None = None
    for line in reversed(lines):
        below.append(following)
        if line.words is None:
            following = line.number
    return below[::-1]


@dataclass(slots=True)
class Sections:
    """The rows of a list, each under the words that stand above it.

    Attributes:
        above: what the words above say; a Problem where that is not understood, or may be about other rows.
        told: the lines so far.
    """

    interpreter: Interpreter
    above: Meaning | Problem | None
    told: list[Told] = field(default_factory=list)
    # Rows since the last line of words that say nothing, and over which nothing certain stands: by their place in told.
    _bare: list[int] = field(default_factory=list)
    _certain: bool = False
    _last: int = 0
    _closed: bool = False

    def __post_init__(self) -> None:
        self._certain = isinstance(self.above, Meaning)

    def under(self, meaning: Meaning | Problem) -> Meaning | Problem:
        """Return what a row means: what it says itself, else what stands above it."""
        if self.above is None or isinstance(meaning, Problem) or not meaning.says_nothing:
            return meaning
        if isinstance(self.above, Problem):
            return self.above
        meaning.take(self.above)
        return meaning

    def row(self, told: Told, *, bare: bool, label: str = "") -> None:
        """Add a row.

        Args:
            bare: it says nothing itself.
            label: words before its name, which may be a heading of those that follow.
        """
        if bare and not self._certain:
            self._bare.append(len(self.told))
        self.told.append(told)
        self._last = told.number
        if label:
            self.above, self._certain = _apart(label), False

    def words(self, line: Line, below: int | None) -> None:
        """Add a line of words; ``below`` is the number of the row that follows it."""
        meaning = self.interpreter.of_heading(line.text, line.words or ())
        if isinstance(meaning, Meaning) and meaning.says_nothing:  # a person says so
            return
        self._closed = self._closed or (below is None and plain(line.text) in _closings())
        is_heading = line.text.rstrip().endswith(":") and below is not None
        joins_above, joins_below = line.number == self._last + 1, below == line.number + 1
        if self._bare and not is_heading and not self._closed and (joins_above or not joins_below):
            if isinstance(meaning, Meaning):
                meaning = _apart(line.text)
            for one in self._bare:
                self.told[one] = self.told[one]._replace(meaning=meaning)
        if isinstance(meaning, Problem):
            self.told.append(Told(line.number, Said(), line.text, meaning))
        if joins_above:
            self._last = line.number
        # What may be about the rows above is uncertain for those below, and so is every such line after it.
        self._certain = isinstance(meaning, Meaning)
        self.above, self._bare = meaning, []


def headed(text: str, interpreter: Interpreter, said: Iterable[str]) -> Meaning | Problem | None:
    """Return what a title says of all rows; None where a person says that it says nothing."""
    meaning = interpreter.of_heading(text, tuple(said))
    return meaning if isinstance(meaning, Problem) or not meaning.says_nothing else None


def called(names: Iterable[str], interpreter: Interpreter) -> Meaning | Problem | None:
    """Return what the names of a sheet and of its file say of all rows in them; None where they say nothing of answers.

    A name that says more than an answer ("telegram_not_removed") is asked about.
    """
    for name in names:
        parts = _PART_OF_NAME.findall(name.casefold())
        if not parts or interpreter.says_nothing(name):
            continue
        for text in (name, " ".join(part for part in parts if not part.isdigit())):
            if plain(text) in answers():
                return headed(text, interpreter, [text])
        runs = (
            "".join(parts[start : start + length])
            for start in range(len(parts))
            for length in range(1, _MOST_PARTS + 1)
        )
        if any(plain(run) in answers() and answers()[plain(run)].transition in _OF_ALL for run in runs):
            meaning = interpreter.of_words([name])
            return meaning if isinstance(meaning, Problem) or not meaning.says_nothing else None
    return None


def _apart(text: str) -> Problem:
    return Problem("words_apart", {"said": " ".join(text.split())[:_SHOWN]})


@cache
def _closings() -> frozenset[str]:
    return frozenset(map(plain, mail_words("closings")))
