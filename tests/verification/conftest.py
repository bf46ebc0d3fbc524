"""What was referred and answered, for looking at again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest

from takedowns.access.actor import SYSTEM
from takedowns.referrals.transitions import Move, apply, apply_to_all
from tests.factories import MORNING, make_referrals
from tests.people import People


def answered(
    people: People, urls: list[str], transition: str = "remove", at: datetime = MORNING, **facts: str
) -> list[UUID]:
    """Hand in, approve, refer, and let the platform answer at ``at``; return the referrals."""
    ids = make_referrals(people.operation, people.agency, urls, submitted_by=people.officer, at=at)
    apply_to_all("approve", ids, by=SYSTEM, at=at, exemptions_checked=True)
    apply_to_all("refer", ids, by=SYSTEM, at=at)
    given = facts or ({"action": "visibility_removed"} if transition == "remove" else {})
    outcome = apply([Move(one, transition, given) for one in ids], by=SYSTEM, at=at)
    assert outcome.moved == ids, outcome.refused
    return ids


@pytest.fixture
def removed(people: People) -> list[UUID]:
    """Three items, two on Telegram, that their platforms said on the morning of the day to have removed."""
    return answered(
        people, ["https://t.me/demo_first", "https://t.me/demo_second", "https://youtu.be/demoVIDEO01"]
    )
