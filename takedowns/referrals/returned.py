"""Reading what a platform returned: a pasted list, or the hand-off file with its last columns filled in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Final

from django.conf import settings
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime
from django.utils.formats import number_format
from django.utils.translation import gettext

from takedowns.referrals.lifecycle import ANSWERS
from takedowns.referrals.vocabulary import Action, DeclineReason
from takedowns.tabular import unguard

MOST_ROWS: Final = 50_000
_HEADERS: Final = frozenset({"reference", "url"})
_DELIMITERS: Final = ",;\t"


class ReturnedError(ValueError):
    """What was returned cannot be read at all; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of what was returned.

    Attributes:
        line: as people count, from 1.
        names: the references and addresses by which it names its referral, the surest first.
        answer: name of the lifecycle's move; "" where the row says none and the default is meant.
        left_open: there is a column for the answer, and this row has none in it.
        problem: what in the row cannot be understood; then nothing of it counts.
    """

    line: int
    names: tuple[str, ...]
    answer: str = ""
    action: str = ""
    reason: str = ""
    at: datetime | None = None
    left_open: bool = False
    problem: str = ""


def decode(content: bytes) -> str:
    """Return a file's text: UTF-8 (with or without mark), UTF-16 with mark, otherwise Windows' western code page."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    if b"\x00" in content[:1000]:
        raise ReturnedError(gettext("This is no text. Save the spreadsheet as CSV and choose that file."))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def read(text: str) -> list[Row]:
    """Read rows. With a header that names ``reference`` or ``url``, by column; otherwise a reference or address a line.

    Raises:
        ReturnedError: no CSV at all, or more than :data:`MOST_ROWS` rows.
    """
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    try:
        rows = list(islice(_by_column(text) if _has_header(text) else _by_line(text), MOST_ROWS + 1))
    except csv.Error as error:
        raise ReturnedError(
            gettext("It cannot be read as CSV (%(why)s). Save it as CSV again, or paste the list.")
            % {"why": error}
        ) from error
    if len(rows) > MOST_ROWS:
        raise ReturnedError(
            gettext("There are more than %(most)s rows; take them in in parts.")
            % {"most": number_format(MOST_ROWS, force_grouping=True)}
        )
    return rows


def _delimiter(text: str) -> str:
    first = text.lstrip("\n").split("\n", 1)[0]
    return max(_DELIMITERS, key=first.count)


def _has_header(text: str) -> bool:
    first = text.lstrip("\n").split("\n", 1)[0]
    return bool(_HEADERS & {cell.strip().strip('"').lower() for cell in first.split(_delimiter(text))})


def _by_line(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.splitlines(), 1):
        if name := line.strip().strip('"'):
            yield Row(number, (unguard(name),))


def _by_column(text: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text))
    columns: list[str] = []
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if not columns:
            columns = [cell.strip().lower() for cell in cells]
            continue
        given = {
            name: unguard(cell.strip()) for name, cell in zip(columns, cells, strict=False) if cell.strip()
        }
        yield _row(reader.line_num, given, "answer" in columns)


def _row(line: int, given: Mapping[str, str], has_answers: bool) -> Row:
    names = tuple(given[name] for name in ("reference", "url") if name in given)
    if not names:
        return Row(line, (), problem=gettext("Neither a reference nor an address stands in this row."))
    answer = _answer_words().get(_folded(given.get("answer", "")), "")
    if not answer and "answer" in given:
        known = ", ".join(sorted({str(one.enters) for one in ANSWERS.values()}))
        return Row(line, names, problem=f"“{given['answer'][:60]}” is no answer. Known: {known}.")
    action = _action_words().get(_folded(given.get("action", "")), "")
    if not action and "action" in given:
        known = ", ".join(sorted(Action.values))
        return Row(
            line,
            names,
            problem=gettext("“%(found)s” is no action. Known: %(known)s.")
            % {"found": given["action"][:60], "known": known},
        )
    at = None
    if "answered_at" in given:
        at = _moment(given["answered_at"])
        if at is None:
            return Row(
                line,
                names,
                problem=gettext("“%(found)s” is no time. Write it like 2019-11-22T17:00+01:00.")
                % {"found": given["answered_at"][:60]},
            )
    return Row(line, names, answer, action, given.get("reason", ""), at, has_answers and not answer)


def decline_reason_of(text: str) -> str:
    """Return the code of a reason for declining in a platform's words; "" where it is none of the known ones."""
    return _decline_words().get(_folded(text), "")


def _moment(text: str) -> datetime | None:
    """Read ISO 8601; a time without a zone is the installation's."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    if found is not None and timezone.is_naive(found):
        return timezone.make_aware(found)
    return found


def _folded(text: str) -> str:
    return text.strip().lower().replace("_", " ").replace("-", " ")


def _words(of: Mapping[str, Iterable[object]]) -> dict[str, str]:
    """Return which code each word stands for: the code itself, or a label in any language of the pages."""
    found = {_folded(code): code for code in of}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for code, names in of.items():
                found |= {_folded(str(name)): code for name in names}
    return found


@cache
def _answer_words() -> dict[str, str]:
    return _words({move.name: (move.label, str(move.enters)) for move in ANSWERS.values()})


@cache
def _action_words() -> dict[str, str]:
    return _words({str(one): (one.label,) for one in Action})


@cache
def _decline_words() -> dict[str, str]:
    return _words({str(one): (one.label,) for one in DeclineReason})
