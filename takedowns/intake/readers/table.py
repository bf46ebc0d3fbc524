"""Opening a file that was handed in: which format it is in, and its rows as a stream."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import tzinfo
from typing import BinaryIO, Protocol

from takedowns.intake.readers.formats import is_zip, refuse_others
from takedowns.intake.readers.model import HandedInRow, Layout, ReaderError
from takedowns.intake.readers.sheets import Workbook
from takedowns.intake.readers.text import open_text


class _Source(Protocol):
    """What the bytes of a file come through."""

    @property
    def encoding(self) -> str: ...
    @property
    def bytes_read(self) -> int: ...


class Table:
    """A file whose layout is known and whose rows are still to be read, once."""

    def __init__(
        self, layout: Layout, rows: Iterator[HandedInRow], source: _Source, size: int | None
    ) -> None:
        self.size = size
        """Length of the file in bytes; None where the stream cannot tell."""
        self._layout = layout
        self._rows: Iterator[HandedInRow] | None = rows
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

    def rows(self) -> Iterator[HandedInRow]:
        """The rows, streamed; can be asked for once. A bad row is a row with problems, never an exception."""
        if self._rows is None:
            raise RuntimeError("The rows of a table can be read once; open the file again.")
        rows, self._rows = self._rows, None
        return rows


def open_table(
    stream: BinaryIO, filename: str, *, zone: tzinfo, mapping: Mapping[str, str] | None = None
) -> Table:
    """Find out what a file is and how it is laid out; its rows are read afterwards, by `Table.rows`.

    The format is judged by the content, never by the name; `filename` only stands in messages. `zone` is where a
    time without zone was written down. `mapping` (our field → header as written, "" for none) goes before what is
    recognised. Raises ReaderError where nothing can be read.
    """
    size = _size(stream)
    start = _start(stream)
    if not start:
        raise ReaderError("empty", f"{filename} is empty; there is nothing to read.")
    refuse_others(start, filename)
    if is_zip(start):
        book = Workbook(stream, start, filename, mapping=mapping)
        return Table(book.layout, book.rows(zone), book, size)
    text = open_text(stream, start, filename, zone=zone, mapping=mapping)
    return Table(text.layout, text.rows, text.lines, size)


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
