"""What a column of dates decides as a whole: whether the day or the month stands first in figures, and which month
"listopad" is. One 21, or one month that a single language calls so, anywhere decides it for all.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from takedowns.readers.vocabulary import plain, words

DAY, MONTH = "day", "month"

EXAMPLES = 3
"""Dates that are shown to whoever is asked."""

FIGURES = re.compile(r"([0-9]{1,2})\s*([./\- ])\s*([0-9]{1,2})\s*[./\- ]\s*([0-9]{4}|[0-9]{2})(?![0-9])\.?")
"""A date in figures: day or month, sign between, month or day, year."""


_WORD = re.compile(r"([^\W\d_]{1,14}(?:['\u2019-][^\W\d_]{1,9})?)([.,\u060c]{0,2})\s+(?=\w)")
_ALSO_UNTIL_AND_AFTER = frozenset({"do", "po"})
"""Days of the week in one language, "until" and "after" in another: told by the point or comma behind them."""
_NAME = re.compile(r"[^\W\d_]{3,15}")
_CROATIAN = frozenset({"Europe/Zagreb", "Europe/Sarajevo"})
_POLISH_OR_CZECH = frozenset({"Europe/Warsaw", "Europe/Prague"})
_FOREIGN = re.compile(r"[^\W0-9A-Za-z_]|[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_DAY_AND_MONTH = re.compile(r"[0-9]{1,2}\S{0,2}\s*[^\W\d_]{3}|" + FIGURES.pattern)


def readable(cell: str) -> str:
    """The cell with the figures of every script as 0 to 9, composed letters, and without marks of direction."""
    if cell.isascii():
        return cell.strip()
    return unicodedata.normalize("NFC", _FOREIGN.sub(_plainly, cell)).strip()


def _plainly(found: re.Match[str]) -> str:
    sign = found[0]
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    return sign if sign.isalnum() else ""


def without_weekday(text: str) -> str:
    """`text` without the day of the week and the article that may stand before a date."""
    while text and not text[0].isdigit() and (word := _WORD.match(text)):
        name = plain(word[1])
        if name not in words("before_date") or (name in _ALSO_UNTIL_AND_AFTER and not word[2]):
            break
        if name in words("month") and not _DAY_AND_MONTH.match(text, word.end()):
            break  # "Mar 21, 2019" is in March, "mar. 21 nov. 2019" on a Tuesday
        text = text[word.end() :]
    return text


@dataclass(slots=True)
class DateOrder:
    """What the dates of one column say about their order; nothing is remembered of them but that.

    With points between the figures the day stands first in every country, unless a date says otherwise.
    """

    chosen: str = ""
    """"day" or "month" where a person said which stands first."""
    decided_by: dict[tuple[bool, str], str] = field(default_factory=dict)
    """(with points?, order) → the first cell that can be read in that order only."""
    open: list[str] = field(default_factory=list)
    """The first cells that can be read both ways, without points."""
    zone: str = ""
    """Name of the zone of whoever writes."""
    in_croatian: set[bool] = field(default_factory=set)
    """Whether the months that only one language calls so are Croatian."""

    def see(self, cell: str) -> None:
        """Take a cell into account."""
        text = without_weekday(readable(cell))
        match = FIGURES.match(text)
        if match is None:
            self._see_month(text)
            return
        first, second = int(match[1]), int(match[3])
        points = match[2] == "."
        if first > 12 >= second:
            self.decided_by.setdefault((points, DAY), cell.strip())
        elif second > 12 >= first:
            self.decided_by.setdefault((points, MONTH), cell.strip())
        elif first != second and not points and len(self.open) < EXAMPLES and cell.strip() not in self.open:
            self.open.append(cell.strip())

    def _see_month(self, text: str) -> None:
        name = _NAME.search(text)
        if name is None:
            return
        word = plain(name[0])
        if word in words("month") and word not in words("month_croatian"):
            self.in_croatian.add(word in words("croatian"))

    def month(self, name: str, *, point_behind_day: bool, point_behind_year: bool) -> int:
        """The number of the month that a word names, 0 where it is another one in another language. Raises ValueError.

        Where neither the column nor the zone says whether it is Croatian, the points do that stand behind the ordinals of
        a Croatian date ("21. listopada 2019."), and not in a Polish one ("21 listopada 2019").
        """
        word = plain(name)
        number = words("month").get(word)
        if number is None:
            raise ValueError(name)
        if word not in words("month_croatian"):
            return int(number)
        croatian: bool | None = None
        if len(self.in_croatian) == 1:
            (croatian,) = self.in_croatian
        elif self.zone in _CROATIAN or self.zone in _POLISH_OR_CZECH:
            croatian = self.zone in _CROATIAN
        elif point_behind_day == point_behind_year:
            croatian = point_behind_day
        if croatian is None:
            return 0
        return int(words("month_croatian")[word] if croatian else number)

    def order(self, *, points: bool) -> str:
        """ "day" or "month", "" where nothing decides or dates contradict each other."""
        day, month = ((points, one) in self.decided_by for one in (DAY, MONTH))
        if day != month:
            return DAY if day else MONTH
        return self.chosen or (DAY if points and not day else "")

    @property
    def decided(self) -> tuple[str, str]:
        """The order in which the column's dates in figures are read, and the cell that decides it; "" where there is none.

        Dates with points alone decide nothing that anybody would ask about.
        """
        for points in (False, True):
            order = self.order(points=points)
            if order and (points, order) in self.decided_by:
                return order, self.decided_by[points, order]
        return (self.chosen if self.open else ""), ""

    @property
    def asks(self) -> bool:
        """Whether some cells can be read both ways and only a person can say which is meant."""
        return bool(self.open) and not self.order(points=False)

    def sorted(self, figures: re.Match[str]) -> tuple[int, int, int]:
        """Day, month and year of a match of :data:`FIGURES`; day 0 where nothing decides which is which."""
        first, second, year = int(figures[1]), int(figures[3]), int(figures[4])
        if first > 12 or first == second:
            return first, second, year
        if second > 12:
            return second, first, year
        order = self.order(points=figures[2] == ".")
        if not order:
            return 0, 0, year
        return (first, second, year) if order == DAY else (second, first, year)
