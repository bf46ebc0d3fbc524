"""An agency's program reads, places, changes and releases the agency's holds."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access_log.models import Look
from takedowns.directory.keys import create
from takedowns.holds.models import Hold
from takedowns.ledger.models import Entry
from takedowns.referrals.corrections import Correction, correct
from takedowns.referrals.transitions import apply_to_all
from tests.api.conftest import Program, World, hold_of
from tests.api.test_case_work import refused
from tests.factories import make_referrals, undone


def after(**passed: int) -> str:
    return f"{timezone.now() + timedelta(**passed):%Y-%m-%dT%H:%M:%SZ}"


def body(**given: Any) -> dict[str, Any]:
    return {"reason": "An investigation.", "ends_at": after(days=2), **given}


def test_a_hold_keeps_back_what_it_covers_until_it_is_released(world: World) -> None:
    people, one = world.people, world.unreleased[0]
    apply_to_all("approve", [one], by=SYSTEM, exemptions_checked=True)
    for _ in range(2):
        placed = world.north.post("holds", body(referral=world.reference(one)), **{"Idempotency-Key": "h"})
        assert placed.status_code == 201, placed.content
    told = placed.json()
    assert (told["stands"], told["placed_by"], told["with_platforms"]) == (True, people.officer.email, 0)
    assert [each.code for each in apply_to_all("refer", [one], by=SYSTEM).refused] == ["on_hold"]
    path = placed["Location"].removeprefix("/api/v1/")
    assert world.north.get(path).json()["item"]["url"] == "https://t.me/demo_quay/1"
    assert len(world.north.get("holds?stands=true").json()["holds"]) == 1
    released = world.north.post(f"{path}/release", {"acted_by": "reviewer@example.org"})
    assert (released.status_code, released.json()["stands"]) == (200, False)
    again = world.north.post(f"{path}/release", {})
    assert again.json()["released_at"] == released.json()["released_at"]
    assert apply_to_all("refer", [one], by=SYSTEM).moved == [one]
    assert world.north.get("holds?stands=true").json()["holds"] == []
    with acting_as(SYSTEM):
        entries = Entry.objects.filter(what="holds_hold", key=told["id"]).order_by("number")
        found = [(entry.person_id, entry.origin.split()[0]) for entry in entries]
        assert Look.objects.filter(what="holds", subject=told["id"]).exists()
    assert found == [(people.officer.pk, "key"), (people.reviewer.pk, "key")]


def test_a_hold_ends_earlier_or_later_as_it_was_seen(world: World) -> None:
    path = f"holds/{hold_of(world)}"
    seen = world.north.get(path)
    later = after(days=5)
    changed = world.north.call("patch", path, {"ends_at": later}, **{"If-Match": seen["ETag"]})
    assert (changed.status_code, changed.json()["ends_at"]) == (200, later)
    assert changed.json()["reason"] == "Ours."
    told = refused(
        world.north.call("patch", path, {"reason": "x"}, **{"If-Match": seen["ETag"]}),
        412,
        "precondition-failed",
    )
    assert "hold" in told["detail"]
    refused(world.north.post(f"{path}/release", {}, **{"If-Match": seen["ETag"]}), 412, "precondition-failed")
    refused(world.north.call("patch", path, {}), 422, "invalid-body", "#")
    refused(world.north.call("patch", path, {"ends_at": after(days=-1)}), 422, "invalid-body", "#/ends_at")
    refused(world.north.call("patch", path, {"ends_at": after(days=4000)}), 422, "invalid-body", "#/ends_at")
    assert world.north.get(path).json()["ends_at"] == later
    world.north.post(f"{path}/release", {})
    refused(world.north.call("patch", path, {"ends_at": later}), 409, "conflict")


@pytest.mark.parametrize(
    ("method", "path", "given"), [("patch", "", {"reason": "x"}), ("post", "/release", {})]
)
def test_whoever_changes_a_hold_waits_for_its_referrals_first(
    world: World, method: str, path: str, given: dict[str, str]
) -> None:
    address = f"holds/{hold_of(world)}"
    seen = world.north.get(address)["ETag"]
    with CaptureQueriesContext(connection) as asked:
        told = world.north.call(method, f"{address}{path}", given, **{"If-Match": seen})
    assert told.status_code == 200, told.content
    locking = [
        "holds" if 'FROM "holds_hold"' in one["sql"] else "referrals"
        for one in asked
        if re.search(r"FOR (NO KEY )?UPDATE", one["sql"])
        and re.search("holds_hold|takedowns_hold_covers", one["sql"])
    ]
    assert locking[:2] == ["referrals", "holds"], "as a dispatch does, or the two wait for each other"


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({}, "#"),
        ({"url": "https://t.me/x", "outlet": "y"}, "#"),
        ({"url": "not an address"}, "#/url"),
        ({"url": "https://files.example.org/a"}, "#/url"),
        ({"outlet": "Nobody"}, "#/outlet"),
        ({"referral": "RAD19-0000-00000"}, "#/referral"),
        ({"url": "https://t.me/demo/1", "ends_at": "2019-01-01T00:00:00Z"}, "#/ends_at"),
        ({"url": "https://t.me/demo/1", "ends_at": "2019-01-01T00:00:00"}, "#/ends_at"),
        ({"url": "https://t.me/demo/1", "ends_at": "9999-01-01T00:00:00Z"}, "#/ends_at"),
        ({"url": "https://t.me/demo/1", "reason": " "}, "#/reason"),
        ({"url": "https://t.me/demo/1", "agency": "south"}, "#/agency"),
        ({"url": "https://t.me/demo/1", "acted_by": "other_officer@example.org"}, "#/acted_by"),
    ],
)
def test_a_hold_that_makes_no_sense_is_refused(given: dict[str, Any], pointer: str, world: World) -> None:
    refused(world.north.post("holds", body(**given)), 422, "invalid-body", pointer)
    with acting_as(SYSTEM):
        assert not Hold.objects.exists()


def test_another_agency_s_hold_does_not_exist(world: World) -> None:
    path = f"holds/{hold_of(world)}"
    for program in (world.south, world.absent):
        refused(program.get(path), 404, "not-found")
        refused(program.call("patch", path, {"reason": "Mine."}), 404, "not-found")
        refused(program.post(f"{path}/release", {}), 404, "not-found")
        assert program.get("holds").json()["holds"] == []
    refused(world.telegram.get("holds"), 403, "missing-scope")
    # Nor an outlet that only others know, nor a referral.
    assert (
        world.north.call("patch", f"referrals/{world.made[0]}", {"outlet": "Stone Bench"}).status_code == 200
    )
    refused(world.absent.post("holds", body(outlet="Stone Bench")), 422, "invalid-body", "#/outlet")
    refused(world.absent.post("holds", body(referral=str(world.made[0]))), 422, "invalid-body", "#/referral")
    placed = world.south.post("holds", body(outlet="Stone Bench")).json()
    assert (placed["outlet"], placed["item"], placed["with_platforms"]) == ("Stone Bench", None, 1)
    assert world.north.get(path).json()["stands"]


def test_a_hold_tells_nothing_of_what_others_did_with_its_item(world: World) -> None:
    """An agency outside the operation places holds on what may be others' work: what it reads is the same as of what nobody has."""
    [one] = make_referrals(world.people.operation, world.people.agency, ["https://t.me/demo_theirs/7"])
    apply_to_all("approve", [one], by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", [one], by=SYSTEM)
    assert correct([Correction(one, kind="group")], by=SYSTEM).moved == [one]
    told: dict[str, list[tuple[int, str]]] = {}
    for whose in ("theirs", "nobodys"):
        for url in (f"https://t.me/demo_{whose}", f"https://t.me/demo_{whose}/7"):
            placed = world.absent.post("holds", body(url=url)).json()
            told.setdefault(whose, []).append((placed["with_platforms"], placed["item"]["kind"]))
    assert told["theirs"] == told["nobodys"]
    ours = world.north.post("holds", body(url="https://t.me/demo_theirs/7")).json()
    assert (ours["with_platforms"], ours["item"]["kind"]) == (1, "group")


def test_holds_are_listed_by_pages(world: World) -> None:
    for number in range(1, 4):
        assert world.north.post("holds", body(url=f"https://t.me/demo/{number}")).status_code == 201
    seen, query = [], "?limit=2"
    while query:
        page = world.north.get(f"holds{query}").json()
        seen += [one["item"]["key"] for one in page["holds"]]
        query = page["next"] and f"?limit=2&after={page['next']}"
    assert seen == ["demo/3", "demo/2", "demo/1"]
    refused(world.north.get("holds?stands=perhaps"), 400, "invalid-parameter")


def test_a_page_of_holds_asks_as_many_statements_however_many_it_shows(world: World) -> None:
    for number in range(1, 6):
        assert world.north.post("holds", body(url=f"https://t.me/demo/{number}")).status_code == 201
    asked = []
    for limit in (1, 5):
        with CaptureQueriesContext(connection) as queries:
            assert len(world.north.get(f"holds?limit={limit}").json()["holds"]) == limit
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_in_the_sandbox_a_hold_is_invented_too_and_goes_with_a_reset(world: World) -> None:
    tester = Program(create(name="trial", agency=world.people.agency, test=True)[1])
    with undone():
        one = tester.get("referrals?limit=1").json()["referrals"][0]
        placed = tester.post("holds", body(url=one["item"]["url"]))
        assert placed.status_code == 201, placed.content
        assert placed.json()["placed_by"] is None
        assert world.north.get("holds").json()["holds"] == []
        assert tester.post("sandbox/reset", {}).status_code == 200
        assert tester.get("holds").json()["holds"] == []
        assert tester.get(f"referrals/{one['id']}").status_code == 404
        assert len(tester.get("referrals?status=referred&limit=1000").json()["referrals"]) == 60
