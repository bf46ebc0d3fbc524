"""Two agencies hand in the same items at the same moment, over real connections: one referral each, nobody waits for ever."""

from __future__ import annotations

import random
from threading import Barrier, Thread

import pytest
from django.db import connection

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.models import User
from takedowns.intake.load import load
from takedowns.intake.models import Submission, SubmissionRow
from takedowns.intake.receive import Loading, receive
from takedowns.referrals.models import CoReferral, Event, Referral
from takedowns.referrals.transitions import Applied, apply_to_all
from tests.factories import make_referrals
from tests.people import People, make_people

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*jobs) -> None:
    """Run each job in a thread with a connection of its own, all from the same moment; raise what any raised."""
    start, failures = Barrier(len(jobs)), []

    def run(job) -> None:
        try:
            start.wait(10)
            job()
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "a job hangs"
    if failures:
        raise failures[0]


def received(people: People, user: User, urls: list[str]) -> Submission:
    agency = user.memberships.get().agency
    assert agency is not None
    return receive(
        operation=people.operation,
        agency=agency,
        user=user,
        source=Submission.Source.FILE,
        filename="list.csv",
        content=("url\n" + "\n".join(urls)).encode(),
        loading=Loading.CALLER,
    ).submission


@pytest.mark.parametrize("attempt", range(3))
def test_the_same_items_from_two_agencies_at_once_end_in_one_referral_each(attempt: int) -> None:
    people = make_people()
    names = [f"demo_{number}" for number in range(400)]
    first = received(people, people.officer, [f"https://t.me/{name}" for name in names])
    shuffled = random.Random(attempt).sample(names, len(names))
    second = received(
        people, people.other_officer, [f"tg://resolve?domain={name.upper()}" for name in shuffled]
    )
    at_once(lambda: load(first.pk), lambda: load(second.pk))
    with acting_as(SYSTEM):
        assert Referral.objects.count() == 400
        assert CoReferral.objects.count() == 400
        assert (
            Event.objects.filter(kind="submit").count()
            == Event.objects.filter(kind="co_refer").count()
            == 400
        )
        outcomes = SubmissionRow.objects.values_list("outcome", flat=True)
        assert sorted(set(outcomes)) == ["already_referred", "new"]
        assert sum(outcome == "new" for outcome in outcomes) == 400


def test_the_same_content_twice_at_once_is_one_submission() -> None:
    people = make_people()
    at_once(*[lambda: received(people, people.officer, ["https://t.me/demo_1"]) for _ in range(4)])
    with acting_as(SYSTEM):
        assert Submission.objects.count() == 1


def test_of_two_who_move_the_same_referrals_at_once_one_does_and_the_other_is_told() -> None:
    people = make_people()
    ids = make_referrals(people.operation, people.agency, [f"https://t.me/demo_{n}" for n in range(60)])
    outcomes: list[Applied] = []

    def approve(order: list) -> None:
        outcomes.append(apply_to_all("approve", order, by=SYSTEM, exemptions_checked=True))

    at_once(lambda: approve(ids), lambda: approve(ids[::-1]))
    assert sorted(len(outcome.moved) for outcome in outcomes) == [0, 60]
    assert {refused.code for outcome in outcomes for refused in outcome.refused} == {"not_allowed"}
    with acting_as(SYSTEM):
        assert Event.objects.filter(kind="approve").count() == 60
