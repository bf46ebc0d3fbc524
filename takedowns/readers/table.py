"""Opening a file that was handed in: which format it is in, and its rows as a stream."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import tzinfo
from itertools import chain
from typing import BinaryIO, Generic, Protocol, TypeVar

from takedowns.readers.cells import Cells
from takedowns.readers.date_order import EXAMPLES, DateOrder
from takedowns.readers.formats import is_zip, refuse_others
from takedowns.readers.model import AS_IT_IS, Choices, HandedInRow, Layout, ReaderError
from takedowns.readers.named import NamedRow, named_rows
from takedowns.readers.plan import Plan
from takedowns.readers.records import Record
from takedowns.readers.repaired import with_repairs
from takedowns.readers.rows import rows_of
from takedowns.readers.text import Text
from takedowns.readers.vocabulary import Vocabulary, handed_in
from takedowns.readers.workbook import Workbook

Row = TypeVar("Row")


class OneTable(Protocol):
    """A text, or a sheet of a workbook, with its plan."""

    @property
    def number(self) -> int: ...
    @property
    def plan(self) -> Plan: ...
    @property
    def listed(self) -> bool: ...
    @property
    def asks(self) -> Mapping[int, tuple[str, str]]: ...
    @property
    def hidden_lines(self) -> Collection[int]: ...
    def records(self) -> Iterator[Record]: ...
    def written_in(self, column: int) -> Iterator[str]: ...


class Source(Protocol):
    """What the bytes of a file come through, and the tables in it that are read."""

    @property
    def tables(self) -> Sequence[OneTable]: ...
    @property
    def layout(self) -> Layout: ...
    @property
    def encoding(self) -> str: ...
    @property
    def bytes_read(self) -> int: ...


class Table(Generic[Row]):
    """A file whose layout is known and whose rows are still to be read, once."""

    def __init__(self, source: Source, rows: Iterator[Row], size: int | None) -> None:
        self.size = size
        """Length of the file in bytes; None where the stream cannot tell."""
        self._layout = source.layout
        self._rows: Iterator[Row] | None = rows
        self._source = source

    @property
    def layout(self) -> Layout:
        """How the file is laid out; its encoding as far as it is settled by what was read."""
        self._layout.encoding = self._source.encoding
        return self._layout

    @property
    def bytes_read(self) -> int:
        """Bytes read so far, for a progress bar against `size`."""
        return self._source.bytes_read

    def rows(self) -> Iterator[Row]:
        """The rows, streamed; can be asked for once. A bad row is a row with problems, never an exception."""
        if self._rows is None:
            raise RuntimeError("The rows of a table can be read once; open the file again.")
        rows, self._rows = self._rows, None
        return rows


def open_table(
    stream: BinaryIO, filename: str, *, zone: tzinfo, choices: Choices = AS_IT_IS
) -> Table[HandedInRow]:
    """Find out what a list that was handed in is and how it is laid out; its rows are read afterwards, by `Table.rows`.

    The format is judged by the content, never by the name; `filename` only stands in messages. `stream` is read from its
    start. `zone` is where a time without zone was written down. `choices` go before what is recognised. Where there are
    dates, their column is gone through once before, so that it decides their order as a whole.
    Raises ReaderError where nothing can be read.
    """
    size = _size(stream)
    return table_of(_open(stream, filename, handed_in(), choices), zone, choices, size)


def table_of(source: Source, zone: tzinfo, choices: Choices, size: int | None) -> Table[HandedInRow]:
    """The table of links in an opened text or workbook."""
    orders = [_order_of(one, choices, zone, seekable=size is not None) for one in source.tables]
    rows = chain.from_iterable(
        _rows_of(one, Cells(zone, order, choices.words, choices.groups), choices)
        for one, order in zip(source.tables, orders, strict=True)
    )
    table = Table(source, rows, size)
    layout = table.layout
    layout.zone = str(zone)
    layout.dates, layout.dates_decided_by = max(order.decided for order in orders)
    layout.dates_shown = [cell for order in orders for cell in order.open][:EXAMPLES]
    layout.dates_open = [cell for order in orders if order.asks for cell in order.open][:EXAMPLES]
    return table


def _order_of(table: OneTable, choices: Choices, zone: tzinfo, *, seekable: bool) -> DateOrder:
    """What the column of dates of one table decides."""
    order = DateOrder(choices.dates, zone=str(zone))
    dates = table.plan.columns.get("found_at")
    if dates is not None and seekable:
        for cell in table.written_in(dates):
            order.see(cell)
    return order


def _rows_of(table: OneTable, read: Cells, choices: Choices) -> Iterator[HandedInRow]:
    """The rows of one table, with what else is known of each, and as a person repaired them."""
    rows = _told(table, read)
    return with_repairs(rows, choices.rows, read) if choices.rows else rows


def _told(table: OneTable, read: Cells) -> Iterator[HandedInRow]:
    plan, number, asks, hidden = table.plan, table.number, table.asks, table.hidden_lines
    rows = rows_of(table.records(), plan, read, listed=table.listed, whole=asks)
    for row in rows:
        if number or row.line in asks or row.line in hidden:
            yield row._replace(sheet=number, asks=asks.get(row.line, ()), hidden=row.line in hidden)
        else:
            yield row


def open_named(
    stream: BinaryIO, filename: str, vocabulary: Vocabulary, *, choices: Choices = AS_IT_IS
) -> Table[NamedRow]:
    """Open a table of another kind than a list of links, such as what a platform returns, with the same reader.

    Its cells are handed on as text, by the fields of `vocabulary` (see `vocabulary_of`). Raises ReaderError as
    `open_table`, also where it has none of the columns that the vocabulary needs.
    """
    size = _size(stream)
    source = _open(stream, filename, vocabulary, choices)
    return Table(
        source, chain.from_iterable(named_rows(one.records(), one.plan) for one in source.tables), size
    )


def _open(stream: BinaryIO, filename: str, vocabulary: Vocabulary, choices: Choices) -> Text | Workbook:
    start = _start(stream)
    if not start:
        raise ReaderError("empty", f"{filename} is empty; there is nothing to read.")
    refuse_others(start, filename)
    kind = Workbook if is_zip(start) else Text
    return kind(stream, start, filename, vocabulary=vocabulary, choices=choices)


def _size(stream: BinaryIO) -> int | None:
    try:
        here = stream.tell()
        end = stream.seek(0, io.SEEK_END)
        stream.seek(here)
    except (OSError, AttributeError, ValueError):
        return None
    return end - here


def _start(stream: BinaryIO, length: int = 1 << 16) -> bytes:
    """The first bytes; a socket or pipe may give fewer at a time."""
    start = b""
    while len(start) < length and (more := stream.read(length - len(start))):
        start += more
    return start
