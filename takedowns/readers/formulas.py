"""Where a formula leads: `=HYPERLINK("https://…", "open")`, its address written out or put together from cells."""

from __future__ import annotations

import re
from collections.abc import Callable

from takedowns.readers.facts import Formula
from takedowns.readers.facts_xlsx import place_of
from takedowns.readers.markup import Refused

_HEAD = re.compile(r"\s*(?:of:)?=?\s*HYPERLINK\s*\(", re.IGNORECASE)
_TOKEN = re.compile(
    r"""\s*(?:"(?P<text>(?:[^"]|"")*)"|\[?\.?(?P<fixed_column>\$?)(?P<column>[A-Za-z]{1,3})(?P<fixed_row>\$?)(?P<row>[0-9]{1,7})\]?)\s*"""
)


def target_of(formula: Formula, value_of: Callable[[int, int], str]) -> str:
    """The address a HYPERLINK formula leads to; "" where it is computed in a way that is not followed.

    `value_of` gives the text of a cell of the same sheet by row and column, counted from 1.
    """
    head = _HEAD.match(formula.text)
    if head is None:
        return ""
    at, found = head.end(), ""
    while token := _TOKEN.match(formula.text, at):
        if token["text"] is not None:
            found += token["text"].replace('""', '"')
        else:
            try:
                row, column = place_of(token["column"] + token["row"])
            except Refused:
                return ""
            row += 0 if token["fixed_row"] else formula.rows
            column += 0 if token["fixed_column"] else formula.columns
            if row < 1 or column < 1:
                return ""
            found += value_of(row, column)
        at = token.end()
        sign = formula.text[at : at + 1]
        if sign != "&":
            return found.strip() if sign in {",", ";", ")"} else ""
        at += 1
    return ""
