"""Notices of a calendar year: Regulation (EU) 2022/2065 (Digital Services Act), Art. 22(3)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Final

from takedowns.directory.models import Agency
from takedowns.figures.regulation.shapes import Return, make_return
from takedowns.figures.regulation.ways import WAYS, bounds, rows, settle
from takedowns.referrals.vocabulary import Instrument

# What a platform did is its action where it acted; a status word where it did not, or undid it.
_NOTICES: Final = f"""{WAYS}
    SELECT provider, platform, kind,
           CASE WHEN status IN ('removed', 'restricted') THEN coalesce(nullif(action, ''), status)
                WHEN status IN ('declined', 'unavailable', 'withdrawn', 'reinstated') THEN status
                ELSE 'no_decision_yet' END AS taken,
           count(*)::int AS notices
    FROM ways GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""


def dsa22(agency: Agency, year: int, *, as_of: datetime | None = None) -> Return:
    """Return what Art. 22(3) asks of a trusted flagger for a calendar year. The running transaction says who asks.

    Args:
        agency: the trusted flagger.
        year: the calendar year in which the notices were submitted.
        as_of: what had been recorded before this moment: asked again, the return is the same. Everything unless told.

    Raises:
        NotSettledError: what was recorded before ``as_of`` may still change.
        ValueError: the year or the moment cannot be.
    """
    moment = settle(as_of)
    found = rows(_NOTICES, bounds([agency.pk], Instrument.REFERRAL, year, as_of))

    def by(*columns: str) -> list[tuple[str | int, ...]]:
        counted: Counter[tuple[str, ...]] = Counter()
        for one in found:
            counted[tuple(one[column] for column in columns)] += one["notices"]
        return [(*key, number) for key, number in sorted(counted.items())]

    return make_return(
        "dsa22",
        subject=agency.name,
        year=year,
        as_of=moment,
        values={"notices": sum(one["notices"] for one in found)},
        tables={
            "by_provider": by("provider", "platform"),
            "by_type": by("kind"),
            "by_action": by("taken"),
            "by_all": by("provider", "platform", "kind", "taken"),
        },
    )
