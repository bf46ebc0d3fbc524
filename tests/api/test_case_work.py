"""An agency's program acts on its referrals: the person behind each act, and every refusal that all acts share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access_log.models import Look
from takedowns.directory.keys import create
from takedowns.holds.services import place
from takedowns.intake.models import Submission
from takedowns.ledger.models import Entry
from takedowns.notices.messages import end, write
from takedowns.referrals.models import CoReferral, Event, Outlet, Referral
from takedowns.referrals.transitions import apply_to_all
from tests.api.conftest import Program, World
from tests.factories import undone

REASON = {"reason": "Another channel was meant."}


@dataclass(frozen=True)
class Act:
    """One act: where it is done, what it says, and what it cannot do without."""

    method: str
    path: str
    body: dict[str, Any]
    needs: tuple[str, ...]
    #: Who works on the referral too, and may not do it.
    not_for_others: bool = True


#: Every act on a referral of the agency's that was made to Telegram.
ACTS = [
    Act("post", "referrals/{referral}/withdrawal", REASON, ("reason",)),
    Act("post", "referrals/{referral}/information", {"answer": "The second."}, ("answer",)),
    Act("patch", "referrals/{referral}", {"tier": 1}, ()),
    Act("post", "referrals/{referral}/checks", {"seen": "online"}, ("seen",), not_for_others=False),
]


@pytest.fixture(autouse=True)
def _asked(request: pytest.FixtureRequest) -> None:
    """Let Telegram ask what the first is about, where answering is tried."""
    act = getattr(getattr(request.node, "callspec", None), "params", {}).get("act")
    if act is not None and act.path.endswith("/information"):
        ask(request.getfixturevalue("world"))


@pytest.fixture
def nobodys(world: World) -> Program:
    """A key of North's behind which nobody is registered."""
    return Program(create(name="nobody's", agency=world.people.agency)[1])


def ask(world: World) -> None:
    apply_to_all("request_information", world.made[:1], by=SYSTEM, question="Which video?")


def path_of(act: Act, world: World) -> str:
    return act.path.format(referral=world.made[0])


def refused(answer: Any, status: int, problem: str, pointer: str = "") -> dict[str, Any]:
    """Assert what an answer refuses, and that it says where and what to do."""
    told: dict[str, Any] = answer.json()
    assert (answer.status_code, told["type"]) == (status, f"/api/v1/problems/{problem}"), told
    assert told["detail"]
    if pointer:
        assert pointer in {one["pointer"] for one in told["errors"]}, told
    return told


@pytest.mark.parametrize("act", ACTS, ids=lambda act: f"{act.method} {act.path}")
def test_what_is_wrong_with_an_act_is_named_and_nothing_of_it_stays(
    act: Act, world: World, nobodys: Program
) -> None:
    path, north = path_of(act, world), world.north
    before = _number_of_events()
    assert north.call(act.method, path, act.body | {"colour": "red"}).json()["errors"][0]["code"] == "unknown"
    for name in act.needs:
        without = {key: value for key, value in act.body.items() if key != name}
        refused(north.call(act.method, path, without), 422, "invalid-body", f"#/{name}")
        refused(north.call(act.method, path, act.body | {name: None}), 422, "invalid-body", f"#/{name}")
    refused(north.call(act.method, path, ["no object"]), 422, "invalid-body", "#")
    twice = b'{"acted_by": "a@example.org", "acted_by": "b@example.org"}'
    answer = north.client.generic(
        act.method.upper(),
        f"/api/v1/{path}",
        twice,
        content_type="application/json",
        headers={"Authorization": f"Bearer {north.text}"},
    )
    assert "stands twice" in refused(answer, 400, "malformed")["detail"]
    refused(nobodys.call(act.method, path, act.body), 422, "invalid-body", "#/acted_by")
    for email in ("other_officer@example.org", "auditor@example.org", "nobody@example.org"):
        body = act.body | {"acted_by": email}
        assert refused(north.call(act.method, path, body), 422, "invalid-body", "#/acted_by")["errors"][0][
            "code"
        ] == ("unknown_person")
    refused(north.call(act.method, path, act.body, **{"If-Match": '"old"'}), 412, "precondition-failed")
    assert _number_of_events() == before
    assert nobodys.call(
        act.method, path, act.body | {"acted_by": "OFFICER@example.org"}
    ).status_code in range(200, 300)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: f"{act.method} {act.path}")
