"""Drafts of referrals in any state the lifecycle can leave them in, written to the database as a set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import connection
from hypothesis import strategies as st

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.models import Agency
from takedowns.referrals.cells import Dimensions, ensure_cells
from takedowns.referrals.models import CoReferral, Event, Item, Operation, Referral
from takedowns.referrals.vocabulary import Availability, Instrument, Status
from tests.factories import MORNING

PLATFORMS = ("telegram", "youtube", "twitter", "tamtam")
NEVER_REFERRED = (Status.SUBMITTED, Status.APPROVED, Status.REJECTED)
_REFER = (("approve", Status.APPROVED), ("refer", Status.REFERRED))
DECIDED = (Status.REMOVED, Status.RESTRICTED, Status.DECLINED, Status.UNAVAILABLE, Status.REINSTATED)


@dataclass(frozen=True)
class Draft:
    """One referral to be. Minutes count from its submission; ``seen_after`` from the operation's morning."""

    platform: str
    agency: int
    status: Status
    availability: Availability
    withdrawn_late: bool
    submitted: int
    to_refer: int
    to_answer: int
    seen_after: int
    co_referrers: frozenset[int]

    @property
    def was_referred(self) -> bool:
        """Whether the platform was asked."""
        if self.status == Status.WITHDRAWN:
            return self.withdrawn_late
        return self.status not in NEVER_REFERRED


drafts = st.builds(
    Draft,
    platform=st.sampled_from(PLATFORMS),
    agency=st.integers(0, 1),
    status=st.sampled_from(Status),
    availability=st.sampled_from(Availability),
    withdrawn_late=st.booleans(),
    submitted=st.integers(0, 3000),
    to_refer=st.integers(0, 300),
    to_answer=st.integers(0, 3000),
    seen_after=st.integers(0, 9000),
    co_referrers=st.frozensets(st.integers(0, 2)),
)


class _TakenBackError(Exception):
    pass


@contextmanager
def taken_back() -> Iterator[None]:
    """Run a block as the system and take back what it wrote, so that the next example begins with nothing."""
    with suppress(_TakenBackError), acting_as(SYSTEM):
        yield
        raise _TakenBackError


def write_day(operation: Operation, agencies: Sequence[Agency], day: Sequence[Draft]) -> list[Referral]:
    """Write the drafts with items, cells, co-referrals and events; return the referrals."""
    items, referrals, co_referrals, events = [], [], [], []
    cells = ensure_cells(
        [
            _cell(operation, agencies, draft)._replace(status=str(status), availability=str(seen))
            for draft in day
            for status in Status
            for seen in Availability
        ]
    )
    for draft in day:
        at = MORNING + timedelta(minutes=draft.submitted)
        referred = at + timedelta(minutes=draft.to_refer) if draft.was_referred else None
        decided = (
            referred + timedelta(minutes=draft.to_answer, microseconds=draft.seen_after)
            if referred and draft.status in DECIDED
            else None
        )
        acknowledged = decided or (
            referred if draft.status in {Status.ACKNOWLEDGED, Status.INFORMATION_REQUESTED} else None
        )
        item = Item(
            id=uuid4(),
            platform_id=draft.platform,
            kind="post",
            key=uuid4().hex,
            url="https://example.org/",
            availability=draft.availability,
            first_seen_at=at,
        )
        referral = Referral(
            id=uuid4(),
            item=item,
            operation=operation,
            agency=agencies[draft.agency],
            platform_id=draft.platform,
            instrument=Instrument.REFERRAL,
            tier=4,
            status=draft.status,
            availability=draft.availability,
            availability_since=seen_at(draft) if draft.availability != Availability.UNKNOWN else None,
            cell_id=cells[_cell(operation, agencies, draft)],
            submitted_at=at,
            referred_at=referred,
            acknowledged_at=acknowledged,
            decided_at=decided,
        )
        items.append(item)
        referrals.append(referral)
        co_referrals += [
            CoReferral(id=uuid4(), referral=referral, item=item, agency=agencies[number], at=at)
            for number in draft.co_referrers
        ]
        # As the doors do: an agency that hands its own referral in again is no co-referrer in the log.
        joined = [
            Event(id=uuid4(), item=item, referral=referral, at=at, kind="co_refer", details={})
            for number in draft.co_referrers - {draft.agency}
        ]
        way = _way(draft, referral, cells, _cell(operation, agencies, draft))
        events += [*way[:1], *joined, *way[1:]] if draft.submitted % 2 else [*way, *joined]
    Item.objects.bulk_create(items)
    Referral.objects.bulk_create(referrals)
    CoReferral.objects.bulk_create(co_referrals)
    with connection.cursor() as cursor:  # ids in the order of writing, as the database gives them
        for event in events:
            cursor.execute("SELECT takedowns_uuid7()")
            event.id = cursor.fetchone()[0]
    Event.objects.bulk_create(events)
    return referrals


