"""Files in which each row stands whole in the first column.

A spreadsheet of another locale opens a comma list so, and saves it so: `"https://t.me/a/1,video,""seen, twice"",x"`.
LibreOffice quotes every such cell; Excel those only that hold a quotation mark, a line break or its own separator.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from takedowns.readers.records import ONE_COLUMN, Record

_NEEDS_QUOTES = ('"', "\n", "\r", ";", "\t")
"""What makes Excel quote a cell, when its own separator is a semicolon or a tab."""
_QUOTED_WHOLE = re.compile(r'\s*"(?:[^"]|"")*"\s*([,;\t|])(?:\s|\1)*')
"""One quoted cell, and behind it empty ones."""


def split(cell: str, delimiter: str) -> list[str]:
    """The cells of a row that stood whole in one cell; the cell alone where it is no such row."""
    try:
        rows = list(csv.reader(io.StringIO(cell, newline=""), delimiter=delimiter, skipinitialspace=True))
    except csv.Error:
        return [cell]
    return rows[0] if len(rows) == 1 else [cell]


def is_wrapped(sample: Sequence[Record], outer: str, inner: str) -> bool:
    """Whether in each record of a sample, read with the separator `outer`, one cell holds a row separated by `inner`.

    Titles above may stand as they are. Without an outer separator, or where it is the inner one too, the quotation marks
    around each row are what tells.
    """
    filled = [(raw, cells) for _, raw, cells, problem in sample if any(map(str.strip, cells)) or problem]
    rows = [(raw, cells[0]) for raw, cells in filled if not any(map(str.strip, cells[1:]))]
    badly_quoted = {raw for _, raw, _, problem in sample if problem}  # of a list whose every cell is quoted
    several = [(raw, cell) for raw, cell in rows if raw not in badly_quoted and len(split(cell, inner)) > 1]
    if len(rows) < len(filled) or len(several) <= len(rows) / 2:
        return False
    if outer == ONE_COLUMN:
        return all(raw.strip().startswith('"') and raw.strip().endswith('"') for raw, _ in several)
    if outer == inner:
        return all(_QUOTED_WHOLE.fullmatch(raw) is not None for raw, _ in several)
    return all(outer in raw for raw, _ in several)


def unwrapped(records: Iterable[Record], inner: str) -> Iterator[Record]:
    """The records of a wrapped text, each split again."""
    for line, raw, cells, problem in records:
        whole = cells and not any(map(str.strip, cells[1:]))
        yield line, raw, split(cells[0], inner) if whole else cells, problem


def with_rows_unwrapped(records: Iterable[Record], delimiter: str, width: int) -> Iterator[Record]:
    """The records of a table of `width` columns, in which single rows may stand whole in one quoted cell.

    So Excel leaves those rows of a comma list that hold a quotation mark or its own separator.
    """
    for record in records:
        line, raw, cells, problem = record
        if width > 1 and cells and _may_be_whole(cells):
            again = split(cells[0], delimiter)
            if len(again) == width:
                yield line, raw, again, problem
                continue
        yield record


def _may_be_whole(cells: Sequence[str]) -> bool:
    """Tell by its signs whether a row may stand whole in its first cell.

    With empty cells behind, only quotation marks within it tell: a link may hold the other signs.
    """
    if len(cells) == 1:
        return any(sign in cells[0] for sign in _NEEDS_QUOTES)
    return '"' in cells[0] and not any(map(str.strip, cells[1:]))
