"""Preparing an operation, changing it, closing and reopening: who may, what is refused, what is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, transaction
from pytest_django import DjangoAssertNumQueries

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory import keys
from takedowns.directory.models import Platform
from takedowns.intake.models import Submission
from takedowns.intake.receive import IntakeError, receive
from takedowns.referrals.models import Channel, Operation, OperationChange
from takedowns.referrals.operations import (
    Arrangement,
    Facts,
    OperationError,
    Standing,
    change,
    close,
    facts_of,
    may_run,
    prepare,
    reopen,
    standing,
)
from takedowns.referrals.transitions import apply_to_all
from takedowns.sending.dispatch import dispatch
from takedowns.sending.models import HandOff
from tests.factories import make_referrals
from tests.people import People

pytestmark = pytest.mark.usefixtures("as_system")
WHO_MAY_NOT = ("officer", "reviewer", "other_officer", "auditor", "platform_contact", "stranger")


def facts(people: People, **others: object) -> Facts:
    given = Facts(
        reference="RAD20",
        name="Second day",
        starts=date(2020, 5, 6),
        scope="One outlet.",
        agencies=frozenset({people.agency.pk, people.other_agency.pk}),
        platforms={"telegram": Arrangement("Night desk, +1 555", ""), "youtube": Arrangement()},
    )
    return replace(given, **others)  # type: ignore[arg-type]


def history(operation: Operation) -> list[tuple[str, dict]]:
    with acting_as(SYSTEM):
        return list(OperationChange.objects.filter(operation=operation).values_list("kind", "details"))


@pytest.mark.parametrize("person", ["coordinator", "administrator"])
def test_an_operation_is_prepared_as_said_and_it_is_kept_who_did(person: str, people: People) -> None:
    made = prepare(facts(people), by=people.actor(person))
    assert facts_of(made) == facts(people)
    assert made.is_open
    with acting_as(SYSTEM):
        kept = OperationChange.objects.get()
    assert (kept.operation_id, kept.kind, kept.by_id) == (made.pk, "prepared", getattr(people, person).pk)


@pytest.mark.parametrize("person", WHO_MAY_NOT)
def test_nobody_else_prepares_changes_or_closes(person: str, people: People) -> None:
    actor = people.actor(person)
    with pytest.raises(OperationError, match="coordinators and administrators"):
        prepare(facts(people), by=actor)
    assert not may_run(actor, people.operation)
    for act in (close, reopen):
        with pytest.raises(OperationError, match="coordinators of the operation"):
            act(people.operation.pk, by=actor)
    with pytest.raises(OperationError, match="coordinators of the operation"):
        change(people.operation.pk, facts(people), by=actor)
    assert history(people.operation) == []


@pytest.mark.parametrize(
    ("wrong", "field", "says"),
    [
        ({"reference": "RAD19"}, "reference", "taken"),
        ({"ends": date(2020, 5, 5)}, "ends", "before the first"),
        ({"agencies": frozenset()}, "agencies", "at least one"),
    ],
)
def test_what_cannot_be_prepared_says_which_field(wrong: dict, field: str, says: str, people: People) -> None:
    with pytest.raises(OperationError, match=says) as refused:
        prepare(facts(people, **wrong), by=people.actor("coordinator"))
    assert refused.value.field == field
    assert not Operation.objects.filter(name="Second day").exists()


def test_a_coordinator_cannot_leave_their_own_agency_out(people: People) -> None:
    with pytest.raises(OperationError, match="South Unit") as refused:
        prepare(facts(people, agencies=frozenset({people.agency.pk})), by=people.actor("coordinator"))
    assert refused.value.field == "agencies"
    prepare(facts(people, agencies=frozenset({people.agency.pk})), by=people.actor("administrator"))


def test_a_change_keeps_before_and_after_and_nothing_where_nothing_differs(people: People) -> None:
    coordinator = people.actor("coordinator")
    made = prepare(facts(people), by=coordinator)
    wanted = facts(
        people,
        name="Third day",
        ends=date(2020, 5, 7),
        agencies=frozenset({people.other_agency.pk}),
        platforms={"telegram": Arrangement("Day desk", Channel.FILE), "twitter": Arrangement()},
    )
    change(made.pk, wanted, by=coordinator)
    change(made.pk, wanted, by=coordinator)
    assert facts_of(Operation.objects.get(pk=made.pk)) == wanted
    latest, *earlier = history(made)
    assert latest == (
        "changed",
        {
            "name": ["Second day", "Third day"],
            "ends": ["", "2020-05-07"],
            "agencies": [["North Unit"], []],
            "platforms": [["youtube"], ["twitter"]],
            "telegram": [["Night desk, +1 555", ""], ["Day desk", "file"]],
        },
    )
    assert [kind for kind, _ in earlier] == ["prepared"]


def test_what_has_referrals_stays_in_the_operation(people: People) -> None:
    make_referrals(people.operation, people.agency, ["https://t.me/demo_1"])
    coordinator, now = people.actor("coordinator"), facts_of(people.operation)
    for field, value in (
        ("agencies", now.agencies - {people.agency.pk}),
        ("platforms", {"youtube": Arrangement()}),
        ("reference", "RAD21"),
    ):
        with pytest.raises(OperationError) as refused:
            change(people.operation.pk, replace(now, **{field: value}), by=coordinator)
        assert refused.value.field == field
    change(people.operation.pk, replace(now, platforms={"telegram": Arrangement()}), by=coordinator)


def test_platforms_are_written_in_as_many_statements_however_many(
    people: People, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    coordinator = people.actor("coordinator")
    for number in (10, 60):
        now = facts_of(people.operation)
        slugs = [*now.platforms, *Platform.objects.exclude(pk__in=now.platforms).values_list("pk", flat=True)]
        wanted = replace(now, platforms={slug: Arrangement(f"{number}") for slug in slugs[:number]})
        with django_assert_num_queries(14):
            change(people.operation.pk, wanted, by=coordinator)


def test_a_closed_operation_takes_nothing_in_and_its_referrals_go_on(people: People) -> None:
    first, second, third = make_referrals(
        people.operation,
        people.agency,
        [f"https://t.me/demo_{n}" for n in range(3)],
        submitted_by=people.officer,
    )
    apply_to_all("approve", [first, second], by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", [first], by=SYSTEM)
    assert standing(people.operation) == Standing(in_review=1, approved=1, with_platforms=1)
    coordinator = people.actor("coordinator")
    close(people.operation.pk, by=coordinator)
    close(people.operation.pk, by=coordinator)
    people.operation.refresh_from_db()
    handed_in = {
        "operation": people.operation,
        "agency": people.agency,
        "user": people.officer,
        "filename": "",
        "source": Submission.Source.PASTE,
        "content": b"https://t.me/demo_4",
    }
    with pytest.raises(IntakeError, match="closed; ask a coordinator to reopen"):
        receive(**handed_in)  # type: ignore[arg-type]
    telegram = people.actor("platform_contact")
    assert apply_to_all("acknowledge", [first], by=telegram).moved == [first]
    reviewer = people.actor("reviewer")
    assert apply_to_all("approve", [third], by=reviewer, exemptions_checked=True).moved == [third]
    assert dispatch(people.operation, by=coordinator).total == 2
    reopen(people.operation.pk, by=coordinator)
    people.operation.refresh_from_db()
    assert receive(**handed_in).submission.counts == {"new": 1}  # type: ignore[arg-type]
    assert history(people.operation) == [
        ("reopened", {}),
        ("closed", {"in_review": 1, "approved": 1, "with_platforms": 1, "finished": 0}),
    ]


def test_a_platform_with_a_key_gets_a_file_where_the_operation_says_so(people: People) -> None:
    keys.create(name="Telegram", platform=Platform.objects.get(pk="telegram"))
    coordinator = people.actor("coordinator")
    files = []
    for channel in (Channel.AUTOMATIC, Channel.FILE):
        now = facts_of(people.operation)
        change(
            people.operation.pk,
            replace(now, platforms={**now.platforms, "telegram": Arrangement("", str(channel))}),
            by=coordinator,
        )
        (one,) = make_referrals(people.operation, people.agency, [f"https://t.me/demo_{channel or 'api'}"])
        apply_to_all("approve", [one], by=SYSTEM, exemptions_checked=True)
        made = dispatch(people.operation, by=coordinator)
        with acting_as(SYSTEM):
            files.append(HandOff.objects.filter(dispatch=made).count())
    assert files == [0, 1]


def test_the_history_cannot_be_changed_and_is_for_who_may_see_the_operation(people: People) -> None:
    close(people.operation.pk, by=people.actor("coordinator"))
    with pytest.raises(DatabaseError), transaction.atomic(), acting_as(SYSTEM):
        OperationChange.objects.update(kind="reopened")
    for person, seen in (("officer", 1), ("auditor", 1), ("absent_officer", 0), ("stranger", 0)):
        with acting_as(people.actor(person)) as actor:
            assert OperationChange.objects.count() == seen, "row-level security"
            assert OperationChange.objects.visible_to(actor).count() == seen  # type: ignore[attr-defined]
