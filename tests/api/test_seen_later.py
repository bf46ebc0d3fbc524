"""What a reader begins to see later, as docs/platforms-api.md has it: each change once, and where to read what was before."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals.models import Operation
from takedowns.referrals.transitions import apply_to_all
from tests.api.conftest import TELEGRAM, UNRELEASED, World, make_world
from tests.factories import wait_for_the_log
from tests.people import make_people

MD5 = "9e107d9d372bb6826bd81d3542a419d6"


class Follower:
    """A program at the head of the feed, with the cursor that it stored."""

    def __init__(self, world: World, name: str) -> None:
        self._program = world.program(name)
        wait_for_the_log()
        self.cursor: str = self._program.get("changes?after=latest").json()["next"]

    def told(self, of: UUID) -> list[str]:
        """Return the changes of one referral that came since it asked last."""
        wait_for_the_log()
        found: list[dict[str, Any]] = []
        while True:
            answer = self._program.get(f"changes?limit=2&after={self.cursor}").json()
            found += answer["changes"]
            self.cursor = answer["next"]
            if not answer["more"]:
                return [one["change"] for one in found if one["referral_id"] == str(of)]


@pytest.fixture
def committed(transactional_db: None) -> World:
    """A world whose transactions really commit."""
    return make_world(make_people())


def submit(world: World, name: str, operation: str, url: str) -> dict[str, Any]:
    """Submit one address with a hash; return its row as the report has it."""
    rows = [{"url": url, "md5": MD5}]
    made = world.program(name).post("submissions", {"operation": operation, "rows": rows}).json()
    row: dict[str, Any] = world.program(name).get(f"submissions/{made['id']}/rows").json()["rows"][0]
    return row


def test_an_agency_that_comes_later_is_told_what_follows_and_reads_what_was_before(committed: World) -> None:
    world, [one] = committed, committed.unreleased
    follower = Follower(world, "absent")
    apply_to_all("approve", [one], by=SYSTEM, exemptions_checked=True)
    assert follower.told(one) == []
    with acting_as(SYSTEM):
        world.people.operation.agencies.add(world.people.absent_agency)
    # Its cursor stands behind the last change that it was told: what lies behind that comes now.
    assert follower.told(one) == ["approve"]
    assert follower.told(one) == []
    apply_to_all("refer", [one], by=SYSTEM)
    world.telegram.post(f"referrals/{one}/decision", {"verdict": "acknowledge"})
    assert follower.told(one) == ["refer", "acknowledge"]
    listed = world.absent.get("referrals?operation=RAD19&expand=history&limit=200").json()["referrals"]
    [mine] = [row for row in listed if row["id"] == str(one)]
    assert [change["change"] for change in mine["history"]] == ["submit", "approve", "refer", "acknowledge"]


def test_a_further_agency_of_the_operation_is_told_to_agencies_and_to_no_platform(committed: World) -> None:
    world, one = committed, committed.made[0]
    names = ("north", "south", "telegram")
    followers = {name: Follower(world, name) for name in names}
    etag = world.telegram.get(f"referrals/{one}")["ETag"]
    assert submit(world, "south", "RAD19", TELEGRAM[0])["outcome"] == "already_referred"
    told = {name: follower.told(one) for name, follower in followers.items()}
    assert told == {"north": ["co_refer"], "south": ["co_refer"], "telegram": []}
    # The hashes that it gave are no change: a platform reads them with the next one, under another ETag.
    again = world.telegram.get(f"referrals/{one}", **{"If-None-Match": etag})
    assert (again.status_code, [hashes["md5"] for hashes in again.json()["hashes"]]) == (200, [MD5])
    world.telegram.post(f"referrals/{one}/decision", {"verdict": "acknowledge"})
    assert [followers[name].told(one) for name in names] == [["acknowledge"]] * 3


def test_an_agency_that_joins_from_elsewhere_is_told_nothing_and_reads_what_became_of_it(
    committed: World,
) -> None:
    world, one = committed, committed.made[0]
    with acting_as(SYSTEM):
        other = Operation.objects.create(
            reference="WEEKS", name="Weeks after", starts="2019-11-23", default_ground="Art. 5"
        )
        other.refresh_from_db()
        other.agencies.set([world.people.absent_agency])
    follower = Follower(world, "absent")
    row = submit(world, "absent", "WEEKS", TELEGRAM[0])
    assert (row["outcome"], row["status"], row["referral_id"]) == ("already_referred", "referred", None)
    world.telegram.post(f"referrals/{one}/decision", {"verdict": "remove", "action": "visibility_removed"})
    assert follower.told(one) == []
    assert world.absent.get(f"referrals/{one}").status_code == 404
    listed = world.absent.get("submissions").json()["submissions"][0]["id"]
    assert world.absent.get(f"submissions/{listed}/rows").json()["rows"][0]["status"] == "removed"
    assert UNRELEASED[0] not in str(world.absent.get("referrals").json())
