"""From the log to notices: a reader of its own (DESIGN, principle 5) that writes down for each agency what there is to tell.

A page then reads by agency or person what would otherwise be searched for among all that happened to everybody.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.notices.models import NoticeCursor, What
from takedowns.referrals.log import BEGINNING, Position, next_stretch
from takedowns.referrals.vocabulary import Availability, EventKind, Status

#: Events gone through in one transaction, at most.
STRETCH: Final = 50_000
#: Any number of its own: one process at a time tells, so that numbers appear in their order.
LOCK: Final = 0x5465_6C6C
#: A hold is released in a transaction that may end later than it says; nothing takes this long.
LATE: Final = timedelta(hours=1)

#: What each event is called. A look is told of where it sees online what the platform says it removed (below).
TOLD_AS: Final = {
    "request_information": What.QUESTION,
    "reinstate": What.REINSTATED,
    "correct_answer": What.CORRECTED,
    "decline": What.DECLINED,
    "restrict": What.RESTRICTED,
    "report_unavailable": What.UNAVAILABLE,
    "remove": What.REMOVED,
    "reject": What.REJECTED,
    "withdraw": What.WITHDRAWN,
    EventKind.IMPEDIMENT: What.IMPEDIMENT,
    EventKind.SUGGEST_ORDER: What.ORDER_SUGGESTED,
    EventKind.COMPLAINT: What.COMPLAINT,
    EventKind.COMPLAINT_DECIDED: What.COMPLAINT_DECIDED,
    EventKind.CHECK: What.ONLINE,
}

#: What an agency is told that joined a referral it may not see: what became of the item, and nothing of how.
OUTCOMES: Final = frozenset(
    {
        What.REMOVED,
        What.RESTRICTED,
        What.UNAVAILABLE,
        What.DECLINED,
        What.REINSTATED,
        What.REJECTED,
        What.WITHDRAWN,
        What.ONLINE,
    }
)

# Each agency that handed the item in is told: the referral's own, and those that joined it. An item that is looked at every
# hour and found online every time is told of once: when it comes to be so, or is first seen so after the removal.
_OF_REFERRALS: Final = """
    INSERT INTO notices_notice
        (what, at, agency_id, person_id, platform_id, actor_id, event_id, operation_id, referral_id, item_id)
    SELECT told.what, event.at, whose.agency_id, whose.person_id, referral.platform_id,
           CASE WHEN whose.sees THEN event.actor_id END, CASE WHEN whose.sees THEN event.id END,
           CASE WHEN whose.sees THEN referral.operation_id END, CASE WHEN whose.sees THEN referral.id END,
           CASE WHEN NOT whose.sees THEN referral.item_id END
    FROM referrals_event AS event
    JOIN unnest(%(kinds)s::text[], %(whats)s::text[]) AS told (kind, what) ON told.kind = event.kind
    JOIN referrals_referral AS referral ON referral.id = event.referral_id
    LEFT JOIN referrals_cell AS before ON before.id = event.from_cell_id
    LEFT JOIN referrals_cell AS after ON after.id = event.to_cell_id
    CROSS JOIN LATERAL (
        SELECT referral.agency_id, referral.submitted_by_id AS person_id, true AS sees
        UNION ALL
        SELECT joined.agency_id, joined.submitted_by_id,
               referral.operation_id IN (SELECT operation_id FROM takedowns_operations_of(ARRAY[joined.agency_id]))
        FROM referrals_coreferral AS joined
        WHERE joined.referral_id = referral.id AND joined.at <= event.at AND joined.agency_id <> referral.agency_id
    ) AS whose
    WHERE (event.xid, event.id) > (%(xid)s::xid8, %(id)s) AND (event.xid, event.id) <= (%(upto_xid)s::xid8, %(upto_id)s)
      AND (whose.sees OR told.what = ANY(%(outcomes)s))
      AND (event.kind <> %(check)s OR (
          after.status = %(removed)s AND after.availability = %(online)s AND (
              before.availability <> %(online)s
              OR NOT EXISTS (
                  SELECT 1 FROM referrals_event AS former JOIN referrals_cell AS seen ON seen.id = former.to_cell_id
                  WHERE former.referral_id = event.referral_id AND former.kind = %(check)s
                    AND seen.status = %(removed)s AND seen.availability = %(online)s
                    AND (former.xid, former.id) < (event.xid, event.id)
              )
          )
      ))
    ORDER BY event.xid, event.id
"""
# Time passes without an event; a hold's end is told of in the order in which it is found.
_OF_HOLDS: Final = """
    INSERT INTO notices_notice (what, at, agency_id, person_id, actor_id, platform_id, hold_id)
    SELECT %(what)s, coalesce(hold.released_at, hold.ends_at), hold.agency_id, hold.placed_by_id, hold.released_by_id,
           item.platform_id, hold.id
    FROM holds_hold AS hold LEFT JOIN referrals_item AS item ON item.id = hold.item_id
    WHERE coalesce(hold.released_at, hold.ends_at) <= %(now)s
      AND (%(since)s::timestamptz IS NULL OR coalesce(hold.released_at, hold.ends_at) > %(since)s)
      AND NOT EXISTS (SELECT 1 FROM notices_notice AS notice WHERE notice.hold_id = hold.id)
    ORDER BY coalesce(hold.released_at, hold.ends_at), hold.id
"""


def build_notices(*, stretch: int = STRETCH) -> int:
    """Write notices of all that happened behind the oldest transaction in flight, a stretch to a transaction.

    Another process that tells is not waited for; then nothing is left to do. Killed at any moment, it goes on where the
    last transaction ended: notices and cursor are written in one.

    Returns:
        How many stretches were gone through.
    """
    told = 0
    while _tell_a_stretch(stretch):
        told += 1
    return told


def told_up_to() -> datetime | None:
    """Return when notices were last made; None where they never were. One statement."""
    return NoticeCursor.objects.values_list("moved_at", flat=True).first()


def _tell_a_stretch(stretch: int) -> bool:
    """Return whether there may be more to tell."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return False
        now = timezone.now()
        place = NoticeCursor.objects.first()
        after = Position(place.xid, place.event_id) if place else BEGINNING
        bound = next_stretch(after, stretch)
        if bound is not None:
            cursor.execute(
                _OF_REFERRALS,
                {
                    "xid": str(after.xid),
                    "id": after.event_id,
                    "upto_xid": str(bound.xid),
                    "upto_id": bound.event_id,
                    "kinds": [str(kind) for kind in TOLD_AS],
                    "whats": [str(what) for what in TOLD_AS.values()],
                    "outcomes": [str(what) for what in OUTCOMES],
                    "check": str(EventKind.CHECK),
                    "removed": str(Status.REMOVED),
                    "online": str(Availability.ONLINE),
                },
            )
        since = place.moved_at - LATE if place else None
        cursor.execute(_OF_HOLDS, {"what": str(What.HOLD_ENDED), "now": now, "since": since})
        reached = bound or after
        NoticeCursor.objects.update_or_create(
            pk=1, defaults={"xid": reached.xid, "event_id": reached.event_id, "moved_at": now}
        )
    return bound is not None
