"""Reading helpers, and workbooks (tests/workbooks.py)."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from takedowns.readers import Choices, HandedInRow, Layout, ReaderError, open_table
from tests import workbooks

FILES = Path(__file__).parent.parent / "intake" / "files"
"""Lists as people sent them, by kind; what is right for each stands in the test that reads it."""

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.fixture
def zone() -> ZoneInfo:
    return AMSTERDAM


@pytest.fixture
def read() -> Callable[..., tuple[Layout, list[HandedInRow]]]:
    """Layout and rows of a file, given as bytes, or as text in UTF-8."""

    def read_content(
        content: bytes | str, mapping: Any = None, **choices: Any
    ) -> tuple[Layout, list[HandedInRow]]:
        data = content.encode() if isinstance(content, str) else content
        table = open_table(
            io.BytesIO(data), "list.csv", zone=AMSTERDAM, choices=Choices(columns=mapping or {}, **choices)
        )
        rows = list(table.rows())
        return table.layout, rows

    return read_content


@pytest.fixture
def refused() -> Callable[..., ReaderError]:
    """The error with which a file is refused."""

    def refusal_of(content: bytes | str, mapping: Any = None, **choices: Any) -> ReaderError:
        data = content.encode() if isinstance(content, str) else content
        with pytest.raises(ReaderError) as caught:
            open_table(
                io.BytesIO(data),
                "list.csv",
                zone=AMSTERDAM,
                choices=Choices(columns=mapping or {}, **choices),
            )
        return caught.value

    return refusal_of


@pytest.fixture
def xlsx() -> Callable[..., bytes]:
    """A workbook with the given sheets: name → rows, or name → the XML of the rows."""
    return workbooks.xlsx


@pytest.fixture
def ods() -> Callable[..., bytes]:
    """An ODS workbook with one sheet: its rows, or the XML of its rows; with `password`, as if encrypted."""
    return workbooks.ods


@pytest.fixture
def workbook() -> Callable[..., bytes]:
    """A workbook of one sheet, written by XlsxWriter with the formats of dates and times."""
    return workbooks.written
