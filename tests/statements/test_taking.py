"""A platform posts the statement that it sends to the DSA Transparency Database, as it stands."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from django.test import override_settings

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals.models import Event, Item, Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.statements.models import Statement
from takedowns.statements.reading import WrongStatement, read
from tests.api.conftest import World, make_world
from tests.people import People
from tests.statements.rules import EXAMPLE, RESPONSE, problems


@pytest.fixture
def world(people: People) -> World:
    return make_world(people)


def referral(pk: UUID) -> Referral:
    with acting_as(SYSTEM):
        return Referral.objects.get(pk=pk)


def kept(pk: UUID) -> list[Statement]:
    with acting_as(SYSTEM):
        return list(Statement.objects.filter(referral=pk))


def test_a_statement_of_every_field_is_taken_as_it_stands(world: World) -> None:
    assert problems(EXAMPLE) == []
    one = world.made[0]
    answer = world.telegram.post(f"referrals/{world.reference(one)}/statement", EXAMPLE)
    assert answer.status_code == 200, answer.content
    assert (answer.json()["outcome"], answer.json()["status"]) == ("moved", "removed")
    found = referral(one)
    # The account was suspended, which is graver than that its content was disabled in three countries.
    assert (found.action, found.decision_ground) == ("account_suspended", "incompatible_content")
    (statement,) = kept(one)
    assert (statement.body, statement.puid, statement.uuid) == (EXAMPLE, "case-4711", None)
    with acting_as(SYSTEM):
        details = Event.objects.get(referral=one, kind="remove").details
    assert details["explanation"] == EXAMPLE["incompatible_content_explanation"]
    assert details["automated_decision"] == "AUTOMATED_DECISION_PARTIALLY"
    assert details["puid"] == "case-4711"


def test_what_the_database_gave_back_adds_its_uuid_to_the_same_statement(world: World) -> None:
    path = f"referrals/{world.made[0]}/statement"
    assert world.telegram.post(path, EXAMPLE).json()["outcome"] == "moved"
    again = world.telegram.post(path, RESPONSE)
    assert (again.status_code, again.json()["outcome"]) == (200, "repeated")
    (statement,) = kept(world.made[0])
    assert str(statement.uuid) == RESPONSE["uuid"]
    assert statement.body["permalink"] == RESPONSE["permalink"]
    # What the database left out of its answer is still known, and an order of its own is no difference.
    assert statement.body["illegal_content_legal_ground"] == EXAMPLE["illegal_content_legal_ground"]
    otherwise = world.telegram.post(path, {**EXAMPLE, "decision_facts": "something else"})
    assert (otherwise.status_code, otherwise.json()["code"]) == (409, "told_otherwise")
    assert kept(world.made[0])[0].body["decision_facts"] == EXAMPLE["decision_facts"]


def test_every_field_is_kept_whether_known_or_null(world: World) -> None:
    sent = {
        **EXAMPLE,
        "decision_account": None,
        "end_date_visibility_restriction": None,
        "a_field_of_2027": {"x": [1]},
    }
    answer = world.telegram.post(f"referrals/{world.made[0]}/statement", sent)
    assert answer.status_code == 200, answer.content
    assert kept(world.made[0])[0].body == sent


@pytest.mark.parametrize(
    ("said", "action", "status"),
    [
        ({"decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"]}, "visibility_removed", "removed"),
        ({"decision_visibility": ["DECISION_VISIBILITY_CONTENT_DISABLED"]}, "visibility_disabled", "removed"),
        (
            {
                "decision_visibility": ["DECISION_VISIBILITY_CONTENT_DISABLED"],
                "territorial_scope": ["DE", "AT"],
            },
            "geo_blocked",
            "restricted",
        ),
        (
            {"decision_visibility": ["DECISION_VISIBILITY_CONTENT_LABELLED"]},
            "visibility_labelled",
            "restricted",
        ),
        ({"decision_provision": "DECISION_PROVISION_TOTAL_TERMINATION"}, "account_terminated", "removed"),
        ({"decision_monetary": "DECISION_MONETARY_TERMINATION"}, "", "referred"),
        (
            {"decision_visibility": ["DECISION_VISIBILITY_OTHER"], "decision_visibility_other": "x"},
            "",
            "referred",
        ),
    ],
)
def test_the_gravest_act_answers_and_what_names_none_is_kept_beside(
    world: World, said: dict[str, Any], action: str, status: str
) -> None:
    answer = world.telegram.post(f"referrals/{world.made[0]}/statement", {"puid": "p-1", **said})
    assert answer.json()["outcome"] == ("moved" if action else "kept"), answer.content
    assert (referral(world.made[0]).action, referral(world.made[0]).status) == (action, status)
    assert len(kept(world.made[0])) == 1


def test_what_the_database_takes_is_taken_in_the_same_odd_forms(world: World) -> None:
    """Its middleware trims text and reads empty text as null; its rules let the word "null" and a number as puid pass."""
    sent = {
        **EXAMPLE,
        "puid": 4711,
        "decision_account": "null",
        "decision_provision": "",
        "decision_visibility": [" DECISION_VISIBILITY_CONTENT_REMOVED "],
        "decision_visibility_other": "",
        "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT\n",
        "illegal_content_explanation": "",
        "territorial_scope": [],
        "application_date": " 2026-11-24 ",
        "category_specification": [],
        "uuid": "",
    }
    path = f"referrals/{world.made[0]}/statement"
    answer = world.telegram.post(path, sent)
    assert (answer.status_code, answer.json()["outcome"]) == (200, "moved"), answer.content
    assert (referral(world.made[0]).action, referral(world.made[0]).decision_ground) == (
        "visibility_removed",
        "illegal_content",
    )
    (statement,) = kept(world.made[0])
    assert (statement.body, statement.puid) == (sent, "4711")
    given_back = {**sent, "puid": "4711", "decision_account": None, "application_date": "2026-11-24"} | {
        "decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"],
        "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
        "uuid": RESPONSE["uuid"],
    }
    again = world.telegram.post(path, given_back)
    assert again.status_code == 200, again.content
    assert again.json()["outcome"] == "repeated"
    assert str(kept(world.made[0])[0].uuid) == RESPONSE["uuid"]


@pytest.mark.parametrize("odd", ["\0", "\ud800", "\u202e\U0001f600"])
def test_characters_that_a_database_cannot_keep_hurt_nothing(world: World, odd: str) -> None:
    sent = json.dumps({**EXAMPLE, "decision_facts": f"a{odd}b", "a_field_of_2027": {odd: [odd]}})
    answer = world.telegram.client.post(
        f"/api/v1/referrals/{world.made[0]}/statement",
        sent,
        "application/json",
        headers={"Authorization": f"Bearer {world.telegram.text}"},
    )
    assert answer.status_code in (200, 400, 422), answer.content
    assert len(kept(world.made[0])) == (answer.status_code == 200)


def test_one_that_comes_after_the_answer_is_kept_and_changes_nothing(world: World) -> None:
    apply_to_all("remove", world.made[:1], by=SYSTEM, action="visibility_removed")
    answer = world.telegram.post(f"referrals/{world.made[0]}/statement", EXAMPLE).json()
    assert (answer["outcome"], answer["status"], answer["code"]) == ("kept", "removed", "not_allowed")
    assert referral(world.made[0]).action == "visibility_removed"
    assert len(kept(world.made[0])) == 1


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"puid": None}, "#/puid", "required"),
        ({"puid": "with a space"}, "#/puid", "invalid"),
        ({"decision_visibility": "DECISION_VISIBILITY_CONTENT_REMOVED"}, "#/decision_visibility", "invalid"),
        ({"decision_account": "DECISION_ACCOUNT_SHOUTED_AT"}, "#/decision_account", "unknown_value"),
        ({"decision_ground": 7}, "#/decision_ground", "unknown_value"),
        ({"uuid": "4711"}, "#/uuid", "invalid"),
        ({"application_date": "08.08.2023"}, "#/application_date", "invalid"),
        ({"decision_facts": "x" * 70_000}, "#", "too_long"),
    ],
)
def test_what_is_read_is_checked_and_the_field_named(
    world: World, change: dict[str, Any], pointer: str, code: str
) -> None:
    answer = world.telegram.post(f"referrals/{world.made[0]}/statement", {**EXAMPLE, **change})
    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert kept(world.made[0]) == []
    assert referral(world.made[0]).status == "referred"


def test_a_hundred_in_one_call_each_judged_alone(world: World) -> None:
    with acting_as(SYSTEM):
        url = Item.objects.get(referrals=world.made[2]).url
    statements: list[Any] = [
        {**EXAMPLE, "puid": "one", "referral": str(world.made[0])},
        {**EXAMPLE, "puid": world.reference(world.made[1])},  # the reference itself
        {**EXAMPLE, "puid": sha256(url.encode()).hexdigest()},  # the digest of the address
        {**EXAMPLE, "puid": "nobodys"},
        {**EXAMPLE, "puid": "youtubes", "referral": str(world.made_to_youtube[0])},
        {**EXAMPLE, "puid": None},
        None,
    ]
    answer = world.telegram.post("statements", {"statements": statements}).json()
    assert [one["outcome"] for one in answer["results"]] == ["moved"] * 3 + ["refused"] * 4
    assert [one["code"] for one in answer["results"]][3:] == ["not_found", "not_found", "invalid", "invalid"]
    assert answer["results"][5]["errors"][0]["pointer"] == "#/statements/5/puid"
    assert (answer["taken"], answer["refused"]) == (3, 4)
    assert "referral" not in kept(world.made[0])[0].body
    assert [referral(one).status for one in world.made[:4]] == ["removed"] * 3 + ["referred"]
    too_many = world.telegram.post("statements", {"statements": [EXAMPLE] * 101})
    assert too_many.status_code == 422


def test_another_platform_and_an_agency_cannot_post_and_read_what_they_see(world: World) -> None:
    path = f"referrals/{world.made[0]}/statement"
    assert world.youtube.post(path, EXAMPLE).status_code == 404
    assert world.north.post(path, EXAMPLE).status_code == 403  # no scope
    world.telegram.post(path, EXAMPLE)
    for name, seen in (("officer", 1), ("coordinator", 1), ("platform_contact", 1), ("absent_officer", 0)):
        with acting_as(world.people.actor(name)):
            assert Statement.objects.count() == seen, name


def test_where_the_installation_does_not_use_them_there_is_no_such_call(world: World) -> None:
    with override_settings(EXCHANGE=[]):
        answer = world.telegram.post(f"referrals/{world.made[0]}/statement", EXAMPLE)
        listed = world.telegram.get("operations/RAD19/statements")
    assert (answer.status_code, listed.status_code) == (404, 404)
    assert kept(world.made[0]) == []


def test_what_is_no_statement_is_said_so() -> None:
    for given in (None, [], "x", 7):
        with pytest.raises(WrongStatement):
            read(given)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("illegal_content_explanation", ["It calls for an attack."]),
        ("incompatible_content_explanation", 7),
        ("decision_facts", {}),
        ("territorial_scope", [""]),
    ],
)
def test_a_field_that_is_read_and_wrong_is_named(field: str, value: object) -> None:
    with pytest.raises(WrongStatement) as refused:
        read(EXAMPLE | {field: value})
    assert refused.value.field == field
