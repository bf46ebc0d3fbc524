"""XLSX and ODS workbooks: the sheets that hold links, as records like those of a text."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator
from functools import cached_property
from itertools import islice

from takedowns.readers.facts import SheetFacts
from takedowns.readers.isolated import Opened
from takedowns.readers.links import meant, target
from takedowns.readers.model import NUL_MARK
from takedowns.readers.plan import Plan, Sample, looks_like_link
from takedowns.readers.records import Record

SAMPLE_ROWS = 400
SHOWN = 120
"""Characters of a sheet without a list that are shown."""

Cells = list[str | list[str]]
"""A row: text as it stands, what the sheet holds as a date, number or the like as a list of its text."""


class Sheet:
    """One sheet of a workbook, and how it is read once its plan is known."""

    listed = False

    def __init__(self, opened: Opened, facts: SheetFacts) -> None:
        """`opened`: what the library reads of it. `facts`: what it says beside its cells."""
        self.number, self.name, self.hidden, self.height = (
            opened.number,
            opened.name,
            opened.hidden,
            opened.height,
        )
        self.facts = facts
        self._values = opened.values
        self.rows_done = 0
        self.asks: dict[int, tuple[str, str]] = {}
        """Line → text and target of a cell with two addresses, as far as the rows were read."""
        self.plan = Plan([], None, {})

    @cached_property
    def sample(self) -> Sample:
        """The first rows that hold something, with the addresses that their cells lead to; a list may begin far below."""
        filled = ((number, texts(values)) for number, values in enumerate(self._values.iter_rows(), 1))
        first = list(islice(((number, cells) for number, cells in filled if cells), SAMPLE_ROWS))
        if self._has_links:
            for number, cells in first:
                for index, cell in enumerate(cells):
                    led = target(self.facts, number, index + 1, self._value_of) if cell or index < 64 else ""
                    if led and looks_like_link(led) and not looks_like_link(cell):
                        cells[index] = led
        return first

    @property
    def says(self) -> str:
        """What a sheet without a list says, shortened; "" where it holds no letter."""
        words = " ".join(" ".join(cells) for _, cells in self.sample)
        return " ".join(words.split())[:SHOWN] if any(map(str.isalpha, words)) else ""

    @property
    def hidden_lines(self) -> Collection[int]:
        """The rows that are hidden, whether they hold something or not."""
        return self.facts.hidden_rows

    @property
    def hidden_rows(self) -> int:
        """How many hidden rows below the header hold something."""
        hidden, start = self.facts.hidden_rows, self.plan.header_line or 0
        if not hidden:
            return 0
        rows = enumerate(self._values.iter_rows(), 1)
        return sum(number > start and number in hidden and bool(texts(values)) for number, values in rows)

    @property
    def hidden_columns(self) -> list[str]:
        """Headers of the columns that are hidden and hold something."""
        return [
            head for index, head in enumerate(self.plan.header, 1) if head and self.facts.is_hidden(index)
        ]

    def written_in(self, column: int) -> Iterator[str]:
        """The cells of a column (from 0) that hold text; what the sheet itself holds as dates and numbers is left out."""
        for number, values in enumerate(self._values.iter_rows(), 1):
            if number > (self.plan.header_line or 0) and column < len(values):
                value = values[column]
                if type(value) is str:
                    yield value

    def records(self) -> Iterator[Record]:
        """The records below the header, each link replaced by the address it leads to, merged cells in every row."""
        header_line = self.plan.header_line or 0
        link_at = self.plan.columns.get("url", -1)
        merged = self._merged_below(header_line)
        written = io.StringIO()
        writer = csv.writer(written, lineterminator="")
        self.asks.clear()
        for number, values in enumerate(self._values.iter_rows(), 1):
            self.rows_done = number
            if number <= header_line:
                continue
            cells = texts(values)
            if number in merged and cells:
                self._fill(cells, merged[number])
            written.seek(0)
            written.truncate()
            writer.writerow(cells)
            if self._has_links and link_at >= 0:
                self._follow(cells, number, link_at)
            yield number, written.getvalue(), cells, ""

    @property
    def _has_links(self) -> bool:
        return bool(self.facts.links or self.facts.link_areas)

    def _follow(self, cells: list[str], number: int, index: int) -> None:
        """Put the address that the cell of the link leads to in its place, unless its text is an address itself."""
        led = target(self.facts, number, index + 1, self._value_of)
        if not led:
            return
        cells.extend([""] * (index + 1 - len(cells)))
        text = cells[index]
        cells[index], asks = meant(text, led)
        if asks:
            self.asks[number] = text.strip(), led

    def _merged_below(self, header_line: int) -> dict[int, list[tuple[int, str]]]:
        """Row → columns (from 0) that show the value of a cell further up, with that value."""
        found: dict[int, list[tuple[int, str]]] = {}
        most = self.height
        for top, left, bottom, _ in self.facts.merged:
            if top > header_line and (value := self._value_of(top, left)):
                for number in range(top + 1, min(bottom, most) + 1):
                    found.setdefault(number, []).append((left - 1, value))
        return found

    @staticmethod
    def _fill(cells: list[str], values: list[tuple[int, str]]) -> None:
        for index, value in values:
            cells.extend([""] * (index + 1 - len(cells)))
            cells[index] = cells[index] or value

    def _value_of(self, row: int, column: int) -> str:
        """The text of one cell, counted from 1."""
        if self._whole is None:
            self._whole = list(self._values.iter_rows())
        if row > len(self._whole) or column > len(self._whole[row - 1]):
            return ""
        value = self._whole[row - 1][column - 1]
        return value if isinstance(value, str) else value[0]

    _whole: list[Cells] | None = None


def texts(values: Cells) -> list[str]:
    """A row as text, without the empty cells at its end."""
    found = [value if type(value) is str else value[0] for value in values]
    if "\0" in "".join(found):
        found = [text.replace("\0", NUL_MARK) for text in found]
    while found and not found[-1].strip():
        found.pop()
    return found
