"""Lists of referrals and changes: in other orders, in part, with when each changed last; and the feed narrowed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals.models import Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.representation.reader import AgencyReader, PlatformReader, Reader
from takedowns.representation.referrals import page
from takedowns.representation.sorting import BY_ID, SORTS, sorted_page
from tests.api.conftest import Program, World, make_world, order_of, refer
from tests.factories import make_referrals
from tests.people import make_people


@pytest.fixture
def mixed(world: World) -> World:
    """Eight referrals of three tiers; two are decided, one of them of an hour ago."""
    refer(world.people, ("https://t.me/demo_urgent/1",), tier=1)
    now = timezone.now()
    for one, minutes in ((world.made[3], 60), (world.made[1], 5)):
        at = now - timedelta(minutes=minutes)
        with acting_as(SYSTEM):
            Referral.objects.filter(pk=one).update(referred_at=at - timedelta(minutes=1))
        apply_to_all("remove", [one], by=SYSTEM, at=at, action="visibility_removed")
    return world


def walk(program: Program, query: str, limit: int) -> list[dict[str, Any]]:
    found, cursor = [], ""
    while True:
        page = program.get(f"referrals?{query}&limit={limit}{cursor}").json()
        found += page["referrals"]
        if page["next"] is None:
            return found
        cursor = f"&after={page['next']}"


@pytest.mark.parametrize("who", ["telegram", "north", "absent"])
@pytest.mark.parametrize("sort", SORTS)
def test_each_order_is_walked_whole_and_in_order(sort: str, who: str, mixed: World) -> None:
    order_of(mixed)  # it alone is due
    own = (
        "https://t.me/demo_absent/1",
        "https://t.me/demo_absent/2",
    )  # the agency takes no part, and sees its own
    make_referrals(mixed.people.operation, mixed.people.absent_agency, own)
    program, name = mixed.program(who), sort.removeprefix("-")
    whole = walk(program, f"sort={sort}", 1000)
    ids = [one["id"] for one in whole]
    assert len(ids) == {"telegram": 8, "north": 13, "absent": 2}[who]
    assert sorted(ids) == [one["id"] for one in walk(program, "", 1000)]
    for limit in (1, 2, 3):
        assert [one["id"] for one in walk(program, f"sort={sort}", limit)] == ids
    values = [one[name] for one in whole]
    there = [one for one in values if one is not None]
    assert values == [*sorted(there, reverse=sort.startswith("-")), *[None] * (len(values) - len(there))]
    for status in {one["status"] for one in whole}:
        narrowed = walk(program, f"sort={sort}&status={status}", 2)
        assert [one["id"] for one in narrowed] == [one["id"] for one in whole if one["status"] == status]


@pytest.mark.parametrize(
    ("name", "of_platforms", "of_agencies"),
    [
        ("referred_at", "referral_at_platform_by_referred_at", "referral_by_referred_at"),
        ("decided_at", "referral_at_platform_by_decided_at", "referral_by_decided_at"),
        ("due_at", "referral_by_due_at", "referral_by_due_at"),
        ("tier", "referral_by_cell", "referral_by_cell"),
        ("id", "referral_by_cell", "referrals_referral_pkey"),
    ],
)
def test_a_page_in_each_order_is_found_along_an_index(
    name: str, of_platforms: str, of_agencies: str, mixed: World
) -> None:
    readers: list[tuple[Reader, str]] = [
        (PlatformReader("telegram"), of_platforms),
        (AgencyReader(mixed.people.agency.pk), of_agencies),
    ]
    for reader, index in readers:
        for sort in {name, f"-{name}"} & {*SORTS}:
            with acting_as(reader.actor), connection.cursor() as cursor:
                # So few rows are read whole unless that is forbidden; then a plan still sorts them all where it has to.
                for one in ("seqscan", "bitmapscan", "sort"):
                    cursor.execute(f"SET LOCAL enable_{one} = off")
                with CaptureQueriesContext(connection) as seen:
                    if sort == BY_ID:
                        page(reader, {}, None, 5)
                    else:
                        sorted_page(reader, {}, sort, None, 5)
                cursor.execute(f"EXPLAIN {seen[0]['sql']}")
                assert any(index in line for (line,) in cursor.fetchall()), (sort, reader)


def test_a_cursor_is_good_for_its_own_order_only(mixed: World) -> None:
    def following(sort: str) -> str:
        return str(mixed.telegram.get(f"referrals?limit=1&sort={sort}").json()["next"])

    for made, asked in (("id", "tier"), ("tier", "id"), ("-decided_at", "decided_at"), ("-id", "id")):
        refused = mixed.telegram.get(f"referrals?sort={asked}&after={following(made)}")
        assert (refused.status_code, refused.json()["type"]) == (400, "/api/v1/problems/invalid-cursor")
    refused = mixed.telegram.get(f"referrals?sort=-tier&after={following('tier')}")
    assert refused.status_code == 400
    assert "tier" in refused.json()["errors"][0]["detail"], "the orders there are"


def test_fields_come_alone_and_one_that_is_not_there_is_refused_by_name(world: World) -> None:
    page = world.telegram.get("referrals?fields=status,id,item&limit=2").json()
    assert [list(one) for one in page["referrals"]] == [["id", "item", "status"]] * 2
    one = world.telegram.get(f"referrals/{world.made[0]}?fields=history,updated_at")
    assert set(one.json()) == {"history", "updated_at"}
    whole = world.telegram.get(f"referrals/{world.made[0]}")
    assert one["ETag"] == whole["ETag"], "so that it can be sent with an act"
    for path in ("referrals", f"referrals/{world.made[0]}"):
        refused = world.telegram.get(f"{path}?fields=id,colour")
        assert refused.status_code == 400
        assert refused.json()["errors"][0]["parameter"] == "fields"
        assert "“colour”" in refused.json()["detail"]
    assert world.telegram.get("referrals?fields=history").status_code == 400, "of a list there is none"


def test_a_page_in_part_has_an_etag_of_its_own(world: World) -> None:
    first = world.telegram.get("referrals")
    assert world.telegram.get("referrals", **{"If-None-Match": first["ETag"]}).status_code == 304
    assert world.telegram.get("referrals?fields=id")["ETag"] != first["ETag"]


def test_when_it_changed_last_is_when_the_last_change_was_recorded_that_one_is_told_of(
    transactional_db: None,
) -> None:
    world = make_world(make_people())
    world.telegram.post(f"referrals/{world.made[0]}/decision", {"verdict": "acknowledge"})
    assert world.north.call("patch", f"referrals/{world.made[1]}", {"tier": 1}).status_code == 200
    for program in (world.telegram, world.youtube, world.north, world.south):
        rows = program.get("referrals?limit=1000").json()["referrals"]
        assert rows
        for one in rows:
            alone = program.get(f"referrals/{one['id']}").json()
            assert one["updated_at"] == alone["updated_at"] == alone["history"][-1]["recorded_at"]
    apply_to_all("remove", world.made[:1], by=SYSTEM, action="visibility_removed")
    before = world.telegram.get("referrals")
    told = {"received_at": f"{timezone.now():%Y-%m-%dT%H:%M:%SZ}"}
    assert world.telegram.post(f"referrals/{world.made[0]}/complaints", told).status_code == 201
    after = world.telegram.get("referrals", **{"If-None-Match": before["ETag"]})
    assert after.status_code == 200, "what was told has changed"
    of_agency, of_platform = (
        program.get(f"referrals/{world.made[1]}").json()["updated_at"]
        for program in (world.north, world.telegram)
    )
    assert of_agency > of_platform, "a correction is no change that the platform is told of"


def test_the_feed_is_narrowed_by_what_is_counted(transactional_db: None) -> None:
    world = make_world(make_people())
    world.telegram.post(f"referrals/{world.made[0]}/decision", {"verdict": "acknowledge"})

    def told(query: str) -> list[dict[str, Any]]:
        return list(world.north.get(f"changes?limit=1000&{query}").json()["changes"])

    everything = told("")
    for query, name in (("platform=youtube", "youtube"), ("platform=telegram", "telegram")):
        assert told(query) == [one for one in everything if one["referral"]["platform"] == name] != []
    assert (
        told("kind=video") == [one for one in everything if one["referral"]["item"]["kind"] == "video"] != []
    )
    assert told("operation=rad19&agency=north&instrument=referral") == everything
    assert told("instrument=removal_order") == []
    [acknowledged] = told("platform=telegram&change=acknowledge")
    assert acknowledged["referral_id"] == str(world.made[0])
    for query, name in (
        ("operation=NONE1", "NONE1"),
        ("platform=nowhere", "nowhere"),
        ("agency=none", "none"),
    ):
        refused = world.north.get(f"changes?{query}")
        assert refused.status_code == 400
        assert name in refused.json()["detail"]
