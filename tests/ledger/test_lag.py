"""The doctor says how long entries have waited to be sealed, and finds it wrong where nobody seals."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.ledger.sealing import lag
from takedowns.operating.findings import Finding, Level
from takedowns.operating.records import LOOKS
from tests.factories import make_referrals
from tests.ledger.conftest import superuser
from tests.people import make_people

pytestmark = pytest.mark.django_db(transaction=True)


def doctor_says() -> Finding:
    [found] = [one for look in LOOKS for one in look() if one.what == "seals"]
    return found


def test_entries_that_wait_too_long_are_found(sealed: Callable[[], int]) -> None:
    people = make_people()
    assert "none was signed" in doctor_says().said
    while sealed():
        pass
    found = doctor_says()
    assert (found.level, found.mend) == (Level.RIGHT, "")
    assert found.said.startswith("Nothing waits; the last head was signed ")
    make_referrals(people.operation, people.agency, ["https://t.me/demo_a/1"])
    found = doctor_says()
    assert found.level is Level.RIGHT, "it was written a moment ago"
    assert "entries wait to be sealed, one for " in found.said
    with superuser("-c session_replication_role=replica") as server:
        server.execute("UPDATE referrals_event SET recorded_at = now() - interval '20 minutes'")
        server.execute("UPDATE ledger_head SET at = now() - interval '3 hours 5 minutes'")
    found = doctor_says()
    assert (found.level, found.as_dict()["level"]) == (Level.WRONG, "wrong")
    assert "one for 120" in found.said
    assert "3 h 5 min ago" in found.said
    assert "ledger.seal" in found.mend
    with acting_as(SYSTEM):
        assert 1200 <= lag().seconds(timezone.now()) < 1300
