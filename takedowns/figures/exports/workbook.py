"""Figures as a workbook: a sheet for each table, charts that the spreadsheet draws itself, the definitions."""

from __future__ import annotations

import io
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from takedowns.figures.charts.scale import hours_in_window
from takedowns.figures.detail import Detail
from takedowns.figures.detail_measures import DETAIL_MEASURES
from takedowns.figures.exports.resurfacing_sheet import came_back_sheet, write_value
from takedowns.figures.exports.rows import ALL_PLATFORMS, SUPPRESSED, publication_rule, stamp, value_of
from takedowns.figures.measures import MEASURES, SELF_REPORT, UNIT_OF_COUNT, DurationMeasure, ShareMeasure
from takedowns.figures.return_measures import MOVE_MEASURES, RETURN_MEASURES
from takedowns.figures.values import STEPS, Board, Counts, Share

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

#: Height of a line of text in points, and widths of the columns of definitions in letters.
LINE: Final = 15
DEFINITION_WIDTHS: Final = (24, 60, 60, 18, 40)
#: What the bars of a platform are made of: what became of what was referred, in this order.
_OUTCOMES: Final = ("removed", "restricted", "declined", "unavailable", "open", "reinstated")
# Told apart also by people who see no red, and in grey print by their order.
_COLOURS: Final = ("#1b5e7d", "#5aa2c4", "#c2703d", "#8a8a8a", "#d9d9d9", "#7a3b69")


def workbook_of(board: Board) -> bytes:
    """Write a board as XLSX. The same board gives the same bytes."""
    import xlsxwriter  # noqa: PLC0415 - large, and most processes never need it

    content = io.BytesIO()
    # Text stays text: no cell is run as a formula or becomes a link.
    book = xlsxwriter.Workbook(
        content,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties(
        {
            "title": f"{board.reference} {board.name}",
            "created": board.as_of.astimezone(UTC).replace(tzinfo=None),
        }
    )
    styles = {
        "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "name": book.add_format({"bold": True}),
        "count": book.add_format({"num_format": "#,##0"}),
        "share": book.add_format({"num_format": "0.0 %"}),
        "time": book.add_format({"num_format": "[h]:mm:ss"}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    }
    _figures(book, board, styles)
    _hours(book, board, styles)
    _self_reports(book, board, styles)
    if board.came_back is not None:
        came_back_sheet(book, board.came_back, styles)
    if board.closer is not None:
        _closer(book, board.closer, styles)
    _definitions(book, styles, board)
    for sheet in book.worksheets():
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
    book.close()
    return content.getvalue()


def _figures(book: Workbook, board: Board, styles: dict[str, Any]) -> None:
    sheet = book.add_worksheet("Figures")
    sheet.write_string(0, 0, f"{board.reference} {board.name}", styles["name"])
    sheet.write_string(
        1, 0, f"As of {stamp(board.as_of)}. What each column means: see the sheet Definitions."
    )
    if board.threshold:
        sheet.write_string(2, 0, publication_rule(board))
    if board.made:
        sheet.write_string(3, 0, board.made)
    top = 4 if board.made else 3
    sheet.write_string(top, 0, "Platform", styles["head"])
    sheet.write_string(top, 1, "Provider", styles["head"])
    for column, measure in enumerate(MEASURES.values(), 2):
        unit = " (h:mm:ss)" if isinstance(measure, DurationMeasure) else ""
        sheet.write_string(top, column, measure.label + unit, styles["head"])
    lines = [
        ("", ALL_PLATFORMS, "", board.total),
        *((row.slug, row.name, row.provider, row.counts) for row in board.rows),
    ]
    for number, (slug, name, provider, counts) in enumerate(lines, top + 1):
        sheet.write_string(number, 0, name, styles["name"])
        sheet.write_string(number, 1, provider)
        _line(sheet, board, (number, slug, counts), styles)
    sheet.set_column(0, 1, 18)
    sheet.set_column(2, 1 + len(MEASURES), 13)
    sheet.set_row(top, 3 * LINE)
    sheet.freeze_panes(top + 1, 1)
    if board.rows:
        _outcomes(book, sheet, len(board.rows), top)


def _line(sheet: Worksheet, board: Board, line: tuple[int, str, Counts], styles: dict[str, Any]) -> None:
    number, slug, counts = line
    for column, measure in enumerate(MEASURES.values(), 2):
        if not board.tells(slug, measure.name):
            sheet.write_string(number, column, SUPPRESSED)
            continue
        value, _, _ = value_of(measure, counts)
        if value is None:
            continue
        if isinstance(measure, DurationMeasure):
            sheet.write_number(number, column, float(value) / 86_400, styles["time"])
        else:
            style = styles["share"] if isinstance(measure, ShareMeasure) else styles["count"]
            sheet.write_number(number, column, float(value), style)


def _outcomes(book: Workbook, sheet: Worksheet, platforms: int, top: int) -> None:
    """Draw what became of what was referred, a bar for each platform."""
    chart = book.add_chart({"type": "bar", "subtype": "stacked"})
    columns = list(MEASURES)
    for name, colour in zip(_OUTCOMES, _COLOURS, strict=True):
        column = 2 + columns.index(name)
        chart.add_series(
            {
                "name": [sheet.get_name(), top, column],
                "categories": [sheet.get_name(), top + 2, 0, top + 1 + platforms, 0],
                "values": [sheet.get_name(), top + 2, column, top + 1 + platforms, column],
                "fill": {"color": colour},
            }
        )
    chart.set_title({"name": "What became of what was referred"})
    chart.set_y_axis({"reverse": True})
    chart.set_x_axis({"num_format": "#,##0", "name": "Referrals"})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 900, "height": 160 + 32 * platforms})
    sheet.insert_chart(
        top + 3 + platforms, 0, chart, {"description": "Stacked bars; the numbers are in the table above."}
    )


