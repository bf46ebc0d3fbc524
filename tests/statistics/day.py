"""Drafts of referrals in any state the lifecycle can leave them in, written to the database as a set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from hypothesis import strategies as st

from takedowns.directory.asking import SYSTEM, asking_as
from takedowns.directory.models import Agency
from takedowns.referrals.cells import Dimensions, ensure_cells
from takedowns.referrals.models import CoReferral, Item, Operation, Referral
from takedowns.referrals.vocabulary import Availability, Instrument, Status
from tests.factories import MORNING

PLATFORMS = ("telegram", "youtube", "twitter", "tamtam")
NEVER_REFERRED = (Status.SUBMITTED, Status.APPROVED, Status.REJECTED)
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
    with suppress(_TakenBackError), asking_as(SYSTEM):
        yield
        raise _TakenBackError


def write_day(operation: Operation, agencies: Sequence[Agency], day: Sequence[Draft]) -> list[Referral]:
    """Write the drafts with items, cells and co-referrals; return the referrals."""
    items, referrals, co_referrals = [], [], []
    cells = ensure_cells([_cell(operation, agencies, draft) for draft in day])
    for draft in day:
        at = MORNING + timedelta(minutes=draft.submitted)
        referred = at + timedelta(minutes=draft.to_refer) if draft.was_referred else None
        decided = (
            referred + timedelta(minutes=draft.to_answer, microseconds=draft.seen_after)
            if referred and draft.status in DECIDED else None
        )  # fmt: skip
        acknowledged = decided or (
            referred if draft.status in {Status.ACKNOWLEDGED, Status.INFORMATION_REQUESTED} else None
        )
        item = Item(
            id=uuid4(), platform_id=draft.platform, kind="post", key=uuid4().hex, url="https://example.org/",
            availability=draft.availability, first_seen_at=at,
        )  # fmt: skip
        referral = Referral(
            id=uuid4(), item=item, operation=operation, agency=agencies[draft.agency], platform_id=draft.platform,
            instrument=Instrument.REFERRAL, tier=4, status=draft.status, availability=draft.availability,
            availability_since=seen_at(draft) if draft.availability != Availability.UNKNOWN else None, cell_id=cells[_cell(operation, agencies, draft)],
            submitted_at=at, referred_at=referred, acknowledged_at=acknowledged, decided_at=decided,
        )  # fmt: skip
        items.append(item)
        referrals.append(referral)
        co_referrals += [
            CoReferral(id=uuid4(), referral=referral, item=item, agency=agencies[number], at=at)
            for number in draft.co_referrers
        ]
    Item.objects.bulk_create(items)
    Referral.objects.bulk_create(referrals)
    CoReferral.objects.bulk_create(co_referrals)
    return referrals


def seen_at(draft: Draft) -> datetime:
    """When somebody first saw what is known of the draft's item."""
    return MORNING + timedelta(minutes=draft.seen_after)


def _cell(operation: Operation, agencies: Sequence[Agency], draft: Draft) -> Dimensions:
    return Dimensions(
        operation.pk, draft.platform, "post", agencies[draft.agency].pk, str(Instrument.REFERRAL), 4,
        str(draft.status), str(draft.availability),
    )  # fmt: skip
