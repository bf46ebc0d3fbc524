"""What the readers hand on: rows, the layout that was found, and the error for a file that cannot be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

FIELDS = (
    "url",
    "kind",
    "tier",
    "language",
    "outlet",
    "listed_group",
    "ground",
    "found_at",
    "note",
    "platform",
)
"""The fields of a row, in the order in which a template file shows them."""

HASH_FIELDS = ("sha256", "md5", "pdq", "pdq_quality")
"""The fields of the hashes of what stands at the address, where somebody has computed them."""

ROW_FIELDS = (*FIELDS, *HASH_FIELDS)
"""All fields of a row."""

COLUMN_FIELDS = (*FIELDS[:8], "found_time", *FIELDS[8:], *HASH_FIELDS)
"""The fields a column can fill: `found_time` is the time of day where it does not stand beside its date."""

MAX_COLUMNS = 256
"""A table wider than this is a mistake (a row of a matrix, a wrong separator), not a list of links."""

MAX_LINE = 100_000
"""Characters of one line, and of one record over several lines, that are read at most."""

MAX_RAW = 20_000
"""Characters of a record that are kept in `HandedInRow.raw`; what is cut is marked by an ellipsis."""

NUL_MARK = "\u2400"
"""Stands for a NUL, which PostgreSQL cannot store, so that a person sees where it was."""

UNREADABLE = "\ufffd"
"""Stands for bytes that are no character in the encoding of the file."""


_LINE_BITS, _PART_BITS = 31, 20
"""Of a place (`HandedInRow.place`); what is left of 63 is the sheet's. A line of `MAX_LINE` has fewer parts than 2**20."""

SHEET_SHIFT = _LINE_BITS + _PART_BITS
"""The sheet of a place stands so many bits from its end."""

MAX_SHEETS = 4_000
"""Sheets of a workbook that are read at most."""


class Place(NamedTuple):
    """Where a row stands: see :attr:`HandedInRow.place`."""

    sheet: int
    line: int
    part: int


def place_of(number: int) -> Place:
    """What a place says."""
    return Place(
        number >> SHEET_SHIFT, number >> _PART_BITS & (1 << _LINE_BITS) - 1, number & (1 << _PART_BITS) - 1
    )


class HandedInRow(NamedTuple):
    """One row as handed in, its cells read as far as they can be read.

    A row is handed on even when its URL is empty or strange; whether it names an item is for `identity` to say.
    """

    line: int
    """Physical line, from 1, on which the record starts; in a spreadsheet the number of the row."""
    raw: str
    """The record as handed in (a spreadsheet row as CSV), NULs made visible, so that a person finds it again."""
    url: str
    kind: str = ""
    """A word of the vocabulary of `identity` where recognised, else the officer's word in lower case."""
    tier: int | None = None
    """Priority, 1 (threat to life) to 5."""
    language: str = ""
    """ISO 639-1 code."""
    outlet: str = ""
    listed_group: str = ""
    ground: str = ""
    found_at: datetime | None = None
    """Aware, in UTC."""
    note: str = ""
    problems: tuple[str, ...] = ()
    """A sentence for each thing that could not be read: the field, what was found, what became of it."""
    platform: str = ""
    """Slug of the platform that the row names in a column of its own; it gives a bare name ("@name") its meaning."""
    part: int = 1
    """Which of the addresses of its line this is, from 1; a cell or line with several becomes as many rows."""
    parts: int = 1
    """How many rows the line became."""
    doubt: str = ""
    """Why the address must not be taken for an item although it reads like one: a code of `identity`'s refusals."""
    sheet: int = 0
    """Which of the sheets of the workbook it stands in, from 0; lines count within each."""
    hidden: bool = False
    """Whether the workbook hides it."""
    words: tuple[tuple[str, str], ...] = ()
    """Field and cell, where a person may want to say what a word means (`Choices.words`)."""
    asks: tuple[str, ...] = ()
    """What its cell shows and where it leads, two addresses of which a person must say which is meant; until then the row
    names nothing."""
    hashes: tuple[str, str, str, int | None] | None = None
    """SHA-256, MD5, PDQ ("" where not given) and the quality of that; None where the row has no hash."""

    @property
    def place(self) -> int:
        """Where the row stands, as one number that orders the rows of a submission: sheet, line, part."""
        return (self.sheet << _LINE_BITS | self.line) << _PART_BITS | self.part


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person decided about a file; whatever is empty is as the file has it."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Our field → the header as written, "" for a field that is not to be read."""
    sheets: tuple[str, ...] = ()
    """Names of the sheets of a workbook that are read."""
    words: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """What a word means in this list: (field, `word_key` of the cell) → a kind, tier, language or listed group, "" for
    nothing."""
    groups: Mapping[str, str] = field(default_factory=dict)
    """The listed groups: `word_key` of each text by which one is found → its name. Empty: any text is kept as written."""
    rows: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    """What a row says instead: its place → field ("url", "kind", "found_at") → text of the cell."""
    dates: str = ""
    """What stands first in a date in figures, "day" or "month", where no date of the column decides it."""


