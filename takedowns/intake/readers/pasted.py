"""A list pasted into a page: one link per line, or a piece of a spreadsheet."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import tzinfo
from itertools import chain

from takedowns.intake.readers.model import MAX_LINE, NUL_MARK, HandedInRow
from takedowns.intake.readers.plan import plan_of
from takedowns.intake.readers.records import ONE_COLUMN, records
from takedowns.intake.readers.rows import rows_of
from takedowns.intake.readers.text import DELIMITERS

_SURROGATE = re.compile(r"[\ud800-\udfff]")


def read_pasted(text: str, *, zone: tzinfo) -> Iterator[HandedInRow]:
    """Yield one row for each line of `text` that is not blank.

    Where the first of them is a header with a column of links, the text is read as the table it is (cells apart by
    tabs when it comes from a spreadsheet). Elsewhere a line holds a link, or several, among words, which become its
    note. Never raises for what the text holds.
    """
    clean = _SURROGATE.sub("\ufffd", text).replace("\0", NUL_MARK).removeprefix("\ufeff")
    lines = (
        line if len(line) <= MAX_LINE else line[:MAX_LINE] + "\n" for line in io.StringIO(clean, newline="")
    )
    number, first = next(((i, line) for i, line in enumerate(lines, 1) if line.strip()), (0, ""))
    if not number:
        return
    flow = chain([first], lines)
    for delimiter in ("\t", *DELIMITERS, ONE_COLUMN):
        header = [(number, cells) for _, _, cells, _ in records([first], delimiter)]
        plan = plan_of(header, None)
        if plan is not None and plan.header_line and (len(plan.columns) > 1 or delimiter == ONE_COLUMN):
            read = records(flow, delimiter, number)
            next(read)  # the header itself
            yield from rows_of(read, plan.header, plan.columns, zone, listed=delimiter == ONE_COLUMN)
            return
    listed = ((line, raw, [raw], "") for line, raw in enumerate(flow, number))
    yield from rows_of(listed, [""], {"url": 0}, zone, listed=True)
