"""An agency's program drafts a removal order, and records what a platform without one said; reviewing and issuing stay a person's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.orders.models import RemovalOrder
from takedowns.referrals.models import Event
from takedowns.referrals.transitions import apply_to_all
from tests.api.conftest import World, order_of, unwritten_order_of
from tests.api.test_case_work import refused

TEXT: dict[str, Any] = {"material": ["threatens"], "reasons": "It names a place and a day."}


@pytest.fixture
def unwritten(world: World) -> UUID:
    """A removal order that was handed in, and of which nothing is written."""
    return unwritten_order_of(world)


def moment(**passed: float) -> str:
    return f"{timezone.now() + timedelta(**passed):%Y-%m-%dT%H:%M:%SZ}"


def test_an_order_is_drafted_read_and_reviewed_by_somebody_else(world: World, unwritten: UUID) -> None:
    people, path = world.people, f"referrals/{world.reference(unwritten)}/order/draft"
    empty = world.north.get(path)
    assert (empty.json()["written"], empty.json()["material"]) == (False, [])
    given = TEXT | {"file_number": "2026/4711", "emergency": True, "emergency_reason": "It is tomorrow."}
    written = world.north.call("put", path, given, **{"If-Match": empty["ETag"]})
    assert written.status_code == 200, written.content
    told = written.json()
    assert {name: told[name] for name in given} == given
    assert told == world.north.get(path).json()
    assert world.south.get(path).json()["reasons"] == TEXT["reasons"], "who works on it reads it"
    refused(world.north.call("put", path, TEXT, **{"If-Match": empty["ETag"]}), 412, "precondition-failed")
    assert world.north.call("put", path, TEXT).json()["file_number"] is None, "the text is whole"
    apply_to_all("approve", [unwritten], by=people.actor("reviewer"), exemptions_checked=True)
    told = refused(world.north.call("put", path, TEXT), 403, "forbidden")
    assert "reviewer" in told["detail"]
    with acting_as(SYSTEM):
        event = Event.objects.filter(referral_id=unwritten, kind="write_order").latest("recorded_at")
        assert RemovalOrder.objects.get(pk=unwritten).written_by == people.officer
    assert (event.actor, event.origin.split()[0]) == (people.officer, "key")


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"material": []}, "#/material"),
        ({"material": ["hats"]}, "#/material/0"),
        ({"reasons": " "}, "#/reasons"),
        ({"reasons": "x" * 4001}, "#/reasons"),
        ({"emergency": True}, "#/emergency_reason"),
        ({"content_provider_told": False}, "#/not_told_reason"),
        ({"content_provider_told": False, "not_told_reason": "An arrest."}, "#/not_told_until"),
        (
            {
                "content_provider_told": False,
                "not_told_reason": "An arrest.",
                "not_told_until": "2999-01-01T00:00:00Z",
            },
            "#/not_told_until",
        ),
        ({"issued_at": "2019-11-21T10:00:00Z"}, "#/issued_at"),
        ({"acted_by": "other_officer@example.org"}, "#/acted_by"),
    ],
)
def test_a_text_that_cannot_stand_is_refused_where_it_is_wrong(
    given: dict[str, Any], pointer: str, world: World, unwritten: UUID
) -> None:
    path = f"referrals/{unwritten}/order/draft"
    refused(world.north.call("put", path, TEXT | given), 422, "invalid-body", pointer)
    assert world.north.get(path).json()["written"] is False


def test_what_was_issued_and_what_is_no_order_is_not_written(world: World) -> None:
    path = f"referrals/{order_of(world)}/order/draft"
    assert world.north.get(path).json()["issued_at"]
    told = refused(world.north.call("put", path, TEXT), 409, "transition-refused")
    assert told["status_of_referral"] == "referred"
    plain = f"referrals/{world.made[0]}/order/draft"
    refused(world.north.get(plain), 404, "not-found")
    refused(world.north.call("put", plain, TEXT), 404, "not-found")
    refused(world.telegram.get(path), 403, "forbidden")
    refused(world.absent.get(path), 404, "not-found")


def test_a_coordinator_records_what_a_platform_without_a_program_said(world: World) -> None:
    order = order_of(world)
    path = f"referrals/{order}/order"
    receipt = {"received_at": moment(minutes=-40)}
    by = {"acted_by": "coordinator@example.org"}  # of South
    refused(world.south.post(f"{path}/receipt", receipt), 403, "forbidden")
    refused(world.north.post(f"{path}/receipt", receipt | by), 422, "invalid-body", "#/acted_by")
    refused(world.absent.post(f"{path}/receipt", receipt), 404, "not-found")
    told = world.south.post(f"{path}/receipt", receipt | by)
    assert (told.status_code, told.json()["clock"]) == (200, "running"), told.content
    again = refused(world.south.post(f"{path}/receipt", receipt | by), 409, "conflict")
    assert (again["code"], again["allowed"]) == ("already_received", ["withdraw"])
    told = refused(world.south.post(f"{path}/resumption", by), 409, "transition-refused")
    assert told["detail"].startswith("Nothing stops its hour. The referral is “acknowledged”")
    assert (told["status_of_referral"], told["allowed"]) == ("acknowledged", ["withdraw"]), (
        "an agency's moves"
    )
    annex_iii = {"impediment": "force_majeure", "explanation": "A fire."} | by
    assert world.south.post(f"{path}/impediment", annex_iii).json()["clock"] == "stopped"
    assert world.south.post(f"{path}/resumption", by).json()["clock"] == "running"
    annex_ii = {"outcome": "removed", "acted_at": moment(), "signatory": "N. N., counsel"}
    refused(world.south.post(f"{path}/feedback", annex_ii), 403, "forbidden")
    told = world.south.post(f"{path}/feedback", annex_ii | by, **{"Idempotency-Key": "ii"})
    assert told.json()["clock"] == "met", told.content
    assert world.telegram.get(f"referrals/{order}").json()["status"] == "removed"
    with acting_as(SYSTEM):
        event = Event.objects.get(referral_id=order, kind="remove")
    assert (event.actor, event.agency) == (world.people.coordinator, world.people.other_agency)


@pytest.mark.parametrize(
    ("said", "body"),
    [
        ("receipt", {"received_at": "{now}"}),
        (
            "feedback",
            {"outcome": "removed", "acted_at": "{now}", "received_at": "{now}", "signatory": "N. N."},
        ),
        ("impediment", {"impediment": "force_majeure", "explanation": "A fire."}),
    ],
)
@pytest.mark.parametrize("who", ["south", "telegram"])
def test_what_is_said_of_an_order_that_has_changed_since_is_refused(
    world: World, said: str, body: dict[str, str], who: str
) -> None:
    path = f"referrals/{order_of(world)}"
    program, seen = world.program(who), world.program(who).get(path)["ETag"]
    sent = {name: moment() if value == "{now}" else value for name, value in body.items()}
    if who == "south":
        sent["acted_by"] = "coordinator@example.org"
    refused(program.post(f"{path}/order/{said}", sent, **{"If-Match": '"old"'}), 412, "precondition-failed")
    assert program.get(path)["ETag"] == seen, "nothing was kept"
    assert program.post(f"{path}/order/{said}", sent, **{"If-Match": seen}).status_code == 200
    assert program.get(path)["ETag"] != seen


def test_a_platform_s_key_names_nobody(world: World) -> None:
    body = {"received_at": moment(minutes=-1), "acted_by": "coordinator@example.org"}
    path = f"referrals/{order_of(world)}/order/receipt"
    refused(world.telegram.post(path, body), 422, "invalid-body", "#/acted_by")
