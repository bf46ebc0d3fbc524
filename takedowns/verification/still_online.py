"""Removed by the platform's word, and seen online by whoever looked last: the list behind the board's loudest figure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from django.db import connection

from takedowns.access.actor import Actor
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.vocabulary import Availability, Status

PAGE_SIZE: Final = 100


class After(NamedTuple):
    """A place in the list: behind the referral that was decided then."""

    decided_at: datetime
    referral_id: UUID


def still_online(
    operation: Operation,
    actor: Actor,
    *,
    platform_id: str = "",
    after: After | None = None,
    size: int = PAGE_SIZE,
) -> list[Referral]:
    """Return them with their items, the longest removed by word in front. Two statements.

    Counted as the board counts: by the cell that says removed and online.
    """
    beyond = "AND (referral.decided_at, referral.id) > (%(after_at)s, %(after_id)s)" if after else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT referral.id FROM referrals_cell AS cell
            JOIN referrals_referral AS referral ON referral.cell_id = cell.id
            WHERE cell.operation_id = %(operation)s AND cell.status = %(status)s AND cell.availability = %(seen)s
              AND (%(platform)s = '' OR cell.platform_id = %(platform)s) {beyond}
            ORDER BY referral.decided_at, referral.id LIMIT %(size)s
            """,
            {
                "operation": operation.pk,
                "status": str(Status.REMOVED),
                "seen": str(Availability.ONLINE),
                "platform": platform_id,
                "size": size,
                "after_at": after.decided_at if after else None,
                "after_id": after.referral_id if after else None,
            },
        )
        ids = [one for (one,) in cursor.fetchall()]
    found = (
        Referral.objects.visible_to(actor).select_related("item__outlet", "platform", "agency").in_bulk(ids)
    )
    return [found[one] for one in ids if one in found]


def online_for(referral: Referral) -> timedelta | None:
    """Return for how long after its decision the item was seen online; None where the last look came before it."""
    decided, looked = referral.decided_at, referral.item.checked_at
    return looked - decided if decided and looked and looked > decided else None
