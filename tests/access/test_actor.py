"""Who asks: the database itself shows nothing that the person need not know."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from takedowns.access.actor import NOBODY, SYSTEM, Actor, acting_as
from takedowns.intake.models import Submission
from takedowns.intake.receive import Loading, receive
from takedowns.referrals.models import Event, Operation, Referral
from takedowns.referrals.transitions import apply_to_all
from tests.factories import make_referrals
from tests.people import People

#: Of four referrals (submitted on Telegram and YouTube, referred on Telegram and YouTube), what each person sees.
SEES = {
    "officer": 4,
    "reviewer": 4,
    "other_officer": 4,
    "coordinator": 4,
    "auditor": 4,
    "administrator": 4,
    "absent_officer": 0,
    "stranger": 0,
    "platform_contact": 1,
}


@pytest.fixture
def four(people: People) -> list:
    ids = make_referrals(
        people.operation,
        people.agency,
        [
            "https://t.me/demo_a",
            "https://youtu.be/demo0000001",
            "https://t.me/demo_b",
            "https://youtu.be/demo0000002",
        ],
    )
    apply_to_all("approve", ids[2:], by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", ids[2:], by=SYSTEM)
    return ids


@pytest.mark.parametrize("who", SEES)
def test_querysets_and_the_database_agree_on_what_each_person_sees(
    people: People, four: list, who: str
) -> None:
    actor = people.actor(who)
    with acting_as(SYSTEM):
        by_queryset = set(Referral.objects.visible_to(actor).values_list("pk", flat=True))
        # A platform does not read what agencies said among themselves before they asked it.
        internal = ["submit", "co_refer", "approve", "reject"] if actor.platforms else []
        events_of_those = Event.objects.filter(referral_id__in=by_queryset).exclude(kind__in=internal).count()
    with acting_as(actor):
        by_database = set(Referral.objects.values_list("pk", flat=True))
        events = Event.objects.count()
    assert by_queryset == by_database
    assert len(by_database) == SEES[who]
    assert events == events_of_those


def test_what_was_withdrawn_before_it_was_referred_stays_unknown_to_the_platform(
    people: People, four: list
) -> None:
    apply_to_all("withdraw", four, by=SYSTEM, reason="r")
    contact = people.actor("platform_contact")
    with acting_as(contact):
        assert set(Referral.objects.values_list("pk", flat=True)) == {four[2]}
        assert set(Referral.objects.visible_to(contact).values_list("pk", flat=True)) == {four[2]}


def test_nobody_named_sees_nothing(four: list) -> None:
    with acting_as(NOBODY):
        assert Referral.objects.count() == Event.objects.count() == 0


def test_an_inner_block_ends_and_the_outer_one_goes_on(people: People, four: list) -> None:
    with acting_as(people.actor("stranger")):
        with acting_as(SYSTEM):
            assert Referral.objects.count() == 4
        assert Referral.objects.count() == 0
        with pytest.raises(ZeroDivisionError), acting_as(SYSTEM):
            raise ZeroDivisionError
        assert Referral.objects.count() == 0


def test_a_person_cannot_write_referrals_past_the_services(people: People, four: list) -> None:
    with acting_as(people.actor("officer")):
        assert Referral.objects.update(tier=1) == 0
        with pytest.raises(DatabaseError), transaction.atomic():
            Event.objects.create(item_id=four[0], kind="x", at="2019-11-21T00:00Z")


def test_a_submission_is_its_own_agencys(people: People) -> None:
    receive(
        operation=people.operation,
        agency=people.agency,
        user=people.officer,
        source=Submission.Source.PASTE,
        filename="",
        content=b"https://t.me/demo_a",
        loading=Loading.HERE,
    )
    seen = {}
    for who in ("officer", "reviewer", "other_officer", "coordinator", "auditor", "stranger"):
        actor = people.actor(who)
        with acting_as(actor), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM intake_submissionrow")
            seen[who] = cursor.fetchone()[0]
            assert Submission.objects.visible_to(actor).count() == seen[who]
    assert seen == {
        "officer": 1,
        "reviewer": 1,
        "other_officer": 0,
        "coordinator": 0,
        "auditor": 1,
        "stranger": 0,
    }


def test_an_inactive_person_is_nobody(people: People) -> None:
    people.officer.is_active = False
    assert Actor.of(people.officer) is NOBODY


def test_operations_are_seen_by_who_takes_part(people: People) -> None:
    with acting_as(SYSTEM):
        seen = {who: Operation.objects.visible_to(people.actor(who)).count() for who in SEES}
    assert {who for who, count in seen.items() if count} == {
        "officer",
        "reviewer",
        "other_officer",
        "coordinator",
        "auditor",
        "administrator",
    }