def test_an_act_is_the_agencys_own_and_what_it_may_not_see_does_not_exist(act: Act, world: World) -> None:
    path = path_of(act, world)
    refused(world.absent.call(act.method, path, act.body), 404, "not-found")
    nowhere = act.path.format(referral=uuid4())
    refused(world.north.call(act.method, nowhere, act.body), 404, "not-found")
    refused(world.telegram.call(act.method, path, act.body), 403, "missing-scope")
    reader = Program(create(name="r", agency=world.people.agency, scopes=["referrals:read"])[1])
    refused(reader.call(act.method, path, act.body), 403, "missing-scope")
    if act.not_for_others:
        refused(world.south.call(act.method, path, act.body), 403, "forbidden")


@pytest.mark.parametrize("act", ACTS, ids=lambda act: f"{act.method} {act.path}")
def test_an_act_is_recorded_as_the_person_s_through_the_key(act: Act, world: World) -> None:
    body = act.body | {"acted_by": "reviewer@example.org"}
    answer = world.north.call(act.method, path_of(act, world), body)
    assert answer.status_code in range(200, 300), answer.content
    with acting_as(SYSTEM):
        event = Event.objects.filter(referral_id=world.made[0]).latest("recorded_at")
        [look] = Look.objects.all()
    assert (event.actor, event.agency) == (world.people.reviewer, world.people.agency)
    assert event.origin.startswith("key ")
    assert (look.referral_id, look.person_id) == (world.made[0], None)
    assert look.key_id is not None


def _number_of_events() -> int:
    with acting_as(SYSTEM):
        return int(Event.objects.count())


def withdraw(world: World, referral_id: UUID, **headers: str) -> Any:
    return world.north.post(f"referrals/{referral_id}/withdrawal", REASON, **headers)


def test_a_referral_is_withdrawn_once_and_its_platform_reads_it(world: World) -> None:
    path = f"referrals/{world.reference(world.made[0])}"
    seen = world.north.get(path)
    answer = world.north.post(
        f"{path}/withdrawal", REASON, **{"If-Match": seen["ETag"], "Idempotency-Key": "w"}
    )
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert (told["status"], told["history"][-1]["change"]) == ("withdrawn", "withdraw")
    assert answer["ETag"] == world.north.get(path)["ETag"] != seen["ETag"]
    assert world.telegram.get(path).json()["status"] == "withdrawn"
    again = world.north.post(
        f"{path}/withdrawal", REASON, **{"If-Match": seen["ETag"], "Idempotency-Key": "w"}
    )
    assert (again["Idempotency-Replayed"], again["ETag"]) == ("true", answer["ETag"])
    told = refused(withdraw(world, world.made[0]), 409, "transition-refused")
    assert (told["status_of_referral"], told["allowed"]) == ("withdrawn", [])
    assert told["detail"] == "The referral is “withdrawn”; your agency may now: nothing more."


@pytest.mark.parametrize("verdict", ["remove", "decline"])
def test_what_was_answered_is_not_withdrawn(verdict: str, world: World) -> None:
    facts = {"remove": {"action": "visibility_removed"}, "decline": {"decline_reason": "journalistic"}}
    apply_to_all(verdict, world.made[:1], by=SYSTEM, **facts[verdict])
    told = refused(withdraw(world, world.made[0]), 409, "transition-refused")
    assert told["allowed"] == []
    assert told["status_of_referral"] in told["detail"]


def test_it_goes_on_as_the_agency_s_that_asks_too_and_a_closed_operation_is_in_nobodys_way(
    world: World,
) -> None:
    row = {"operation": "RAD19", "rows": [{"url": "https://t.me/demo_lantern/1"}]}
    assert world.south.post("submissions", row).status_code == 201
    with acting_as(SYSTEM):
        assert CoReferral.objects.filter(referral_id=world.made[0]).exists()
    assert withdraw(world, world.made[0]).status_code == 200
    world.people.operation.closed_at = timezone.now()
    with acting_as(SYSTEM):
        world.people.operation.save(update_fields=["closed_at"])
    assert withdraw(world, world.unreleased[0]).json()["status"] == "withdrawn"
    with acting_as(SYSTEM):
        after = Referral.objects.get(item__url="https://t.me/demo_lantern/1", round=2)
    assert (after.agency, after.status) == (world.people.other_agency, "submitted")


