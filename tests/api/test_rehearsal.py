"""What others do, happens in the sandbox on demand: by the same services, told by the same history and feed, or refused with what to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from takedowns.api.rehearsal import HAPPENINGS, MAKINGS, PLATFORM_SAYS, kinds
from takedowns.directory.keys import create
from takedowns.directory.models import Platform
from tests.api.conftest import Program, World
from tests.api.test_sandbox import agency_tester, everything_real, tester  # noqa: F401 - fixtures


def happens(program: Program, kind: str, **more: Any) -> Any:
    answer = program.post("sandbox/events", {"type": kind, **more})
    assert answer.status_code == 201, answer.content
    return answer.json()["referral"]


def changes(referral: Any) -> list[str]:
    return [one["change"] for one in referral["history"]]


def first(program: Program, query: str = "") -> str:
    return str(program.get(f"referrals?limit=1&{query}").json()["referrals"][0]["id"])


def decide(program: Program, referral: str, verdict: str, **facts: str) -> None:
    answer = program.post(f"referrals/{referral}/decision", {"verdict": verdict, **facts})
    assert answer.status_code == 200, answer.content


def test_an_agency_withdraws_and_answers(tester: Program) -> None:  # noqa: F811
    one = first(tester, "instrument=referral")
    refused = tester.post("sandbox/events", {"type": "answered", "referral": one})
    assert refused.status_code == 409
    assert "request_information" in refused.json()["detail"], "it says what to do first"
    decide(tester, one, "request_information", question="Which post?")
    answered = happens(tester, "answered", referral=one, text="The second.")
    assert (answered["status"], changes(answered)[-1]) == ("acknowledged", "provide_information")
    assert answered["history"][-1]["details"] == {"answer": "The second."}
    gone = happens(tester, "withdrawn", referral=answered["reference"])
    assert (gone["status"], gone["id"]) == ("withdrawn", one)
    assert tester.get(f"referrals/{one}").json() == gone, "with its history and its ETag, as it is read"


def test_what_was_removed_is_seen_online_complained_about_and_corrected(tester: Program) -> None:  # noqa: F811
    refused = tester.post("sandbox/events", {"type": "seen_online"}).json()
    assert "decide one with the verdict “remove” first" in refused["detail"]
    ids = [one["id"] for one in tester.get("referrals?limit=4").json()["referrals"]]
    for one in ids:
        decide(tester, one, "remove", action="visibility_removed")
    seen = happens(tester, "seen_online", referral=ids[0])
    assert (seen["status"], seen["availability"], changes(seen)[-1]) == ("removed", "online", "check")
    upheld = happens(tester, "complaint_decided", referral=ids[1])
    assert (upheld["status"], changes(upheld)[-3:]) == (
        "reinstated",
        ["complaint", "complaint_decided", "reinstate"],
    )
    kept = happens(tester, "complaint_decided", referral=ids[2], verdict="dismissed")
    assert (kept["status"], changes(kept)[-1]) == ("removed", "complaint_decided")
    back = happens(tester, "corrected", referral=ids[3])
    assert (back["status"], changes(back)[-1]) == ("referred", "correct_answer")


def test_a_complaint_that_waits_is_the_one_that_is_decided(tester: Program) -> None:  # noqa: F811
    one = first(tester)
    decide(tester, one, "remove", action="visibility_removed")
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
    told = tester.post(f"referrals/{one}/complaints", {"received_at": now, "puid": "c-1"}).json()
    happens(tester, "complaint_decided", verdict="dismissed")
    [complaint] = tester.get(f"referrals/{one}/complaints").json()["complaints"]
    assert (complaint["id"], complaint["verdict"]) == (told["id"], "dismissed")


def test_an_order_is_issued_and_its_hour_runs_and_ends_soon(tester: Program) -> None:  # noqa: F811
    made = happens(tester, "order_issued")
    path = f"referrals/{made['id']}/order"
    assert (made["instrument"], made["status"], made["due_at"]) == ("removal_order", "referred", None)
    assert tester.get(path).json()["clock"] == "unreceived"
    assert tester.get(f"{path}/document").content.startswith(b"%PDF")
    now = datetime.now(UTC)
    received = tester.post(f"{path}/receipt", {"received_at": f"{now:%Y-%m-%dT%H:%M:%S.%fZ}"}).json()
    assert datetime.fromisoformat(received["due_at"]) - now == timedelta(hours=1), "to the hour"
    soon = happens(tester, "due_soon", referral=made["id"])
    left = datetime.fromisoformat(soon["due_at"]) - datetime.now(UTC)
    assert timedelta(minutes=9) < left <= timedelta(minutes=10)
    order = tester.get(path).json()
    assert order["clock"] == "running"
    assert order["issued_at"] <= order["received_at"]
    urls = {one["item"]["url"] for one in tester.get("referrals?limit=1000").json()["referrals"]}
    assert len(urls) == 61, "each new one has an address of its own"
    happens(tester, "referral_made")
    assert len(tester.get("referrals?limit=1000").json()["referrals"]) == 62


def test_an_order_whose_hour_stands_still_is_due_never(tester: Program) -> None:  # noqa: F811
    one = first(tester, "instrument=removal_order")
    said = {"impediment": "force_majeure", "explanation": "Fire."}
    assert tester.post(f"referrals/{one}/order/impediment", said).status_code == 200
    refused = tester.post("sandbox/events", {"type": "due_soon", "referral": one})
    assert refused.status_code == 409
    assert "order/resumption" in refused.json()["detail"]
    other = first(tester, "instrument=referral")
    refused = tester.post("sandbox/events", {"type": "due_soon", "referral": other}).json()
    assert refused["detail"].startswith("It is “referred”, and no order.")


def test_all_of_it_is_in_the_change_feed(transactional_db: None, tester: Program) -> None:  # noqa: F811
    one = first(tester, "instrument=referral")
    before = tester.get("changes?limit=1000").json()
    assert len(before["changes"]) == 60, "each was sent"
    decide(tester, one, "request_information", question="Which post?")
    happens(tester, "answered", referral=one, text="The second.")
    happens(tester, "withdrawn", referral=one)
    told = tester.get(f"changes?after={before['next']}").json()["changes"]
    assert [(each["referral_id"], each["change"]) for each in told] == [
        (one, "request_information"),
        (one, "provide_information"),
        (one, "withdraw"),
    ]


def test_an_agency_s_rows_reach_the_platform_s_test_key_when_they_are_sent(
    agency_tester: Program,  # noqa: F811
    tester: Program,  # noqa: F811
    world: World,
) -> None:
    rows = [{"url": f"https://t.me/invented_{number}/1"} for number in range(1, 4)]
    rows.append({"url": "https://www.youtube.com/watch?v=demoINVENT1"})
    youtube = Program(create(name="t", platform=Platform.objects.get(pk="youtube"), test=True)[1])
    handed_in = agency_tester.post("submissions", {"operation": "SANDBOX", "rows": rows})
    assert handed_in.json()["counts"] == {"new": 4}
    path = f"submissions/{handed_in.json()['id']}/rows"
    ids = [one["referral_id"] for one in agency_tester.get(path).json()["rows"]]
    assert {tester.get(f"referrals/{one}").status_code for one in ids} == {404}, "not before it is sent"
    assert agency_tester.get(f"referrals/{ids[0]}").json()["status"] == "submitted"
    assert happens(agency_tester, "rejected", referral=ids[0], text="No.")["status"] == "rejected"
    assert happens(agency_tester, "sent", referral=ids[1])["status"] == "referred"
    assert [tester.get(f"referrals/{one}").status_code for one in ids] == [404, 200, 404, 404]
    happens(agency_tester, "sent")
    assert [tester.get(f"referrals/{one}").status_code for one in ids] == [404, 200, 200, 404]
    assert youtube.get(f"referrals/{ids[3]}").json()["agency"]["slug"] == world.people.agency.slug
    assert len(youtube.get("referrals?limit=1000").json()["referrals"]) == 61, "beside invented ones"
    decide(tester, ids[1], "remove", action="visibility_removed")
    assert agency_tester.get(f"referrals/{ids[1]}").json()["status"] == "removed"
    said = happens(agency_tester, "platform_answered", referral=ids[2], verdict="request_information")
    assert said["status"] == "information_requested"


@pytest.mark.parametrize("verdict", PLATFORM_SAYS)
def test_a_platform_s_answers_are_played_for_an_agency(verdict: str, agency_tester: Program) -> None:  # noqa: F811
    found = agency_tester.get("referrals?status=referred&limit=1000").json()["referrals"]
    one = next(each["id"] for each in found if each["instrument"] == "referral")
    if verdict == "reinstate":
        happens(agency_tester, "platform_answered", referral=one, verdict="remove")
    answered = happens(agency_tester, "platform_answered", referral=one, verdict=verdict)
    assert changes(answered)[-1] == verdict


def test_a_reset_leaves_what_an_agency_has_not_sent(agency_tester: Program, tester: Program) -> None:  # noqa: F811
    body = {"operation": "SANDBOX", "rows": [{"url": "https://t.me/invented_9/1"}]}
    path = f"submissions/{agency_tester.post('submissions', body).json()['id']}/rows"
    [row] = agency_tester.get(path).json()["rows"]
    tester.post("sandbox/reset", {})
    assert agency_tester.get(f"referrals/{row['referral_id']}").json()["status"] == "submitted"


def test_what_an_agency_sends_does_not_take_the_place_of_a_platform_s_own(
    agency_tester: Program,  # noqa: F811
    world: World,
) -> None:
    assert agency_tester.get("referrals").status_code == 200  # its own are made, at Telegram
    program = Program(create(name="t", platform=Platform.objects.get(pk="telegram"), test=True)[1])
    found = program.get("referrals?limit=1000").json()["referrals"]
    assert len([one for one in found if one["agency"]["slug"] == "sandbox-unit"]) == 60


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({}, 422, "#/type"),
        ({"type": "burnt"}, 422, "withdrawn"),
        ({"type": "withdrawn", "verdict": "upheld"}, 422, "has no verdict"),
        ({"type": "complaint_decided", "verdict": "remove"}, 422, "upheld, dismissed"),
        ({"type": "order_issued", "referral": "RAD19-7F3K-22QX5"}, 422, "makes a new referral"),
        ({"type": "withdrawn", "referral": "RAD19-7F3K-22QX5"}, 404, "short reference"),
        ({"type": "sent"}, 409, "for test keys of agencies. For yours there are: referral_made"),
    ],
)
def test_what_is_asked_wrongly_is_told_with_what_there_is(
    body: dict[str, str],
    status: int,
    said: str,
    tester: Program,  # noqa: F811
) -> None:
    answer = tester.post("sandbox/events", body)
    assert answer.status_code == status, answer.content
    assert said in answer.json()["detail"]


def test_an_agency_is_told_what_is_for_it(agency_tester: Program) -> None:  # noqa: F811
    for kind in ("referral_made", "withdrawn"):
        answer = agency_tester.post("sandbox/events", {"type": kind})
        assert answer.status_code == 409
        assert "test keys of platforms" in answer.json()["detail"]
    assert (
        agency_tester.post("sandbox/events", {"type": "sent"}).json()["detail"].endswith("POST /submissions.")
    )


def test_no_real_key_plays_it_and_nothing_real_changes(
    tester: Program,  # noqa: F811
    agency_tester: Program,  # noqa: F811
    world: World,
) -> None:
    refused = world.telegram.post("sandbox/events", {"type": "withdrawn", "referral": str(world.made[0])})
    assert refused.status_code == 403
    assert "tkd_test_" in refused.json()["detail"]
    before = everything_real()
    for program, for_platform in ((tester, True), (agency_tester, False)):
        for kind in kinds(for_platform=for_platform):
            program.post("sandbox/events", {"type": kind})
            real = {"type": kind, "referral": str(world.made[0])}
            assert program.post("sandbox/events", real).status_code in {404, 422}, kind
    assert everything_real() == before
    assert {*HAPPENINGS, *MAKINGS} == {*kinds(for_platform=True), *kinds(for_platform=False)}
