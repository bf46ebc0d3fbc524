"""Records to named cells: a table whose fields somebody else knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from takedowns.readers.model import shown
from takedowns.readers.plan import Plan
from takedowns.readers.records import Record
from takedowns.readers.vocabulary import plain
from takedowns.tabular import unguard


class NamedRow(NamedTuple):
    """One row of a table, its filled cells as text without white space around them."""

    line: int
    """Physical line, from 1, on which the record starts; in a spreadsheet the number of the row."""
    raw: str
    cells: dict[str, str]
    """Field of the vocabulary → cell."""
    others: dict[str, str]
    """Header as written → cell, of the columns that fill no field; also what stands behind the last header. A header that
    stands there before has its number behind it."""
    problems: tuple[str, ...] = ()
    """A sentence for each thing that was wrong with the record itself."""


def named_rows(records: Iterable[Record], plan: Plan) -> Iterator[NamedRow]:
    """Yield the rows of `records`, which begin under the header; blank ones and repeated headers are passed over."""
    field_at = {index: name for name, index in plan.columns.items()}
    header_plain = [plain(cell) for cell in plan.header]
    for line, raw, cells, problem in records:
        filled = {index: cell for index, cell in enumerate(unguard(one.strip()) for one in cells) if cell}
        if not filled or (plan.header_line and [plain(cell) for cell in cells] == header_plain):
            continue
        others: dict[str, str] = {}
        for index, cell in filled.items():
            if index not in field_at:
                header = plan.header[index] if index < len(plan.header) else f"Column {index + 1}"
                # Of columns with the same header none may hide another.
                others[f"{header} ({index + 1})" if header in others else header] = cell
        problems = [problem] if problem else []
        beyond = [cell for index, cell in filled.items() if index >= len(plan.header)]
        if beyond:
            problems.append(
                f"The row has {len(cells)} cells where the header has {len(plan.header)}; '{shown(', '.join(beyond))}' was not read. "
                "A cell that contains the separator must stand in quotation marks."
            )
        yield NamedRow(
            line,
            raw.rstrip("\r\n"),
            {field_at[index]: cell for index, cell in filled.items() if index in field_at},
            others,
            tuple(problems),
        )
