"""What a workbook hides, merges or keeps on other sheets: read, and told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from takedowns.readers import HandedInRow, Layout
from tests import workbooks
from tests.readers.conftest import FILES

Read = Callable[..., tuple[Layout, list[HandedInRow]]]
Make = Callable[..., bytes]

ROWS: list[list[object]] = [
    ["URL", "Kind", "Note"],
    *([f"https://t.me/abcde/{n}", "video", f"note {n}"] for n in range(1, 7)),
]


def numbers(rows: list[HandedInRow]) -> list[int]:
    return [int(row.url.rpartition("/")[2]) for row in rows]


def hide(*lines: int) -> Callable[[Any, Any], None]:
    def shape(book: Any, sheet: Any) -> None:
        for line in lines:
            sheet.set_row(line - 1, None, None, {"hidden": True})

    return shape


def filtered(book: Any, sheet: Any) -> None:
    sheet.autofilter(0, 0, 6, 2)
    sheet.filter_column("B", "x == channel")
    hide(3, 4, 7)(book, sheet)


def grouped(book: Any, sheet: Any) -> None:
    for line in (5, 6):
        sheet.set_row(line - 1, None, None, {"level": 1, "hidden": True})


@pytest.mark.parametrize(
    ("shape", "hidden", "by_filter", "visible"),
    [
        (hide(3), 1, False, [1, 3, 4, 5, 6]),
        (hide(1, 2), 1, False, [2, 3, 4, 5, 6]),
        (hide(9, 12), 0, False, [1, 2, 3, 4, 5, 6]),
        (filtered, 3, True, [1, 4, 5]),
        (grouped, 2, False, [1, 2, 3, 6]),
    ],
)
def test_hidden_rows_are_read_counted_and_told_from_the_others(
    read: Read, shape: Callable[[Any, Any], None], hidden: int, by_filter: bool, visible: list[int]
) -> None:
    content = workbooks.written(ROWS, shape)
    layout, rows = read(content)
    assert numbers(rows) == [1, 2, 3, 4, 5, 6]
    assert (layout.hidden_rows, layout.filtered) == (hidden, by_filter)
    assert numbers([row for row in rows if not row.hidden]) == visible


def test_hidden_rows_of_libreoffice_are_told_too(read: Read, ods: Make) -> None:
    def row(text: str, more: str = "") -> str:
        return f'<table:table-row {more}><table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell></table:table-row>'

    hidden, by_filter = 'table:visibility="collapse"', 'table:visibility="filter"'
    rows = [
        row("URL"),
        row("t.me/abcde/1"),
        row("t.me/abcde/2", hidden),
        row("t.me/abcde/3", by_filter),
        row("t.me/abcde/4"),
        # What LibreOffice writes below a filtered list: rows to the end of the world, hidden or not.
        f'<table:table-row {hidden} table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>',
    ]
    layout, found = read(ods("".join(rows)))
    assert numbers(found) == [1, 2, 3, 4]
    assert (layout.hidden_rows, layout.filtered) == (2, True)
    assert numbers([row for row in found if not row.hidden]) == [1, 4]


def test_hidden_columns_are_read_and_named(read: Read) -> None:
    def shape(book: Any, sheet: Any) -> None:
        sheet.set_column(2, 2, None, None, {"hidden": True})
        sheet.set_column(8, 20, None, None, {"hidden": True})

    layout, rows = read(workbooks.written(ROWS, shape))
    assert layout.hidden_columns == ["Note"]
    assert rows[0].note == "note 1"


@pytest.mark.parametrize(
    ("merged", "kinds", "notes"),
    [
        ("B2:B4", ["video", "video", "video", "", "", ""], None),
        ("C3:C7", None, ["", "note", "note", "note", "note", "note"]),
        ("B2:C3", ["video", "video", "", "", "", ""], None),
    ],
)
def test_a_merged_cell_gives_its_value_to_every_row(
    read: Read,
    merged: str,
    kinds: list[str] | None,
    notes: list[str] | None,
) -> None:
    def shape(book: Any, sheet: Any) -> None:
        value = {"B": "video", "C": "note"}[merged[0]]
        sheet.merge_range(merged, value)

    rows = [["URL", "Kind", "Note"], *([f"https://t.me/abcde/{n}"] for n in range(1, 7))]
    _, found = read(workbooks.written(rows, shape))
    assert numbers(found) == [1, 2, 3, 4, 5, 6]
    assert [row.kind for row in found] == (kinds or [""] * len(found))
    assert [row.note for row in found] == (notes or [""] * len(found))


def test_a_merged_address_stands_in_each_row_that_holds_something(read: Read) -> None:
    def shape(book: Any, sheet: Any) -> None:
        sheet.merge_range("A2:A4", "https://t.me/abcde/1")

    rows: list[list[object]] = [["URL", "Note"], [None, "one"], [None, "two"], [None, None], ["t.me/abcde/2"]]
    _, found = read(workbooks.written(rows, shape))
    assert [(row.line, row.url, row.note) for row in found] == [
        (2, "https://t.me/abcde/1", "one"),
        (3, "https://t.me/abcde/1", "two"),
        (5, "t.me/abcde/2", ""),
    ]


def test_merged_cells_above_the_header_and_over_empty_rows_make_no_rows(read: Read) -> None:
    def shape(book: Any, sheet: Any) -> None:
        sheet.merge_range("A1:C1", "Weekly list")
        sheet.merge_range("A2:B2", "Where")
        sheet.merge_range("C4:C9", "the same note")

    rows = [
        [],
        [],
        ["URL", "Kind", "Note"],
        ["https://t.me/abcde/1", "video"],
        ["https://t.me/abcde/2", "post"],
    ]
    layout, found = read(workbooks.written(rows, shape))
    assert layout.header_line == 3
    assert [(row.line, row.note) for row in found] == [(4, "the same note"), (5, "the same note")]


SHEETS: dict[str, list[list[object]] | str] = {
    "Cover": [["Unit", "Demo"]],
    "week 48": [["URL", "Note"], ["https://t.me/abcde/1", "a"], ["https://t.me/abcde/2", "b"]],
    "week 49": [["Opmerking", "Webadres"], ["c", "https://t.me/abcde/3"]],
    "loose": [["https://t.me/abcde/4"]],
}


@pytest.mark.parametrize(
    ("chosen", "rows"),
    [
        ((), [(1, 2, 1, "a"), (1, 3, 2, "b"), (2, 2, 3, "c")]),
        (("week 49",), [(2, 2, 3, "c")]),
        (("week 48", "loose"), [(1, 2, 1, "a"), (1, 3, 2, "b"), (3, 1, 4, "")]),
        (("loose",), [(3, 1, 4, "")]),
        (("no such",), [(1, 2, 1, "a"), (1, 3, 2, "b"), (2, 2, 3, "c")]),
    ],
)
def test_several_sheets_are_read_each_by_its_own_header(
    read: Read, xlsx: Make, chosen: tuple[str, ...], rows: list[tuple[int, int, int, str]]
) -> None:
    """A row says where in the workbook it stands, whichever sheets are read: repairs are kept by that."""
    layout, found = read(xlsx(SHEETS), sheets=chosen)
    assert [(row.sheet, row.line, *numbers([row]), row.note) for row in found] == rows
    assert [one.name for one in layout.sheets] == ["week 48", "week 49", "loose"]


def test_the_workbook_of_the_german_trial(read: Read) -> None:
    layout, rows = read((FILES / "workbooks" / "de_messy.xlsx").read_bytes())
    assert [(one.name, one.hidden, one.read) for one in layout.sheets] == [
        ("Meldungen", False, True),
        ("Archiv 2025", True, False),
        ("Nachmeldungen", False, True),
    ]
    assert (layout.hidden_rows, layout.filtered, layout.header_line) == (1, False, 4)
    rows = [row for row in rows if row.part == 1]  # two lines hold two addresses
    assert [(row.sheet, row.line) for row in rows] == [
        *((1, line) for line in (5, 6, 7, 8, 10, 11, 12, 13, 14, 15)),
        *((3, line) for line in (2, 3)),
    ]
    assert rows[3].url == "https://www.youtube.com/watch?v=uxMessAAA04"
    assert [row.kind for row in rows[:2]] == ["channel", "post"]


def test_the_workbook_of_the_dutch_trial(read: Read) -> None:
    layout, rows = read((FILES / "workbooks" / "nl_messy.xlsx").read_bytes())
    assert [(one.name, one.read) for one in layout.sheets] == [("week 48", True), ("week 49", True)]
    assert rows[0].url == "https://t.me/uxnl_01", "a formula without a value that was kept"
    assert [(row.sheet, row.line) for row in rows if row.part == 1] == [
        *((0, line) for line in range(2, 8)),
        (1, 2),
    ]
