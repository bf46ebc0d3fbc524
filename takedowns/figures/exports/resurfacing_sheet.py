"""The workbook's sheet of what came back: figures, from where to where, the curve, before and after."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from takedowns.figures.resurfacing import Resurfacing
from takedowns.figures.return_measures import CURVE, DISPLACEMENT, MOVE_MEASURES, RETURN_MEASURES
from takedowns.figures.values import Share
from takedowns.tabular import shown

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

_NAME: Final = "Came back"
#: Height of a line of heads of up to three lines, in points.
_HEAD: Final = 45
_DAY: Final = timedelta(days=1)


def came_back_sheet(book: Workbook, found: Resurfacing, styles: dict[str, Any]) -> None:
    """Write the sheet, tables one below the other, the curve's picture beside them."""
    sheet = book.add_worksheet(_NAME)
    sheet.write_string(
        0, 0, "What came back; looks, not answers. What each figure means: see the sheet Definitions."
    )
    sheet.write_string(1, 0, "Figure", styles["head"])
    sheet.write_string(1, 1, "Value", styles["head"])
    line = 2
    for name, measure in RETURN_MEASURES.items():
        value = getattr(found, name)
        unit = " (h:mm:ss)" if measure.unit == "second" else ""
        sheet.write_string(line, 0, measure.label + unit)
        write_value(sheet, line, 1, value, styles)
        line += 1
    line = _moves(sheet, line + 1, found, styles)
    line = _presence(sheet, line + 1, found, styles)
    _curve(book, sheet, line + 1, found, styles)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 5, 18)


def _note(sheet: Worksheet, line: int, text: str, styles: dict[str, Any]) -> None:
    """Write a sentence across the tables; merged cells do not find their height by themselves."""
    sheet.merge_range(line, 0, line, 4, text, styles["text"])
    sheet.set_row(line, 48)


def write_value(sheet: Worksheet, row: int, column: int, value: Any, styles: dict[str, Any]) -> None:
    """Write a number, a time or a share; nothing where there is none."""
    if isinstance(value, Share):
        if value.value is not None:
            sheet.write_number(row, column, float(value.value), styles["share"])
    elif isinstance(value, timedelta):
        sheet.write_number(row, column, value / _DAY, styles["time"])
    elif value is not None:
        sheet.write_number(row, column, value, styles["count"])


def _moves(sheet: Worksheet, line: int, found: Resurfacing, styles: dict[str, Any]) -> int:
    _note(sheet, line, DISPLACEMENT, styles)
    sheet.set_row(line + 1, _HEAD)
    heads = ("Verified offline on", "Turned up on", *(measure.label for measure in MOVE_MEASURES.values()))
    for column, label in enumerate(heads):
        sheet.write_string(line + 1, column, label, styles["head"])
    for number, move in enumerate(found.moves, line + 2):
        sheet.write_string(number, 0, shown(move.source_name))
        sheet.write_string(number, 1, shown(move.target_name))
        for column, value in enumerate((move.outlets, move.items, move.median), 2):
            write_value(sheet, number, column, value, styles)
    if not found.moves:
        sheet.write_string(line + 2, 0, "No outlet turned up on a further platform.")
    return line + 3 + max(len(found.moves), 1)


def _presence(sheet: Worksheet, line: int, found: Resurfacing, styles: dict[str, Any]) -> int:
    sheet.set_row(line, _HEAD)
    heads = (
        "Platform",
        "Outlets before",
        "Of these not verified offline",
        "Outlets that came",
        "Outlets after",
    )
    for column, label in enumerate(heads):
        sheet.write_string(line, column, label, styles["head"])
    for number, one in enumerate(found.presence, line + 1):
        sheet.write_string(number, 0, shown(one.name))
        for column, value in enumerate((one.before, one.stayed, one.came, one.after), 1):
            write_value(sheet, number, column, value, styles)
    return line + 2 + len(found.presence)


def _curve(book: Workbook, sheet: Worksheet, line: int, found: Resurfacing, styles: dict[str, Any]) -> None:
    _note(sheet, line, CURVE, styles)
    sheet.set_row(line + 1, _HEAD)
    for column, label in enumerate(
        ("Days after it was first verified offline", "Share of outlets back", "Still watched")
    ):
        sheet.write_string(line + 1, column, label, styles["head"])
    # A spreadsheet joins points by straight lines: each step needs both of its corners.
    corners, level = [(0.0, 0.0, found.outlets_seen_gone)], 0.0
    for point in found.curve:
        days = point.after / _DAY
        corners += [(days, level, point.watched), (days, point.share, point.watched)]
        level = point.share
    if found.watched_until is not None:
        corners.append((found.watched_until / _DAY, level, 0))
    for number, (days, share, watched) in enumerate(corners, line + 2):
        sheet.write_number(number, 0, round(days, 4))
        sheet.write_number(number, 1, share, styles["share"])
        sheet.write_number(number, 2, watched, styles["count"])
    chart = book.add_chart({"type": "scatter", "subtype": "straight"})
    first, last = line + 2, line + 1 + len(corners)
    chart.add_series(
        {
            "name": "Share of outlets back",
            "categories": [_NAME, first, 0, last, 0],
            "values": [_NAME, first, 1, last, 1],
            "line": {"color": "#8a4b00", "width": 2.25},
        }
    )
    chart.set_title({"name": "How fast outlets were back"})
    chart.set_x_axis({"name": "Days after it was first verified offline", "min": 0})
    chart.set_y_axis({"num_format": "0 %", "min": 0, "max": 1})
    chart.set_legend({"none": True})
    chart.set_size({"width": 640, "height": 340})
    sheet.insert_chart(1, 6, chart, {"description": "The curve whose points are in the table below."})
