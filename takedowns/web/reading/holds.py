"""The holds somebody may read: their own agency's."""

from __future__ import annotations

from typing import Final

from takedowns.directory.asking import Asker
from takedowns.referrals.models import Hold

STANDING_SHOWN: Final = 500
ENDED_SHOWN: Final = 50


def own_holds(asker: Asker) -> tuple[list[Hold], list[Hold]]:
    """Return the standing holds, the first to end in front, and the latest that ended. Two statements."""
    visible = Hold.objects.select_related("item", "outlet", "agency", "placed_by", "released_by")
    if not asker.sees_everything:
        visible = visible.filter(agency_id__in=asker.agencies)
    standing = visible.active().order_by("ends_at")[:STANDING_SHOWN]
    ended = visible.ended().order_by("-placed_at")
    return list(standing), list(ended[:ENDED_SHOWN])
