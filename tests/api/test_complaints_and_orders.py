"""What a platform says beyond decisions: complaints, and the answers to removal orders (Annexes II and III)."""

from __future__ import annotations

import hashlib
import warnings
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.utils import timezone
from pyjstat import pyjstat

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.orders.models import RemovalOrder
from takedowns.referrals.transitions import apply_to_all
from tests.api.conftest import World, order_of


def at(minutes_ago: float) -> str:
    return f"{timezone.now() - timedelta(minutes=minutes_ago):%Y-%m-%dT%H:%M:%SZ}"


@pytest.fixture
def order(world: World) -> UUID:
    """A removal order to Telegram, issued an hour ago."""
    return order_of(world)


def test_a_complaint_is_told_decided_and_seen_in_feed_and_history(world: World) -> None:
    one = world.made[0]
    refused = world.telegram.post(f"referrals/{one}/complaints", {"received_at": at(0)})
    assert refused.status_code == 409
    assert refused.json()["status_of_referral"] == "referred"
    apply_to_all("remove", [one], by=SYSTEM, action="visibility_removed")
    told = {"received_at": at(0), "puid": "c-17", "explanation": "It is a museum’s."}
    made = world.telegram.post(f"referrals/{world.reference(one)}/complaints", told)
    assert made.status_code == 201
    complaint = made.json()
    assert (complaint["referral_id"], complaint["puid"], complaint["verdict"]) == (str(one), "c-17", None)
    again = world.telegram.post(f"referrals/{one}/complaints", told)
    assert again.json()["id"] == complaint["id"]
    other = world.telegram.post(f"referrals/{one}/complaints", {**told, "explanation": "It is a film’s."})
    assert (other.status_code, other.json()["code"]) == (409, "told_otherwise")
    decided = world.telegram.post(f"complaints/{complaint['id']}/decision", {"verdict": "upheld"})
    assert decided.status_code == 200
    assert decided.json()["verdict"] == "upheld"
    referral = world.telegram.get(f"referrals/{one}").json()
    assert referral["status"] == "reinstated"
    told_of = [(each["change"], each["details"].get("complaint")) for each in referral["history"]]
    assert ("complaint", complaint["id"]) in told_of
    assert ("complaint_decided", complaint["id"]) in told_of
    listed = world.north.get(f"referrals/{one}/complaints").json()["complaints"]
    assert [each["verdict"] for each in listed] == ["upheld"]
    refused = world.telegram.post(f"complaints/{complaint['id']}/decision", {"verdict": "dismissed"})
    assert (refused.status_code, refused.json()["code"]) == (409, "already_decided")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/received_at"),
        ({"received_at": "2999-01-01T00:00:00Z"}, "#/received_at"),
        ({"received_at": "2019-01-01T00:00:00Z"}, "#/received_at"),
        ({"received_at": "{now}", "complainant": "neighbour"}, "#/complainant"),
        ({"received_at": "{now}", "name": "N. N."}, "#/name"),
    ],
)
def test_what_is_wrong_with_a_complaint_is_named(world: World, body: dict[str, str], pointer: str) -> None:
    apply_to_all("remove", world.made[:1], by=SYSTEM, action="visibility_removed")
    sent = {name: at(0) if value == "{now}" else value for name, value in body.items()}
    response = world.telegram.post(f"referrals/{world.made[0]}/complaints", sent)
    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


def test_an_order_is_read_received_and_answered_within_its_hour(world: World, order: UUID) -> None:
    shown = world.telegram.get(f"referrals/{order}/order").json()
    assert (shown["clock"], shown["received_at"], shown["due_at"]) == ("unreceived", None, None)
    assert shown["material"] == ["threatens"]
    document = world.telegram.get(shown["document"].removeprefix("/api/v1/"))
    assert document["Content-Type"] == "application/pdf"
    assert hashlib.sha256(document.content).hexdigest() == shown["sha256"]
    received = world.telegram.post(f"referrals/{order}/order/receipt", {"received_at": at(20)}).json()
    assert received["clock"] == "running"
    due = datetime.fromisoformat(received["due_at"]) - datetime.fromisoformat(received["received_at"])
    assert due == timedelta(hours=1)
    assert world.telegram.get(f"referrals/{order}").json()["status"] == "acknowledged"
    annex = {
        "outcome": "access_disabled",
        "acted_at": at(5),
        "signatory": "N. N., counsel",
        "provider_reference": "L-4",
    }
    other = world.telegram.post(f"referrals/{order}/order/feedback", {**annex, "received_at": at(10)})
    assert (other.status_code, other.json()["code"]) == (409, "already_received"), "not dropped in silence"
    annex["received_at"] = received["received_at"]
    answered = world.telegram.post(f"referrals/{order}/order/feedback", annex).json()
    assert answered["clock"] == "met"
    referral = world.telegram.get(f"referrals/{order}").json()
    assert (referral["status"], referral["action"]) == ("restricted", "geo_blocked"), (
        "the Member States are not the world"
    )
    refused = world.telegram.post(f"referrals/{order}/order/feedback", annex)
    assert refused.status_code == 409


