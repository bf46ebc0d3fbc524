"""What the notices' tests share: a day whose answers are committed, since a reader sees no transaction in flight."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from takedowns.access.actor import SYSTEM
from takedowns.notices.building import build_notices
from takedowns.referrals.transitions import apply_to_all
from tests.factories import make_referrals, wait_for_the_log
from tests.people import People, make_people

Told = Callable[[], None]


@pytest.fixture
def day(transactional_db: None) -> People:
    """Return the cast, with everything committed as it is made."""
    return make_people()


def referred(people: People, *urls: str) -> list[UUID]:
    """Hand in as the officer of the first agency, approve and refer."""
    ids = make_referrals(people.operation, people.agency, urls, submitted_by=people.officer)
    for move, facts in (("approve", {"exemptions_checked": True}), ("refer", {})):
        assert len(apply_to_all(move, ids, by=SYSTEM, **facts).moved) == len(ids)
    return ids


def told() -> None:
    """Let the worker tell what is committed."""
    wait_for_the_log()
    build_notices()
