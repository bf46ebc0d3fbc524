"""What a sheet says beside the values of its cells: links, what is hidden, what is merged, how far it reaches."""

from __future__ import annotations

from dataclasses import dataclass, field

from takedowns.readers.markup import TooLargeError

MOST_ROWS = 1_048_576
"""Rows of a sheet that are noted as hidden, links of one, merged areas of one: no more than Excel has rows."""


@dataclass(slots=True)
class Formula:
    """A formula that makes a link: its text, and how far it was filled down and to the right from where it was written."""

    text: str
    rows: int = 0
    columns: int = 0


@dataclass(slots=True)
class SheetFacts:
    """All of it counted from 1. Numbers of one sheet are bounded: see :meth:`check`."""

    last_row: int = 0
    last_column: int = 0
    """The last filled cell reaches so far; the library lays the sheet out as one rectangle up to there."""
    hidden_rows: set[int] = field(default_factory=set)
    filtered: bool = False
    """Whether rows are hidden by a filter."""
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    """From, to."""
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    """First row, first column, last row, last column."""
    links: dict[tuple[int, int], str | Formula] = field(default_factory=dict)
    """Row and column of a cell → where it leads."""
    link_areas: list[tuple[tuple[int, int, int, int], str]] = field(default_factory=list)
    """Links that several cells have in common."""

    @property
    def cells(self) -> int:
        """Cells of the rectangle, empty ones included."""
        return self.last_row * self.last_column

    def reach(self, row: int, column: int) -> None:
        """Note a filled cell."""
        self.last_row = max(self.last_row, row)
        self.last_column = max(self.last_column, column)

    def check(self) -> None:
        """Raise TooLargeError where there is more of anything than a sheet can have."""
        if (
            max(map(len, (self.hidden_rows, self.hidden_columns, self.merged, self.links, self.link_areas)))
            > MOST_ROWS
        ):
            raise TooLargeError

    def is_hidden(self, column: int) -> bool:
        """Whether a column is hidden."""
        return any(first <= column <= last for first, last in self.hidden_columns)

    def link(self, row: int, column: int) -> str | Formula:
        """Where a cell leads, "" for one that leads nowhere."""
        found = self.links.get((row, column), "")
        if not found and self.link_areas:
            for (top, left, bottom, right), target in self.link_areas:
                if top <= row <= bottom and left <= column <= right:
                    return target
        return found
