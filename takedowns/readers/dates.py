"""Moments as people write them: ISO 8601, a spreadsheet's numbers, figures in either order, months by name, zones.

Whether the day or the month stands first in figures a column decides as a whole (`date_order`); here it is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from takedowns.readers.date_order import FIGURES, DateOrder, readable, without_weekday
from takedowns.readers.model import shown
from takedowns.readers.vocabulary import any_of, plain, words, zones

BETWEEN = "\x1f"
"""Stands between the cell of the date and that of the time, where a list has two columns."""

NOTHING = frozenset({"", "-", "--", "\u2013", "\u2014", "/", "?", "n/a", "none", "null"})
"""What people put into a cell to say that there is nothing to say."""

#: Years in which something of the work may have happened, or may be due.
FIRST_YEAR, LAST_YEAR = 1990, 2100
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - day 0 of a spreadsheet's numbers, in no zone
_SERIAL = re.compile(r"([0-9]{5})(?:[.,]([0-9]{1,17}))?")
_FRACTION_OF_DAY = re.compile(r"0?[.,]([0-9]{1,17})")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8}(?![0-9])")
_NAME = rf"([^\W\d_]{{2,15}}(?: {any_of('second_words')})?)"
_YEAR_FIRST = re.compile(
    rf"([0-9]{{4}})\s*[./\- ]\s*(?:m\.?\s+)?(?:([0-9]{{1,2}})|{_NAME})\.?\s*[./\- ]?\s*([0-9]{{1,2}})(?![0-9])\.?(?:\s*d\b\.?)?"
)
_DAY_FIRST = re.compile(
    rf"([0-9]{{1,2}}){any_of('behind_day')}?\s*[./\-]?\s*(?:(?:de|of|ta['\u2019])\s+)?"
    rf"{_NAME}\.?,?\s*[./\-]?\s*(?:(?:de|of|del|do)\s+)?([0-9]{{4}}|[0-9]{{2}})(?![0-9])\.?",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    rf"{_NAME}\.?\s+([0-9]{{1,2}})(?:st|nd|rd|th)?\s*,?\s+([0-9]{{4}})(?![0-9])", re.IGNORECASE
)
_YEAR_DAY_MONTH = re.compile(rf"([0-9]{{4}})\.?\s*gada\s+([0-9]{{1,2}})\.?\s*{_NAME}(?!\w)\.?", re.IGNORECASE)
"""Latvian: "2019. gada 21. novembris"."""
_BEHIND_YEAR = re.compile(rf"\A\s*{any_of('behind_year')}(?=\s|,|$)", re.IGNORECASE)
_DAY_BEHIND = re.compile(r",?\s+\(?([^\W\d_]{1,14})\)?(?:,|\s|$)")
_CLOCK = re.compile(
    rf"[T,;]?\s*\(?(?:{any_of('before')}\s*)?"
    r"(?P<hour>[0-9]{1,2})(?:\s*[:.h]\s*(?P<minute>[0-9]{2})(?:[:.](?P<second>[0-9]{2})(?:[.,](?P<part>[0-9]+))?)?)?"
    rf"\s*(?:(?P<am>{any_of('morning')})|(?P<pm>{any_of('afternoon')}))?"
    rf"\s*(?P<unit>{any_of('behind')}(?!\w))?\s*\)?\s*(?P<zone>.*)",
    re.IGNORECASE | re.DOTALL,
)
_OFFSET = re.compile(
    r"(?:(?:UTC|GMT|UT)\s*([+\-\u2212])\s*|(\+))([0-9]{1,2})(?::?([0-9]{2}))?(?:\s*h)?", re.IGNORECASE
)
"""Without "UTC" eastwards only: "09:00-10:00" is rather an hour than Hawaii."""


class Unread(ValueError):  # noqa: N818 - what is the case, not an error of the program
    """Why a cell is no moment; the argument is the code of a sentence in :func:`time_reader`."""


class Clock(NamedTuple):
    """A time of day, and the zone that is written behind it."""

    at: time
    zone: tzinfo | None


def time_reader(
    zone: tzinfo, order: DateOrder | None = None, field: str = "found_at"
) -> Callable[[str], tuple[datetime | None, str]]:
    """A reader of cells: (the moment in UTC or None, a sentence that says why not or "").

    A time without a zone is local time in `zone`. `order` is the column's; without one each cell decides for itself.
    A cell with :data:`BETWEEN` in it is one of a date and one of a time. `field` is named in sentences.
    """
    column = order or DateOrder()

    def read_time(cell: str) -> tuple[datetime | None, str]:
        date_cell, _, time_cell = (part.strip() for part in cell.partition(BETWEEN))
        if date_cell.lower() in NOTHING:
            if time_cell.lower() in NOTHING:
                return None, ""
            date_cell, time_cell = time_cell, ""
        if time_cell.lower() in NOTHING:
            time_cell = ""
        written = shown(f"{date_cell} {time_cell}".strip())
        try:
            found = joined(date_cell, time_cell, column) if time_cell else moment(date_cell, column)
        except Unread as reason:
            return None, _SENTENCES[str(reason)].format(found=written, field=field)
        except (ValueError, OverflowError):
            return None, _SENTENCES["unknown"].format(found=written, field=field)
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            return None, (
                f"Time '{written}' in {field} is not between {FIRST_YEAR} and {LAST_YEAR}; left empty."
            )
        if found.tzinfo is None:
            found = found.replace(tzinfo=zone)
        return found.astimezone(UTC), ""

    return read_time


def read_both_ways(cell: str, order: str) -> datetime | None:
    """The day of a date in figures if "day" or "month" stands first; None for what is no such date."""
    try:
        return moment(cell.strip(), DateOrder(order))
    except ValueError:
        return None


_SENTENCES = {
    "unknown": "Time '{found}' in {field} is not a date that is understood (such as 2019-11-21 14:05 or 21.11.2019 14:05); left empty.",
    "order": "Time '{found}' in {field} may begin with the day or with the month, and no date of the column decides it; left empty.",
    "month": "Time '{found}' in {field} names a month that Croatian and Polish or Czech call alike, and nothing says which is meant; left empty.",
    "zone": "Time '{found}' in {field} ends in a time zone that is not known here or that several places use (write UTC+2); left empty.",
}


def moment(text: str, order: DateOrder) -> datetime:
    """A date, with a time behind it or without. Naive where no zone is written.

    Raises ValueError, or Unread where a reason can be told.
    """
    text = readable(text)
    if serial := _SERIAL.fullmatch(text):
        return _of_serial(serial)
    if _ISO.match(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass  # "2019-11-21 13:05 UTC" is read below
    day, rest = _date(text, order)
    if not rest:
        return day
    clock = clock_of(rest)
    return datetime.combine(day, clock.at, clock.zone)


def joined(date_cell: str, time_cell: str, order: DateOrder) -> datetime:
    """The moment of a date and a time in two cells. Either may hold both, if they agree. Raises as :func:`moment`."""
    day = moment(date_cell, order)
    try:
        clock = clock_of(time_cell)
    except ValueError:
        whole = moment(time_cell, order)
        if whole.date() != day.date():
            raise
        return whole
    if day.time() not in {time(), clock.at}:
        raise ValueError(time_cell)
    return datetime.combine(day, clock.at, clock.zone or day.tzinfo)


def clock_of(text: str) -> Clock:
    """A time of day such as "14:05", "14h05", "2:05 PM EET", or a spreadsheet's part of a day. Raises as :func:`moment`."""
    text = readable(text)
    if part := _FRACTION_OF_DAY.fullmatch(text):
        return Clock((_EPOCH + _part_of_day(part[1])).time(), None)
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise ValueError(text)
    if not (found["minute"] or found["am"] or found["pm"] or found["unit"]):
        raise ValueError(text)  # a bare number is no time
    hour = int(found["hour"])
    if found["am"] or found["pm"]:
        if not 1 <= hour <= 12:
            raise ValueError(text)
        hour = hour % 12 + (12 if found["pm"] else 0)
    micro = int((found["part"] or "0")[:6].ljust(6, "0"))
    at = time(hour, int(found["minute"] or 0), int(found["second"] or 0), micro)
    return Clock(at, _zone(found["zone"]) if found["zone"] else None)


