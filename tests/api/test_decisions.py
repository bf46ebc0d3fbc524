"""A platform answers: one and many, in its own words, at its own time; what cannot be is refused row by row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals.models import Event, Referral
from takedowns.referrals.transitions import apply_to_all
from tests.api.conftest import World, refer

REMOVED = {"verdict": "remove", "action": "visibility_removed"}


def _stored(referral_id: Any) -> Referral:
    with acting_as(SYSTEM):
        return Referral.objects.get(pk=referral_id)


def _results(world: World, rows: list[dict[str, Any]], **body: Any) -> Any:
    response = world.telegram.post("decisions", {"decisions": rows, **body})
    assert response.status_code == 200, response.content
    return response.json()


def test_one_call_carries_every_verdict(world: World) -> None:
    rows = [
        {"verdict": "acknowledge"},
        {"verdict": "remove", "action": "account_terminated"},
        {"verdict": "restrict", "action": "geo_blocked", "decision_ground": "incompatible_content"},
        {"verdict": "decline", "decline_reason": "journalistic", "explanation": "A newspaper."},
        {"verdict": "report_unavailable"},
        {"verdict": "request_information", "question": "Which minute?"},
    ]
    answered = _results(
        world, [{"referral": str(one), **row} for one, row in zip(world.made, rows, strict=True)]
    )
    assert (answered["moved"], answered["refused"]) == (6, 0)
    assert [row["status"] for row in answered["results"]] == [
        "acknowledged",
        "removed",
        "restricted",
        "declined",
        "unavailable",
        "information_requested",
    ]
    assert [_stored(one).status for one in world.made] == [row["status"] for row in answered["results"]]
    undone = world.telegram.post(
        f"referrals/{world.made[1]}/decision", {"verdict": "reinstate", "reason": "Appeal upheld."}
    )
    assert undone.json()["status"] == "reinstated"


def test_a_bad_row_spoils_no_other(world: World) -> None:
    first, second, third, fourth, *_ = map(str, world.made)
    rows = [
        {"referral": first, **REMOVED},
        {"referral": second, "verdict": "obliterate"},
        {"referral": str(uuid4()), **REMOVED},
        {"referral": world.made_to_youtube[0].hex, **REMOVED},
        {"referral": third, "verdict": "remove"},
        {"referral": third, "verdict": "remove", "action": "visibility_labelled"},
        {"referral": third, "verdict": "reinstate", "reason": "Never removed."},
        {"referral": fourth, "verdict": "decline", "decline_reason": "other", "decline_reson": "misspelt"},
        "not an object",
        {"referral": first, "verdict": "acknowledge"},
    ]
    answered = _results(world, rows)
    assert [row["code"] for row in answered["results"]] == [
        None,
        "invalid",
        "not_found",
        "not_found",
        "missing_fact",
        "invalid",
        "repeated",
        "invalid",
        "invalid",
        "repeated",
    ]
    assert answered["results"][1]["errors"][0]["pointer"] == "#/decisions/1/verdict"
    assert answered["results"][7]["errors"][0]["pointer"] == "#/decisions/7/decline_reson"
    assert answered["moved"] == 1
    assert _stored(world.made[0]).status == "removed"


@pytest.mark.parametrize(
    ("body", "pointer", "says"),
    [
        ({"verdict": "remove"}, "#/action", "visibility_removed"),
        ({"verdict": "decline"}, "#/decline_reason", "journalistic"),
        ({"verdict": "request_information"}, "#/question", "question"),
        ({"verdict": "delete"}, "#/verdict", "report_unavailable"),
        ({**REMOVED, "action": "x" * 5000}, "#/action", "account_terminated"),
        ({**REMOVED, "acted_at": "2009-01-01T00:00:00Z"}, "#/acted_at", "before the referral was made"),
        ({**REMOVED, "acted_at": "yesterday"}, "#/acted_at", "2019-11-21T10:15:00Z"),
        ({**REMOVED, "referral": "RAD19-7F3K-22QX5"}, "#/referral", "no such field"),
        ({**REMOVED, "if_match": "etag"}, "#/if_match", "no such field"),
        ([], "#", "JSON object"),
    ],
)
def test_what_is_wrong_is_named_by_its_field_with_what_would_be_right(
    body: Any, pointer: str, says: str, world: World
) -> None:
    refused = world.telegram.post(f"referrals/{world.made[0]}/decision", body)
    assert refused.status_code == 422
    [error] = refused.json()["errors"]
    assert error["pointer"] == pointer
    assert says in error["detail"]
    assert says in refused.json()["detail"]
    assert len(error["detail"]) < 500
    assert _stored(world.made[0]).status == "referred"
    if isinstance(body, dict) and not {"referral", "if_match"} & set(body):
        row = _results(world, [{"referral": str(world.made[0]), **body}])["results"][0]
        assert row["errors"][0]["pointer"] == pointer.replace("#", "#/decisions/0")


@pytest.mark.parametrize(
    "bad", [None, 7, "acknowledge", [], {}, {"referral": None, "verdict": None}], ids=repr
)
def test_a_row_that_is_none_is_refused_alone(bad: Any, world: World) -> None:
    good = [{"referral": str(one), "verdict": "acknowledge"} for one in world.made[:2]]
    told = _results(world, [good[0], bad, good[1]])
    assert (told["moved"], told["refused"]) == (2, 1)
    row = told["results"][1]
    assert (row["index"], row["code"], row["status"]) == (1, "invalid", None)
    assert row["errors"][0]["pointer"].startswith("#/decisions/1")


def test_a_refused_move_says_where_it_stands_and_what_is_allowed(world: World) -> None:
    one = world.made[0]
    world.telegram.post(f"referrals/{one}/decision", REMOVED)
    again = world.telegram.post(f"referrals/{one}/decision", {"verdict": "acknowledge"})
    assert again.status_code == 409
    problem = again.json()
    assert problem["type"] == "/api/v1/problems/transition-refused"
    assert (problem["status_of_referral"], problem["allowed"]) == ("removed", ["reinstate", "correct_answer"])
    assert "reinstate" in problem["detail"]
    assert "withdraw" not in problem["detail"]


def test_atomic_changes_all_or_nothing(world: World, count_of: Callable[[str], int]) -> None:
    good = [{"referral": str(one), **REMOVED} for one in world.made[:3]]
    for bad in (
        {"referral": str(uuid4()), **REMOVED},
        {"referral": str(world.made[3]), "verdict": "remove"},
        {"verdict": "x"},
    ):
        refused = world.telegram.post("decisions", {"decisions": [*good, bad], "atomic": True})
        assert refused.status_code == 409
        assert refused.json()["errors"][0]["pointer"].startswith("#/decisions/3")
    assert count_of("remove") == 0
    assert _results(world, good, atomic=True)["moved"] == 3
    assert count_of("remove") == 3


def test_the_record_made_for_the_dsa_can_be_sent_as_it_is(world: World) -> None:
    one = world.made[0]
    answered = world.telegram.post(
        f"referrals/{one}/decision",
        {
            "verdict": "remove",
            "decision_visibility": [
                "DECISION_VISIBILITY_CONTENT_DEMOTED",
                "DECISION_VISIBILITY_CONTENT_REMOVED",
            ],
            "decision_account": "DECISION_ACCOUNT_SUSPENDED",
            "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
            "automated_decision": "AUTOMATED_DECISION_PARTIALLY",
            "puid": "case_47-11",
        },
    ).json()
    assert (answered["action"], answered["decision_ground"]) == ("account_suspended", "illegal_content")
    with acting_as(SYSTEM):
        event = Event.objects.get(referral_id=one, kind="remove")
    assert event.details["puid"] == "case_47-11"
    assert event.details["automated_decision"] == "AUTOMATED_DECISION_PARTIALLY"
    assert event.details["key"] == world.telegram.text.split("_")[1]


def test_the_time_of_action_is_the_platforms_own(world: World) -> None:
    referred = _stored(world.made[0]).referred_at
    assert referred
    acted = referred + timedelta(microseconds=1)
    rows = [
        {"referral": str(world.made[0]), **REMOVED, "acted_at": acted.isoformat()},
        {"referral": str(world.made[1]), **REMOVED},
        {"referral": str(world.made[2]), **REMOVED, "acted_at": (referred - timedelta(days=1)).isoformat()},
        {
            "referral": str(world.made[3]),
            **REMOVED,
            "acted_at": (timezone.now() + timedelta(hours=1)).isoformat(),
        },
        {"referral": str(world.made[4]), **REMOVED, "acted_at": "2019-11-21T10:00:00"},
    ]
    results = _results(world, rows)["results"]
    assert [row["code"] for row in results] == [None, None, "acted_before_referral", "invalid", "invalid"]
    assert "future" in results[3]["detail"]
    assert "offset" in results[4]["detail"]
    assert _stored(world.made[0]).decided_at == acted
    assert _stored(world.made[1]).decided_at != acted


def test_if_match_refuses_what_has_changed_since(world: World) -> None:
    one = world.made[0]
    etag = world.telegram.get(f"referrals/{one}")["ETag"]
    apply_to_all("acknowledge", [one], by=SYSTEM)
    stale = world.telegram.post(f"referrals/{one}/decision", REMOVED, **{"If-Match": etag})
    assert stale.status_code == 412
    assert _stored(one).status == "acknowledged"
    row = {"referral": str(one), **REMOVED, "if_match": etag.strip('"')}
    assert _results(world, [row])["results"][0]["code"] == "changed"
    fresh = world.telegram.get(f"referrals/{one}")["ETag"]
    done = world.telegram.post(f"referrals/{one}/decision", REMOVED, **{"If-Match": fresh})
    assert done.status_code == 200
    assert done["ETag"] not in (etag, fresh)


def test_a_referral_may_be_named_by_its_short_reference(world: World) -> None:
    one = world.made[0]
    spoken = world.reference(one).lower().replace("0", "o")
    assert _results(world, [{"referral": spoken, **REMOVED}])["moved"] == 1
    assert world.telegram.get(f"referrals/{spoken}").json()["id"] == str(one)


@pytest.mark.parametrize("conditional", [False, True])
def test_a_hundred_answers_take_as_many_statements_as_one(world: World, conditional: bool) -> None:
    urls = tuple(f"https://t.me/demo_many/{number}" for number in range(1, 102))
    ids = refer(world.people, urls)
    listed = {
        row["id"]: row["etag"] for row in world.telegram.get("referrals?limit=1000").json()["referrals"]
    }

    def rows(chosen: list[Any]) -> list[dict[str, Any]]:
        condition = {"if_match": "*"} if conditional else {}
        return [{"referral": str(one), **REMOVED, **condition} for one in chosen]

    assert set(map(str, ids)) <= set(listed)
    world.telegram.get("key")  # the key's last use is written once a minute
    counted = []
    for chosen in (ids[:1], ids[1:]):
        with CaptureQueriesContext(connection) as queries:
            assert _results(world, rows(chosen))["moved"] == len(chosen)
        counted.append(len(queries))
    # The first makes the cell that all enter.
    assert counted == ([25, 24] if conditional else [19, 18])


def test_rows_that_say_the_same_are_each_held_to_what_is_their_own(world: World) -> None:
    first, second, third, *_ = map(str, world.made)
    rows = [
        {"referral": first, **REMOVED, "explanation": "A"},
        {"referral": f" {second} ", **REMOVED, "explanation": "A"},
        {"referral": 7, **REMOVED, "explanation": "A"},
        {"referral": "x" * 41, **REMOVED, "explanation": "A"},
        {**REMOVED, "explanation": "A"},
        {"referral": third, **REMOVED, "explanation": "B"},
        {"referral": third, "verdict": "remove", "action": True},
    ]
    answered = _results(world, rows)["results"]
    assert [row["code"] for row in answered] == [None, None, "invalid", "invalid", "invalid", None, "invalid"]
    assert [row["errors"][0]["pointer"] for row in answered if row["errors"]] == [
        "#/decisions/2/referral",
        "#/decisions/3/referral",
        "#/decisions/4/referral",
        "#/decisions/6/action",
    ]
    with acting_as(SYSTEM):
        told = {
            str(event.referral_id): event.details
            for event in Event.objects.filter(kind="remove").order_by("pk")
        }
    assert {pk: details["explanation"] for pk, details in told.items()} == {
        first: "A",
        second: "A",
        third: "B",
    }
    assert not any("referral" in details for details in told.values())


def test_more_than_a_thousand_answers_are_refused_with_the_number(world: World) -> None:
    refused = world.telegram.post("decisions", {"decisions": [{}] * 1001})
    assert refused.status_code == 422
    assert "1000" in refused.json()["detail"]


def test_an_answer_to_a_question_comes_back_in_the_history(world: World) -> None:
    one = world.made[0]
    world.telegram.post(
        f"referrals/{one}/decision", {"verdict": "request_information", "question": "Which minute?"}
    )
    apply_to_all("provide_information", [one], by=SYSTEM, answer="The third.")
    history = world.telegram.get(f"referrals/{one}").json()["history"]
    assert [step["change"] for step in history] == ["refer", "request_information", "provide_information"]
    assert history[-1]["details"] == {"answer": "The third."}
