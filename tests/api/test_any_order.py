"""Whatever platforms and agencies call, in whatever order and however often: the lifecycle holds, each event once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.api.serializers.decisions import VERDICTS
from takedowns.referrals.lifecycle import TRANSITIONS
from takedowns.referrals.models import Event, Referral
from takedowns.referrals.transitions import apply_to_all
from tests.api.conftest import Program, World, make_world
from tests.databases import clean_up
from tests.people import make_people

FACTS: dict[str, dict[str, Any]] = {
    "remove": {"action": "visibility_removed"},
    "restrict": {"action": "geo_blocked"},
    "decline": {"decline_reason": "other"},
    "request_information": {"question": "Which?"},
    "reinstate": {"reason": "Appeal."},
}
verdicts = st.sampled_from([name for name, _ in VERDICTS])
places = st.integers(0, 3)
rows = st.lists(st.tuples(places, verdicts), min_size=1, max_size=5)
calls = st.one_of(
    st.tuples(st.just("many"), rows, st.booleans(), st.none() | st.sampled_from("abc")),
    st.tuples(st.just("one"), places, verdicts, st.none() | st.sampled_from("def")),
    st.tuples(st.just("agency"), places, st.sampled_from(["withdraw", "provide_information"])),
)


def _row(world: World, place: int, verdict: str) -> dict[str, Any]:
    return {"referral": str(world.made[place]), "verdict": verdict, **FACTS.get(verdict, {})}


def _make(world: World, call: tuple[Any, ...]) -> list[tuple[str, str]]:
    """Make one call; return the moves that its answer says were made now, as (referral, move)."""
    if call[0] == "agency":
        moved = apply_to_all(call[2], [world.made[call[1]]], by=SYSTEM, reason="x", answer="y").moved
        return [(str(one), call[2]) for one in moved]
    headers = {"Idempotency-Key": call[3]} if call[3] else {}
    if call[0] == "one":
        row = _row(world, call[1], call[2])
        name = row.pop("referral")
        answer = world.telegram.post(f"referrals/{name}/decision", row, **headers)
        assert answer.status_code in (200, 409, 422), answer.content
        made = [(name, call[2])] if answer.status_code == 200 else []
    else:
        given_rows = [_row(world, *one) for one in call[1]]
        answer = world.telegram.post("decisions", {"decisions": given_rows, "atomic": call[2]}, **headers)
        assert answer.status_code in (200, 409, 422), answer.content
        results = answer.json()["results"] if answer.status_code == 200 else []
        made = [
            (row["referral"], row["verdict"])
            for row, result in zip(given_rows, results, strict=bool(results))
            if result["outcome"] == "moved"
        ]
    return [] if "Idempotency-Replayed" in answer else made


@pytest.mark.parametrize("repeat", [1, 2])
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(sequence=st.lists(calls, min_size=1, max_size=8))
def test_any_sequence_of_calls_ends_where_the_lifecycle_allows(
    repeat: int, sequence: list[tuple[Any, ...]], world: World
) -> None:
    with transaction.atomic():
        told: list[tuple[str, str]] = []
        for call in sequence:
            for _ in range(repeat):  # a client that heard nothing sends it again
                told += _make(world, call)
        with acting_as(SYSTEM):
            for place in range(4):
                _holds(
                    str(world.made[place]), [move for name, move in told if name == str(world.made[place])]
                )
        transaction.set_rollback(True)


def _holds(referral_id: str, told: list[str]) -> None:
    events = (
        Event.objects.filter(referral_id=referral_id)
        .order_by("xid", "id")
        .select_related("from_cell", "to_cell")
    )
    kinds = [event.kind for event in events]
    assert kinds[:3] == ["submit", "approve", "refer"]
    # What callers were told was done is what the log has: nothing twice, nothing besides.
    assert kinds[3:] == told
    status = "submitted"
    for event in list(events)[1:]:
        move = TRANSITIONS[event.kind]
        assert status in move.leaves
        assert event.from_cell is not None
        assert event.to_cell is not None
        assert (event.from_cell.status, event.to_cell.status) == (status, str(move.enters))
        status = str(move.enters)
    assert Referral.objects.get(pk=referral_id).status == status


answers = st.tuples(st.just("many"), rows, st.booleans(), st.none() | st.sampled_from("abc"))


@pytest.mark.django_db(transaction=True)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(at_once=st.lists(st.lists(answers, min_size=1, max_size=4), min_size=2, max_size=4))
def test_calls_made_at_the_same_moment_end_where_the_lifecycle_allows(
    at_once: list[list[tuple[Any, ...]]],
) -> None:
    """Several programs of one platform, each on a connection of its own, answer the same four referrals."""
    with transaction.atomic():
        people = make_people()
    world = make_world(people)
    ready = threading.Barrier(len(at_once))

    def program(calls: list[tuple[Any, ...]]) -> list[tuple[str, str]]:
        own = World(people, *[Program(world.texts["telegram"])] * 5, made=world.made)
        try:
            ready.wait(30)
            return [move for call in calls for move in _make_again(own, call)]
        finally:
            connection.close()

    try:
        with ThreadPoolExecutor(len(at_once)) as pool:
            told = [move for moves in pool.map(program, at_once) for move in moves]
        with acting_as(SYSTEM):
            for one in map(str, world.made[:4]):
                events = list(
                    Event.objects.filter(referral_id=one).order_by("xid", "id").values_list("kind", flat=True)
                )
                assert sorted(events[3:]) == sorted(move for name, move in told if name == one)
                _holds(one, events[3:])
    finally:
        clean_up()


def _make_again(world: World, call: tuple[Any, ...]) -> list[tuple[str, str]]:
    """Make a call; while another with the same idempotency key still runs, wait as Retry-After says (but shorter)."""
    headers = {"Idempotency-Key": call[3]} if call[3] else {}
    given_rows = [_row(world, *one) for one in call[1]]
    for _ in range(200):
        answer = world.telegram.post("decisions", {"decisions": given_rows, "atomic": call[2]}, **headers)
        if not (answer.status_code == 409 and "Retry-After" in answer):
            break
        time.sleep(0.01)
    assert answer.status_code in (200, 409, 422), answer.content
    if answer.status_code != 200 or "Idempotency-Replayed" in answer:
        return []
    return [
        (row["referral"], row["verdict"])
        for row, result in zip(given_rows, answer.json()["results"], strict=True)
        if result["outcome"] == "moved"
    ]
