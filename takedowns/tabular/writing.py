"""Streamed CSV according to RFC 4180, every text cell guarded."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import TextIO

from takedowns.tabular.cells import safe_cell

BOM = "\ufeff"
"""Told by it, Excel reads a CSV file as UTF-8; without it, as the code page of the machine."""


class _Echo:
    """A file that hands back what is written to it, so that csv.writer formats a line without keeping it."""

    def write(self, line: str) -> str:
        return line


def csv_lines(rows: Iterable[Iterable[object]], *, delimiter: str = ",", bom: bool = False) -> Iterator[str]:
    """Yield one CSV record at a time, each with its CRLF; the file is never whole in memory.

    Cells are guarded by `safe_cell` and quoted where RFC 4180 asks for it. With `bom` the first record begins with
    a byte order mark. The guard holds where the reader of the file splits at the same `delimiter`.
    """
    writer = csv.writer(_Echo(), delimiter=delimiter, lineterminator="\r\n")
    start = BOM if bom else ""
    for row in rows:
        # csv.writer returns what the file's write() returned, which for _Echo is the record itself.
        record: str = writer.writerow([safe_cell(cell) for cell in row])
        yield start + record
        start = ""


def write_csv(
    rows: Iterable[Iterable[object]], stream: TextIO, *, delimiter: str = ",", bom: bool = False
) -> int:
    """Write `rows` to a text stream and return how many were written.

    Open files with `newline=""` and encoding UTF-8, so that line ends and signs stay as they are.
    """
    count = 0
    for line in csv_lines(rows, delimiter=delimiter, bom=bom):
        stream.write(line)
        count += 1
    return count
