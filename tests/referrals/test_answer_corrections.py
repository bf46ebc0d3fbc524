"""A wrong answer is put right by an event of its own: where the referral stands then, for whom, and what never happens."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access.context import SAY, everything
from takedowns.referrals import answer_corrections
from takedowns.referrals.lifecycle import NOT_GIVEN, RIGHT_ANSWERS, TRANSITIONS
from takedowns.referrals.models import Event, Referral
from takedowns.referrals.transitions import Applied, Move, apply, apply_to_all, rehearse
from tests.factories import make_referrals
from tests.people import People, make_people

NOON = datetime(2019, 11, 21, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NEEDS = {
    "remove": {"action": "visibility_removed"},
    "restrict": {"action": "geo_blocked"},
    "decline": {"decline_reason": "journalistic"},
    "report_unavailable": {},
    NOT_GIVEN: {},
    "reinstate": {"reason": "mistaken"},
    "acknowledge": {},
    "request_information": {"question": "which?"},
}


@pytest.fixture
def referred(people: People) -> list[UUID]:
    ids = make_referrals(people.operation, people.agency, [f"https://t.me/demo_{one}" for one in range(4)])
    apply_to_all("approve", ids, by=SYSTEM, at=NOON - HOUR, exemptions_checked=True)
    apply_to_all("refer", ids, by=SYSTEM, at=NOON - HOUR)
    return ids


def get(one: UUID) -> Referral:
    with acting_as(SYSTEM):
        return Referral.objects.get(pk=one)


def answered(one: UUID, *answers: str) -> None:
    """Let the platform answer, an hour apart."""
    for number, name in enumerate(answers):
        assert not apply([Move(one, name, NEEDS[name], NOON + number * HOUR)], by=SYSTEM).refused


def correct(one: UUID, right: str, *, by=SYSTEM, at: datetime | None = None, **facts: str) -> Applied:
    given = {"reason": "wrong list", "right_answer": right, **NEEDS.get(right, {}), **facts}
    return apply([Move(one, "correct_answer", given, at)], by=by)


def test_the_right_answer_stands_in_place_of_the_wrong_one_and_keeps_its_moment(referred: list[UUID]) -> None:
    answered(referred[0], "remove")
    assert correct(referred[0], "decline").entered == {referred[0]: "declined"}
    found = get(referred[0])
    assert (found.status, found.action, found.decline_reason) == ("declined", "", "journalistic")
    assert (found.decided_at, found.acknowledged_at) == (NOON, NOON)
    with acting_as(SYSTEM):
        wrong, event = Event.objects.filter(referral=found).order_by("-id")[:2][::-1]
        assert event.details["corrects"] == str(wrong.pk)
        assert event.details["reason"] == "wrong list"
        assert event.at > NOON, "corrected now, whenever the answer was given"
        assert (event.from_cell.status, event.to_cell.status) == ("removed", "declined")


@pytest.mark.parametrize(
    ("answers", "status", "acknowledged", "decided"),
    [
        (["remove"], "referred", None, None),
        (["acknowledge", "decline"], "acknowledged", NOON, None),
        (["request_information", "report_unavailable"], "information_requested", None, None),
        (["decline", "remove"], "declined", NOON, NOON),
        (["acknowledge", "restrict", "remove"], "restricted", NOON, NOON + HOUR),
        (["remove", "reinstate"], "removed", NOON, NOON),
    ],
)
def test_an_answer_that_was_not_given_is_taken_back_to_where_it_stood_before(
    referred: list[UUID],
    answers: list[str],
    status: str,
    acknowledged: datetime | None,
    decided: datetime | None,
) -> None:
    answered(referred[0], *answers)
    assert not correct(referred[0], NOT_GIVEN).refused
    found = get(referred[0])
    assert (found.status, found.acknowledged_at, found.decided_at) == (status, acknowledged, decided)
    facts = (found.action, found.decline_reason)
    assert facts == {
        "declined": ("", "journalistic"),
        "restricted": ("geo_blocked", ""),
        "removed": ("visibility_removed", ""),
    }.get(status, ("", ""))


def test_a_correction_can_itself_be_corrected_and_what_is_open_again_is_answered(
    referred: list[UUID],
) -> None:
    answered(referred[0], "remove")
    correct(referred[0], "decline")
    correct(referred[0], "restrict", at=NOON + HOUR)
    assert (get(referred[0]).status, get(referred[0]).decided_at) == ("restricted", NOON + HOUR)
    correct(referred[0], NOT_GIVEN)
    assert get(referred[0]).status == "referred", "back to before the answer that all of them were about"
    assert not apply([Move(referred[0], "decline", NEEDS["decline"])], by=SYSTEM).refused


@pytest.mark.parametrize(
    ("before", "right", "facts", "code"),
    [
        ([], "decline", {}, "not_allowed"),
        (["acknowledge"], NOT_GIVEN, {}, "not_allowed"),
        (["remove"], "remove", {}, "unchanged"),
        (["decline"], "decline", {"decline_reason": ""}, "missing_fact"),
        (["decline"], "remove", {"action": "geo_blocked"}, "unknown_value"),
        (["decline"], "acknowledge", {}, "unknown_value"),
        (["decline"], "", {}, "missing_fact"),
        (["decline"], "remove", {"reason": ""}, "missing_fact"),
    ],
)
def test_what_cannot_be_corrected_is_refused_and_nothing_changes(
    referred: list[UUID], before: list[str], right: str, facts: dict[str, str], code: str
) -> None:
    answered(referred[0], *before)
    status = get(referred[0]).status
    with acting_as(SYSTEM):
        events = Event.objects.count()
    [refused] = correct(referred[0], right, **facts).refused
    assert refused.code == code
    assert refused.message
    with acting_as(SYSTEM):
        assert (get(referred[0]).status, Event.objects.count()) == (status, events)


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("coordinator", ""),
        ("platform_contact", ""),
        ("officer", "not_your_role"),
        ("reviewer", "not_your_role"),
        ("auditor", "not_your_role"),
        ("administrator", "not_your_role"),
        ("stranger", "not_found"),
    ],
)
def test_who_may_correct_an_answer(people: People, referred: list[UUID], who: str, code: str) -> None:
    answered(referred[0], "remove")
    done = correct(referred[0], "decline", by=people.actor(who))
    assert [one.code for one in done.refused] == ([code] if code else [])


def test_an_item_that_was_referred_again_does_not_open_twice(people: People, referred: list[UUID]) -> None:
    answered(referred[0], "remove")
    first = get(referred[0])
    with acting_as(SYSTEM):
        Referral.objects.create(
            item_id=first.item_id,
            operation_id=first.operation_id,
            agency_id=first.agency_id,
            platform_id=first.platform_id,
            instrument=first.instrument,
            tier=4,
            status="submitted",
            cell_id=first.cell_id,
            submitted_at=NOON,
            round=2,
            previous=first,
            availability="unknown",
        )
    [refused] = correct(referred[0], NOT_GIVEN).refused
    assert refused.code == "referred_again"
    assert not correct(referred[0], "decline").refused, "another decision opens nothing"


def test_a_rehearsal_says_what_would_happen_and_writes_nothing(referred: list[UUID]) -> None:
    answered(referred[0], "remove")
    answered(referred[1], "decline")
    facts = {"reason": "r", "right_answer": NOT_GIVEN}
    said = rehearse([Move(one, "correct_answer", facts) for one in referred[:3]], by=SYSTEM)
    assert said.entered == {referred[0]: "referred", referred[1]: "referred"}
    assert [one.code for one in said.refused] == ["not_allowed"]
    assert [get(one).status for one in referred] == ["removed", "declined", "referred", "referred"]


@pytest.mark.parametrize("size", [1, 30])
def test_many_corrections_cost_as_many_statements_as_one(
    people: People, size: int, django_assert_num_queries
) -> None:
    ids = make_referrals(people.operation, people.agency, [f"https://t.me/demo_{one}" for one in range(size)])
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", ids, by=SYSTEM)
    apply_to_all("remove", ids, by=SYSTEM, action="visibility_removed")
    with django_assert_num_queries(13):
        apply_to_all("correct_answer", ids, by=SYSTEM, reason="r", right_answer=NOT_GIVEN)


steps = st.lists(
    st.tuples(st.sampled_from([*NEEDS, *(f"correct {name}" for name in RIGHT_ANSWERS)]), st.integers(1, 300)),
    max_size=10,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_whatever_is_answered_and_corrected_the_referral_says_what_its_log_says(
    people: People, plan: list[tuple[str, int]]
) -> None:
    """A model beside it: a pile of answers, of which a correction replaces the last or takes it away."""
    from django.db import transaction

    with acting_as(SYSTEM), transaction.atomic():
        [one] = make_referrals(people.operation, people.agency, ["https://t.me/demo_0"])
        apply_to_all("approve", [one], by=SYSTEM, exemptions_checked=True)
        apply_to_all("refer", [one], by=SYSTEM, at=NOON)
        pile: list[tuple[str, str]] = [("refer", "referred")]
        moments: list[datetime] = [NOON]
        for name, minutes in plan:
            at = NOON + timedelta(minutes=minutes)
            if name in TRANSITIONS:
                done = apply([Move(one, name, NEEDS[name], at)], by=SYSTEM)
                assert bool(done.moved) == (pile[-1][1] in TRANSITIONS[name].leaves)
                if done.moved:
                    pile.append((name, str(TRANSITIONS[name].enters)))
                    moments.append(at)
            else:
                right = name.removeprefix("correct ")
                done = correct(one, right, at=at)
                if done.moved:
                    pile.pop(), moments.pop()
                    if right != NOT_GIVEN:
                        pile.append((right, str(TRANSITIONS[right].enters)))
                        moments.append(at)
        found = Referral.objects.get(pk=one)
        assert found.status == pile[-1][1]
        deciding = [
            at
            for (name, _), at in zip(pile, moments, strict=True)
            if TRANSITIONS[name].stamps == "decided_at"
        ]
        has = [
            at
            for (name, _), at in zip(pile, moments, strict=True)
            if TRANSITIONS[name].stamps in {"acknowledged_at", "decided_at"}
        ]
        assert found.decided_at == (deciding[-1] if deciding else None)
        assert found.acknowledged_at == (has[0] if has else None)
        standing = answer_corrections.read([one])[one]
        assert [said.kind for said in standing.said] == [name for name, _ in pile[1:]]
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_taking_back_while_somebody_hands_the_item_in_again_never_opens_it_twice() -> None:
    """The index lets one through; the other sees it and is refused in words, not by an error."""
    people = make_people()
    [one] = make_referrals(people.operation, people.agency, ["https://t.me/demo_0"])
    apply_to_all("approve", [one], by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", [one], by=SYSTEM, at=NOON)
    answered(one, "remove")
    from tests.figures.test_fold import another_session

    with another_session() as other:
        other.execute(SAY, [everything()])
        other.execute(
            """
            INSERT INTO referrals_referral (
                item_id, operation_id, agency_id, platform_id, instrument, tier, language, listed_group, ground, status,
                availability, cell_id, action, decision_ground, decline_reason, submitted_at, round, previous_id)
            SELECT item_id, operation_id, agency_id, platform_id, instrument, tier, '', '', '', 'submitted', 'unknown',
                   cell_id, '', '', '', now(), 2, id FROM referrals_referral WHERE id = %s
            """,
            [one],
        )
        codes: list[str] = []

        def take_back() -> None:
            codes.extend(refused.code for refused in correct(one, NOT_GIVEN).refused)
            connection.close()

        waiting = threading.Thread(target=take_back)
        waiting.start()
        waiting.join(1)
        assert waiting.is_alive(), "it waits for whoever was first"
        other.commit()
        waiting.join(20)
    assert codes == ["referred_again"]
    assert get(one).status == "removed"
