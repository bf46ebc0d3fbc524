"""The change feed: every change of one's referrals once, in order, from the moment each was made."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from django.db import connection, connections

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals import log
from takedowns.referrals.availability import Look, record_seen
from takedowns.referrals.models import Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.referrals.vocabulary import Availability
from takedowns.representation import changes as reading
from tests.api.conftest import World, make_world
from tests.factories import MORNING, wait_for_the_log
from tests.people import make_people


def _walk(world: World, name: str = "telegram", limit: int = 2) -> list[dict[str, Any]]:
    wait_for_the_log()
    found, cursor = [], ""
    while True:
        answer = world.program(name).get(f"changes?limit={limit}{cursor and '&after=' + cursor}").json()
        found += answer["changes"]
        cursor = answer["next"]
        if not answer["more"]:
            return found


@pytest.fixture
def committed(transactional_db: None) -> World:
    """A world whose transactions really commit: the feed shows nothing of one that is still open."""
    return make_world(make_people())


def test_each_change_comes_once_and_in_order(committed: World) -> None:
    world = committed
    for verdict, body in (
        ("acknowledge", {}),
        ("remove", {"action": "visibility_removed"}),
        ("reinstate", {"reason": "Appeal."}),
    ):
        for one in world.made:
            world.telegram.post(f"referrals/{one}/decision", {"verdict": verdict, **body})
    for limit in (1, 5, 1000):
        found = _walk(world, limit=limit)
        assert len({change["id"] for change in found}) == len(found) == 4 * len(world.made)
        for one in world.made:
            steps = [change["change"] for change in found if change["referral_id"] == str(one)]
            assert steps == ["refer", "acknowledge", "remove", "reinstate"]
    assert {change["referral"]["platform"] for change in _walk(world, "youtube")} == {"youtube"}


def test_nothing_from_before_the_referral_is_told(committed: World) -> None:
    world = committed
    with acting_as(SYSTEM):
        item = Referral.objects.get(pk=world.unreleased[0]).item_id
    record_seen([Look(item, Availability.ONLINE, MORNING)], by=SYSTEM)
    assert {change["change"] for change in _walk(world)} == {"refer"}
    apply_to_all("approve", world.unreleased, by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", world.unreleased, by=SYSTEM)
    mine = [change for change in _walk(world) if change["referral_id"] == str(world.unreleased[0])]
    assert [change["change"] for change in mine] == ["refer"]
    record_seen([Look(item, Availability.OFFLINE, MORNING.replace(year=2030))], by=SYSTEM)
    mine = [change for change in _walk(world) if change["referral_id"] == str(world.unreleased[0])]
    assert [(change["change"], change["to_availability"]) for change in mine] == [
        ("refer", "online"),
        ("check", "offline"),
    ]
    assert mine[-1]["details"] == {"seen": "offline"}
    agency = [
        change["change"]
        for change in _walk(world, "north", 1000)
        if change["referral_id"] == str(world.unreleased[0])
    ]
    assert agency == ["submit", "check", "approve", "refer", "check"]


def test_a_withdrawal_is_told_without_its_reason(committed: World) -> None:
    apply_to_all("withdraw", committed.made[:1], by=SYSTEM, reason="An investigation reads it.")
    last = _walk(committed)[-1]
    assert (last["change"], last["details"]) == ("withdraw", {})
    apply_to_all("withdraw", committed.unreleased, by=SYSTEM, reason="Not needed.")
    assert str(committed.unreleased[0]) not in str(_walk(committed))


def test_latest_begins_now(committed: World) -> None:
    world = committed
    wait_for_the_log()
    cursor = world.telegram.get("changes?after=latest").json()["next"]
    world.telegram.post(f"referrals/{world.made[0]}/decision", {"verdict": "acknowledge"})
    wait_for_the_log()
    found = world.telegram.get(f"changes?after={cursor}").json()["changes"]
    assert [change["change"] for change in found] == ["acknowledge"]


def test_a_waiting_reader_gets_the_change_at_once_and_holds_no_transaction(committed: World) -> None:
    world = committed
    wait_for_the_log()
    cursor = world.telegram.get("changes?after=latest").json()["next"]
    told: list[Any] = []

    def wait() -> None:
        started = time.monotonic()
        told.append(
            (
                world.program("telegram").get(f"changes?after={cursor}&wait=20").json(),
                time.monotonic() - started,
            )
        )
        connections.close_all()

    reader = threading.Thread(target=wait)
    reader.start()
    time.sleep(1)
    with acting_as(SYSTEM), connection.cursor() as cursor_:
        cursor_.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
            " AND pid <> pg_backend_pid() AND xact_start < clock_timestamp() - interval '500 ms'"  # a look is shorter
        )
        assert cursor_.fetchone()[0] == 0
    apply_to_all("acknowledge", world.made[:1], by=SYSTEM)
    reader.join(30)
    answer, seconds = told[0]
    assert [change["change"] for change in answer["changes"]] == ["acknowledge"]
    assert seconds < 15
    # Nobody changes anything: an empty answer after the wait, and a cursor to go on with.
    started = time.monotonic()
    quiet = world.telegram.get(f"changes?after={answer['next']}&wait=1").json()
    assert quiet["changes"] == []
    assert time.monotonic() - started >= 1


def test_a_long_log_of_others_is_passed_over_in_stretches(
    committed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "STRETCH", 3)
    assert len(_walk(committed, "youtube", 1000)) == 2
    assert len(_walk(committed, "telegram", 4)) == 6


def test_a_cursor_of_something_else_is_refused(world: World) -> None:
    other = world.telegram.get("referrals?limit=1").json()["next"]
    for cursor in ("0", "x" * 33, other, "%00", "é"):
        refused = world.telegram.get(f"changes?after={cursor}")
        assert refused.status_code == 400
        assert refused.json()["type"] in (
            "/api/v1/problems/invalid-cursor",
            "/api/v1/problems/invalid-parameter",
        )


def test_details_name_only_what_the_platform_may_read() -> None:
    assert "reason" not in reading.SHOWN_DETAILS.get("withdraw", ())
    assert set(reading.SHOWN_DETAILS) <= {
        "acknowledge",
        "remove",
        "restrict",
        "decline",
        "report_unavailable",
        "request_information",
        "reinstate",
        "provide_information",
        "correct_answer",
        "check",
        "receipt",
        "impediment",
        "impediment_ended",
        "complaint",
        "complaint_decided",
    }
    # Of orders and complaints, what the platform itself said or must reckon with.
    assert {
        name for kind in ("receipt", "impediment", "impediment_ended") for name in reading.SHOWN_DETAILS[kind]
    } == {
        "due_at",
        "impediment",
        "explained",
        "stops_the_hour",
    }
    assert set(reading.SHOWN_DETAILS["complaint"] + reading.SHOWN_DETAILS["complaint_decided"]) == {
        "complaint",
        "complainant",
        "puid",
        "verdict",
    }


def test_only_changes_of_the_kinds_that_are_asked_for_come(committed: World) -> None:
    one, program = committed.made[0], committed.telegram
    program.post(f"referrals/{one}/decision", {"verdict": "acknowledge"})
    wait_for_the_log()
    told = program.get("changes?change=acknowledge,withdraw").json()
    assert [(each["change"], each["referral_id"]) for each in told["changes"]] == [("acknowledge", str(one))]
    assert program.get(f"changes?change=withdraw&after={told['next']}").json()["changes"] == []
    refused = program.get("changes?change=burn")
    assert refused.status_code == 400
    assert "provide_information" in refused.json()["errors"][0]["detail"]
