"""The shapes of a return to a regulation: plain values without a database behind them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings

#: What stands where a provision asks for something that this system keeps no record of. Never a zero.
NOT_RECORDED: Final = "not recorded here"


@dataclass(frozen=True)
class Figure:
    """One figure that a provision asks for.

    Attributes:
        name: as in files.
        provision: where it is asked for, as Art. 8(1)(a).
        label: as printed.
        definition: one sentence.
        formula: the same in terms of events.
        unit: what ``value`` counts.
        value: None where there is nothing to tell (a median of nothing), or where it is not recorded.
        recorded: whether this system knows it at all.
    """

    name: str
    provision: str
    label: str
    definition: str
    formula: str
    unit: str
    value: int | float | None
    recorded: bool = True

    @property
    def told(self) -> int | float | str | None:
        """The value as a file shows it."""
        return self.value if self.recorded else NOT_RECORDED


@dataclass(frozen=True)
class Table:
    """A figure by something, one line for each combination that occurs; the last column is the number."""

    name: str
    provision: str
    title: str
    columns: tuple[str, ...]
    lines: tuple[tuple[str | int, ...], ...]


@dataclass(frozen=True)
class Return:
    """All that is told for one provision, one year, one authority or Member State.

    Attributes:
        year, zone: the calendar year, which begins and ends at midnight in the installation's zone.
        as_of: what had been recorded before this moment counts, and nothing else.
    """

    regulation: str
    title: str
    source: str
    note: str
    subject: str
    year: int
    zone: str
    as_of: datetime
    figures: tuple[Figure, ...]
    tables: tuple[Table, ...]


def year_of(year: int) -> tuple[datetime, datetime]:
    """Return the first moment of a calendar year in the installation's zone, and that of the next.

    Raises:
        ValueError: there is no such year on the calendar that a database knows.
    """
    if not 1970 <= year <= 9998:
        raise ValueError(f"{year} is no year that could be told of.")
    zone = ZoneInfo(settings.TIME_ZONE)
    return datetime(year, 1, 1, tzinfo=zone), datetime(year + 1, 1, 1, tzinfo=zone)


@cache
def wording() -> dict[str, Any]:
    """Return what ``provisions.toml`` says: letters, labels and definitions, for a lawyer to correct in one place."""
    return tomllib.loads(Path(__file__).with_name("provisions.toml").read_text(encoding="utf-8"))


def make_return(
    regulation: str,
    *,
    subject: str,
    year: int,
    as_of: datetime,
    values: dict[str, int | float | None],
    tables: dict[str, list[tuple[str | int, ...]]],
) -> Return:
    """Join counted values to the wording. Every recorded figure of the wording must have been counted, and no other.

    Raises:
        ValueError: wording and counting differ: a mistake of the program.
    """
    said = wording()[regulation]
    recorded = {one["name"] for one in said["figure"] if one.get("recorded", True)}
    if recorded != values.keys() or {one["name"] for one in said.get("table", [])} != tables.keys():
        raise ValueError(f"{regulation}: what is worded and what is counted differ.")
    return Return(
        regulation=regulation,
        title=said["title"],
        source=said["source"],
        note=said["note"],
        subject=subject,
        year=year,
        zone=settings.TIME_ZONE,
        as_of=as_of.astimezone(UTC),
        figures=tuple(Figure(value=values.get(one["name"]), **one) for one in said["figure"]),
        tables=tuple(
            Table(
                one["name"], one["provision"], one["title"], tuple(one["columns"]), tuple(tables[one["name"]])
            )
            for one in said.get("table", [])
        ),
    )
