"""Whatever is tried in whatever order: only the table's moves happen, each with one event, and the cells agree."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals.availability import Look, record_seen
from takedowns.referrals.lifecycle import TRANSITIONS, allowed_from, allowed_moves
from takedowns.referrals.models import Event, Referral
from takedowns.referrals.models.events import Cell
from takedowns.referrals.transitions import Move, apply
from takedowns.referrals.vocabulary import OPEN, Action, Availability, DeclineReason, Status
from tests.factories import MORNING, make_referrals
from tests.people import People

FACTS = {
    "ground": "Art. 5",
    "exemptions_checked": True,
    "reason": "r",
    "question": "q",
    "answer": "a",
    "note": "n",
    "decline_reason": DeclineReason.OTHER.value,
}


def facts_of(name: str) -> dict[str, object]:
    """Return what any move needs, with an action that is one of this move."""
    return {**FACTS, "action": min(TRANSITIONS[name].actions, default=Action.REMOVED.value)}


names = st.sampled_from([name for name, one in TRANSITIONS.items() if one.leaves and not one.corrects])
steps = st.lists(
    st.one_of(
        st.lists(st.tuples(st.integers(0, 3), names), min_size=1, max_size=6),
        st.lists(st.tuples(st.integers(0, 3), st.sampled_from(Availability.values)), min_size=1, max_size=4),
    ),
    max_size=8,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps)
def test_any_order_of_moves_and_looks_keeps_status_events_and_cells_together(
    people: People, plan: list
) -> None:
    with acting_as(SYSTEM):
        from django.db import transaction

        with transaction.atomic():
            _run(people, plan)
            transaction.set_rollback(True)


def _run(people: People, plan: list) -> None:
    ids = make_referrals(
        people.operation, people.agency, [f"https://t.me/demo_{number}" for number in range(4)]
    )
    items = dict(Referral.objects.values_list("pk", "item_id"))
    expected = dict.fromkeys(ids, Status.SUBMITTED)
    seen = dict.fromkeys(ids, "unknown")
    events: Counter[str] = Counter(submit=4)
    at = MORNING
    for step in plan:
        at += timedelta(minutes=1)
        if step[0][1] in TRANSITIONS:
            outcome = apply(
                [Move(ids[which], name, facts_of(name)) for which, name in step], by=SYSTEM, at=at
            )
            taken = set()
            for which, name in step:
                transition, referral = TRANSITIONS[name], ids[which]
                if referral not in taken and expected[referral] in transition.leaves:
                    taken.add(referral)
                    expected[referral] = transition.enters
                    events[name] += 1
            assert set(outcome.moved) == taken
            assert len(outcome.moved) + len(outcome.refused) == len(step)
        else:
            robot = "probe" if step[0][0] % 2 else ""
            record_seen(
                [Look(items[ids[which]], Availability(what), at) for which, what in step],
                by=SYSTEM,
                robot=robot,
            )
            for which, what in step:
                if not (robot and what == "unknown"):  # a robot that cannot tell takes nothing away
                    seen[ids[which]] = what
            events["check"] += len(step)
    referrals = {referral.pk: referral for referral in Referral.objects.select_related("cell", "item")}
    assert {pk: referral.status for pk, referral in referrals.items()} == expected
    assert {pk: referral.availability for pk, referral in referrals.items()} == seen
    for referral in referrals.values():
        assert (referral.cell.status, referral.cell.availability) == (referral.status, referral.availability)
        assert referral.item.availability == referral.availability
    assert Counter(Event.objects.values_list("kind", flat=True)) == events
    # Summing what events say they moved gives where the referrals stand: the log alone is enough for every figure.
    folded: Counter[int] = Counter()
    for before, after in Event.objects.values_list("from_cell_id", "to_cell_id"):
        if before is not None:
            folded[before] -= 1
        if after is not None:
            folded[after] += 1
    assert +folded == Counter(referral.cell_id for referral in referrals.values())
    assert not -folded


def test_every_status_can_be_reached_and_every_open_one_left() -> None:
    reachable = {transition.enters for transition in TRANSITIONS.values() if not transition.corrects}
    assert reachable == set(Status)
    for status in OPEN:
        assert any(transition.enters not in OPEN for transition in allowed_from(status)), status


def test_a_closed_referral_opens_again_only_where_a_decision_or_an_answer_is_taken_back() -> None:
    """Else two open referrals could meet on one item; what comes back opens the next round.

    That they never meet on one whose answer is taken back shows test_answer_corrections.
    """
    moves = [
        one for one in TRANSITIONS.values() if set(one.leaves) - set(OPEN) and set(one.may_enter) & set(OPEN)
    ]
    assert [one.name for one in moves] == ["undo_review", "correct_answer"]


@pytest.mark.django_db
def test_the_databases_guard_is_the_table(people: People) -> None:
    """Try every pair of statuses in the database itself."""
    from django.db import DatabaseError, transaction

    allowed = set(allowed_moves())
    [referral] = make_referrals(people.operation, people.agency, ["https://t.me/demo_0"])
    assert Cell.objects.exists()
    for old in Status:
        for new in Status:
            if old == new:
                continue
            with acting_as(SYSTEM):
                passed = True
                try:
                    with transaction.atomic():
                        _force(referral, old)
                        Referral.objects.filter(pk=referral).update(status=new)
                        transaction.set_rollback(True)
                except DatabaseError:
                    passed = False
                assert passed == ((old, new) in allowed), (old, new)


def _force(referral: object, status: Status) -> None:
    """Put a referral into a status by the table's own moves."""
    path = _path_to(status)
    for step in path:
        Referral.objects.filter(pk=referral).update(status=step)


def _path_to(status: Status) -> list[Status]:
    paths: dict[Status, list[Status]] = {Status.SUBMITTED: []}
    frontier = [Status.SUBMITTED]
    while frontier:
        here = frontier.pop(0)
        for old, new in allowed_moves():
            if old == here and new not in paths:
                paths[new] = [*paths[here], new]
                frontier.append(new)
    return paths[status]
