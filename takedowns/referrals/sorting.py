"""By what a list of referrals is sorted: a column of it, in either direction; ties go by id, in the same direction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from takedowns.referrals.vocabulary import Availability, Status


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort.

    Attributes:
        name: of the column, one of :data:`BY_DIMENSION` or :data:`BY_MOMENT`.
        descending: the greatest first.
    """

    name: str
    descending: bool = False

    def __str__(self) -> str:
        return f"-{self.name}" if self.descending else self.name

    @property
    def is_of_cells(self) -> bool:
        """Whether cells know it, so that one descent for each cell finds a page."""
        return self.name in BY_DIMENSION

    def key(self, table: str) -> str:
        """Return the SQL of what is compared, of ``referral`` or of ``cell``."""
        found = BY_DIMENSION.get(self.name) or BY_MOMENT[self.name]
        return found.format(of=table)


def _in_order(values: list[str], column: str) -> str:
    """Return SQL for the place of a column's value among all in their own order."""
    told = ", ".join(f"'{one}'" for one in values)
    return f"array_position(ARRAY[{told}]::text[], {{of}}.{column}::text)"


def _or_before_all(column: str) -> str:
    """Return SQL for a moment that may be missing. No coalesce: under row-level security no index answers a comparison with one."""
    return f"CASE WHEN {{of}}.{column} IS NULL THEN timestamptz '-infinity' ELSE {{of}}.{column} END"


#: By column: what is compared of a cell, which its referrals share. Status and what was seen go in the order of their vocabularies.
BY_DIMENSION: Final[dict[str, str]] = {
    "status": _in_order(Status.values, "status"),
    "seen": _in_order(Availability.values, "availability"),
    "platform": "{of}.platform_id",
    "agency": "(SELECT agency.name FROM directory_agency AS agency WHERE agency.id = {of}.agency_id)",
    "tier": "{of}.tier",
}
#: By column: a moment of the referral, each with an index of its own (``sql/referral_by_*.sql``); what has none stands first.
BY_MOMENT: Final[dict[str, str]] = {
    "submitted": "{of}.submitted_at",
    "referred": _or_before_all("referred_at"),
    "decided": _or_before_all("decided_at"),
}


def sort_named(text: str) -> Sort | None:
    """Return the sort that an address names, as "tier" or "-tier"; None where there is no such column."""
    name = text.removeprefix("-")
    return Sort(name, text.startswith("-")) if name in BY_DIMENSION or name in BY_MOMENT else None
