"""An agency withdraws what another asks for too: the other's wish goes on, from its own review."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.figures.counts import count
from takedowns.figures.recount import recount
from takedowns.intake.models import Submission
from takedowns.intake.receive import receive
from takedowns.referrals.models import CoReferral, Event, Operation, Referral
from takedowns.referrals.transitions import Applied, apply_to_all
from takedowns.referrals.vocabulary import Instrument
from tests.factories import wait_for_the_log
from tests.intake.test_load import hand_in, report
from tests.people import People, make_people

LIST = "url;tier\nhttps://t.me/demo_one;2\nhttps://t.me/demo_two;3\n"


def withdraw(people: People, *, passes_on: bool = True) -> Applied:
    """Let the first agency withdraw all it handed in."""
    with acting_as(SYSTEM):
        own = list(Referral.objects.filter(agency=people.agency, round=1).order_by("item_id"))
    return apply_to_all(
        "withdraw",
        [one.pk for one in own],
        by=people.actor("officer"),
        reason="Ours no more.",
        passes_on=passes_on,
    )


def second_rounds() -> list[Referral]:
    with acting_as(SYSTEM):
        return list(Referral.objects.filter(round=2).select_related("item", "cell", "agency", "operation"))


def test_what_a_further_agency_asked_for_waits_for_its_own_review(people: People) -> None:
    hand_in(people, LIST)
    hand_in(people, "url\ntelegram.me/DEMO_one\n", by=people.other_officer)
    assert withdraw(people).passed_on == 1
    [one] = second_rounds()
    assert (one.status, one.agency, one.submitted_by_id, one.tier) == (
        "submitted",
        people.other_agency,
        people.other_officer.pk,
        2,
    )
    assert one.ground == people.operation.default_ground
    with acting_as(SYSTEM):
        assert Referral.objects.get(pk=one.previous_id).status == "withdrawn"
        [event] = Event.objects.filter(referral=one)
    assert (event.kind, event.agency_id, event.to_cell_id) == ("submit", people.other_agency.pk, one.cell_id)
    assert (one.cell.agency_id, one.cell.status) == (people.other_agency.pk, "submitted")
    refused = apply_to_all("approve", [one.pk], by=people.actor("reviewer"), exemptions_checked=True).refused
    assert [each.code for each in refused] == ["not_your_role"], "the agency that withdrew decides no more"


def test_the_first_of_several_goes_on_and_the_others_stay_beside_it(people: People) -> None:
    people.operation.agencies.add(people.absent_agency)
    hand_in(people, LIST)
    hand_in(people, LIST + "\n", by=people.other_officer)
    hand_in(people, LIST + "\n\n", by=people.absent_officer)
    assert withdraw(people).passed_on == 2
    rounds = second_rounds()
    assert {one.agency for one in rounds} == {people.other_agency}
    with acting_as(SYSTEM):
        joined = CoReferral.objects.filter(referral__in=rounds)
        assert [one.agency for one in joined] == [people.absent_agency] * 2
        assert Event.objects.filter(referral__in=rounds, kind="co_refer").count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_figures_still_add_up() -> None:
    people = make_people()
    hand_in(people, LIST)
    hand_in(people, LIST + "\n", by=people.other_officer)
    withdraw(people)
    wait_for_the_log()
    with acting_as(SYSTEM):
        total = count(people.operation, SYSTEM).total
    assert (total.handed_in, total.withdrawn, total.in_review, total.co_referred) == (4, 2, 2, 2)
    assert recount() == []


def test_it_goes_on_in_the_operation_and_under_the_instrument_it_was_asked_for(people: People) -> None:
    elsewhere = Operation.objects.create(
        reference="X20", name="Elsewhere", starts=people.operation.starts, default_ground="Their law, § 1"
    )
    elsewhere.refresh_from_db()
    elsewhere.agencies.set([people.absent_agency])
    receive(
        operation=people.operation,
        agency=people.agency,
        user=people.officer,
        source=Submission.Source.PASTE,
        filename="",
        content=b"url\nhttps://t.me/demo_one\n",
        instrument=Instrument.REMOVAL_ORDER,
    )
    hand_in(people, "url\nhttps://t.me/demo_one\n", by=people.absent_officer, operation=elsewhere)
    assert withdraw(people).passed_on == 1
    [one] = second_rounds()
    assert (one.operation, one.agency, one.instrument) == (elsewhere, people.absent_agency, "referral")
    assert one.ground == "Their law, § 1"


def test_a_closed_operation_asks_for_nothing_more(people: People) -> None:
    hand_in(people, LIST)
    hand_in(people, LIST + "\n", by=people.other_officer)
    Operation.objects.update(closed_at=timezone.now())
    assert withdraw(people).passed_on == 0
    assert second_rounds() == []


def test_nothing_goes_on_where_nobody_should_ask(people: People) -> None:
    hand_in(people, LIST)
    hand_in(people, LIST + "\n", by=people.other_officer)
    assert withdraw(people, passes_on=False).passed_on == 0
    assert second_rounds() == []


def test_what_was_withdrawn_can_be_handed_in_again(people: People) -> None:
    hand_in(people, LIST)
    withdraw(people)
    again = hand_in(people, LIST + "\n", by=people.other_officer)
    assert set(report(again).values()) == {("new", "")}
    assert [one.agency for one in second_rounds()] == [people.other_agency] * 2


@pytest.mark.parametrize("number", [1, 40])
def test_any_number_goes_on_in_the_same_statements(
    people: People, number: int, django_assert_num_queries: Any
) -> None:
    text = "url\n" + "".join(f"https://t.me/demo_{one}\n" for one in range(number))
    hand_in(people, text)
    hand_in(people, text + "\n", by=people.other_officer)
    with acting_as(SYSTEM):
        ids = list(Referral.objects.values_list("pk", flat=True))
    with django_assert_num_queries(15):
        applied = apply_to_all("withdraw", ids, by=people.actor("officer"), reason="r")
    assert (len(applied.moved), applied.passed_on) == (number, number)