def _date(text: str, order: DateOrder) -> tuple[datetime, str]:
    """The date at the beginning, and what stands behind it."""
    text = without_weekday(text)
    month: int | str
    if match := _YEAR_DAY_MONTH.match(text):
        year, day, month = int(match[1]), int(match[2]), match[3]
    elif match := _YEAR_FIRST.match(text):
        year, month, day = int(match[1]), match[3] or int(match[2]), int(match[4])
    elif match := FIGURES.match(text):
        day, month, year = order.sorted(match)
    elif match := _DAY_FIRST.match(text):
        day, month, year = int(match[1]), match[2], int(match[3])
    elif match := _MONTH_FIRST.match(text):
        day, month, year = int(match[2]), match[1], int(match[3])
    else:
        raise ValueError(text)
    if isinstance(month, str):
        month = _month(match, month, order)
    if day == 0:
        raise Unread("order")
    found = datetime(year + 2000 if year < 100 else year, month, day)  # noqa: DTZ001 - the caller adds the zone
    rest = _BEHIND_YEAR.sub("", text[match.end() :], count=1)
    if (word := _DAY_BEHIND.match(rest)) and plain(word[1]) in words("before_date"):
        rest = rest[word.end() :]  # Hungarian: "2019. november 21., csütörtök"
    return found, rest.strip()


def _of_serial(serial: re.Match[str]) -> datetime:
    """The moment a spreadsheet counts in days since the end of 1899, to the second, as it shows it."""
    return _EPOCH + timedelta(days=int(serial[1])) + _part_of_day(serial[2] or "0")


def _part_of_day(digits: str) -> timedelta:
    return timedelta(seconds=round(int(digits) * 86_400 / 10 ** len(digits)))


def _month(date: re.Match[str], name: str, order: DateOrder) -> int:
    before = date[0].partition(name)[0]
    number = order.month(name, point_behind_day="." in before, point_behind_year=date[0].endswith("."))
    if not number:
        raise Unread("month")
    return number


@cache
def _zone(name: str) -> tzinfo:
    """The zone that a suffix names: an abbreviation, a distance from UTC, or a name such as Europe/Paris."""
    name = name.strip().strip("()[]").strip()
    if offset := _OFFSET.fullmatch(name):
        minutes = int(offset[3]) * 60 + int(offset[4] or 0)
        if minutes <= 14 * 60:
            return timezone(timedelta(minutes=minutes if offset[2] or offset[1] == "+" else -minutes))
    elif (known := zones().get(plain(name))) is not None:
        return timezone(timedelta(minutes=int(known)))
    elif re.fullmatch(r"[A-Za-z]+/[A-Za-z_]+", name):
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            pass
    if re.fullmatch(r"[A-Za-z]{2,5}|(?:UTC|GMT).*|[+\-\u2212].*|[A-Za-z]+/[A-Za-z_]+", name):
        raise Unread("zone")
    raise ValueError(name)
