"""A list pasted into a page: one link per line, or a piece of a spreadsheet."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from datetime import tzinfo
from typing import ClassVar

from takedowns.identity.pieces import pieces
from takedowns.readers.model import AS_IT_IS, MAX_LINE, NUL_MARK, Choices, HandedInRow, Layout, ReaderError
from takedowns.readers.plan import Plan
from takedowns.readers.records import Record
from takedowns.readers.table import Table, table_of
from takedowns.readers.text import Text
from takedowns.readers.vocabulary import handed_in

_SURROGATE = re.compile(r"[\ud800-\udfff]")


class _List:
    """A text of which each line that is not blank is a row: a table of one column."""

    encoding = "utf-8"
    number = 0
    listed = True
    asks: ClassVar[Mapping[int, tuple[str, str]]] = {}
    hidden_lines: ClassVar[frozenset[int]] = frozenset()

    def __init__(self, text: str) -> None:
        self._text = text
        self.plan = Plan([""], None, {"url": 0})
        self.tables = [self]
        self.layout = Layout("list")
        self.bytes_read = 0

    def written_in(self, column: int) -> Iterator[str]:  # noqa: ARG002 - as a text's
        """Nothing: there is no column of dates."""
        return iter(())

    def records(self) -> Iterator[Record]:
        """A record a line, in its one cell a link or several, among words."""
        for number, line in enumerate(io.StringIO(self._text, newline=""), 1):
            self.bytes_read += len(line.encode())
            bounded = line if len(line) <= MAX_LINE else line[:MAX_LINE] + "\n"
            if line.strip():
                yield number, bounded, [bounded], ""


def open_pasted(text: str, *, zone: tzinfo, choices: Choices = AS_IT_IS) -> Table[HandedInRow]:
    """Find out whether a pasted text is a table or a list of links; its rows are read afterwards, by `Table.rows`.

    With a header over a column of links the text is read as the table it is (cells apart by tabs when it comes from a
    spreadsheet), as a file is, and so where a person said which column is which. Elsewhere each line that is not blank
    holds a link, or several, among words, which become its note. Raises ReaderError for columns that
    are not there, otherwise never for what the text holds.
    """
    clean = _SURROGATE.sub("\ufffd", text).replace("\0", NUL_MARK).removeprefix("\ufeff")
    content = clean.encode()
    try:
        table = Text(
            io.BytesIO(content),
            b"",
            "the pasted list",
            vocabulary=handed_in(),
            choices=choices,
            encoding="utf-8",
        )
        plan = table.plan
        # An address above what looks like a header is a row of a list: nothing above a header is read.
        is_headed = plan.header_line and not any(map(pieces, plan.titles))
        if choices.columns or (is_headed and (len(plan.columns) > 1 or table.listed)):
            return table_of(table, zone, choices, len(content))
    except ReaderError:
        if choices.columns:
            raise
    return table_of(_List(clean), zone, choices, len(content))
