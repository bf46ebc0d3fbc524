"""Single cells: kind, tier, language, time of finding, as officers write them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Generic, TypeVar

from takedowns.intake.readers.model import shown
from takedowns.intake.readers.vocabulary import languages, plain, words

Value = TypeVar("Value")

_REMEMBERED = 8_192
_FIRST_YEAR, _LAST_YEAR = 1990, 2100

# What people put into a cell to say that there is nothing to say.
_NOTHING = frozenset({"", "-", "--", "\u2013", "\u2014", "/", "?", "n/a", "none", "null"})

_TIER = re.compile(
    r"(?:tier|level|prio(?:rity)?|stufe|niveau|nivel|livello|t|p)?[\s.:\-]*([0-9])(?:[.,]0+)?", re.IGNORECASE
)
_TIER_NAMED = re.compile(r"([0-9])\s*[-\u2013\u2014:.)(=/]\s*\D.*", re.DOTALL)

_DAY_FIRST = re.compile(
    r"([0-9]{1,2})\s*[./\- ]\s*([0-9]{1,2}|[^\W\d_]{3,10})\.?\s*[./\- ]?\s*([0-9]{4}|[0-9]{2})\b"
)
_YEAR_FIRST = re.compile(r"([0-9]{4})\s*[./\-]\s*([0-9]{1,2})\s*[./\-]\s*([0-9]{1,2})(?![0-9])")
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,10})\.?\s+([0-9]{1,2})\s*,?\s+([0-9]{4})\b")
_TIME = re.compile(
    r"(?:[T,;]?\s*(?:at|à|um|om|a las|alle)?\s*)"
    r"([0-9]{1,2})(?:[:.h]([0-9]{2}))?(?:[:.]([0-9]{2})(?:[.,][0-9]+)?)?\s*([ap]m)?\s*(?:h|uhr|uur)?"
    r"\s*(z|utc|gmt|cet|cest|mez|mesz|[+-][0-9]{2}:?[0-9]{2})?",
    re.IGNORECASE,
)
_HOURS = {"Z": 0, "UTC": 0, "GMT": 0, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2}


class Remembered(dict[str, tuple[Value, str]], Generic[Value]):
    """Cells already read: text → (value, problem or ""). Columns repeat themselves, so most rows cost a look-up."""

    def __init__(self, read: Callable[[str], tuple[Value, str]]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: str) -> tuple[Value, str]:
        result = self._read(cell)
        if len(self) >= _REMEMBERED:
            self.clear()
        self[cell] = result
        return result


def read_kind(cell: str) -> tuple[str, str]:
    """The kind of item a cell names, in the vocabulary of `identity`; an unknown word is kept in lower case."""
    text = cell.strip()
    if text.lower() in _NOTHING:
        return "", ""
    known = words("kind").get(plain(text))
    if known:
        return known, ""
    return (
        text.lower(),
        f"Kind '{shown(text)}' is not a kind known here (video, document, account, channel, ...); kept as written.",
    )


def read_tier(cell: str) -> tuple[int | None, str]:
    """The tier, 1 to 5, of cells such as "2", "Tier 2", "P2", "2 - crisis", "crisis"."""
    text = cell.strip()
    if text.lower() in _NOTHING:
        return None, ""
    found = _TIER.fullmatch(text) or _TIER_NAMED.fullmatch(text)
    name = found[1] if found else words("tier").get(plain(text), "")
    if name in {"1", "2", "3", "4", "5"}:
        return int(name), ""
    return None, f"Tier '{shown(text)}' is not a number from 1 to 5; left empty."


def read_language(cell: str) -> tuple[str, str]:
    """ISO 639-1 code of cells such as "ar", "ar-SY", "ara", "Arabic", "arabe"."""
    text = cell.strip()
    if text.lower() in _NOTHING:
        return "", ""
    known = languages()
    code = known.get(plain(text)) or known.get(plain(re.split(r"[-_(/,;]", text)[0]))
    if code:
        return code, ""
    return (
        "",
        f"Language '{shown(text)}' is not an ISO 639-1 code or the name of a language known here; left empty.",
    )


def time_reader(zone: tzinfo) -> Callable[[str], tuple[datetime | None, str]]:
    """A reader of times that takes a time without a zone to be local time in `zone`."""

    def read_time(cell: str) -> tuple[datetime | None, str]:
        text = cell.strip()
        if text.lower() in _NOTHING:
            return None, ""
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            try:
                found = _written_out(text)
            except (ValueError, OverflowError):
                return None, (
                    f"Time '{shown(text)}' in found_at is not a date that is understood (such as 2019-11-21 14:05 or "
                    "21.11.2019 14:05); left empty."
                )
        if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
            return (
                None,
                f"Time '{shown(text)}' in found_at is not between {_FIRST_YEAR} and {_LAST_YEAR}; left empty.",
            )
        if found.tzinfo is None:
            found = found.replace(tzinfo=zone)
        return found.astimezone(UTC), ""

    return read_time


def _written_out(text: str) -> datetime:
    """A date as people write it, day before month (European order) unless that is no date; ValueError if it is none."""
    if match := _YEAR_FIRST.match(text):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    elif match := _DAY_FIRST.match(text):
        day, year = int(match[1]), int(match[3])
        month = int(match[2]) if match[2].isdigit() else _month(match[2])
        if month > 12 >= day and match[2].isdigit():
            day, month = month, day
        if year < 100:
            year += 2000
    elif match := _MONTH_FIRST.match(text):
        month, day, year = _month(match[1]), int(match[2]), int(match[3])
    else:
        raise ValueError(text)
    rest = text[match.end() :].strip()
    if not rest:
        return datetime(year, month, day)  # noqa: DTZ001 - the caller adds the zone
    clock = _TIME.fullmatch(rest)
    if clock is None:
        raise ValueError(text)
    hour = int(clock[1])
    if clock[4]:
        if not 1 <= hour <= 12:
            raise ValueError(text)
        hour = hour % 12 + (12 if clock[4].lower() == "pm" else 0)
    return datetime(year, month, day, hour, int(clock[2] or 0), int(clock[3] or 0), tzinfo=_zone(clock[5]))


def _month(name: str) -> int:
    number = words("month").get(plain(name))
    if number is None:
        raise ValueError(name)
    return int(number)


def _zone(name: str | None) -> tzinfo | None:
    if name is None:
        return None
    if name[0] in "+-":
        minutes = int(name[1:3]) * 60 + int(name[-2:])
        return timezone(timedelta(minutes=-minutes if name[0] == "-" else minutes))
    return timezone(timedelta(hours=_HOURS[name.upper()]))