LIST = [{"url": f"https://t.me/demo_list/{number}"} for number in range(1, 4)]


def handed_in(world: World) -> str:
    return str(world.north.post("submissions", {"operation": "RAD19", "rows": LIST}).json()["id"])


def test_a_submission_is_withdrawn_as_it_was_looked_at(world: World) -> None:
    pk = handed_in(world)
    path = f"submissions/{pk}/withdrawal"
    told = world.north.get(path).json()
    assert (told["ends"], told["ending"], told["staying"]) == (3, {"submitted": 3}, {})
    assert told["withdrawn_at"] is None
    rows = world.north.get(f"submissions/{pk}/rows").json()["rows"]
    withdraw(world, UUID(rows[0]["referral_id"]))
    moved_on = refused(world.north.post(path, REASON | {"expected": 3}), 409, "conflict")
    assert moved_on["code"] == "moved_on"
    told = world.north.get(path).json()
    assert (told["ends"], told["staying"]) == (2, {"withdrawn": 1})
    body = REASON | {"expected": 2, "acted_by": "reviewer@example.org"}
    for _ in range(2):
        answer = world.north.post(path, body, **{"Idempotency-Key": "all"})
        assert (answer.status_code, answer.json()["ends"]) == (200, 2), answer.content
    assert world.north.get(path).json()["reason"] == REASON["reason"]
    assert world.north.get(f"submissions/{pk}").json()["withdrawn_at"]
    assert refused(world.north.post(path, REASON | {"expected": 0}), 409, "conflict")["code"] == "withdrawn"
    with acting_as(SYSTEM):
        entry = Entry.objects.filter(what="intake_submission", key=pk).latest("number")
        assert Submission.objects.get(pk=pk).withdrawn_by == world.people.reviewer
    assert (entry.person_id, entry.agency_id) == (world.people.reviewer.pk, world.people.agency.pk)
    assert entry.origin.startswith("key ")


def test_a_submission_is_withdrawn_by_its_agency_alone(world: World, nobodys: Program) -> None:
    path = f"submissions/{handed_in(world)}/withdrawal"
    body = REASON | {"expected": 3}
    for program in (world.south, world.absent):
        refused(program.get(path), 404, "not-found")
        refused(program.post(path, body), 404, "not-found")
    refused(world.telegram.post(path, body), 403, "missing-scope")
    refused(world.north.post(path, REASON), 422, "invalid-body", "#/expected")
    refused(world.north.post(path, {"expected": 3}), 422, "invalid-body", "#/reason")
    refused(world.north.post(path, body | {"expected": "3"}), 422, "invalid-body", "#/expected")
    refused(nobodys.post(path, body), 422, "invalid-body", "#/acted_by")
    assert world.north.get(path).json()["ends"] == 3


def test_what_is_announced_is_read_by_those_who_take_part(world: World) -> None:
    people = world.people
    coordinator, path = people.actor("coordinator"), "operations/rad19/messages"
    with acting_as(coordinator):
        first = write(people.operation, text="Submit before noon.", by=coordinator)
        write(people.operation, text="The list is closed.", by=coordinator)
        end(people.operation, first.pk, by=coordinator)
    told = world.north.get(path).json()["messages"]
    assert [(one["text"], one["by"], one["ended_at"] is None) for one in told] == [
        ("The list is closed.", "Coordinator", True),
        ("Submit before noon.", "Coordinator", False),
    ]
    with acting_as(SYSTEM):
        assert Look.objects.get(view="api:operation-messages GET").count == 2
    refused(world.absent.get(path), 404, "not-found")
    refused(world.telegram.get(path), 403, "forbidden")
    refused(world.north.post(path, {"text": "Mine."}), 405, "method-not-allowed")


def test_in_the_sandbox_an_act_needs_nobody_and_touches_nothing_real(world: World) -> None:
    tester = Program(create(name="trial", agency=world.people.agency, test=True)[1])
    with undone():  # what stands in the sandbox is of other tests, too
        before = _number_of_events()
        one = tester.get("referrals?limit=1").json()["referrals"][0]
        answer = tester.post(f"referrals/{one['id']}/withdrawal", REASON)
        assert (answer.status_code, answer.json()["status"]) == (200, "withdrawn"), answer.content
        refused(tester.post(f"referrals/{world.made[0]}/withdrawal", REASON), 404, "not-found")
        assert _number_of_events() == before


