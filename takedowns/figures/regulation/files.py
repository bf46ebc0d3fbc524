"""A return as a file: the same return gives the same bytes in every format."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from datetime import UTC
from pathlib import Path
from typing import Any, Final

import xlsxwriter
from django.utils import translation

from takedowns.figures.exports.rows import stamp
from takedowns.figures.regulation.shapes import NOT_RECORDED, Figure, Return, Table
from takedowns.referrals.vocabulary import Action
from takedowns.tabular import csv_lines
from takedowns.typesetting import typeset

#: The columns of the CSV: figures first, then the lines of each table, whose own columns stand in ``by``.
COLUMNS: Final = (
    "source",
    "subject",
    "year",
    "as_of_utc",
    "provision",
    "name",
    "label",
    "by",
    "value",
    "unit",
    "definition",
    "formula",
)
_CODED: Final = ("outcome", "type of content", "action taken")
_TEMPLATE: Final = Path(__file__).with_name("return.typ")


def csv_of(told: Return) -> bytes:
    """Write a return as tidy CSV (RFC 4180, UTF-8 with a byte order mark, cells guarded against formulas)."""
    head = (told.source, told.subject, told.year, stamp(told.as_of))
    lines: list[tuple[Any, ...]] = [COLUMNS]
    lines += [
        (*head, one.provision, one.name, one.label, "", one.told, one.unit, one.definition, one.formula)
        for one in told.figures
    ]
    for table in told.tables:
        for line in table.lines:
            by = "; ".join(
                f"{name}: {value}" for name, value in zip(table.columns[:-1], line[:-1], strict=True)
            )
            lines.append(
                (*head, table.provision, table.name, table.title, by, line[-1], table.columns[-1], "", "")
            )
    return "".join(csv_lines(lines, bom=True)).encode()


def json_of(told: Return) -> bytes:
    """Write a return as JSON (RFC 8259): a figure that is not recorded has ``recorded: false`` and no value."""
    document = {
        "regulation": told.regulation,
        "title": told.title,
        "source": told.source,
        "subject": told.subject,
        "year": told.year,
        "time_zone": told.zone,
        "as_of": stamp(told.as_of),
        "note": told.note,
        "figures": [
            {
                "name": one.name,
                "provision": one.provision,
                "label": one.label,
                "value": one.value,
                "unit": one.unit,
                "recorded": one.recorded,
                "definition": one.definition,
                "formula": one.formula,
            }
            for one in told.figures
        ],
        "tables": [
            {
                "name": table.name,
                "provision": table.provision,
                "title": table.title,
                "lines": [dict(zip(table.columns, line, strict=True)) for line in table.lines],
            }
            for table in told.tables
        ],
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def workbook_of(told: Return) -> bytes:
    """Write a return as XLSX: a sheet of figures with what they mean, and one for each table."""
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
        {"title": f"{told.source}, {told.subject}, {told.year}", "created": told.as_of.replace(tzinfo=None)}
    )
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    number = book.add_format({"num_format": "#,##0.######", "valign": "top"})
    sheet = book.add_worksheet("Figures")
    for row, text in enumerate(_heading(told)):
        sheet.write_string(row, 0, text)
    top = len(_heading(told)) + 1
    for column, text in enumerate(("Provision", "Figure", "Value", "Unit", "Definition", "Formula")):
        sheet.write_string(top, column, text, head)
    for row, one in enumerate(told.figures, top + 1):
        for column, text in (
            (0, one.provision),
            (1, one.label),
            (3, one.unit),
            (4, one.definition),
            (5, one.formula),
        ):
            sheet.write_string(row, column, text, wrapped)
        if isinstance(one.told, str):
            sheet.write_string(row, 2, one.told, wrapped)
        elif one.told is not None:
            sheet.write_number(row, 2, one.told, number)
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 36)
    sheet.set_column(2, 3, 16)
    sheet.set_column(4, 5, 60)
    sheet.freeze_panes(top + 1, 0)
    for table in told.tables:
        page = book.add_worksheet(table.name)
        page.write_string(0, 0, f"{table.provision}: {table.title}")
        for column, text in enumerate(table.columns):
            page.write_string(1, column, text, head)
        for row, line in enumerate(_worded(table), 2):
            for column, value in enumerate(line):
                if isinstance(value, str):
                    page.write_string(row, column, value)
                else:
                    page.write_number(row, column, value, number)
        page.set_column(0, len(table.columns) - 1, 24)
        page.freeze_panes(2, 0)
    book.close()
    return content.getvalue()


def pdf_of(told: Return) -> bytes:
    """Write a return as PDF: figures, tables, then what each figure means."""
    moment = told.as_of.astimezone(UTC)
    return typeset(
        _TEMPLATE,
        {
            "title": told.title,
            "source": told.source,
            "subject": told.subject,
            "year": str(told.year),
            "note": told.note,
            "moment": f"{moment:%-d %B %Y, %H:%M:%S} UTC",
            "zone": told.zone,
            "date": [moment.year, moment.month, moment.day],
            "figures": [
                {
                    "provision": one.provision,
                    "label": one.label,
                    "value": _printed(one),
                    "recorded": one.recorded,
                    "definition": one.definition,
                    "formula": one.formula,
                }
                for one in told.figures
            ],
            "tables": [
                {
                    "provision": table.provision,
                    "title": table.title,
                    "columns": list(table.columns),
                    "lines": [
                        [f"{value:,}" if isinstance(value, int) else value for value in line]
                        for line in _worded(table)
                    ],
                }
                for table in told.tables
            ],
        },
    )


def _heading(told: Return) -> tuple[str, ...]:
    return (
        f"{told.title}: {told.subject}, {told.year}",
        told.source,
        f"As of {stamp(told.as_of)}. The year begins and ends at midnight, {told.zone}.",
        told.note,
    )


def _worded(table: Table) -> list[tuple[str | int, ...]]:
    """Return a table's lines with codes in words, for people to read; programs read codes (CSV, JSON)."""
    coded = [column in _CODED for column in table.columns]
    return [
        tuple(_word(str(value)) if code else value for value, code in zip(line, coded, strict=True))
        for line in table.lines
    ]


def _word(code: str) -> str:
    if code in Action.values:
        with translation.override("en"):
            return str(Action(code).label)
    return code.replace("_", " ").capitalize()


def _printed(one: Figure) -> str:
    if not one.recorded:
        return NOT_RECORDED
    if one.value is None:
        return "\u2013"
    if one.unit != "second":
        return f"{one.value:,}"
    seconds = round(one.value)
    if seconds < 60:
        return f"{seconds} s"
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60:,} h {minutes % 60} min"


#: Every format by its name.
FORMATS: Final[Mapping[str, Callable[[Return], bytes]]] = {
    "csv": csv_of,
    "json": json_of,
    "xlsx": workbook_of,
    "pdf": pdf_of,
}
