"""The change feed: the log, as far as it is about referrals that the reader may see."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from takedowns.referrals.log import Position, Reading, read
from takedowns.referrals.models import Cell, Event, Referral
from takedowns.referrals.vocabulary import EventKind
from takedowns.representation.reader import Reader
from takedowns.representation.referrals import NOT_MADE, among, cells_of, shown, visible
from takedowns.representation.wire import dumps

#: What a platform may read of an event's details: its own answers, the agency's answer to its question, what was seen.
_DECISION: Final = (
    "action",
    "decision_ground",
    "decline_reason",
    "decision_visibility",
    "decision_account",
    "automated_decision",
    "explanation",
    "puid",
    "acted_at",
    "question",
    "reason",
)
SHOWN_DETAILS: Final[Mapping[str, tuple[str, ...]]] = {
    "acknowledge": _DECISION,
    "remove": _DECISION,
    "restrict": _DECISION,
    "decline": _DECISION,
    "report_unavailable": _DECISION,
    "request_information": _DECISION,
    "reinstate": _DECISION,
    "correct_answer": ("right_answer", *_DECISION),
    "provide_information": ("answer",),
    "check": ("seen",),
    "receipt": ("due_at",),
    "impediment": ("impediment", "explained", "stops_the_hour"),
    "impediment_ended": ("due_at",),
    "complaint": ("complaint", "complainant", "puid"),
    "complaint_decided": ("complaint", "verdict"),
}


def changes(
    reader: Reader,
    after: Position,
    limit: int,
    kinds: Sequence[str] = (),
    filters: Mapping[str, Any] = MappingProxyType({}),
) -> tuple[Reading, list[dict[str, Any]]]:
    """Read the next changes the reader may see, each with its referral as it stands now.

    Args:
        kinds: only changes of these, where some are named.
        filters: only of referrals of these (``DIMENSIONS``), as they were when the change happened.
    """
    reading = read(
        lambda: _among(_wanted(reader, kinds), filters),
        after,
        limit,
        for_platform=reader.platform_id is not None,
    )
    ids = {event.referral_id for event in reading.events if event.referral_id}
    referrals: dict[UUID | None, dict[str, Any]] = {}
    if ids:
        referrals = {one["id"]: one for one in shown(visible(reader).filter(among(ids)), reader)}
    # They may be further on than the events. One that was taken from the reader in between (its agency left the operation) is
    # no longer theirs to be told of.
    return reading, [
        {**_without_referral(event), "referral": referrals[event.referral_id]}
        for event in reading.events
        if event.referral_id in referrals
    ]


def history(referral_ids: Iterable[UUID], reader: Reader) -> dict[UUID, list[dict[str, Any]]]:
    """Return the changes of referrals that the reader may see, of each in log order. One statement."""
    told: dict[UUID, list[dict[str, Any]]] = {}
    for event in _wanted(reader).filter(referral_id__in=list(referral_ids)).order_by("xid", "pk"):
        assert event.referral_id is not None  # noqa: S101 - asked for by it
        told.setdefault(event.referral_id, []).append(_without_referral(event))
    return told


def updated(referral_ids: Iterable[UUID], reader: Reader) -> dict[UUID, datetime]:
    """Return when the last change was recorded that the reader is told of, of each referral. Two statements at most."""
    events = _wanted(reader).filter(referral_id__in=list(referral_ids)).order_by()
    found = events.select_related(None).values_list("referral_id").annotate(last=Max("recorded_at"))
    return dict(found)


def etag_with_history(etag: str, events: Sequence[Mapping[str, Any]]) -> str:
    """Return the strong ETag of a referral shown with its history: that of the referral, and what the history adds."""
    return f"{etag}.{hashlib.sha256(dumps(events)).hexdigest()[:16]}"


def _wanted(reader: Reader, kinds: Sequence[str] = ()) -> QuerySet[Event]:
    """Return the events of the reader's referrals; for a platform only from the moment each was referred to it."""
    events = Event.objects.select_related("from_cell", "to_cell")
    if kinds:
        events = events.filter(kind__in=kinds)
    if reader.platform_id is None:
        return events.filter(referral__in=Referral.objects.visible_to(reader.actor))
    # By the numbers of cells, of which there are few, and without a join: the planner knows how many events each has, and
    # right after a large load, when it knows nothing of the referrals yet, a join with them would be made a thousand times.
    cells = dict(Cell.objects.filter(platform_id=reader.platform_id).values_list("pk", "status"))
    unmade = {pk for pk, status in cells.items() if status in NOT_MADE}
    made = [pk for pk in cells if pk not in unmade]
    told = Q(to_cell_id__in=made) & (Q(from_cell_id=None) | ~Q(from_cell_id__in=unmade) | Q(kind="refer"))
    # What moves no referral (a look that came late) has no cell; it is told of where the referral was made before it.
    referral = Referral.objects.filter(
        pk=OuterRef("referral_id"), platform_id=reader.platform_id, referred_at__lte=OuterRef("at")
    )
    late = Q(to_cell_id=None) & Exists(referral)
    return events.exclude(kind=EventKind.CO_REFER).filter(told | late)


def _among(events: QuerySet[Event], filters: Mapping[str, Any]) -> QuerySet[Event]:
    """Narrow to the referrals of counted dimensions; what moves none is of those where its referral stands now."""
    if (cells := cells_of(filters)) is None:
        return events
    numbers = list(cells.values_list("pk", flat=True))
    late = Q(to_cell_id=None) & Exists(
        Referral.objects.filter(pk=OuterRef("referral_id"), cell_id__in=numbers)
    )
    return events.filter(Q(to_cell_id__in=numbers) | late)


def _without_referral(event: Event) -> dict[str, Any]:
    before, after = event.from_cell, event.to_cell
    return {
        "id": event.pk,
        "change": event.kind,
        "at": event.at,
        "recorded_at": event.recorded_at,
        "referral_id": event.referral_id,
        "from_status": before.status if before else None,
        "to_status": after.status if after else None,
        "from_availability": before.availability if before else None,
        "to_availability": after.availability if after else None,
        "details": {
            name: event.details[name]
            for name in SHOWN_DETAILS.get(event.kind, ())
            if event.details.get(name) not in (None, "", [])
        },
    }
