"""Lines to records: the csv module, made to lose nothing on bad quoting."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator

from takedowns.readers.model import MAX_LINE

MAX_RECORD_LINES = 200
"""A quoted cell may run over so many lines; past them its quotation mark counts as forgotten."""

ONE_COLUMN = "\x1f"
"""Delimiter for a list with one link per line: a sign that no text holds (unit separator)."""

Record = tuple[int, str, list[str], str]
"""Line where it starts, the text of it with its line end, its cells, and what was wrong with it ("" mostly)."""

TOO_LONG = f"The line is longer than {MAX_LINE:,} characters; what follows was not read."
UNCLOSED = "A quotation mark on this line is not closed as it should be; the line was read on its own."
STRAY_QUOTE = "A quotation mark stands in the middle of a cell; the cells were read as far as possible."


class _RecordTooLongError(Exception):
    """A record has taken more lines or characters than a record may."""


class _Source:
    """Lines for the csv reader that remembers which it took and takes back those that were not meant."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines
        self.taken: list[str] = []
        self.back: list[str] = []
        self.limit = MAX_RECORD_LINES

    def __iter__(self) -> Iterator[str]:
        taken, back = self.taken, self.back
        while True:
            while back:
                line = back.pop()
                taken.append(line)
                if len(taken) > 1:
                    self._check()
                yield line
            for line in self.lines:
                taken.append(line)
                if len(taken) > 1:
                    self._check()
                yield line
                if back:
                    break
            else:
                return

    def _check(self) -> None:
        if len(self.taken) > self.limit or sum(map(len, self.taken)) > MAX_LINE:
            # Each record that is too long makes the next give up sooner, so that no file costs more than a few
            # readings of itself.
            self.limit = max(8, self.limit // 2)
            raise _RecordTooLongError


def records(lines: Iterable[str], delimiter: str, first_line: int = 1) -> Iterator[Record]:
    """Yield the records of `lines`, also empty ones, the first line counted as `first_line`.

    A quotation mark that is never closed, or not closed where a cell ends, costs the line on which it stands: that
    line is read on its own, with a sentence saying so, and reading goes on with the next. So it never swallows rows.
    """
    source = _Source(iter(lines))
    taken = source.taken
    line = first_line
    while True:
        # skipinitialspace: people write a, "b, c".
        reader = csv.reader(source, delimiter=delimiter, skipinitialspace=True, strict=True)
        try:
            for cells in reader:
                if len(taken) == 1:
                    raw = taken[0]
                    taken.clear()
                    yield line, raw, cells, TOO_LONG if len(raw) > MAX_LINE else ""
                    line += 1
                else:
                    raw, count = "".join(taken), len(taken)
                    taken.clear()
                    yield line, raw, cells, ""
                    line += count
        except (csv.Error, _RecordTooLongError):
            raw = taken[0]
            source.back.extend(reversed(taken[1:]))
            taken.clear()
            cells, problem = _alone(raw, delimiter)
            yield line, raw, cells, problem
            line += 1
        else:
            return


def _alone(line: str, delimiter: str) -> tuple[list[str], str]:
    """The cells of a badly quoted line, read without its neighbours, and what was wrong."""
    if line.count('"') % 2 == 0:
        try:
            for cells in csv.reader([line], delimiter=delimiter, skipinitialspace=True):
                return cells, TOO_LONG if len(line) > MAX_LINE else STRAY_QUOTE
        except csv.Error:
            pass
    cells = [cell.strip().strip('"') for cell in line.split(delimiter)]
    return cells, TOO_LONG if len(line) > MAX_LINE else UNCLOSED