def test_a_question_is_read_and_answered_once(world: World) -> None:
    path = f"referrals/{world.made[0]}/information"
    assert world.north.get(path).json()["question"] is None
    told = refused(world.north.post(path, {"answer": "The second."}), 409, "transition-refused")
    assert (told["status_of_referral"], told["allowed"]) == ("referred", ["withdraw"])
    ask(world)
    asked = world.north.get(path).json()
    assert (asked["question"], asked["referral_id"]) == ("Which video?", str(world.made[0]))
    assert asked["asked_at"]
    assert world.absent.get(path).status_code == 404
    answer = world.north.post(path, {"answer": " The second. "})
    assert (answer.status_code, answer.json()["status"]) == (200, "acknowledged")
    last = world.telegram.get(f"referrals/{world.made[0]}").json()["history"][-1]
    assert (last["change"], last["details"]) == ("provide_information", {"answer": "The second."})
    refused(world.north.post(path, {"answer": "x" * 5001}), 422, "invalid-body", "#/answer")
    refused(world.north.post(path, {"answer": "Again."}), 409, "transition-refused")


def test_facts_are_corrected_and_null_is_none(world: World) -> None:
    path = f"referrals/{world.made[0]}"
    given = {"tier": 1, "kind": "video", "outlet": "Stone Bench", "listed_group": "Da'esh"}
    seen = world.north.get(path)
    answer = world.north.call("patch", path, given, **{"If-Match": seen["ETag"]})
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert (told["tier"], told["item"]["kind"], told["listed_group"]) == (1, "video", "Da'esh")
    assert (told["handling"]["outlet"], told["status"]) == ("Stone Bench", "referred")
    assert told["history"][-1]["change"] == "correct"
    refused(world.north.call("patch", path, given, **{"If-Match": seen["ETag"]}), 412, "precondition-failed")
    told = world.north.call("patch", path, {"tier": None, "outlet": None, "listed_group": None}).json()
    assert (told["tier"], told["handling"]["outlet"], told["listed_group"]) == (None, None, None)
    assert told["item"]["kind"] == "video"


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({}, "#"),
        ({"acted_by": "officer@example.org"}, "#"),
        ({"tier": 9}, "#/tier"),
        ({"tier": "1"}, "#/tier"),
        ({"kind": "hat"}, "#/kind"),
        ({"kind": None}, "#/kind"),
        ({"outlet": "x" * 201}, "#/outlet"),
        ({"status": "removed"}, "#/status"),
    ],
)
def test_a_correction_of_nothing_or_to_nonsense_is_refused(
    given: dict[str, Any], pointer: str, world: World
) -> None:
    refused(world.north.call("patch", f"referrals/{world.made[0]}", given), 422, "invalid-body", pointer)


def test_an_outlet_that_is_on_hold_is_not_changed(world: World) -> None:
    path, people = f"referrals/{world.made[0]}", world.people
    assert world.north.call("patch", path, {"outlet": "Stone Bench"}).status_code == 200
    with acting_as(SYSTEM):
        outlet = Outlet.objects.get(name="Stone Bench")
    place(
        agency_id=people.other_agency.pk,
        by=people.actor("other_officer"),
        reason="An investigation.",
        ends_at=timezone.now() + timedelta(days=1),
        outlet_id=outlet.pk,
    )
    told = refused(world.north.call("patch", path, {"outlet": "Elsewhere", "tier": 1}), 409, "conflict")
    assert (told["code"], told["allowed"]) == ("on_hold", ["withdraw"])
    assert world.north.get(path).json()["tier"] == 4
    assert world.north.call("patch", path, {"tier": 1}).status_code == 200


def test_whoever_corrects_what_was_approved_through_a_program_does_not_review_it(world: World) -> None:
    people, one = world.people, world.unreleased[0]
    apply_to_all("approve", [one], by=people.actor("reviewer"), exemptions_checked=True)
    body = {"tier": 1, "acted_by": "reviewer@example.org"}
    assert world.north.call("patch", f"referrals/{one}", body).json()["status"] == "submitted"
    done = apply_to_all("approve", [one], by=people.actor("reviewer"), exemptions_checked=True)
    assert [each.code for each in done.refused] == ["four_eyes"]
