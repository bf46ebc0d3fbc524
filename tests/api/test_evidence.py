"""An agency's program attaches evidence and reads it; nobody else's does, and what is refused leaves nothing behind."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access_log.models import Look
from takedowns.directory.keys import KeyNotMade, create
from takedowns.directory.models import Scope
from takedowns.evidence import store
from takedowns.evidence.models import Evidence, EvidenceAccess
from takedowns.ledger.models import Entry
from tests.api.conftest import Program, World, evidence_of
from tests.api.test_case_work import refused
from tests.evidence.hostile import BAD, picture

SHOT = picture()


@pytest.fixture
def path(world: World) -> str:
    """Where the evidence of the first referral stands."""
    return f"referrals/{world.made[0]}/evidence"


def test_a_file_is_attached_once_listed_and_given_as_it_came(world: World, path: str) -> None:
    query = "?filename=before.png&note=Before&acted_by=reviewer@example.org"
    for _ in range(2):
        made = world.north.post(f"{path}{query}", SHOT, **{"Idempotency-Key": "shot"})
        assert made.status_code == 201, made.content
    told = made.json()
    assert (told["media_type"], told["sha256"], told["by"], told["note"]) == (
        "image/png",
        hashlib.sha256(SHOT).hexdigest(),
        "reviewer@example.org",
        "Before",
    )
    again = world.north.post(f"{path}?filename=other.png", SHOT)
    assert (again.status_code, again.json()["id"], again.json()["filename"]) == (
        200,
        told["id"],
        "before.png",
    )
    assert [one["id"] for one in world.north.get(path).json()["evidence"]] == [told["id"]]
    assert world.north.get(made["Location"].removeprefix("/api/v1/")).json() == told
    given: Any = world.north.get(told["file"].removeprefix("/api/v1/"))
    assert b"".join(given) == SHOT
    assert given["Content-Disposition"] == 'attachment; filename="before.png"'
    with acting_as(SYSTEM):
        [opened] = EvidenceAccess.objects.all()
        entry = Entry.objects.get(what="evidence_evidence", key=told["id"])
        look = Look.objects.get(view="api:evidence-file GET")
    assert (opened.action, opened.by, opened.agency) == ("downloaded", None, world.people.agency)
    assert (entry.person_id, look.subject, look.is_file) == (world.people.reviewer.pk, told["id"], True)


def test_nobody_else_learns_of_it(world: World, path: str) -> None:
    pk = evidence_of(world)
    assert world.south.get(path).json()["evidence"] == []
    for program in (world.south, world.absent):
        for address in (f"evidence/{pk}", f"evidence/{pk}/file"):
            refused(program.get(address), 404, "not-found")
        refused(program.post(f"evidence/{pk}/withdrawal", {"reason": "x"}), 404, "not-found")
    refused(world.absent.get(path), 404, "not-found")
    refused(world.absent.post(f"{path}?filename=a.png", SHOT), 404, "not-found")
    refused(world.telegram.get(path), 403, "missing-scope")
    assert b"before.png" not in world.telegram.get(f"referrals/{world.made[0]}").content
    assert world.south.post(f"{path}?filename=b.png", SHOT).status_code == 201
    assert len(world.north.get(path).json()["evidence"]) == 1


@pytest.mark.parametrize("name", sorted(BAD)[:4])
def test_what_is_no_evidence_is_refused_with_why(name: str, world: World, path: str) -> None:
    content = BAD[name][0] if isinstance(BAD[name], tuple) else BAD[name]
    told = refused(world.north.call("post", f"{path}?filename=x", content or b" "), 422, "invalid-body", "#")
    assert told["errors"][0]["code"] == "not_taken"
    with acting_as(SYSTEM):
        assert not Evidence.objects.exists()


def test_what_is_said_beside_a_file_is_judged(
    world: World, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for query, name in (
        ("", "filename"),
        ("?filename=a&filename=b", "filename"),
        ("?filename=a&colour=red", "colour"),
        (f"?filename=a&note={'x' * 501}", "note"),
        ("?filename=a&acted_by=nobody", "acted_by"),
    ):
        told = refused(world.north.post(f"{path}{query}", SHOT), 400, "invalid-parameter")
        assert told["errors"][0]["parameter"] == name
    told = refused(
        world.north.post(f"{path}?filename=a&acted_by=other_officer@example.org", SHOT),
        422,
        "invalid-body",
        "#/acted_by",
    )
    refused(world.north.post(f"{path}?filename=a", {"no": "file"}), 415, "unsupported-media-type")
    refused(world.north.post(f"{path}?filename=a", b""), 400, "malformed")
    monkeypatch.setattr("takedowns.api.views.evidence.ReferralEvidence.max_body", 10)
    refused(world.north.post(f"{path}?filename=a", SHOT), 413, "too-large")


def test_what_was_taken_back_is_given_to_no_key(world: World) -> None:
    address = f"evidence/{evidence_of(world)}"
    refused(world.north.post(f"{address}/withdrawal", {}), 422, "invalid-body", "#/reason")
    told = world.north.post(f"{address}/withdrawal", {"reason": "A colleague's name."})
    assert (told.status_code, told.json()["taken_back"]["by"]) == (200, "officer@example.org")
    refused(world.north.post(f"{address}/withdrawal", {"reason": "Again."}), 409, "conflict")
    refused(world.north.get(f"{address}/file"), 403, "forbidden")
    assert world.north.get(address).json()["taken_back"]["reason"] == "A colleague's name."
    refused(world.north.post(f"referrals/{world.made[0]}/evidence?filename=a.png", SHOT), 422, "invalid-body")


def test_a_damaged_file_is_not_given_and_that_it_is_damaged_is_kept(world: World) -> None:
    pk = evidence_of(world)
    place = store.path_of(world.north.get(f"evidence/{pk}").json()["sha256"])
    place.chmod(0o640)
    place.write_bytes(b"altered")
    refused(world.north.get(f"evidence/{pk}/file"), 500, "damaged")
    with acting_as(SYSTEM):
        assert [one.action for one in EvidenceAccess.objects.all()] == ["damaged"]


def test_a_look_names_its_screenshot(world: World) -> None:
    pk = str(evidence_of(world))
    path = f"referrals/{world.made[0]}/checks"
    told = world.north.post(path, {"seen": "online", "evidence": pk})
    assert (told.status_code, told.json()["evidence"]) == (201, pk)
    assert world.south.get(path).json()["checks"][0]["evidence"] is None, "that there is one is North's"
    refused(world.south.post(path, {"seen": "online", "evidence": pk}), 422, "invalid-body", "#/evidence")
    other = f"referrals/{world.made[1]}/checks"
    refused(world.north.post(other, {"seen": "online", "evidence": pk}), 422, "invalid-body", "#/evidence")
    world.north.post(f"evidence/{pk}/withdrawal", {"reason": "A mistake."})
    refused(world.north.post(path, {"seen": "online", "evidence": pk}), 422, "invalid-body", "#/evidence")


def test_no_test_key_has_to_do_with_files_that_are_kept_for_ever(world: World) -> None:
    tester = Program(create(name="trial", agency=world.people.agency, test=True)[1])
    assert not {*tester.get("key").json()["scopes"]} & {Scope.EVIDENCE_READ, Scope.EVIDENCE_WRITE}
    with pytest.raises(KeyNotMade):
        create(name="x", agency=world.people.agency, test=True, scopes=[Scope.EVIDENCE_WRITE])
