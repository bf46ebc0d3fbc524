"""An agency's program says what somebody saw, and reads what everybody did."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.keys import create
from takedowns.referrals.models import Event, Referral
from takedowns.verification.models import Check
from tests.api.conftest import Program, World
from tests.api.test_case_work import refused
from tests.factories import undone


@pytest.fixture
def path(world: World) -> str:
    """Where the looks at the first referral stand."""
    return f"referrals/{world.made[0]}/checks"


def test_what_each_agency_saw_is_read_by_both_and_by_no_platform(world: World, path: str) -> None:
    told = world.south.post(path, {"seen": "offline", "note": " Gone, it seems. "})
    assert told.status_code == 201, told.content
    assert (told.json()["by"], told.json()["agency"]) == ("other_officer@example.org", "south")
    mine = world.north.post(path, {"seen": "online", "acted_by": "reviewer@example.org"}).json()
    assert mine["by"] == "reviewer@example.org"
    listed = world.north.get(path).json()["checks"]
    assert [(one["seen"], one["agency"], one["by"], one["note"]) for one in listed] == [
        ("online", "north", "reviewer@example.org", None),
        ("offline", "south", None, "Gone, it seems."),
    ]
    referral = world.telegram.get(f"referrals/{world.made[0]}")
    assert (referral.json()["availability"], referral.json()["status"]) == ("online", "referred")
    assert b"it seems" not in referral.content
    refused(world.telegram.get(path), 403, "forbidden")
    refused(world.absent.get(path), 404, "not-found")


def test_the_list_goes_on_from_its_cursor(world: World, path: str) -> None:
    with acting_as(SYSTEM):
        now = timezone.now()
        item = Referral.objects.get(pk=world.made[0]).item_id
        Check.objects.bulk_create(
            Check(item_id=item, at=now, seen="online", robot="probe", reason="gone") for _ in range(3)
        )
    seen, query = [], "?limit=2"
    while query:
        page = world.north.get(f"{path}{query}").json()
        seen += [one["id"] for one in page["checks"]]
        query = page["next"] and f"?limit=2&after={page['next']}"
    assert len(set(seen)) == len(seen) == 3
    refused(world.north.get(f"{path}?after=x"), 400, "invalid-cursor")


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"seen": "removed"}, "#/seen"),
        ({"seen": "online", "at": "2019-11-21T10:00:00"}, "#/at"),
        ({"seen": "online", "at": "2099-01-01T00:00:00Z"}, "#/at"),
        ({"seen": "online", "at": "2001-01-01T00:00:00Z"}, "#/at"),
        ({"seen": "online", "note": "x" * 501}, "#/note"),
        ({"seen": "online", "robot": "ours"}, "#/robot"),
    ],
)
def test_a_look_that_cannot_have_been_is_refused(
    given: dict[str, Any], pointer: str, world: World, path: str
) -> None:
    refused(world.north.post(path, given), 422, "invalid-body", pointer)
    assert world.north.get(path).json()["checks"] == []


def test_a_look_told_late_is_kept_and_takes_nothing_from_a_later_one(world: World, path: str) -> None:
    earlier = f"{timezone.now() - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    seen = world.north.get(f"referrals/{world.made[0]}")["ETag"]
    assert world.north.post(path, {"seen": "offline"}).status_code == 201
    refused(world.north.post(path, {"seen": "online"}, **{"If-Match": seen}), 412, "precondition-failed")
    for _ in range(2):
        answer = world.north.post(path, {"seen": "online", "at": earlier}, **{"Idempotency-Key": "late"})
        assert (answer.status_code, answer.json()["at"]) == (201, earlier)
    assert len(world.north.get(path).json()["checks"]) == 2
    assert world.north.get(f"referrals/{world.made[0]}").json()["availability"] == "offline"


def test_an_agency_that_left_the_operation_looks_no_more(world: World, path: str) -> None:
    with acting_as(SYSTEM):
        world.people.operation.agencies.remove(world.people.agency)
    refused(world.north.post(path, {"seen": "online"}), 403, "forbidden")


def test_in_the_sandbox_a_look_is_somebody_s_too(world: World) -> None:
    tester = Program(create(name="trial", agency=world.people.agency, test=True)[1])
    with undone():
        one = tester.get("referrals?limit=1").json()["referrals"][0]["id"]
        refused(tester.post(f"referrals/{one}/checks", {"seen": "online"}), 422, "invalid-body", "#/acted_by")
        body = {"seen": "online", "acted_by": "officer@example.org"}
        assert tester.post(f"referrals/{one}/checks", body).status_code == 201
        assert tester.get(f"referrals/{one}").json()["availability"] == "online"
        with acting_as(SYSTEM):
            assert not Event.objects.filter(kind="check").exists()
