"""What the words of a row mean: every one of them is understood, or the row stops."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import timezone

from takedowns.answers import words
from takedowns.answers.rows import NOTHING, Problem, Reading
from takedowns.answers.signs import comparable, in_doubt, written_out
from takedowns.answers.words import OPEN, Word
from takedowns.readers.date_order import FIGURES, DateOrder, readable, without_weekday
from takedowns.readers.dates import BETWEEN, time_reader
from takedowns.readers.vocabulary import plain
from takedowns.referrals.lifecycle import ENDING

#: Characters of a word that are shown to a person.
_SHOWN: Final = 120


@dataclass(slots=True)
class Meaning:
    """What a row says of the answer; ``answer`` is None where it says none."""

    answer: Word | None = None
    action: str = ""
    decline_reason: str = ""
    text: str = ""
    at: datetime | None = None
    left_open: bool = False

    @property
    def says_nothing(self) -> bool:
        """Whether neither an answer is given nor said that there is none yet."""
        return self.answer is None and not self.left_open

    def take(self, other: Meaning) -> None:
        """Take the answer of what stands above: of a heading, or of a title."""
        self.answer, self.left_open = other.answer, other.left_open
        self.action, self.decline_reason = other.action, other.decline_reason


def not_understood(word: str) -> Problem:
    """Return why a row with an unknown word is stopped."""
    return Problem("not_understood", {"said": word[:_SHOWN]})


class Interpreter:
    """Understands the words of one list.

    Args:
        reading: what a person said that words mean.
        column: the cells of the column of times, which are read alike.
    """

    def __init__(self, reading: Reading, column: Sequence[str] = ()) -> None:
        self._chosen = reading.words
        self._times = _Times(column, reading.dates)

    def of_words(self, said: Iterable[str]) -> Meaning | Problem:
        """Understand words that stand alone: in the cell of the answer, or beside an address."""
        meaning = Meaning()
        answers: list[tuple[str, Word]] = []
        reasons: list[str] = []
        for word in said:
            key = comparable(word)
            if self._chosen.get(key) == NOTHING:
                continue
            answer = self._answer(key)
            if key not in self._chosen and in_doubt(written_out(word).strip()):
                return not_understood(word)
            if answer is not None:
                answers.append((word, answer))
            elif key in words.actions():
                meaning.action = words.actions()[key]
            elif key in words.decline_reasons():
                reasons.append(word)
            elif (moment := self._times.of(word)) is not None:
                meaning.at = moment
            else:
                return not_understood(word)
        return self._put_together(meaning, answers, reasons)

    def of_heading(self, text: str, said: Sequence[str]) -> Meaning | Problem:
        """Understand what stands above rows: as one word, or in the pieces ``said``.

        A heading that is not understood may say that what stands below it was refused, so it stops the rows that say nothing else.
        """
        whole = " ".join(text.split())[:_SHOWN]
        for words_of in ((whole,), said):
            meaning = self.of_words(words_of)
            if isinstance(meaning, Meaning):
                return meaning
        return not_understood(whole)

    def says_nothing(self, text: str) -> bool:
        """Tell whether a person said that a text says nothing of the answer."""
        return self._chosen.get(comparable(text)) == NOTHING

    def _answer(self, key: str) -> Word | None:
        chosen = self._chosen.get(key)
        if chosen == "open":
            return OPEN
        return Word(*chosen.partition("/")[::2]) if chosen else words.answers().get(key)

    def _put_together(
        self, meaning: Meaning, answers: list[tuple[str, Word]], reasons: list[str]
    ) -> Meaning | Problem:
        if any(answer.transition == "decline" for _, answer in answers):
            # "declined: not found" says why; it does not answer twice.
            why = [
                word
                for word, one in answers
                if one.transition != "decline" and plain(word) in words.decline_reasons()
            ]
            answers = [(word, one) for word, one in answers if word not in why]
            for word in (*why, *reasons):
                meaning.decline_reason = words.decline_reasons()[plain(word)]
        elif reasons:  # "news" or "other" beside an address is no answer
            return not_understood(reasons[0])
        for word, answer in answers:
            if meaning.answer and meaning.answer.transition != answer.transition:
                return Problem("two_answers", {"first": answers[0][0], "second": word})
            if answer.action or not meaning.answer:
                meaning.answer = answer
        if meaning.answer == OPEN:
            meaning.answer, meaning.left_open = None, True
        elif meaning.answer is None and meaning.action:
            meaning.answer = _answer_of(meaning.action)
        if meaning.answer and meaning.answer.action and not meaning.action:
            meaning.action = meaning.answer.action
        return meaning

    def with_columns(self, meaning: Meaning, cells: Mapping[str, Sequence[str]]) -> Meaning | Problem:
        """Add what stands in the columns of action, reason and time, which take free text too."""
        texts: list[str] = []
        for cell in cells.get("action", ()):
            action = words.actions().get(comparable(cell))
            if action is None:
                texts.append(cell)
                continue
            meaning.action = action
            if meaning.answer is None and not meaning.left_open:
                meaning.answer = _answer_of(action)
        for cell in cells.get("reason", ()):
            reason = words.decline_reasons().get(comparable(cell))
            if reason and meaning.answer and meaning.answer.transition == "decline":
                meaning.decline_reason = reason
            else:
                texts.append(cell)
        for text in texts:
            if words.is_another(text, meaning.answer):
                said = next(filter(None, map(cells.get, ("answer", "action", "url", "reference"))), ())
                return Problem("two_answers", {"first": "; ".join(said)[:_SHOWN], "second": text[:_SHOWN]})
        meaning.text = "; ".join(texts)
        if meaning.answer is None and meaning.text and not meaning.left_open:
            return Problem("text_without_answer", {"said": meaning.text[:_SHOWN]})
        if written := joined(cells.get("answered_at", ())):
            meaning.at = self._times.of(written)
            if meaning.at is None:
                code = "time_order" if self._times.may_be_two(written) else "no_time"
                return Problem(code, {"said": " ".join(cells["answered_at"])[:_SHOWN]})
        return meaning


def joined(cells: Sequence[str]) -> str:
    """Return a date and a time that stand in two columns as one cell, as the reader of times takes them."""
    return BETWEEN.join(cells)


def _answer_of(action: str) -> Word:
    return Word("remove" if action in ENDING else "restrict", action)


class _Times:
    """The moments of one column, read as lists that are handed in are; a time without a zone is the installation's."""

    def __init__(self, column: Sequence[str], first: str) -> None:
        self._order = DateOrder(first, zone=str(timezone.get_default_timezone()))
        for cell in column:
            self._order.see(cell.partition(BETWEEN)[0])
        self._read = time_reader(timezone.get_default_timezone(), self._order, "answered_at")
        self._known: dict[str, datetime | None] = {}

    def of(self, text: str) -> datetime | None:
        """Return the moment a cell tells, or None where it tells none or may be two."""
        if text not in self._known:
            self._known[text] = self._read(text)[0] if any(map(str.isdigit, text)) else None
        return self._known[text]

    def may_be_two(self, text: str) -> bool:
        """Tell whether a date may begin with its day or with its month, and nothing in the column decides it."""
        figures = FIGURES.match(without_weekday(readable(text)))
        return figures is not None and self._order.sorted(figures)[0] == 0
