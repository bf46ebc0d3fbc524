"""The rows of what a platform returned, as far as they can be understood without looking anything up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, NamedTuple

from takedowns.readers import Layout

#: As meaning of a word: it says nothing of the answer.
NOTHING: Final = "nothing"


class Problem(NamedTuple):
    """Why nothing is recorded for a row: a code and what it is about; the page says it in the reader's language."""

    code: str
    params: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Row:
    """One referral of one line of what was returned.

    Attributes:
        line: as people count, from 1; several rows stand in one line where it names several.
        names: references and addresses by which it names its referral; all must name the same one.
        answer: the lifecycle's move that it says; "" where it says none.
        action: the code it says, or that its answer implies.
        decline_reason: the code it says.
        text: its reason or comment in the platform's own words.
        at: when the platform answered.
        left_open: there is a place for the answer, and this row has none in it.
        problem: what in the row cannot be understood; then nothing of it counts.
        sheet: the sheet of the workbook it stands in, where several are read.
    """

    line: int
    names: tuple[str, ...]
    answer: str = ""
    action: str = ""
    decline_reason: str = ""
    text: str = ""
    at: datetime | None = None
    left_open: bool = False
    problem: Problem | None = None
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a person wants it read; whatever is empty is as it is recognised.

    Attributes:
        columns: header as written → field, or "ignored".
        dates: "day" or "month": what stands first in dates in figures, where no date of the column decides it.
        words: comparable word → ``move``, ``move/action``, ``open`` or :data:`NOTHING`.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    dates: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """What was returned, read.

    Attributes:
        layout: how the file is laid out; None where it was read line by line.
        fields: header as written → field, "ignored", or "" where it is not known; of tables with a header.
        rows: in their order.
        not_read: names of the workbook's sheets that are hidden, and are not read.
        of_words: name and words of its visible sheets that name no referral; they may be about all rows.
    """

    layout: Layout | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()
    not_read: tuple[str, ...] = ()
    of_words: tuple[tuple[str, str], ...] = ()

    def of_sheet(self, name: str, number: int) -> Returned:
        """Return it as one of several sheets: its rows say which, and the first alone names those that are not read or are of words."""
        rows = tuple(replace(row, sheet=name) for row in self.rows)
        if number:
            return replace(self, rows=rows, not_read=(), of_words=())
        return replace(self, rows=rows)

    def doubted(self, problem: Problem | None) -> Returned:
        """Return it with the problem at each row that says no answer itself; as it is where there is no problem."""
        if problem is None:
            return self
        rows = tuple(
            row if row.answer or row.left_open or row.problem else replace(row, problem=problem)
            for row in self.rows
        )
        return replace(self, rows=rows)
