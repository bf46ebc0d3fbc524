"""The shapes in which figures travel: plain, immutable values without a database behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Final
from uuid import UUID

if TYPE_CHECKING:
    from takedowns.figures.detail import Detail
    from takedowns.figures.resurfacing import Resurfacing

#: The steps of the line over the hours, each within the one before. A removal that was seen gone counts from the later
#: of the two moments.
STEPS: Final = ("handed_in", "referred", "acknowledged", "removed", "removed_and_gone")


@dataclass(frozen=True)
class Share:
    """A share with what it rests on; ``value`` is None where the denominator is 0."""

    numerator: int
    denominator: int

    @property
    def value(self) -> Fraction | None:
        """The exact share, from 0 to 1."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None

    @property
    def percent(self) -> float | None:
        """The share in per cent, for a page."""
        return None if self.value is None else float(self.value * 100)


@dataclass(frozen=True)
class Counts:
    """One set of figures: of a platform, or of all. Each attribute is the measure of that name in ``MEASURES``."""

    handed_in: int = 0
    in_review: int = 0
    rejected: int = 0
    referred: int = 0
    acknowledged: int = 0
    open: int = 0
    removed: int = 0
    restricted: int = 0
    declined: int = 0
    unavailable: int = 0
    reinstated: int = 0
    withdrawn: int = 0
    co_referred: int = 0
    seen_online: int = 0
    seen_offline: int = 0
    not_seen: int = 0
    removed_and_gone: int = 0
    removed_but_online: int = 0
    removed_not_seen: int = 0
    timed: int = 0
    median_time_to_action: timedelta | None = None
    p90_time_to_action: timedelta | None = None

    @property
    def share_removed(self) -> Share:
        """The share of referred that was removed."""
        return Share(self.removed, self.referred)

    @property
    def removed_unconfirmed(self) -> int:
        """The gap between removed and seen gone: removed by the platform's word, not seen to be gone."""
        return self.removed - self.removed_and_gone


@dataclass(frozen=True)
class Hour:
    """How far an operation had come at the end of one hour. The last one equals the totals.

    Attributes:
        start: the hour's first moment, UTC. Hours in which nothing changed are left out.
    """

    start: datetime
    handed_in: int
    referred: int
    acknowledged: int
    removed: int
    removed_and_gone: int


@dataclass(frozen=True)
class SelfReportTotal:
    """A platform's own count of one thing, over the days: 2,096 + 2,959 = 5,055 accounts and bots."""

    what: str
    total: int
    days: tuple[tuple[date, int], ...]


@dataclass(frozen=True)
class PlatformRow:
    """The figures of one platform, with what it says of itself beside them."""

    slug: str
    name: str
    provider: str
    counts: Counts
    self_reports: tuple[SelfReportTotal, ...] = ()


@dataclass(frozen=True)
class Board:
    """All that the board of an operation shows, and all that its export says.

    Attributes:
        rows: one per platform that takes part, was referred to, or reported itself; most handed in first.
        total: over all platforms; counted, not added up, so that the medians are right too.
        hours: progress over the hours, oldest first; empty where nothing was handed in.
        starts, ends: the operation's days; no end for a standing stream of work.
        as_of: the moment of the figures, UTC: all of them are of one snapshot.
        etag: changes whenever a figure changes; see ``fingerprint``.
        suppressed: figures that are withheld, as (platform's slug, or "" for all; name of the measure); 0 or none here.
        came_back: what came back, where a report tells it; the board itself does not ask, since that costs more than the rest.
        closer: figures read one by one, where a report tells them; for the same reason.
        threshold: of figures for publication, the smallest count but 0 that is told; 0 where every figure is.
        made: what a file that somebody took says of itself: by whom it was made, when, its number.
    """

    operation_id: UUID
    reference: str
    name: str
    starts: date
    ends: date | None
    rows: tuple[PlatformRow, ...]
    total: Counts
    hours: tuple[Hour, ...]
    as_of: datetime
    etag: str
    suppressed: frozenset[tuple[str, str]] = frozenset()
    threshold: int = 0
    came_back: Resurfacing | None = None
    closer: Detail | None = None
    made: str = ""

    def tells(self, slug: str, *names: str) -> bool:
        """Whether figures of a platform (or of all: an empty slug) may be shown."""
        return not any((slug, name) in self.suppressed for name in names)
