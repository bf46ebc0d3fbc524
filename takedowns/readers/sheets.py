"""XLSX and ODS workbooks: the sheet that holds the links, as records like those of a text."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO

import python_calamine

from takedowns.readers.formats import encrypted, unsupported
from takedowns.readers.model import MAX_COLUMNS, NUL_MARK, Choices, Layout, ReaderError
from takedowns.readers.plan import HEADER_WITHIN, plan_of
from takedowns.readers.reach import is_too_large
from takedowns.readers.records import Record
from takedowns.readers.text import layout_of, no_plan
from takedowns.readers.vocabulary import Vocabulary

MAX_WORKBOOK = 128 << 20
"""Bytes of a workbook; a workbook, unlike a CSV file, has to be read whole."""

SAMPLE_ROWS = 400


class Workbook:
    """A workbook whose sheet with the links is known."""

    encoding = ""
    listed = False

    def __init__(
        self,
        stream: BinaryIO,
        start: bytes,
        filename: str,
        *,
        vocabulary: Vocabulary,
        choices: Choices,
    ) -> None:
        """Read the workbook that begins with `start` and goes on in `stream`. Raises ReaderError."""
        content = start + stream.read(MAX_WORKBOOK + 1 - len(start))
        self._length = len(content)
        self.bytes_read = 0
        self._format = _checked(content, filename)
        sheets = _sheets(content, filename)
        plans = [
            (name, sheet, plan_of(_sample(sheet), choices.columns, vocabulary)) for name, sheet in sheets
        ]
        found = [(name, sheet, plan) for name, sheet, plan in plans if plan is not None]
        if not found:
            raise _without_links(filename, sheets, choices.columns)
        # A column that is called URL goes before one that only looks like it; then the order of the sheets.
        self._name, self._sheet, self.plan = max(found, key=lambda one: "url" not in one[2].guessed)
        self._others = [name for name, _, _ in found if name != self._name]

    @property
    def layout(self) -> Layout:
        """How the workbook is laid out."""
        layout = layout_of(self.plan, self._format, sheet=self._name)
        layout.other_sheets = self._others
        return layout

    def records(self) -> Iterator[Record]:
        """The records below the header."""
        header_line = self.plan.header_line or 0
        height = max(1, self._sheet.height)
        written = io.StringIO()
        writer = csv.writer(written, lineterminator="")
        for number, values in enumerate(self._sheet.iter_rows(), 1):
            if number <= header_line:
                continue
            cells = _texts(values)
            written.seek(0)
            written.truncate()
            writer.writerow(cells)
            self.bytes_read = min(self._length, self._length * number // height)
            yield number, written.getvalue(), cells, ""
        self.bytes_read = self._length


def _checked(content: bytes, filename: str) -> str:
    """ "xlsx" or "ods", after a look at what opening the workbook would take."""
    if len(content) > MAX_WORKBOOK:
        raise _too_large(filename)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            kind = _kind(archive, filename)
            too_large = is_too_large(archive, kind)
    except ReaderError:
        raise
    except Exception as error:  # zipfile raises a dozen kinds of errors, down to struct.error and zlib.error
        raise _unreadable(filename) from error
    if too_large:
        raise _too_large(filename)
    return kind


def _kind(archive: zipfile.ZipFile, filename: str) -> str:
    names = set(archive.namelist())
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "content.xml" in names and "spreadsheet" in _part(archive, "mimetype"):
        if "encryption-data" in _part(archive, "META-INF/manifest.xml"):
            raise encrypted(filename)
        return "ods"
    raise unsupported(filename, "a ZIP archive or a document without a sheet")


def _part(archive: zipfile.ZipFile, name: str) -> str:
    if name not in archive.namelist():
        return ""
    with archive.open(name) as part:
        return part.read(1 << 20).decode("utf-8", "replace")


def _sheets(content: bytes, filename: str) -> list[tuple[str, Any]]:
    """Name and sheet of each visible sheet with cells."""
    try:
        book = python_calamine.load_workbook(io.BytesIO(content))
        names = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
            and sheet.visible == python_calamine.SheetVisibleEnum.Visible
        ]
        sheets = [(name, book.get_sheet_by_name(name)) for name in names]
    except python_calamine.PasswordError as error:
        raise encrypted(filename) from error
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a panic in the Rust library is no Exception
        raise _unreadable(filename) from error
    return [(name, sheet) for name, sheet in sheets if sheet.height]


def _sample(sheet: Any) -> list[tuple[int, list[str]]]:
    """The first rows that hold something; a list may begin far below the top."""
    filled = ((number, _texts(values)) for number, values in enumerate(sheet.iter_rows(), 1))
    return list(islice(((number, cells) for number, cells in filled if cells), SAMPLE_ROWS))


def _without_links(filename: str, sheets: list[tuple[str, Any]], mapping: Mapping[str, str]) -> ReaderError:
    if not sheets:
        return ReaderError("empty", f"{filename} has no sheet with anything in it; there is nothing to read.")
    line, header = max(_sample(sheets[0][1])[:HEADER_WITHIN], key=lambda row: len(row[1]))
    return no_plan(header, mapping, line if len(header) > MAX_COLUMNS else None)


def _texts(values: list[Any]) -> list[str]:
    """A row as text, without the empty cells at its end."""
    texts = [value if type(value) is str else _text(value) for value in values]
    if any("\0" in text for text in texts):
        texts = [text.replace("\0", NUL_MARK) for text in texts]
    while texts and not texts[-1].strip():
        texts.pop()
    return texts


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e16:
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return str(value)


def _too_large(filename: str) -> ReaderError:
    return ReaderError(
        "too_large",
        f"{filename} is too large to be opened: a workbook of at most {MAX_WORKBOOK >> 20} MB is read, and none with a filled "
        "cell far below or to the right of the list. Save the list alone as a workbook, or as CSV, which has no limit.",
    )


def _unreadable(filename: str) -> ReaderError:
    return ReaderError("unreadable", f"{filename} is damaged and cannot be opened; save it again, or as CSV.")
