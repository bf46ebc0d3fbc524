"""A repeated call with the same idempotency key gets the first answer and changes nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.api.models import KeptAnswer
from takedowns.intake.models import Submission
from tests.api.conftest import World, make_world
from tests.people import make_people

REMOVED = {"verdict": "remove", "action": "visibility_removed"}


def test_a_repeated_call_gets_the_same_answer(world: World, count_of: Callable[[str], int]) -> None:
    rows = {"decisions": [{"referral": str(one), **REMOVED} for one in world.made]}
    first = world.telegram.post("decisions", rows, **{"Idempotency-Key": "a-1"})
    again = world.telegram.post("decisions", rows, **{"Idempotency-Key": "a-1"})
    assert first.json()["moved"] == 6
    assert again.json() == first.json()
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert count_of("remove") == 6
    # Without the key the same call is judged anew.
    assert world.telegram.post("decisions", rows).json()["refused"] == 6


def test_the_etag_and_status_are_repeated_too(world: World) -> None:
    path, headers = f"referrals/{world.made[0]}/decision", {"Idempotency-Key": "b"}
    first = world.telegram.post(path, REMOVED, **headers)
    assert world.telegram.post(path, REMOVED, **headers)["ETag"] == first["ETag"]
    body = {"operation": "RAD19", "rows": [{"url": "https://t.me/demo_new/9"}]}
    handed_in = world.north.post("submissions", body, **headers)
    again = world.north.post("submissions", body, **headers)
    assert (handed_in.status_code, again.status_code) == (201, 201)
    assert handed_in["Location"] == again["Location"]


def test_the_key_belongs_to_one_request_and_one_caller(world: World) -> None:
    key = {"Idempotency-Key": "c"}
    world.telegram.post(f"referrals/{world.made[0]}/decision", REMOVED, **key)
    for path, body in (
        (f"referrals/{world.made[0]}/decision", {"verdict": "acknowledge"}),
        (f"referrals/{world.made[1]}/decision", REMOVED),
        ("decisions", {"decisions": [{"referral": str(world.made[0]), **REMOVED}]}),
    ):
        refused = world.telegram.post(path, body, **key)
        assert refused.status_code == 422
        assert refused.json()["type"] == "/api/v1/problems/idempotency-mismatch"
    assert (
        world.youtube.post(f"referrals/{world.made_to_youtube[0]}/decision", REMOVED, **key).status_code
        == 200
    )


def test_what_was_refused_is_judged_anew(world: World) -> None:
    path, key = f"referrals/{world.made[0]}/decision", {"Idempotency-Key": "d"}
    assert world.telegram.post(path, {"verdict": "remove"}, **key).status_code == 422
    assert world.telegram.post(path, REMOVED, **key).status_code == 200
    assert not KeptAnswer.objects.filter(status__gte=400).exists()


def test_answers_are_kept_for_a_day(world: World) -> None:
    path, key = f"referrals/{world.made[0]}/decision", {"Idempotency-Key": "e"}
    world.telegram.post(path, REMOVED, **key)
    _make_older(timedelta(hours=23, minutes=59))
    assert world.telegram.post(path, REMOVED, **key).status_code == 200
    _make_older(timedelta(hours=24, minutes=1))
    assert world.telegram.post(path, REMOVED, **key).status_code == 409
    world.telegram.post(f"referrals/{world.made[1]}/decision", REMOVED, **{"Idempotency-Key": "f"})
    with acting_as(SYSTEM):
        assert list(KeptAnswer.objects.values_list("idempotency_key", flat=True)) == ["f"]


def _make_older(by: timedelta) -> None:
    with acting_as(SYSTEM):
        KeptAnswer.objects.update(created_at=timezone.now() - by)


@pytest.mark.parametrize("bad", ["", "x" * 256, "two words", "ünlaut"])
def test_a_key_of_another_shape_is_refused(bad: str, world: World) -> None:
    refused = world.telegram.post(f"referrals/{world.made[0]}/decision", REMOVED, **{"Idempotency-Key": bad})
    assert refused.status_code == 400


def test_a_file_handed_in_twice_is_one_submission(world: World) -> None:
    def send(content: bytes, **headers: str) -> Any:
        return world.north.client.post(
            "/api/v1/submissions?operation=RAD19&filename=list.csv",
            content,
            content_type="text/csv",
            headers={"Authorization": f"Bearer {world.north.text}", **headers},
        )

    first = send(b"url\nhttps://t.me/demo_file/1\n", **{"Idempotency-Key": "g"})
    assert first.status_code == 201, first.content
    assert send(b"url\nhttps://t.me/demo_file/1\n", **{"Idempotency-Key": "g"}).json() == first.json()
    assert send(b"url\nhttps://t.me/demo_file/2\n", **{"Idempotency-Key": "g"}).status_code == 422
    repeated = send(b"url\nhttps://t.me/demo_file/1\n")
    assert (repeated.status_code, repeated.json()["repeated"]) == (200, True)
    with acting_as(SYSTEM):
        assert Submission.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_second_of_two_at_the_same_moment_is_told_to_wait() -> None:
    world = make_world(make_people())
    path, key = f"referrals/{world.made[0]}/decision", {"Idempotency-Key": "h"}
    answers: list[int] = []

    def call() -> None:
        answers.append(world.program("telegram").post(path, REMOVED, **key).status_code)
        connections.close_all()

    # The referral's row is held, so the first call stays in the middle of its work.
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM referrals_referral WHERE id = %s FOR UPDATE", [world.made[0]])
        first = threading.Thread(target=call)
        first.start()
        _wait_until_blocked()
        second = threading.Thread(target=call)
        second.start()
        second.join(20)
        assert answers == [409]
    first.join(20)
    assert answers == [409, 200]
    assert world.telegram.post(path, REMOVED, **key)["Idempotency-Replayed"] == "true"


def _wait_until_blocked() -> None:
    import time

    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("The first call never came to its referral.")
