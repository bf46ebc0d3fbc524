"""Moving referrals: what is allowed, for whom, and in how many statements."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connections, transaction
from django.utils import timezone

from takedowns.access.actor import NOBODY, SYSTEM, acting_as
from takedowns.access.roles import Role
from takedowns.directory.models import Membership
from takedowns.holds.services import HoldError, place, release
from takedowns.referrals.models import Event, Referral
from takedowns.referrals.transitions import Move, Rejected, apply, apply_to_all
from takedowns.referrals.vocabulary import Status
from tests.factories import make_item, make_referrals, number_of_rows
from tests.people import People, make_people

CHECKED = {"exemptions_checked": True}


def urls(count: int) -> list[str]:
    return [f"https://t.me/demo_channel_{number}" for number in range(count)]


def status_of(referral_id) -> str:
    with acting_as(SYSTEM):
        return Referral.objects.get(pk=referral_id).status


@pytest.fixture
def submitted(people: People) -> list:
    return make_referrals(people.operation, people.agency, urls(3), submitted_by=people.officer)


def test_a_referral_goes_from_the_officer_to_the_platform_and_back(people: People, submitted: list) -> None:
    reviewer, coordinator = people.actor("reviewer"), people.actor("coordinator")
    platform = people.actor("platform_contact")
    assert apply_to_all("approve", submitted, by=reviewer, **CHECKED).moved == submitted
    assert apply_to_all("refer", submitted, by=coordinator).moved == submitted
    answer = apply(
        [
            Move(submitted[0], "remove", {"action": "account_suspended"}),
            Move(submitted[1], "decline", {"decline_reason": "journalistic"}),
            Move(submitted[2], "acknowledge"),
        ],
        by=platform,
        at=datetime(2019, 11, 21, 9, 30, tzinfo=UTC),
    )
    assert not answer.refused
    with acting_as(SYSTEM):
        removed = Referral.objects.get(pk=submitted[0])
        assert (removed.status, removed.action) == (Status.REMOVED, "account_suspended")
        assert removed.decided_at == datetime(2019, 11, 21, 9, 30, tzinfo=UTC)
        assert removed.acknowledged_at == removed.decided_at, "who decides has received"
        kinds = list(Event.objects.filter(referral=removed).order_by("id").values_list("kind", flat=True))
        assert kinds == ["submit", "approve", "refer", "remove"]
        last = Event.objects.filter(referral=removed).order_by("id").last()
        assert last is not None
        assert (last.from_cell.status, last.to_cell.status) == ("referred", "removed")
        assert removed.cell.status == "removed"


def test_what_the_lifecycle_does_not_allow_is_refused_with_what_it_does(
    people: People, submitted: list
) -> None:
    outcome = apply_to_all("remove", submitted[:1], by=SYSTEM, action="visibility_removed")
    refused = outcome.refused[0]
    assert (refused.code, refused.status) == ("not_allowed", "submitted")
    assert set(refused.allowed) == {"approve", "reject", "send_back", "resubmit", "withdraw"}
    assert status_of(submitted[0]) == Status.SUBMITTED


def test_one_bad_move_does_not_spoil_the_rest(people: People, submitted: list) -> None:
    moves = [
        Move(submitted[0], "approve", CHECKED),
        Move(uuid4(), "approve", CHECKED),
        Move(submitted[1], "refer"),
    ]
    outcome = apply(moves, by=people.actor("reviewer"))
    assert outcome.moved == submitted[:1]
    assert [refused.code for refused in outcome.refused] == ["not_found", "not_allowed"]


def test_atomic_changes_nothing_when_one_is_refused(people: People, submitted: list) -> None:
    moves = [Move(submitted[0], "approve", CHECKED), Move(submitted[1], "refer")]
    with pytest.raises(Rejected):
        apply(moves, by=people.actor("reviewer"), atomic=True)
    assert status_of(submitted[0]) == Status.SUBMITTED


@pytest.mark.parametrize(("decision", "facts"), [("approve", CHECKED), ("reject", {"reason": "journalism"})])
def test_nobody_decides_on_what_they_handed_in(people: People, decision: str, facts: dict) -> None:
    own = make_referrals(people.operation, people.agency, urls(1), submitted_by=people.reviewer)
    outcome = apply_to_all(decision, own, by=people.actor("reviewer"), **facts)
    assert [refused.code for refused in outcome.refused] == ["four_eyes"]
    assert status_of(own[0]) == Status.SUBMITTED


def test_approval_needs_a_ground_and_the_check_for_journalism(people: People) -> None:
    bare = make_referrals(people.operation, people.agency, urls(1), ground="")
    reviewer = people.actor("reviewer")
    assert "ground" in apply_to_all("approve", bare, by=reviewer, **CHECKED).refused[0].message
    assert (
        "exemptions_checked" in apply_to_all("approve", bare, by=reviewer, ground="Art. 5").refused[0].message
    )
    assert apply_to_all("approve", bare, by=reviewer, ground="Art. 5", **CHECKED).moved == bare


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("officer", "not_your_role"),
        ("reviewer", None),
        ("other_officer", "not_your_role"),
        ("coordinator", "not_your_role"),
        ("auditor", "not_your_role"),
        ("administrator", "not_your_role"),
        ("absent_officer", "not_found"),
        ("platform_contact", "not_found"),
        ("stranger", "not_found"),
    ],
)
def test_who_may_approve(people: People, submitted: list, who: str, code: str | None) -> None:
    outcome = apply_to_all("approve", submitted, by=people.actor(who), **CHECKED)
    assert [refused.code for refused in outcome.refused] == ([code] * 3 if code else [])


def test_nobody_named_moves_nothing(people: People, submitted: list) -> None:
    assert {
        refused.code for refused in apply_to_all("withdraw", submitted, by=NOBODY, reason="x").refused
    } == {"not_found"}


def test_a_platform_answers_only_for_itself(people: People) -> None:
    videos = make_referrals(people.operation, people.agency, ["https://youtu.be/demo0000001"])
    apply_to_all("approve", videos, by=SYSTEM, **CHECKED)
    apply_to_all("refer", videos, by=SYSTEM)
    telegram = people.actor("platform_contact")
    assert apply_to_all("acknowledge", videos, by=telegram).refused[0].code == "not_found"


def test_a_hold_stops_the_dispatch_and_no_longer_after_its_release(people: People, submitted: list) -> None:
    apply_to_all("approve", submitted, by=people.actor("reviewer"), **CHECKED)
    item = make_item(urls(1)[0])
    hold = place(
        agency_id=people.other_agency.pk,
        by=people.actor("other_officer"),
        reason="We read it.",
        item_id=item.pk,
        ends_at=timezone.now() + timedelta(days=2),
    )
    outcome = apply_to_all("refer", submitted, by=people.actor("coordinator"))
    assert [refused.code for refused in outcome.refused] == ["on_hold"]
    assert outcome.moved == submitted[1:]
    assert "We read it" not in outcome.refused[0].message
    with pytest.raises(HoldError):
        release(hold.pk, by=people.actor("officer"))
    release(hold.pk, by=people.actor("other_officer"))
    assert apply_to_all("refer", submitted[:1], by=people.actor("coordinator")).moved == submitted[:1]


def test_a_hold_on_an_outlet_holds_all_its_items(people: People, submitted: list) -> None:
    from takedowns.referrals.models import Item, Outlet

    with acting_as(SYSTEM):
        outlet = Outlet.objects.create(name="Amber Lantern Media")
        outlet.refresh_from_db()
    Item.objects.filter(pk=make_item(urls(2)[1]).pk).update(outlet=outlet)
    apply_to_all("approve", submitted, by=SYSTEM, **CHECKED)
    place(
        agency_id=people.agency.pk,
        by=SYSTEM,
        reason="r",
        outlet_id=outlet.pk,
        ends_at=timezone.now() + timedelta(hours=1),
    )
    assert apply_to_all("refer", submitted, by=SYSTEM).moved == [submitted[0], submitted[2]]


@pytest.mark.parametrize("size", [1, 60])
def test_a_set_costs_as_many_statements_as_one(people: People, size: int, django_assert_num_queries) -> None:
    ids = make_referrals(people.operation, people.agency, urls(size))
    with django_assert_num_queries(10):
        assert len(apply_to_all("approve", ids, by=SYSTEM, **CHECKED).moved) == size


def test_the_database_itself_refuses_a_move_that_is_not_in_the_table(people: People, submitted: list) -> None:
    with acting_as(SYSTEM), pytest.raises(DatabaseError, match="cannot become"), transaction.atomic():
        Referral.objects.filter(pk=submitted[0]).update(status=Status.REMOVED)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE referrals_event SET kind = 'x'", "DELETE FROM referrals_event", "TRUNCATE referrals_event"],
)
@pytest.mark.parametrize(
    ("alias", "says"), [("default", "permission denied"), ("owner", "Cannot (update|delete)|never deleted")]
)
@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_events_never_change_whoever_tries(statement: str, alias: str, says: str) -> None:
    cast = make_people()
    make_referrals(cast.operation, cast.agency, urls(1))
    with pytest.raises(DatabaseError, match=says), connections[alias].cursor() as cursor:
        cursor.execute(statement)
    assert number_of_rows("referrals_event") == 1


def test_the_same_referral_twice_in_a_set_moves_once(people: People, submitted: list) -> None:
    outcome = apply_to_all("approve", [submitted[0], submitted[0]], by=SYSTEM, **CHECKED)
    assert outcome.moved == [submitted[0]]
    assert outcome.refused[0].code == "repeated"


def test_each_move_of_a_set_may_have_happened_at_its_own_time(people: People, submitted: list) -> None:
    apply_to_all("approve", submitted, by=SYSTEM, **CHECKED)
    apply_to_all("refer", submitted, by=SYSTEM)
    times = [datetime(2019, 11, 21, hour, tzinfo=UTC) for hour in (9, 10, 11)]
    moves = [
        Move(referral, "remove", {"action": "visibility_removed"}, at)
        for referral, at in zip(submitted, times, strict=True)
    ]
    apply(moves, by=SYSTEM)
    with acting_as(SYSTEM):
        assert list(Referral.objects.order_by("decided_at").values_list("pk", "decided_at")) == list(
            zip(submitted, times, strict=True)
        )


@pytest.mark.parametrize(
    ("move", "action"), [("remove", "visibility_labelled"), ("restrict", "account_terminated")]
)
def test_a_platform_cannot_say_removed_and_mean_labelled(
    people: People, submitted: list, move: str, action: str
) -> None:
    apply_to_all("approve", submitted, by=SYSTEM, **CHECKED)
    apply_to_all("refer", submitted, by=SYSTEM)
    assert {refused.code for refused in apply_to_all(move, submitted, by=SYSTEM, action=action).refused} == {
        "unknown_value"
    }


def test_a_coordinator_of_an_agency_that_takes_no_part_does_not_dispatch(
    people: People, submitted: list
) -> None:
    """Although the same person is an officer of one that does."""
    Membership.objects.create(user=people.officer, agency=people.absent_agency, role=Role.COORDINATOR)
    apply_to_all("approve", submitted, by=people.actor("reviewer"), **CHECKED)
    outcome = apply_to_all("refer", submitted, by=people.actor("officer"))
    assert {refused.code for refused in outcome.refused} == {"not_your_role"}
