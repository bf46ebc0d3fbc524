"""How large a workbook becomes when opened: a file of a few kilobytes may ask for terabytes.

The library that reads workbooks lays a sheet out as one rectangle, from its first to its last filled cell. One cell
in the far corner of XLSX makes 17 thousand million of them, so the corners are looked up before.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator

MAX_UNPACKED = 512 << 20
"""Bytes of all parts of a workbook together, unpacked."""

MAX_CELLS = 20_000_000
"""Cells of the rectangle, empty ones included: a million rows of twenty columns."""

_CHUNK = 1 << 20
_XLSX_COLUMN = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})[0-9]""")
_XLSX_ROW = re.compile(rb"""\br\s*=\s*["'][A-Z]{0,3}([0-9]{1,9})["']""")
_XLSX_PART = re.compile(rb"<(?:\w+:)?(row|c)(?=[\s>/])([^>]*)>")
_XLSX_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Z]{0,3})([0-9]{1,9})["']""")
_ODS_PART = re.compile(rb"<table:(table-row|table-cell|covered-table-cell|table)(?=[\s>/])([^>]*)>")
_ODS_REPEATED = re.compile(rb"""-repeated\s*=\s*["']([0-9]{1,12})["']""")


def is_too_large(archive: zipfile.ZipFile, kind: str) -> bool:
    """Whether a workbook ("xlsx" or "ods") would take more room than a list of a million links needs.

    Raises what zipfile raises for a damaged archive.
    """
    if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
        return True
    if kind == "ods":
        return _ods_cells(archive) > MAX_CELLS
    sheets = [
        name for name in archive.namelist() if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name, re.IGNORECASE)
    ]
    return any(
        _xlsx_bound(archive, name) > MAX_CELLS and _xlsx_cells(archive, name) > MAX_CELLS for name in sheets
    )


def _pieces(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The part in pieces that end where a tag ends, so that no tag is cut in two."""
    rest = b""
    with archive.open(name) as part:
        while chunk := part.read(_CHUNK):
            rest += chunk
            end = rest.rfind(b">") + 1
            if end:
                yield rest[:end]
                rest = rest[end:]
    yield rest


def _xlsx_bound(archive: zipfile.ZipFile, name: str) -> int:
    """Cells at most, quickly: every reference counts, also of empty cells."""
    columns: set[bytes] = set()
    row = 1
    for piece in _pieces(archive, name):
        columns.update(_XLSX_COLUMN.findall(piece))
        row = max(row, max(map(int, set(_XLSX_ROW.findall(piece))), default=1))
    # Cells without a reference of their own stand one behind the other; the width of a sheet bounds them.
    return row * max(map(_column, columns), default=1)


def _xlsx_cells(archive: zipfile.ZipFile, name: str) -> int:
    """Cells of the rectangle, exactly: only filled cells count."""
    row = column = last_row = last_column = 0
    for piece in _pieces(archive, name):
        for tag, attributes in _XLSX_PART.findall(piece):
            reference = _XLSX_REFERENCE.search(attributes)
            if tag == b"row":
                row, column = (int(reference[2]) if reference else row + 1), 0
                continue
            column += 1
            if reference:
                column, row = _column(reference[1]) or column, int(reference[2])
            if not attributes.endswith(b"/"):
                last_row, last_column = max(last_row, row), max(last_column, column)
    return last_row * last_column


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _ods_cells(archive: zipfile.ZipFile) -> int:
    """Cells of the largest rectangle, repetitions counted out."""
    largest = row = column = last_row = last_column = 0
    for piece in _pieces(archive, "content.xml"):
        for tag, attributes in _ODS_PART.findall(piece):
            found = _ODS_REPEATED.search(attributes)
            times = int(found[1]) if found else 1
            if tag == b"table":
                row = last_row = last_column = 0
            elif tag == b"table-row":
                row, column = row + times, 0
            else:
                column += times
                if not attributes.endswith(b"/"):
                    last_row, last_column = max(last_row, row), max(last_column, column)
                    largest = max(largest, last_row * last_column)
    return largest
