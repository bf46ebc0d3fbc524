"""An operation's figures as files that explain themselves. Aggregates only: no person, no free text of officers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Final

from takedowns.access.actor import Actor
from takedowns.figures.board import Board, board
from takedowns.figures.exports.jsonstat import jsonstat_of
from takedowns.figures.exports.pdf import pdf_of
from takedowns.figures.exports.rows import Row, aggregates_of
from takedowns.figures.exports.structure import document_of
from takedowns.figures.exports.workbook import workbook_of
from takedowns.referrals.models import Operation
from takedowns.tabular import csv_lines

__all__ = [
    "FORMATS",
    "Row",
    "aggregates",
    "as_csv",
    "as_json",
    "csv_of",
    "ending_of",
    "json_of",
    "jsonstat_of",
    "pdf_of",
    "workbook_of",
]


def aggregates(operation: Operation, actor: Actor) -> Iterator[Row]:
    """Yield the figures of ``operation`` that ``actor`` may see, one row for each platform and measure."""
    return aggregates_of(board(operation, actor))


def as_csv(operation: Operation, actor: Actor, *, as_of: datetime | None = None) -> bytes:
    """Return the figures as tidy CSV (RFC 4180, UTF-8 with a byte order mark, cells guarded against formulas)."""
    return csv_of(board(operation, actor, as_of=as_of))


def as_json(operation: Operation, actor: Actor, *, as_of: datetime | None = None) -> bytes:
    """Return the figures as JSON (RFC 8259, UTF-8) with the unit of count and the definition of each measure."""
    return json_of(board(operation, actor, as_of=as_of))


def csv_of(figures: Board) -> bytes:
    """Write a board as CSV. The same board gives the same bytes."""
    lines = csv_lines([Row._fields, *aggregates_of(figures)], bom=True)
    return "".join(lines).encode()


def json_of(figures: Board) -> bytes:
    """Write a board as JSON. The same board gives the same bytes."""
    return (json.dumps(document_of(figures), ensure_ascii=False, indent=2) + "\n").encode()


#: What the names of its files end in, where that is not its own.
_ENDINGS: Final = {"jsonstat": "jsonstat.json"}


def ending_of(file_format: str) -> str:
    """Return what the names of a format's files end in."""
    return _ENDINGS.get(file_format, file_format)


#: Every format by its name: each writes a board as bytes, the same board as the same bytes.
FORMATS: Final[Mapping[str, Callable[[Board], bytes]]] = {
    "csv": csv_of,
    "json": json_of,
    "jsonstat": jsonstat_of,
    "xlsx": workbook_of,
    "pdf": pdf_of,
}
