"""Every figure follows a correction: what stands afterwards is counted as if the wrong answer had never been given."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.figures.board import board
from takedowns.figures.detail import detail_of
from takedowns.figures.fold import fold
from takedowns.figures.recount import recount
from takedowns.figures.regulation.notices import dsa22
from takedowns.figures.slices import Slice, slice_of
from takedowns.referrals.availability import Look, record_seen
from takedowns.referrals.models import Referral
from takedowns.referrals.transitions import Move, apply, apply_to_all
from takedowns.referrals.vocabulary import Availability
from tests.databases import Run
from tests.factories import MORNING, make_referrals
from tests.figures.test_fold import figures_of, now_and_a_little_later
from tests.people import People, make_people

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

HOUR = timedelta(hours=1)
#: What was recorded wrongly of each, what is right, and when that was given; by index of the referral.
WRONG = {
    "remove": {"action": "visibility_removed"},
    "restrict": {"action": "geo_blocked"},
    "decline": {"decline_reason": "not_in_breach"},
    "report_unavailable": {},
}
CASES = [
    ("remove", "decline"),
    ("remove", "none"),
    ("decline", "remove"),
    ("restrict", "remove"),
    ("report_unavailable", "remove"),
    ("remove", "restrict"),
    ("decline", "none"),
    ("remove", "report_unavailable"),
]


def refer(people: People, name: str) -> list[UUID]:
    ids = make_referrals(
        people.operation, people.agency, [f"https://t.me/{name}_{one}" for one in range(len(CASES))]
    )
    apply_to_all("approve", ids, by=SYSTEM, at=MORNING, exemptions_checked=True)
    apply_to_all("refer", ids, by=SYSTEM, at=MORNING)
    return ids


def look(ids: list[UUID]) -> None:
    with acting_as(SYSTEM):
        items = list(Referral.objects.filter(pk__in=ids).values_list("item_id", flat=True))
    record_seen([Look(item, Availability.OFFLINE, MORNING + 5 * HOUR) for item in items], by=SYSTEM)


def answer_rightly(ids: list[UUID]) -> None:
    for one, (_, right) in zip(ids, CASES, strict=True):
        if right != "none":
            assert not apply([Move(one, right, WRONG[right], MORNING + 3 * HOUR)], by=SYSTEM).refused


def answer_wrongly(ids: list[UUID]) -> None:
    for one, (wrong, _) in zip(ids, CASES, strict=True):
        assert not apply([Move(one, wrong, WRONG[wrong], MORNING + HOUR)], by=SYSTEM).refused


def correct(ids: list[UUID]) -> None:
    moves = [
        Move(
            one,
            "correct_answer",
            {"reason": "mixed up", "right_answer": right, **WRONG.get(right, {})},
            MORNING + 3 * HOUR,
        )
        for one, (_, right) in zip(ids, CASES, strict=True)
    ]
    assert not apply(moves, by=SYSTEM).refused


def everything_told(people: People) -> list[object]:
    """What each reader of the log says of the operation, now and as of a moment."""
    moment = now_and_a_little_later()
    year = MORNING.year
    with acting_as(SYSTEM):
        found = detail_of(people.operation)
        sliced = [
            slice_of(people.operation, SYSTEM, Slice(), by="kind", one_by_one=one_by_one, as_of=as_of)
            for one_by_one in (False, True)
            for as_of in (None, moment)
        ]
        returned = dsa22(people.agency, year)
        return [
            figures_of(board(people.operation, SYSTEM)),
            figures_of(board(people.operation, SYSTEM, as_of=moment)),
            *((one.total, one.lines, dict(one.times)) for one in sliced),
            found.values,
            detail_of(people.operation, as_of=moment).values,
            [(one.name, one.told) for one in returned.figures],
            returned.tables,
        ]


@pytest.mark.parametrize("seen_gone", [False, True], ids=["not looked at", "seen gone"])
@pytest.mark.parametrize("folded", ["never", "before the correction", "after it"])
def test_a_corrected_day_is_counted_like_a_day_without_the_mistake(
    database_run: Run, seen_gone: bool, folded: str
) -> None:
    people = make_people()
    ids = refer(people, "demo")
    answer_wrongly(ids)
    if seen_gone:
        look(ids)
    if folded != "never":
        fold()
    before = now_and_a_little_later()
    with acting_as(SYSTEM):
        wrongly = figures_of(board(people.operation, SYSTEM, as_of=before))
    correct(ids)
    if folded == "after it":
        fold()
    assert recount() == []
    corrected = everything_told(people)
    with acting_as(SYSTEM):
        assert figures_of(board(people.operation, SYSTEM, as_of=before)) == wrongly, (
            "what was said before stays said"
        )
    assert corrected == _without_the_mistake(database_run, seen_gone)


def _without_the_mistake(database_run: Run, seen_gone: bool) -> list[object]:
    """Run the same day with the right answers, in a database made empty."""
    database_run.clean_up()
    people = make_people()
    ids = refer(people, "demo")
    if seen_gone:
        # Looks come after the answers, as they did there.
        answer_rightly(ids)
        look(ids)
    else:
        answer_rightly(ids)
    return everything_told(people)


def test_what_is_corrected_twice_counts_once() -> None:
    people = make_people()
    ids = refer(people, "demo")
    answer_wrongly(ids)
    look(ids)
    correct(ids)
    with acting_as(SYSTEM):
        once = figures_of(board(people.operation, SYSTEM))
    able = [one for one, (_, right) in zip(ids, CASES, strict=True) if right != "none"]
    assert not apply_to_all("correct_answer", able, by=SYSTEM, reason="no", right_answer="none").refused
    fold()
    assert recount() == []
    with acting_as(SYSTEM):
        total = board(people.operation, SYSTEM).total
        assert (total.removed, total.declined, total.acknowledged, total.open) == (0, 0, 0, len(CASES))
    answer_rightly(ids)
    assert recount() == []
    with acting_as(SYSTEM):
        again = figures_of(board(people.operation, SYSTEM))
    assert again == once
