"""The columns beside the links in a table without a header: whether they are columns at all, and what they hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from takedowns.readers.vocabulary import languages, plain, words

_DATE = re.compile(r"[0-9]{1,4}[./\-][0-9]{1,2}[./\-][0-9]{1,4}")
_LETTERS = re.compile(r"[^\W\d_]{2}")


def has_companions(rows: Sequence[Sequence[str]], url: int, *, digits: bool = True) -> bool:
    """Whether, without a header, the cells beside the links read as words of a table and not as pieces of the links.

    Commas and semicolons stand in links too (https://example.org/a,1), and half a link names another item. `digits`
    says whether a tier alone counts as a word.
    """
    filled = [cells for cells in rows if any(cell.strip() for cell in cells)]
    good = sum(
        any(_is_word(cell.strip(), digits=digits) for i, cell in enumerate(cells) if i != url)
        for cells in filled
    )
    return good > len(filled) / 2


def _is_word(cell: str, *, digits: bool) -> bool:
    return (
        not cell
        or " " in cell
        or (digits and cell in {"1", "2", "3", "4", "5"})
        or _DATE.match(cell) is not None
        or plain(cell) in words("kind")
        or plain(cell) in languages()
    )


def guess(rows: Sequence[Sequence[str]], url: int, width: int) -> dict[str, int]:
    """What the columns beside that of the links hold, by their cells: kinds, dates, languages, and at last words.

    A column of bare numbers is left alone: they may be tiers, and as well may count the rows.
    """
    others = [index for index in range(width) if index != url]
    found: dict[str, int] = {}
    for name, fits in _FITS.items():
        share, place = max(((_share(rows, index, fits), -index) for index in others), default=(0.0, 0))
        if share > 0.5:
            found[name] = -place
            others.remove(-place)
    return found


def _share(rows: Sequence[Sequence[str]], index: int, fits: Callable[[str], bool]) -> float:
    """Share of the filled cells of a column that fit."""
    cells = [cells[index] for cells in rows if index < len(cells) and cells[index].strip()]
    return sum(map(fits, cells)) / len(cells) if cells else 0.0


_FITS: dict[str, Callable[[str], bool]] = {
    "kind": lambda cell: plain(cell) in words("kind"),
    "found_at": lambda cell: _DATE.match(cell.strip()) is not None,
    "language": lambda cell: plain(cell) in languages(),
    "note": lambda cell: _LETTERS.search(cell) is not None,
}
"""In the order in which they are asked: a word that is a kind or a language is no note."""
