"""Two persons after an approval, too: whatever of an approved referral is changed is seen again by somebody else."""

from __future__ import annotations

from uuid import UUID

import pytest

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.access.roles import Role
from takedowns.directory.models import Membership
from takedowns.referrals.corrections import Correction, correct
from takedowns.referrals.models import Event, Operation, Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.review.queue import front
from tests.factories import make_referrals
from tests.intake.test_load import hand_in
from tests.people import People

pytestmark = pytest.mark.django_db
CHECKED = {"exemptions_checked": True}


def status(pk: UUID) -> str:
    with acting_as(SYSTEM):
        return Referral.objects.get(pk=pk).status


@pytest.fixture
def approved(people: People) -> UUID:
    (pk,) = make_referrals(
        people.operation, people.agency, ["https://t.me/demo_a"], submitted_by=people.officer
    )
    assert apply_to_all("approve", [pk], by=people.actor("reviewer"), **CHECKED).moved == [pk]
    return pk


@pytest.mark.parametrize(
    "changed", [{"tier": 1}, {"kind": "channel"}, {"outlet": "Amber"}, {"listed_group": "Example Group"}]
)
def test_what_is_changed_after_the_approval_is_not_referred_unseen(
    people: People, approved: UUID, changed: dict[str, object]
) -> None:
    done = correct([Correction(approved, **changed)], by=people.actor("officer"))  # type: ignore[arg-type]
    assert (done.moved, done.reopened) == ([approved], [approved])
    assert [one.code for one in apply_to_all("refer", [approved], by=SYSTEM).refused] == ["not_allowed"]
    assert status(approved) == "submitted"
    with acting_as(SYSTEM):
        kinds = set(Event.objects.filter(referral=approved).values_list("kind", "actor"))
    assert {("correct", people.officer.pk), ("reopen", people.officer.pk)} <= kinds
    assert apply_to_all("approve", [approved], by=people.actor("reviewer"), **CHECKED).moved == [approved]
    assert apply_to_all("refer", [approved], by=SYSTEM).moved == [approved]


def test_who_changed_it_is_not_the_second_person(people: People, approved: UUID) -> None:
    Membership.objects.create(user=people.other_officer, agency=people.agency, role=Role.REVIEWER)
    other = Actor.of(people.other_officer)
    assert correct([Correction(approved, tier=1)], by=people.actor("reviewer")).reopened == [approved]
    refused = apply_to_all("approve", [approved], by=people.actor("reviewer"), **CHECKED).refused
    assert [(one.code, "changed" in one.message) for one in refused] == [("four_eyes", True)]
    with acting_as(people.actor("reviewer")):
        operation = Operation.objects.get()
        assert front(operation, people.actor("reviewer"), 5) == []
    with acting_as(other):
        assert [one.pk for one in front(operation, other, 5)] == [approved]
    assert apply_to_all("approve", [approved], by=other, **CHECKED).moved == [approved]


def test_a_correction_that_changes_nothing_leaves_the_approval(people: People, approved: UUID) -> None:
    assert correct([Correction(approved, tier=4)], by=people.actor("officer")).reopened == []
    assert status(approved) == "approved"


def test_what_a_reviewer_corrects_before_deciding_is_not_reviewed_twice(people: People) -> None:
    (pk,) = make_referrals(
        people.operation, people.agency, ["https://t.me/demo_a"], submitted_by=people.officer
    )
    assert correct([Correction(pk, tier=1)], by=people.actor("reviewer")).reopened == []
    assert apply_to_all("approve", [pk], by=people.actor("reviewer"), **CHECKED).moved == [pk]


def test_handing_it_in_again_changes_nothing_of_what_was_approved(people: People, approved: UUID) -> None:
    hand_in(people, "url,outlet\nhttps://t.me/demo_a,Amber\n")
    with acting_as(SYSTEM):
        assert Referral.objects.get(pk=approved).item.outlet is None
    assert status(approved) == "approved"


def test_a_platform_learns_nothing_of_it(people: People, approved: UUID) -> None:
    correct([Correction(approved, tier=1)], by=people.actor("officer"))
    apply_to_all("approve", [approved], by=people.actor("reviewer"), **CHECKED)
    apply_to_all("refer", [approved], by=SYSTEM)
    with acting_as(people.actor("platform_contact")):
        assert set(Event.objects.values_list("kind", flat=True)) == {"refer"}
