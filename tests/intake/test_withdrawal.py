"""A whole submission is withdrawn: at once before review, afterwards as far as each referral allows, with the reason on each."""

from __future__ import annotations

from collections import Counter

import pytest

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.intake.models import Submission
from takedowns.intake.receive import IntakeError
from takedowns.intake.waiting import declare_hosts, waiting_domains
from takedowns.intake.withdrawal import look, withdraw
from takedowns.referrals.models import Event, Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.referrals.vocabulary import Status
from tests.intake.test_load import hand_in, report
from tests.intake.test_waiting import make
from tests.people import People

LIST = (
    "url\n"
    + "".join(f"https://t.me/demo_{one}\n" for one in range(6))
    + "https://files.drop.example.org/a\nnonsense\n"
)


@pytest.fixture
def submission(people: People) -> Submission:
    return hand_in(people, LIST).submission


def made(submission: Submission) -> list:
    with acting_as(SYSTEM):
        return list(
            Referral.objects.filter(submission_id=submission.pk)
            .order_by("item__key")
            .values_list("pk", flat=True)
        )


def statuses(submission: Submission) -> Counter[str]:
    with acting_as(SYSTEM):
        return Counter(Referral.objects.filter(submission_id=submission.pk).values_list("status", flat=True))


def test_before_review_all_of_it_is_withdrawn_with_the_reason_on_each(
    people: People, submission: Submission
) -> None:
    told = look(submission, by=people.actor("officer"))
    assert (told.number, told.is_before_review, told.waiting) == (6, True, 1)
    assert statuses(submission) == {"submitted": 6}, "looking changes nothing"
    withdraw(submission.pk, people.officer, reason=" Wrong list. ", expected=6)
    assert statuses(submission) == {"withdrawn": 6}
    with acting_as(SYSTEM):
        events = Event.objects.filter(kind="withdraw")
        assert {one.details["reason"] for one in events} == {"Wrong list."}
        assert {one.actor_id for one in events} == {people.officer.pk}
        found = Submission.objects.get(pk=submission.pk)
        assert (found.withdrawn, found.withdrawal_reason, found.withdrawn_by_id) == (
            6,
            "Wrong list.",
            people.officer.pk,
        )


def test_after_review_each_referral_says_what_it_allows(people: People, submission: Submission) -> None:
    ids = made(submission)
    apply_to_all("reject", ids[:1], by=SYSTEM, reason="r")
    apply_to_all("approve", ids[1:], by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", ids[2:], by=SYSTEM)
    apply_to_all("acknowledge", ids[3:4], by=SYSTEM)
    apply_to_all("remove", ids[4:], by=SYSTEM, action="visibility_removed")
    told = look(submission, by=people.actor("officer"))
    assert told.withdrawn == {Status.APPROVED: 1, Status.REFERRED: 1, Status.ACKNOWLEDGED: 1}
    assert told.staying == {Status.REJECTED: 1, Status.REMOVED: 2}
    assert not told.is_before_review
    done = withdraw(submission.pk, people.officer, reason="r", expected=3)
    assert (done.number, statuses(submission)) == (3, {"withdrawn": 3, "rejected": 1, "removed": 2})


def test_what_changed_since_it_was_looked_at_is_looked_at_again(
    people: People, submission: Submission
) -> None:
    apply_to_all("reject", made(submission)[:1], by=SYSTEM, reason="r")
    with pytest.raises(IntakeError) as caught:
        withdraw(submission.pk, people.officer, reason="r", expected=6)
    assert caught.value.code == "moved_on"
    assert statuses(submission) == {"submitted": 5, "rejected": 1}


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("reviewer", ""),
        ("other_officer", "not_your_role"),
        ("auditor", "not_your_role"),
        ("stranger", "not_your_role"),
    ],
)
def test_a_submission_is_withdrawn_by_its_own_agency(
    people: People, submission: Submission, who: str, code: str
) -> None:
    if not code:
        assert withdraw(submission.pk, getattr(people, who), reason="r", expected=6).number == 6
        return
    with pytest.raises(IntakeError) as caught:
        withdraw(submission.pk, getattr(people, who), reason="r", expected=6)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("reason", "code"), [("", "missing_reason"), (" \n", "missing_reason"), ("x" * 501, "too_long")]
)
def test_a_reason_is_asked_for(people: People, submission: Submission, reason: str, code: str) -> None:
    with pytest.raises(IntakeError) as caught:
        withdraw(submission.pk, people.officer, reason=reason, expected=6)
    assert caught.value.code == code
    assert statuses(submission) == {"submitted": 6}


def test_withdrawn_once_and_the_same_list_may_come_again(people: People, submission: Submission) -> None:
    withdraw(submission.pk, people.officer, reason="r", expected=6)
    with pytest.raises(IntakeError) as caught:
        withdraw(submission.pk, people.officer, reason="r", expected=0)
    assert caught.value.code == "withdrawn"
    again = hand_in(people, LIST)
    assert (again.repeated, again.submission.pk == submission.pk) == (False, False)
    assert statuses(again.submission) == {"submitted": 6}


def test_rows_that_wait_for_a_host_do_not_come_back_to_life(people: People, submission: Submission) -> None:
    withdraw(submission.pk, people.officer, reason="r", expected=6)
    assert waiting_domains() == []
    taken = declare_hosts(
        ["files.drop.example.org"], make(people), "Drop Ltd", by=people.actor("coordinator")
    )
    assert taken.rows == 0
    assert statuses(submission) == {"withdrawn": 6}


def test_what_another_agency_asks_for_goes_on_as_its_own(people: People, submission: Submission) -> None:
    other = hand_in(people, "url\nhttps://t.me/demo_0\n", by=people.other_officer)
    assert report(other)[2][0] == "already_referred"
    done = withdraw(submission.pk, people.officer, reason="r", expected=6)
    assert done.passed_on == 1
    assert statuses(other.submission) == {"submitted": 1}
    assert withdraw(other.submission.pk, people.other_officer, reason="r", expected=1).number == 1


def test_an_agency_that_withdrew_what_it_joined_is_not_asked_to_go_on(
    people: People, submission: Submission
) -> None:
    other = hand_in(people, "url\nhttps://t.me/demo_0\n", by=people.other_officer)
    assert withdraw(other.submission.pk, people.other_officer, reason="r", expected=0).number == 0
    assert withdraw(submission.pk, people.officer, reason="r", expected=6).passed_on == 0
    assert not statuses(other.submission)


def test_an_agency_that_withdrew_may_join_again(people: People, submission: Submission) -> None:
    text = "url\nhttps://t.me/demo_0\n"
    other = hand_in(people, text, by=people.other_officer)
    withdraw(other.submission.pk, people.other_officer, reason="r", expected=0)
    again = hand_in(people, text, by=people.other_officer)
    assert withdraw(submission.pk, people.officer, reason="r", expected=6).passed_on == 1
    assert statuses(again.submission) == {"submitted": 1}


@pytest.mark.parametrize("size", [1, 40])
def test_it_costs_as_many_statements_whatever_its_length(
    people: People, size: int, django_assert_num_queries
) -> None:
    submission = hand_in(
        people, "url\n" + "".join(f"https://t.me/demo_{one}\n" for one in range(size))
    ).submission
    with django_assert_num_queries(12):
        look(submission, by=people.actor("officer"))
    with django_assert_num_queries(28):
        withdraw(submission.pk, people.officer, reason="r", expected=size)
