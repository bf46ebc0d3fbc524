"""Rows to the bytes of a CSV file, in an agency's dialect.

Python's csv writer changed its quoting between versions; the demo must be the same bytes everywhere, so the one rule
needed (RFC 4180, section 2: quote a field that holds separator, quote or line break) is applied here.
"""

from dataclasses import dataclass

from takedowns.demo.scenario.clock import wall_clock
from takedowns.demo.scenario.dialects import Dialect
from takedowns.demo.scenario.dice import Dice
from takedowns.demo.scenario.items import PlannedItem

STRAY_BYTE = "\ue0ff"
"""Stands for a byte 0xE9 that no UTF-8 text can hold, as left behind by a program that mixed two encodings."""

_NOTED = 0.11


@dataclass(slots=True)
class Row:
    """One row of a list: an item in one of its spellings, or a cell that is no item (`item` is None)."""

    address: str
    item: PlannedItem | None = None
    note: str = ""


def write_table(dice: Dice, dialect: Dialect, rows: list[Row], handed_in: int) -> bytes:
    """The file as bytes; found-times lie between ten minutes and two hours before it is handed in."""
    delimiter, tongue = dialect.delimiter, dialect.tongue
    special = (delimiter, '"', "\n", "\r")
    lines = [dialect.before_header] if dialect.before_header else []
    lines.append(delimiter.join(_cell(header, special) for _, header in dialect.columns))
    fields = [field for field, _ in dialect.columns]
    for number, row in enumerate(rows, start=1):
        found_at = wall_clock(handed_in - 10 - dice.below(110))
        note = dice.pick(tongue.notes) if dice.chance(_NOTED) else ""
        item = row.item
        cells = {"row": str(number), "url": row.address, "note": row.note or note}
        if item is not None:
            word = "bot" if item.handle.endswith("_bot") else item.form.kind
            cells |= {
                "kind": tongue.kinds[word],
                "tier": str(item.tier),
                "language": item.language,
                "outlet": item.outlet,
                "ground": tongue.ground,
                "found_at": dialect.written_time(found_at),
            }
        lines.append(delimiter.join([_cell(cells.get(field, ""), special) for field in fields]))
    text = dialect.newline.join(lines) + dialect.newline
    content = text.encode(dialect.encoding)
    if dialect.encoding == "utf-8":
        content = content.replace(STRAY_BYTE.encode(), b"\xe9")
    return dialect.mark + content


def _cell(text: str, special: tuple[str, ...]) -> str:
    for character in special:
        if character in text:
            return '"' + text.replace('"', '""') + '"'
    return text
