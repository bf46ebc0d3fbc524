"""Separated text: delimiter and header from the first lines, then the rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import tzinfo
from itertools import chain, dropwhile, islice
from typing import BinaryIO, NamedTuple

from takedowns.intake.readers.lines import Lines
from takedowns.intake.readers.model import (
    MAX_COLUMNS,
    NUL_MARK,
    UNREADABLE,
    HandedInRow,
    Layout,
    ReaderError,
    shown,
)
from takedowns.intake.readers.plan import Plan, has_companions, plan_of
from takedowns.intake.readers.records import ONE_COLUMN, Record, records
from takedowns.intake.readers.rows import rows_of

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_LINES = 200

_SEP = re.compile(r'"?sep=([^\w"\r\n])"?[,;\t]*\s*', re.IGNORECASE)
_UNPRINTABLE = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]|" + NUL_MARK + "|" + UNREADABLE)


class Text(NamedTuple):
    """A separated text whose layout is known."""

    layout: Layout
    rows: Iterator[HandedInRow]
    lines: Lines


def open_text(
    stream: BinaryIO, start: bytes, filename: str, *, zone: tzinfo, mapping: Mapping[str, str] | None
) -> Text:
    """Open a text of which `start` has been read from `stream` already. Raises ReaderError."""
    lines = Lines(stream, start)
    flow = chain.from_iterable(lines.batches())
    # A list may begin below a screenful of blank lines.
    number, first = next(((i, line) for i, line in enumerate(flow, 1) if line.strip()), (0, ""))
    if not number:
        raise ReaderError("empty", f"{filename} is empty; there is nothing to read.")
    sample = [first, *islice(flow, SAMPLE_LINES)]
    beginning = "".join(sample)[:65_536]
    if len(_UNPRINTABLE.findall(beginning)) > len(beginning) * 0.1:
        raise ReaderError(
            "not_text",
            f"{filename} is not a text or a workbook that can be read; save the list as CSV (UTF-8), XLSX or ODS.",
        )
    delimiter, skipped, plan = choose(sample, number, mapping)
    plan_line = plan.header_line or 0
    body: Iterator[Record] = records(chain(sample[skipped:], flow), delimiter, number + skipped)
    body = dropwhile(lambda record: record[0] <= plan_line, body)
    layout = layout_of(plan, "csv", delimiter="" if delimiter == ONE_COLUMN else delimiter)
    return Text(layout, rows_of(body, plan.header, plan.columns, zone, listed=delimiter == ONE_COLUMN), lines)


def choose(sample: list[str], number: int, mapping: Mapping[str, str] | None) -> tuple[str, int, Plan]:
    """Delimiter, number of lines to pass over (Excel's `sep=;`), and plan for a text that begins with `sample`, of which
    the first line has the given number.

    Raises ReaderError when no delimiter makes a table with a column of links.
    """
    declared = _SEP.fullmatch(sample[0])
    candidates = (
        (declared[1],) if declared else (ONE_COLUMN, *DELIMITERS)
    )  # of equal plans the first is taken
    skipped = 1 if declared else 0
    found: list[tuple[tuple[float, ...], str, Plan]] = []
    widest: list[str] = []
    for delimiter in candidates:
        parsed = [
            (line, cells) for line, _, cells, _ in records(sample[skipped:], delimiter, number + skipped)
        ]
        widest = max([widest, *(cells for _, cells in parsed)], key=len)
        plan = plan_of(parsed, mapping)
        if plan is None:
            continue
        url = plan.columns["url"]
        loose = (
            plan.header_line is None and delimiter not in {"\t", ONE_COLUMN} and not declared and not mapping
        )
        if loose and len(plan.header) > 1 and not has_companions(parsed, url):
            continue
        found.append((plan.score, delimiter, plan))
    if found:
        _, delimiter, plan = max(found, key=lambda one: one[0])
        return delimiter, skipped, plan
    raise no_plan(widest, mapping)


def no_plan(header: list[str], mapping: Mapping[str, str] | None, line: int | None = None) -> ReaderError:
    """The error for a table without a column of links; `header` is what most looks like its header."""
    if len(header) > MAX_COLUMNS:
        return ReaderError(
            "too_wide",
            f"A row has {len(header):,} columns; at most {MAX_COLUMNS} are read. Check that it is the right file.",
            line,
        )
    headers = [shown(cell) for cell in header if cell.strip()]
    seen = "Seen as headers: " + ", ".join(headers[:20]) + "." if headers else "No header was seen."
    if mapping:
        wanted = ", ".join(f"{name} = {head}" for name, head in mapping.items() if head)
        return ReaderError(
            "mapping", f"The columns asked for ({wanted}) were not found. {seen}", line, headers=headers
        )
    return ReaderError(
        "no_url_column",
        f"No column with links was found. {seen} The column of the links may be called URL, Link, Address, Lien, Adresse, "
        "Webadres, Enlace or Indirizzo, among others; rename it, or say which column it is.",
        line,
        "url",
        headers=headers,
    )


def layout_of(plan: Plan, file_format: str, *, delimiter: str = "", sheet: str = "") -> Layout:
    """The layout a person is shown for `plan`."""
    used = set(plan.columns.values())
    return Layout(
        format=file_format,
        delimiter=delimiter,
        header=plan.header,
        header_line=plan.header_line,
        columns={name: plan.header[index] for name, index in plan.columns.items()},
        unrecognised=[head for i, head in enumerate(plan.header) if i not in used],
        guessed=plan.guessed,
        titles=plan.titles,
        sheet=sheet,
    )
