"""Streamed CSV according to RFC 4180, every text cell guarded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, TextIO

from takedowns.tabular.cells import safe_cell

BOM = "\ufeff"
"""Told by it, Excel reads a CSV file as UTF-8; without it, as the code page of the machine."""


#: What some program splits a line at, and what RFC 4180 has quoted.
_SPLITS: Final = re.compile(r"""[,;\t|"\r\n]|^ | $""")


def csv_lines(rows: Iterable[Iterable[object]], *, delimiter: str = ",", bom: bool = False) -> Iterator[str]:
    """Yield one CSV record at a time, each with its CRLF; the file is never whole in memory.

    Cells are guarded by `safe_cell`, and quoted where RFC 4180 asks for it or they hold what another program may split
    at. With `bom` the first record begins with a byte order mark.
    """
    start = BOM if bom else ""
    for row in rows:
        cells = [_quoted(safe_cell(cell)) for cell in row]
        # A record of one empty cell would be an empty line, which readers pass over.
        yield start + (delimiter.join(cells) if cells != [""] else '""') + "\r\n"
        start = ""


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _SPLITS.search(text) else text


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
