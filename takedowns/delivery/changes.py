"""The change feed: the log, as far as it is about referrals that the reader may see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from takedowns.delivery.reader import Reader
from takedowns.delivery.referrals import NOT_MADE, columns, in_cells, shown_row
from takedowns.referrals.log import Position, Reading, read
from takedowns.referrals.models import Cell, Event, Referral
from takedowns.referrals.vocabulary import EventKind

#: What a platform may read of an event's details: its own answers, the agency's answer to its question, what was seen.
_DECISION: Final = (
    "action", "decision_ground", "decline_reason", "decision_visibility", "decision_account", "automated_decision",
    "explanation", "puid", "acted_at", "question", "reason",
)  # fmt: skip
SHOWN_DETAILS: Final[Mapping[str, tuple[str, ...]]] = {
    "acknowledge": _DECISION,
    "remove": _DECISION,
    "restrict": _DECISION,
    "decline": _DECISION,
    "report_unavailable": _DECISION,
    "request_information": _DECISION,
    "reinstate": _DECISION,
    "provide_information": ("answer",),
    "check": ("seen",),
    "receipt": ("due_at",),
    "impediment": ("impediment", "explained", "stops_the_hour"),
    "impediment_ended": ("due_at",),
    "complaint": ("complaint", "complainant", "puid"),
    "complaint_decided": ("complaint", "verdict"),
}


#: What is read of an event besides its place in the log.
_COLUMNS: Final = (
    "kind", "at", "recorded_at", "referral_id", "details", "from_cell__status", "to_cell__status",
    "from_cell__availability", "to_cell__availability",
)  # fmt: skip


def changes(reader: Reader, after: Position, limit: int) -> tuple[Reading, list[dict[str, Any]]]:
    """Read the next changes the reader may see, each with its referral as it stands in the same snapshot."""
    of_event = len(_COLUMNS) + 2
    reading = read(_wanted(reader), after, limit, [*_COLUMNS, *columns(reader, "referral__")])
    return reading, [
        {**_without_referral(row), "referral": shown_row(row[of_event:], reader)} for row in reading.events
    ]


def history(referral_id: UUID, reader: Reader) -> list[dict[str, Any]]:
    """Return the changes of one referral that the reader may see, in log order. One statement."""
    events = _wanted(reader).filter(referral_id=referral_id).order_by("xid", "pk")
    return [_without_referral(row) for row in events.values_list("pk", "xid", *_COLUMNS, named=True)]


def _wanted(reader: Reader) -> QuerySet[Event]:
    """Return the events of the reader's referrals; for a platform only from the moment each was referred to it.

    Nothing is asked here: every condition is a sub-select, so that all of it is true of one snapshot (referrals/log.py).
    """
    events = Event.objects.all()
    if reader.platform_id is None:
        return events.filter(referral__in=Referral.objects.visible_to(reader.asker))
    # By cells, of which there are few, and without a join to referrals: right after a large load, when the planner knows
    # nothing of its rows yet, that join would be made a thousand times.
    mine = Cell.objects.filter(platform_id=reader.platform_id)
    made = in_cells("to_cell_id", mine.exclude(status__in=NOT_MADE))
    before = in_cells("from_cell_id", mine.filter(status__in=NOT_MADE))
    told = Q(made) & (Q(from_cell_id=None) | ~Q(before) | Q(kind="refer"))
    # What moves no referral (a look that came late) has no cell; it is told of where the referral was made before it.
    referral = Referral.objects.filter(
        pk=OuterRef("referral_id"), platform_id=reader.platform_id, referred_at__lte=OuterRef("at")
    )
    late = Q(to_cell_id=None) & Exists(referral)
    return events.exclude(kind=EventKind.CO_REFER).filter(told | late)


def _without_referral(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "change": row.kind,
        "at": row.at,
        "recorded_at": row.recorded_at,
        "referral_id": row.referral_id,
        "from_status": row.from_cell__status,
        "to_status": row.to_cell__status,
        "from_availability": row.from_cell__availability,
        "to_availability": row.to_cell__availability,
        "details": {
            name: row.details[name]
            for name in SHOWN_DETAILS.get(row.kind, ())
            if row.details.get(name) not in (None, "", [])
        },
    }