def _hours(book: Workbook, board: Board, styles: dict[str, Any]) -> None:
    sheet = book.add_worksheet("Hours")
    steps = [step for step in STEPS if board.tells("", step)]
    sheet.write_string(0, 0, "Hour begins (UTC)", styles["head"])
    for column, step in enumerate(steps, 1):
        sheet.write_string(0, column, f"{MEASURES[step].label}, by its end", styles["head"])
    for number, hour in enumerate(board.hours, 1):
        sheet.write_datetime(number, 0, hour.start.astimezone(UTC).replace(tzinfo=None), styles["moment"])
        for column, step in enumerate(steps, 1):
            sheet.write_number(number, column, getattr(hour, step), styles["count"])
    sheet.set_column(0, len(steps), 18)
    sheet.set_row(0, 2 * LINE)
    sheet.freeze_panes(1, 1)
    if not board.hours:
        sheet.write_string(1, 0, SUPPRESSED if board.suppressed else "Nothing was submitted.")
        return
    drawn = len(hours_in_window(board, UTC))  # what changed weeks later is in the table
    chart = book.add_chart({"type": "scatter", "subtype": "straight"})
    for column, step in enumerate(steps, 1):
        chart.add_series(
            {
                "name": MEASURES[step].label,
                "categories": ["Hours", 1, 0, drawn, 0],
                "values": ["Hours", 1, column, drawn, column],
                "line": {"color": _COLOURS[column - 1], "width": 2},
            }
        )
    chart.set_title({"name": "How far the operation had come"})
    chart.set_x_axis({"num_format": "d mmm hh:mm", "name": "UTC"})
    chart.set_y_axis({"num_format": "#,##0", "name": "Referrals"})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 900, "height": 420})
    sheet.insert_chart(
        1, len(steps) + 2, chart, {"description": "Lines over the hours; the numbers are in the table."}
    )


def _self_reports(book: Workbook, board: Board, styles: dict[str, Any]) -> None:
    sheet = book.add_worksheet("Platforms' own counts")
    sheet.write_string(0, 0, SELF_REPORT.definition, styles["name"])
    for column, label in enumerate(("Platform", "What it counted", "Day", "Count")):
        sheet.write_string(1, column, label, styles["head"])
    lines = [
        (row.name, report.what, day.isoformat(), counted)
        for row in board.rows
        for report in row.self_reports
        for day, counted in report.days
    ]
    for number, (name, what, day, counted) in enumerate(lines, 2):
        for column, text in enumerate((name, what, day)):
            sheet.write_string(number, column, text)
        sheet.write_number(number, 3, counted, styles["count"])
    sheet.set_column(0, 3, 22)


def _closer(book: Workbook, found: Detail, styles: dict[str, Any]) -> None:
    sheet = book.add_worksheet("Closer")
    sheet.write_string(
        0, 0, "Read one by one, of all platforms. What each figure means: see the sheet Definitions."
    )
    for column, label in enumerate(("Figure", "Value", "Of")):
        sheet.write_string(1, column, label, styles["head"])
    for line, (name, measure) in enumerate(DETAIL_MEASURES.items(), 2):
        value = found.values[name]
        unit = " (h:mm:ss)" if measure.unit == "second" else ""
        sheet.write_string(line, 0, measure.label + unit)
        write_value(sheet, line, 1, value, styles)
        if isinstance(value, Share):
            sheet.write_number(line, 2, value.denominator, styles["count"])
    sheet.set_column(0, 0, 52)
    sheet.set_column(1, 2, 16)
    sheet.freeze_panes(2, 1)


def _definitions(book: Workbook, styles: dict[str, Any], board: Board) -> None:
    sheet = book.add_worksheet("Definitions")
    sheet.write_string(0, 0, "Unit of count", styles["head"])
    sheet.write_string(0, 1, UNIT_OF_COUNT, styles["text"])
    for column, label in enumerate(("Measure", "Definition", "Formula", "Unit", "Source")):
        sheet.write_string(2, column, label, styles["head"])
    measures = [*MEASURES.values(), SELF_REPORT]
    if board.closer is not None:
        measures += DETAIL_MEASURES.values()
    if board.came_back is not None:
        measures += [*RETURN_MEASURES.values(), *MOVE_MEASURES.values()]
    for number, measure in enumerate(measures, 3):
        unit = "as counted by the platform" if measure is SELF_REPORT else str(measure.unit)
        texts = (measure.label, measure.definition, measure.formula, unit, measure.source)
        for column, text in enumerate(texts):
            sheet.write_string(number, column, text, styles["text"])
        # Spreadsheets other than the one it is named for leave rows of wrapped text a line high.
        sheet.set_row(number, LINE * max(map(_lines, texts, DEFINITION_WIDTHS)))
    for column, width in enumerate(DEFINITION_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.set_row(0, LINE * _lines(UNIT_OF_COUNT, DEFINITION_WIDTHS[1]))


def _lines(text: str, width: int) -> int:
    """Return how many lines of a column a text takes, rather one too many."""
    return -(-len(text) * 11 // (10 * width))
