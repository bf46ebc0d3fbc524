"""Answers recorded on a platform's behalf: found by reference or address, judged by the lifecycle, row by row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from takedowns.directory.asking import SYSTEM, asking_as
from takedowns.referrals.answers import Answer, record, rows_of_selected
from takedowns.referrals.apply import apply_to_all
from takedowns.referrals.dispatch import dispatch
from takedowns.referrals.models import Event, HandOff, Referral
from takedowns.referrals.reference import reference_of
from takedowns.referrals.returned import Row, decode, read
from tests.factories import make_referrals
from tests.people import People

pytestmark = pytest.mark.django_db
REMOVED = Answer("remove", action="visibility_removed", decision_ground="illegal_content")


def urls(count: int) -> list[str]:
    return [f"https://t.me/demo_channel_{number}" for number in range(count)]


@pytest.fixture
def approved(people: People) -> list[UUID]:
    ids = make_referrals(people.operation, people.agency, urls(4))
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    return ids


@pytest.fixture
def referred(people: People, approved: list[UUID]) -> list[UUID]:
    apply_to_all("refer", approved, by=SYSTEM)
    return approved


def codes(people: People, rows: list[Row], answer: Answer = REMOVED, who: str = "coordinator") -> list[str]:
    asker = people.asker(who)
    return [one.code for one in record(rows, answer, people.operation, by=asker, hosts={})]


def get(one: UUID) -> Referral:
    with asking_as(SYSTEM):
        return Referral.objects.get(pk=one)


def test_by_reference_by_any_spelling_and_by_selection(people: People, referred: list[UUID]) -> None:
    rows = read(f"{reference_of('RAD19', referred[0]).lower()}\ntelegram.me/s/DEMO_channel_1?single")
    rows += rows_of_selected(referred[2:3], people.operation)
    assert codes(people, rows) == ["recorded"] * 3
    assert [get(one).status for one in referred] == ["removed"] * 3 + ["referred"]
    one = get(referred[1])
    assert (one.action, one.decision_ground) == ("visibility_removed", "illegal_content")


def test_each_row_that_cannot_be_recorded_says_why_and_the_rest_is_recorded(
    people: People, referred: list[UUID]
) -> None:
    apply_to_all("withdraw", referred[3:], by=SYSTEM, reason="r")
    good = reference_of("RAD19", referred[0])
    rows = read(
        "\n".join(
            [good, "nonsense", "https://t.me/demo_nobody", good, good.replace("RAD19", "RAD20"), urls(4)[3]]
        )
    )
    results = record(rows, REMOVED, people.operation, by=people.asker("coordinator"), hosts={})
    assert [one.code for one in results] == [
        "recorded", "not_found", "not_found", "repeated", "not_found", "not_allowed",
    ]  # fmt: skip
    assert [one.line for one in results] == [1, 2, 3, 4, 5, 6]
    assert "names no referral of RAD19" in results[2].message
    assert "RAD20" in results[4].message
    assert all(one.message for one in results[1:])


def test_the_file_that_was_handed_off_comes_back_filled_in(people: People, approved: list[UUID]) -> None:
    made = dispatch(people.operation, by=people.asker("coordinator"))
    with asking_as(SYSTEM):
        lines = decode(bytes(HandOff.objects.get(dispatch=made).content)).splitlines()
    said = ["removed,account_terminated,,", "declined,,It is satire.,", "declined,,journalistic,", ",,,"]
    filled = "\n".join([lines[0], *(line[:-3] + more for line, more in zip(lines[1:], said, strict=True))])
    assert codes(people, read(filled), Answer()) == ["recorded", "recorded", "recorded", "left_open"]
    assert [get(one).status for one in approved] == ["removed", "declined", "declined", "referred"]
    assert get(approved[0]).action == "account_terminated"
    assert [get(one).decline_reason for one in approved[1:3]] == ["other", "journalistic"]
    with asking_as(SYSTEM):
        assert Event.objects.get(referral_id=approved[1], kind="decline").details["note"] == "It is satire."


def test_what_a_row_leaves_open_comes_from_the_default_and_nothing_else_does(
    people: People, referred: list[UUID]
) -> None:
    rows = read(
        f"url,answer,action\n{urls(1)[0]},removed,\n{urls(2)[1]},acknowledged,\n{urls(3)[2]},removed,account_suspended"
    )
    default = Answer("", action="visibility_disabled", decline_reason="other", text="why", note="By mail.")
    assert codes(people, rows, default) == ["recorded"] * 3
    assert [get(one).action for one in referred] == ["visibility_disabled", "", "account_suspended", ""]
    with asking_as(SYSTEM):
        assert Event.objects.get(kind="acknowledge").details == {"note": "By mail."}


def test_the_time_is_the_rows_then_the_defaults_and_never_before_the_referral_or_ahead_of_now(
    people: People, approved: list[UUID]
) -> None:
    noon = datetime(2019, 11, 21, 12, 0, tzinfo=UTC)
    apply_to_all("refer", approved, by=SYSTEM, at=noon)
    default = Answer("remove", action="visibility_removed", at=noon + timedelta(hours=2))
    names = [reference_of("RAD19", one) for one in approved]
    rows = [
        Row(1, (names[0],), at=noon + timedelta(hours=1)),
        Row(2, (names[1],)),
        Row(3, (names[2],), at=noon - timedelta(hours=1)),
        Row(4, (names[3],), at=timezone.now() + timedelta(hours=1)),
    ]
    assert codes(people, rows, default) == ["recorded", "recorded", "unknown_value", "unknown_value"]
    assert [get(one).decided_at for one in approved[:2]] == [
        noon + timedelta(hours=1),
        noon + timedelta(hours=2),
    ]


def test_an_answer_told_to_the_minute_is_not_before_its_question(
    people: People, approved: list[UUID]
) -> None:
    asked = datetime(2019, 11, 21, 12, 0, 40, tzinfo=UTC)
    apply_to_all("refer", approved, by=SYSTEM, at=asked)
    default = Answer("remove", action="visibility_removed", at=asked.replace(second=0))
    assert codes(people, rows_of_selected(approved[:1], people.operation), default) == ["recorded"]
    assert get(approved[0]).decided_at == asked


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("coordinator", "recorded"), ("officer", "not_your_role"), ("reviewer", "not_your_role"),
        ("other_officer", "not_your_role"), ("auditor", "not_your_role"), ("administrator", "not_your_role"),
        ("absent_officer", "not_found"), ("stranger", "not_found"),
    ],
)  # fmt: skip
def test_who_may_record_answers(people: People, referred: list[UUID], who: str, code: str) -> None:
    assert set(codes(people, rows_of_selected(referred, people.operation), who=who)) == {code}


@pytest.mark.parametrize("size", [1, 50])
def test_a_list_costs_as_many_statements_as_one(people: People, size: int, django_assert_num_queries) -> None:
    ids = make_referrals(
        people.operation, people.agency, [f"https://t.me/demo_{number}" for number in range(size)]
    )
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", ids, by=SYSTEM)
    with django_assert_num_queries(16):
        results = record(
            rows_of_selected(ids, people.operation), REMOVED, people.operation, by=SYSTEM, hosts={}
        )
    assert {one.code for one in results} == {"recorded"}
