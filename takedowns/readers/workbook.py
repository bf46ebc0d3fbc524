"""Opening a workbook: its sheets with their plans, and which of them are read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import BinaryIO

from takedowns.readers.facts import SheetFacts
from takedowns.readers.formats import encrypted, unsupported
from takedowns.readers.isolated import PasswordError, TooMuchError, UnreadableError, open_apart
from takedowns.readers.markup import TooLargeError
from takedowns.readers.model import (
    MAX_COLUMNS,
    MAX_SHEETS,
    Choices,
    Layout,
    OtherSheet,
    ReaderError,
    SheetTold,
)
from takedowns.readers.plan import HEADER_WITHIN, plan_of
from takedowns.readers.reach import facts_of, parts_of
from takedowns.readers.sheets import Sheet
from takedowns.readers.text import layout_of, no_plan
from takedowns.readers.vocabulary import Vocabulary

MAX_WORKBOOK = 128 << 20
"""Bytes of a workbook; a workbook, unlike a CSV file, has to be read whole."""


class Workbook:
    """A workbook whose sheets with links are known; `tables` are those that are read."""

    encoding = ""

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
        self._format, facts = _looked_into(content, filename)
        sheets = _sheets(content, filename, facts)
        found = [sheet for sheet in sheets if _planned(sheet, vocabulary, choices.columns)]
        if not found:
            raise _without_links(filename, sheets, choices.columns)
        self._found = found
        self._others = [sheet for sheet in sheets if sheet not in found]
        self.tables = _chosen(found, choices.sheets)

    @property
    def bytes_read(self) -> int:
        """Bytes read so far, by the rows that were."""
        heights = sum(sheet.height for sheet in self.tables)
        return self._length * sum(sheet.rows_done for sheet in self.tables) // heights

    @property
    def layout(self) -> Layout:
        """How the workbook is laid out: the first sheet that is read, and what there is beside it."""
        first = self.tables[0]
        layout = layout_of(first.plan, self._format, sheet=first.name)
        layout.sheets = [
            SheetTold(sheet.number, sheet.name, sheet.hidden, sheet in self.tables, sheet.height)
            for sheet in self._found
        ]
        layout.other_sheets = [
            OtherSheet(one.name, one.hidden, says) for one in self._others if (says := one.says)
        ]
        layout.hidden_rows = sum(sheet.hidden_rows for sheet in self.tables)
        layout.filtered = any(sheet.facts.filtered for sheet in self.tables if sheet.facts.hidden_rows)
        layout.hidden_columns = [head for sheet in self.tables for head in sheet.hidden_columns]
        return layout


def _planned(sheet: Sheet, vocabulary: Vocabulary, mapping: Mapping[str, str]) -> bool:
    """Find the plan of a sheet; columns that somebody chose may be those of another sheet of the workbook."""
    sample = sheet.sample
    plan = plan_of(sample, mapping, vocabulary)
    if plan is not None:
        sheet.plan = plan
    return plan is not None


def _chosen(found: list[Sheet], names: tuple[str, ...]) -> list[Sheet]:
    """The sheets that are read: those that somebody chose; else all that are visible and have a column called so.

    Where no sheet has one, the first is read whose column only looks like it.
    """
    chosen = [sheet for sheet in found if sheet.name in names]
    named = [sheet for sheet in found if not sheet.hidden and "url" not in sheet.plan.guessed]
    visible = [sheet for sheet in found if not sheet.hidden]
    return chosen or named or visible[:1] or found[:1]


def _looked_into(content: bytes, filename: str) -> tuple[str, dict[str, SheetFacts]]:
    """ "xlsx" or "ods", and what its sheets say beside their cells: a look at what opening the workbook would take."""
    if len(content) > MAX_WORKBOOK:
        raise _too_large(filename)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = parts_of(archive)
            kind = _kind(archive, parts, filename)
            return kind, facts_of(archive, kind, parts)
    except ReaderError:
        raise
    except TooLargeError as error:
        raise _too_large(filename) from error
    except Exception as error:  # zipfile raises a dozen kinds of errors, down to struct.error and zlib.error
        raise _unreadable(filename) from error


def _kind(archive: zipfile.ZipFile, parts: Mapping[str, str], filename: str) -> str:
    if "xl/workbook.xml" in parts:
        return "xlsx"
    if "content.xml" in parts and "spreadsheet" in _part(archive, parts, "mimetype"):
        if "encryption-data" in _part(archive, parts, "meta-inf/manifest.xml"):
            raise encrypted(filename)
        return "ods"
    raise unsupported(filename, "a ZIP archive or a document without a sheet")


def _part(archive: zipfile.ZipFile, parts: Mapping[str, str], name: str) -> str:
    if name not in parts:
        return ""
    with archive.open(parts[name]) as part:
        return part.read(1 << 20).decode("utf-8", "replace")


def _sheets(content: bytes, filename: str, facts: Mapping[str, SheetFacts]) -> list[Sheet]:
    """Each sheet with cells, hidden ones too."""

    try:
        opened = open_apart(content, filename)
    except PasswordError as error:
        raise encrypted(filename) from error
    except UnreadableError as error:
        raise _unreadable(filename) from error
    except TooMuchError as error:
        raise _stopped(filename) from error
    if any(one.number >= MAX_SHEETS for one in opened):
        raise _too_large(filename)
    if any(one.name not in facts for one in opened):
        raise _unreadable(filename)
    sheets = [Sheet(one, facts[one.name]) for one in opened]
    return [sheet for sheet in sheets if sheet.facts.cells and sheet.sample]


def _without_links(filename: str, sheets: list[Sheet], mapping: Mapping[str, str]) -> ReaderError:
    if not sheets:
        return ReaderError("empty", f"{filename} has no sheet with anything in it; there is nothing to read.")
    line, header = max(sheets[0].sample[:HEADER_WITHIN], key=lambda row: len(row[1]))
    return no_plan(list(header), mapping, line if len(header) > MAX_COLUMNS else None)


def _too_large(filename: str) -> ReaderError:
    return ReaderError(
        "too_large",
        f"{filename} is too large to be opened: a workbook of at most {MAX_WORKBOOK >> 20} MB is read, and none with a filled "
        "cell far below or to the right of the list. Save the list alone as a workbook, or as CSV, which has no limit.",
    )


def _stopped(filename: str) -> ReaderError:
    return ReaderError(
        "too_large",
        f"{filename} cannot be opened: reading it took too much memory or time, or stopped the program that reads workbooks. Save "
        "the list alone as a workbook, or as CSV.",
    )


def _unreadable(filename: str) -> ReaderError:
    return ReaderError("unreadable", f"{filename} is damaged and cannot be opened; save it again, or as CSV.")