AS_IT_IS = Choices()
"""Nobody decided anything."""


@dataclass(slots=True)
class SheetTold:
    """A sheet with links, as a person is told of it."""

    number: int
    """Which of the workbook, from 0."""
    name: str
    hidden: bool
    read: bool
    height: int
    """Number of its last row."""


@dataclass(frozen=True, slots=True)
class OtherSheet:
    """A sheet that holds something, and no list: its name, whether it is hidden, and what it says, shortened."""

    name: str
    hidden: bool
    says: str


@dataclass(slots=True)
class Layout:
    """What was found out about a file before its rows are read."""

    format: str
    """"csv" (any separated text), "xlsx" or "ods"."""
    encoding: str = ""
    """Python's name of the encoding. A file that begins in plain ASCII is settled, as "utf-8" or another, at the
    first other character, so this may change while the rows are read. Empty for spreadsheets."""
    delimiter: str = ""
    """Empty for spreadsheets and for a list with one link per line."""
    header: list[str] = field(default_factory=list)
    """The headers as written; "Column 1" and so on where the file has none."""
    header_line: int | None = None
    """Line of the header, None where the file has none."""
    columns: dict[str, str] = field(default_factory=dict)
    """Our field to the header of its column."""
    more_links: list[str] = field(default_factory=list)
    """Headers of further columns of addresses."""
    other_links: list[str] = field(default_factory=list)
    """Headers of columns that are not read, though addresses stand in them."""
    unrecognised: list[str] = field(default_factory=list)
    """Headers whose columns are not read."""
    wrapped: bool = False
    """Whether each row stood whole in the first column, as a spreadsheet of another locale saves it; it was split again."""
    zone: str = ""
    """Name of the time zone in which times without one are read."""
    dates: str = ""
    """What stands first in the dates in figures, "day" or "month"; "" where there are none, or where nothing decides it."""
    dates_decided_by: str = ""
    """The cell that can be read in that order only; "" where none decides it."""
    dates_shown: list[str] = field(default_factory=list)
    """The first dates that can be read both ways, whoever decides it."""
    dates_open: list[str] = field(default_factory=list)
    """The first dates that can be read both ways, where neither the column nor a person decides."""
    guessed: tuple[str, ...] = ()
    """Fields found by what their column holds, not by a header; a person may want to confirm them."""
    titles: list[str] = field(default_factory=list)
    """Lines above the header that were passed over."""
    sheet: str = ""
    """Name of the first sheet that is read."""
    sheets: list[SheetTold] = field(default_factory=list)
    """The sheets of a workbook with links, those that are read and the others."""
    other_sheets: list[OtherSheet] = field(default_factory=list)
    """Its sheets without a list, which are not read."""
    hidden_rows: int = 0
    """Rows that the workbook hides, in the sheets that are read."""
    filtered: bool = False
    """Whether a filter hides them."""
    hidden_columns: list[str] = field(default_factory=list)
    """Headers of columns that the workbook hides."""

    @property
    def sheets_read(self) -> dict[int, str]:
        """Number and name of the sheets that are read, where there are several."""
        read = {sheet.number: sheet.name for sheet in self.sheets if sheet.read}
        return read if len(read) > 1 else {}


class ReaderError(Exception):
    """A file that cannot be read at all. Nothing of it has been handed on when this is raised.

    Codes: empty, no_url_column, mapping, not_text, unsupported_format, encrypted_workbook, legacy_workbook,
    too_wide, too_large, unreadable.
    """

    def __init__(
        self,
        code: str,
        message: str,
        line: int | None = None,
        field: str | None = None,
        *,
        headers: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.line = line
        self.field = field
        self.headers = list(headers)
        """The headers that were seen, for a person to say which column holds what."""


def cut(raw: str) -> str:
    """`raw`, cut to what is kept of a record."""
    return raw if len(raw) <= MAX_RAW else raw[:MAX_RAW] + "…"


def shown(text: str, length: int = 60) -> str:
    """`text` on one line and short enough to stand inside a sentence."""
    flat = " ".join(text.split())
    return flat if len(flat) <= length else flat[: length - 1] + "…"