def _way(draft: Draft, referral: Referral, cells: dict[Dimensions, int], last: Dimensions) -> list[Event]:
    """Return the events that led a referral to where it stands: moves, then the look that saw what is known."""
    moves: dict[str, tuple[tuple[str, Status], ...]] = {
        Status.SUBMITTED: (),
        Status.APPROVED: (("approve", Status.APPROVED),),
        Status.REJECTED: (("reject", Status.REJECTED),),
        Status.REFERRED: _REFER,
        Status.ACKNOWLEDGED: (*_REFER, ("acknowledge", Status.ACKNOWLEDGED)),
        Status.INFORMATION_REQUESTED: (
            *_REFER,
            ("acknowledge", Status.ACKNOWLEDGED),
            ("request_information", Status.INFORMATION_REQUESTED),
        ),
        Status.REMOVED: (*_REFER, ("remove", Status.REMOVED)),
        Status.RESTRICTED: (*_REFER, ("restrict", Status.RESTRICTED)),
        Status.DECLINED: (*_REFER, ("decline", Status.DECLINED)),
        Status.UNAVAILABLE: (*_REFER, ("report_unavailable", Status.UNAVAILABLE)),
        Status.REINSTATED: (*_REFER, ("remove", Status.REMOVED), ("reinstate", Status.REINSTATED)),
        Status.WITHDRAWN: (*(_REFER if draft.withdrawn_late else ()), ("withdraw", Status.WITHDRAWN)),
    }
    times = {
        "submit": referral.submitted_at,
        "refer": referral.referred_at,
        "acknowledge": referral.acknowledged_at,
        "remove": referral.decided_at,
        "restrict": referral.decided_at,
        "decline": referral.decided_at,
        "report_unavailable": referral.decided_at,
    }
    at, events = last._replace(status=str(Status.SUBMITTED), availability=str(Availability.UNKNOWN)), []

    def step(kind: str, after: Dimensions, moment: datetime | None) -> None:
        nonlocal at
        events.append(
            Event(
                item=referral.item,
                referral=referral,
                at=moment or MORNING,
                kind=kind,
                details={},
                from_cell_id=None if kind == "submit" else cells[at],
                to_cell_id=cells[after],
            )
        )
        at = after

    step("submit", at, times["submit"])
    for kind, status in moves[draft.status]:
        step(kind, at._replace(status=str(status)), times.get(kind))
    if draft.availability != Availability.UNKNOWN:
        step("check", last, seen_at(draft))
    return events


def seen_at(draft: Draft) -> datetime:
    """When somebody first saw what is known of the draft's item."""
    return MORNING + timedelta(minutes=draft.seen_after)


def _cell(operation: Operation, agencies: Sequence[Agency], draft: Draft) -> Dimensions:
    return Dimensions(
        operation.pk,
        draft.platform,
        "post",
        agencies[draft.agency].pk,
        str(Instrument.REFERRAL),
        4,
        str(draft.status),
        str(draft.availability),
    )