def test_an_impediment_stops_the_hour_and_its_end_starts_a_whole_one(world: World, order: UUID) -> None:
    world.telegram.post(f"referrals/{order}/order/receipt", {"received_at": at(40)})
    annex = {"impediment": "force_majeure", "explanation": "The data centre burns.", "at": at(30)}
    stopped = world.telegram.post(f"referrals/{order}/order/impediment", annex).json()
    assert (stopped["clock"], stopped["impediment"]) == ("stopped", "force_majeure")
    again = world.telegram.post(f"referrals/{order}/order/impediment", annex)
    assert (again.status_code, again.json()["code"]) == (409, "already_stopped")
    resumed = world.telegram.post(f"referrals/{order}/order/resumption", {"at": at(10)}).json()
    assert resumed["clock"] == "running"
    with acting_as(SYSTEM):
        left = RemovalOrder.objects.select_related("referral").get(pk=order).referral.due_at - timezone.now()
    assert timedelta(minutes=49) < left <= timedelta(minutes=50)
    history = [each["change"] for each in world.telegram.get(f"referrals/{order}").json()["history"]]
    assert {"receipt", "impediment", "impediment_ended"} <= {*history}


def test_missing_information_is_asked_for(world: World, order: UUID) -> None:
    annex = {"impediment": "insufficient_information", "explanation": "Which of the two videos?"}
    stopped = world.telegram.post(f"referrals/{order}/order/impediment", annex).json()
    assert stopped["clock"] == "stopped"
    assert world.north.get(f"referrals/{order}").json()["status"] == "information_requested"


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("receipt", {"received_at": "2019-01-01T00:00:00Z"}, "#/received_at"),
        ("receipt", {"received_at": "2999-01-01T00:00:00Z"}, "#/received_at"),
        ("feedback", {"outcome": "sung", "acted_at": "{now}", "signatory": "N. N."}, "#/outcome"),
        ("feedback", {"outcome": "removed", "acted_at": "{now}"}, "#/signatory"),
        ("feedback", {"outcome": "removed", "acted_at": "{now}", "signatory": "N. N."}, "#/acted_at"),
        ("impediment", {"impediment": "laziness", "explanation": "x"}, "#/impediment"),
        ("impediment", {"impediment": "force_majeure", "explanation": " "}, "#/explanation"),
    ],
)
def test_what_is_wrong_with_an_answer_is_named_and_nothing_kept(
    world: World, order: UUID, path: str, body: dict[str, str], pointer: str
) -> None:
    sent = {name: at(0) if value == "{now}" else value for name, value in body.items()}
    response = world.telegram.post(f"referrals/{order}/order/{path}", sent)
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == pointer
    assert world.telegram.get(f"referrals/{order}/order").json()["clock"] == "unreceived"


def test_a_referral_that_is_no_order_has_none(world: World) -> None:
    for path in ("order", "order/document"):
        assert world.telegram.get(f"referrals/{world.made[0]}/{path}").status_code == 404
    told = world.telegram.post(f"referrals/{world.made[0]}/order/receipt", {"received_at": at(0)})
    assert told.status_code == 404


def test_sentences_are_english_whatever_language_a_library_asks_for(world: World) -> None:
    path = f"referrals/{world.made[0]}/complaints"
    german = world.telegram.call("post", path, {"received_at": at(0)}, **{"Accept-Language": "de"})
    english = world.telegram.post(path, {"received_at": at(0)})
    assert german.json() | {"request_id": ""} == english.json() | {"request_id": ""}


def test_the_figures_are_json_stat_that_another_reader_reads(world: World) -> None:
    response = world.north.get("operations/RAD19/statistics/json-stat")
    told = _read(response.content)
    assert told["All platforms", "Referred"] == 8
    assert told["Telegram", "Referred"] == 6
    path = "operations/RAD19/statistics/json-stat"
    own = _read(world.telegram.get(path).content)
    assert {platform for platform, _measure in own} == {"All platforms", "Telegram"}
    assert world.north.get(path, **{"If-None-Match": response["ETag"]}).status_code == 304


def _read(content: bytes) -> dict[tuple[str, str], float]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the reader warns of its own functions
        frame = pyjstat.Dataset.read(content.decode()).write("dataframe")
    return {(row["Platform"], row["Measure"]): row["value"] for _, row in frame.iterrows()}
