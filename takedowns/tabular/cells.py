"""Guarding of single cells against formula injection, and the way back.

Source of the rule: OWASP, "CSV Injection": a cell is run as a formula when it begins with = + - @, a tab, a carriage
return or a line feed, or with a full-width form of the four signs.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal

from takedowns.tabular.signs import shown

GUARD = "'"
"""What stands before a guarded cell. Spreadsheets take it as "this is text"."""

_TRIGGER = r"[ \u00a0\u3000]*[\t\r\n=+\-@\uff1d\uff0b\uff0d\uff20]"
# Cells that already begin with apostrophes and a trigger are guarded once more, so that the way back is exact.
_NEEDS_GUARD = re.compile(rf"'*{_TRIGGER}")
_IS_GUARDED = re.compile(rf"'+{_TRIGGER}")
# Where a program splits at another delimiter than ours, what follows one begins a cell of its own, quoted or not. So does what
# follows the end of a line: the quotation mark before it is then within a cell, and quotes nothing.
_INSIDE = re.compile(r"""(?<=[,;\t|\r\n])(?='*[" \u00a0\u3000]*[=+\-@\uff1d\uff0b\uff0d\uff20])""")
_GUARDED_INSIDE = re.compile(r"""(?<=[,;\t|\r\n])'(?='*[" \u00a0\u3000]*[=+\-@\uff1d\uff0b\uff0d\uff20])""")
_NUMBER = re.compile(r"[+-][0-9]+(?:[.,][0-9]+)*(?:[eE][+-]?[0-9]+)?%?", re.ASCII)
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def safe_cell(value: object) -> str:
    """The text of a cell that holds `value`, guarded where a spreadsheet would run it.

    None becomes the empty cell, times ISO 8601, truth values "true" and "false". Numbers stay numbers, also those
    that come as text ("-5", "+3.2"). Any other text that a spreadsheet would run gets an apostrophe in front;
    `unguard` takes it off again. So does what follows a comma, semicolon, tab, bar or line's end inside the text: German
    and French Excel split at the semicolon. Lone surrogates, which no file can hold, become U+FFFD; signs that turn the
    direction of reading are written out, and stay so.
    """
    if isinstance(value, str):
        text = value
    elif value is None:
        return ""
    elif isinstance(value, bool):
        return "true" if value else "false"
    elif isinstance(value, int | float | Decimal):
        return str(value)
    elif isinstance(value, datetime | date | time):
        return value.isoformat()
    else:
        text = str(value)
    if not text:
        return ""
    if not text.isascii():
        text = shown(_SURROGATE.sub("\ufffd", text))
    if _NUMBER.fullmatch(text):
        return text
    text = _INSIDE.sub(GUARD, text)
    return GUARD + text if _NEEDS_GUARD.match(text) else text


def unguard(text: str) -> str:
    """The text as it was before `safe_cell`: one apostrophe less wherever it guards something.

    Any other text, also one that merely begins with an apostrophe ('s-Hertogenbosch), comes back unchanged.
    """
    if text.startswith(GUARD) and _IS_GUARDED.match(text):
        text = text[1:]
    return _GUARDED_INSIDE.sub("", text)
