"""Answers recorded on a platform's behalf: found by reference or address, judged by the lifecycle, row by row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.answers.reading import read as read_content
from takedowns.answers.reading import read_all
from takedowns.answers.recording import Answer, preview, record, rows_of_selected
from takedowns.answers.rows import Row
from takedowns.referrals.models import Event, Referral
from takedowns.referrals.reference import reference_of
from takedowns.referrals.transitions import apply_to_all
from takedowns.sending.dispatch import dispatch
from takedowns.sending.models import HandOff
from tests import workbooks
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


def read(text: str) -> list[Row]:
    return list(read_content(text.encode(), "returned.csv", {}).rows)


def codes(people: People, rows: list[Row], answer: Answer = REMOVED, who: str = "coordinator") -> list[str]:
    """What becomes of rows, looked at first: then exactly that is recorded."""
    actor = people.actor(who)
    before = preview(rows, answer, people.operation, by=actor, hosts={})
    results = record(rows, answer, people.operation, by=actor, hosts={})
    assert before == results
    return [f"{one.outcome}: {one.problem.code}" if one.problem else str(one.outcome) for one in results]


def get(one: UUID) -> Referral:
    with acting_as(SYSTEM):
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
    wrong = good[:-1] + ("A" if good[-1] != "A" else "B")
    lines = [
        good,
        "@nonsense",
        "https://t.me/demo_nobody",
        good,
        good.replace("RAD19", "RAD20"),
        urls(4)[3],
        wrong,
    ]
    assert codes(people, read("\n".join(lines))) == [
        "recorded",
        "not_understood: address",
        "not_understood: not_in_operation",
        "repeated: repeated",
        "not_understood: other_operation",
        "refused: not_allowed",
        "not_understood: bad_reference",
    ]


def test_rows_of_several_sheets_say_in_which_they_stand(people: People, referred: list[UUID]) -> None:
    one, two = urls(2)
    book = workbooks.xlsx({"Removed": [["URL"], [one], [two]], "Declined": [["URL"], [one]]})
    rows = [row for sheet in read_all(book, "returned.xlsx", {}) for row in sheet.rows]
    results = preview(
        rows, Answer(decline_reason="other"), people.operation, by=people.actor("coordinator"), hosts={}
    )
    assert [(result.where, result.problem and result.problem.params) for result in results] == [
        ("Removed: 2", {"lines": "Removed: 2, Declined: 2"}),
        ("Removed: 3", None),
        ("Declined: 2", {"lines": "Removed: 2, Declined: 2"}),
    ]


def test_rows_that_contradict_each_other_or_themselves_record_nothing(
    people: People, referred: list[UUID]
) -> None:
    names = [reference_of("RAD19", one) for one in referred]
    text = (
        f"reference,url,answer\n{names[0]},,removed\n{names[0]},,declined\n{names[1]},{urls(4)[2]},removed\n"
        f"{names[2]},{urls(4)[2]},removed\n{names[3]},https://t.me/,removed\n"
    )
    default = Answer(decline_reason="other")
    assert codes(people, read(text), default) == [
        "not_understood: contradicting",
        "not_understood: contradicting",
        "not_understood: two_referrals",
        "recorded",
        "recorded",
    ]
    assert [get(one).status for one in referred] == ["referred", "referred", "removed", "removed"]


def test_what_was_answered_before_is_left_or_corrected_and_never_recorded_twice(
    people: People, referred: list[UUID]
) -> None:
    text = f"url,answer,reason\n{urls(4)[0]},removed,\n{urls(4)[1]},declined,not in breach\n{urls(4)[2]},removed,\n"
    assert codes(people, read(text), Answer()) == ["recorded"] * 3
    assert codes(people, read(text), Answer()) == ["unchanged: unchanged"] * 3
    other = f"url,answer,reason\n{urls(4)[0]},declined,news\n{urls(4)[1]},declined,news\n{urls(4)[2]},suspended,\n"
    assert codes(people, read(other), Answer()) == ["differs: differs"] * 3
    rows = read(other)
    done = record(
        rows,
        Answer(),
        people.operation,
        by=people.actor("coordinator"),
        hosts={},
        corrects="The list was of last week.",
    )
    assert [str(one.outcome) for one in done] == ["corrected"] * 3
    assert [(get(one).status, get(one).decline_reason, get(one).action) for one in referred[:3]] == [
        ("declined", "journalistic", ""),
        ("declined", "journalistic", ""),
        ("removed", "", "account_suspended"),
    ]
    with acting_as(SYSTEM):
        event = Event.objects.filter(referral_id=referred[0]).order_by("-id").first()
        assert event is not None
        assert (event.kind, event.details["reason"]) == ("correct_answer", "The list was of last week.")


def test_a_platform_that_changes_its_mind_is_no_correction(people: People, referred: list[UUID]) -> None:
    assert codes(people, read(f"{urls(1)[0]} declined"), Answer(decline_reason="other")) == ["recorded"]
    assert codes(people, read(f"{urls(1)[0]} removed"), Answer()) == ["recorded"]
    assert get(referred[0]).status == "removed"


@pytest.mark.parametrize(
    ("row", "code", "fact"),
    [
        ("declined", "missing", "decline_reason"),
        ("restricted", "missing", "action"),
        ("question", "missing", "question"),
        ("reinstated", "missing", "reason"),
        ("removed,geo_blocked", "action_misfits", ""),
        ("declined,removed", "action_misfits", ""),
        ("not found,account terminated", "action_misfits", ""),
        ("received,removed", "action_misfits", ""),
    ],
)
def test_what_an_answer_needs_is_asked_for(
    people: People, referred: list[UUID], row: str, code: str, fact: str
) -> None:
    [result] = preview(
        read(f"url,answer,action\n{urls(1)[0]},{row}\n"),
        Answer(),
        people.operation,
        by=people.actor("coordinator"),
        hosts={},
    )
    assert result.problem is not None
    assert (result.problem.code, result.problem.params.get("fact", "")) == (code, fact)


def test_removed_and_nothing_else_says_that_the_content_was(people: People, referred: list[UUID]) -> None:
    assert codes(
        people, read(f"url,answer,action\n{urls(1)[0]},removed,Channel removed by us\n"), Answer()
    ) == ["recorded"]
    assert get(referred[0]).action == "visibility_removed"
    with acting_as(SYSTEM):
        assert Event.objects.get(kind="remove").details["note"] == "Channel removed by us"


def test_the_file_that_was_handed_off_comes_back_filled_in(people: People, approved: list[UUID]) -> None:
    made = dispatch(people.operation, by=people.actor("coordinator"))
    with acting_as(SYSTEM):
        lines = bytes(HandOff.objects.get(dispatch=made).content).decode("utf-8-sig").splitlines()
    said = ["removed,account_terminated,,", "declined,,It is satire.,", "declined,,journalistic,", ",,,"]
    filled = "\n".join([lines[0], *(line[:-3] + more for line, more in zip(lines[1:], said, strict=True))])
    assert codes(people, read(filled), Answer()) == [
        "recorded",
        "recorded",
        "recorded",
        "left_open: left_open",
    ]
    assert [get(one).status for one in approved] == ["removed", "declined", "declined", "referred"]
    assert get(approved[0]).action == "account_terminated"
    assert [get(one).decline_reason for one in approved[1:3]] == ["other", "journalistic"]
    with acting_as(SYSTEM):
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
    with acting_as(SYSTEM):
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
    assert codes(people, rows, default) == [
        "recorded",
        "recorded",
        "refused: before_referral",
        "refused: ahead",
    ]
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
        ("coordinator", "recorded"),
        ("officer", "refused: not_your_role"),
        ("reviewer", "refused: not_your_role"),
        ("other_officer", "refused: not_your_role"),
        ("auditor", "refused: not_your_role"),
        ("administrator", "refused: not_your_role"),
        ("absent_officer", "not_understood: not_in_operation"),
        ("stranger", "not_understood: not_in_operation"),
    ],
)
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
    assert {str(one.outcome) for one in results} == {"recorded"}
