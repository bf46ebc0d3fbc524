"""Removal orders: who writes them, how receipt, feedback and impediments are recorded, and what the log says."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.orders.models import RemovalOrder
from takedowns.orders.services import (
    CannotComply,
    Feedback,
    Receipt,
    end_impediments,
    record_feedback,
    record_impediments,
    record_receipts,
)
from takedowns.orders.vocabulary import HOUR
from takedowns.orders.writing import OrderText, write_orders
from takedowns.referrals.models import Event, Referral
from takedowns.referrals.transitions import apply_to_all
from tests.factories import make_referrals
from tests.people import People

TEXT = OrderText(material=("incites",), reasons="It calls for attacks.")
MINUTE = timedelta(minutes=1)


def make_orders(people: People, count: int = 1, *, at: datetime | None = None) -> list[UUID]:
    """Make orders that were written, approved and referred at ``at``, two hours ago unless told."""
    urls = [f"https://t.me/demo_order_{number}" for number in range(count)]
    ids = make_referrals(people.operation, people.agency, urls, instrument="removal_order")
    assert write_orders(ids, TEXT, by=SYSTEM).moved == ids
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", ids, by=SYSTEM, at=at or timezone.now() - 2 * HOUR)
    return ids


def one(referral_id: UUID) -> RemovalOrder:
    with acting_as(SYSTEM):
        return RemovalOrder.objects.select_related("referral").get(pk=referral_id)


def kinds(referral_id: UUID) -> list[str]:
    with acting_as(SYSTEM):
        return list(Event.objects.filter(referral=referral_id).order_by("id").values_list("kind", flat=True))


def why(applied: Any) -> list[str]:
    return [refused.code for refused in applied.refused]


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("officer", None),
        ("reviewer", None),
        ("coordinator", None),
        ("other_officer", "not_your_role"),
        ("auditor", "not_your_role"),
        ("absent_officer", "not_found"),
        ("platform_contact", "not_found"),
    ],
)
@pytest.mark.django_db
def test_an_order_is_written_by_its_agency_or_the_coordinator(
    people: People, who: str, code: str | None
) -> None:
    ids = make_referrals(people.operation, people.agency, ["https://t.me/demo_a"], instrument="removal_order")
    written = write_orders(ids, TEXT, by=people.actor(who))
    assert why(written) == ([code] if code else [])
    assert bool(written.moved) == (code is None)


@pytest.mark.django_db
def test_a_voluntary_referral_has_no_order(people: People) -> None:
    ids = make_referrals(people.operation, people.agency, ["https://t.me/demo_a"])
    assert why(write_orders(ids, TEXT, by=SYSTEM)) == ["not_an_order"]


@pytest.mark.django_db
def test_once_approved_an_officer_changes_no_order_and_once_issued_nobody_does(people: People) -> None:
    ids = make_referrals(people.operation, people.agency, ["https://t.me/demo_a"], instrument="removal_order")
    again = OrderText(material=("threatens",), reasons="Better said.")
    write_orders(ids, TEXT, by=people.actor("officer"))
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    assert why(write_orders(ids, again, by=people.actor("officer"))) == ["not_your_role"]
    assert write_orders(ids, again, by=people.actor("reviewer")).moved == ids
    assert (one(ids[0]).reasons, one(ids[0]).material) == ("Better said.", ["threatens"])
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", ids, by=SYSTEM)
    assert why(write_orders(ids, TEXT, by=SYSTEM)) == ["not_allowed"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ({"material": ()}, "at least one type"),
        ({"material": ("nonsense",)}, "nonsense"),
        ({"reasons": "  "}, "reasons"),
        ({"content_provider_told": False}, "Say why"),
        (
            {"content_provider_told": False, "not_told_reason": "r", "not_told_until": timedelta(weeks=7)},
            "six weeks",
        ),
        ({"emergency": True}, "emergency"),
    ],
)
@pytest.mark.django_db
def test_a_text_that_cannot_stand_says_what_is_missing(
    people: People, text: dict[str, Any], says: str
) -> None:
    ids = make_referrals(people.operation, people.agency, ["https://t.me/demo_a"], instrument="removal_order")
    if isinstance(until := text.get("not_told_until"), timedelta):
        text = {**text, "not_told_until": timezone.now() + until}
    facts = {"material": ("incites",), "reasons": "It calls for attacks.", **text}
    written = write_orders(ids, OrderText(**facts), by=SYSTEM)
    assert says in written.refused[0].message
    with acting_as(SYSTEM):
        assert not RemovalOrder.objects.exists()


@pytest.mark.django_db
def test_receipt_starts_the_hour_by_whichever_door_it_is_told(people: People) -> None:
    first, second = make_orders(people, 2)
    at = timezone.now() - HOUR
    assert record_receipts([Receipt(first, at)], by=people.actor("coordinator")).moved == [first]
    apply_to_all("acknowledge", [second], by=people.actor("platform_contact"), at=at)
    for each in (first, second):
        order = one(each)
        assert (order.received_at, order.referral.due_at) == (at, at + HOUR)
        assert order.referral.status == "acknowledged"
        assert kinds(each)[-2:] == ["acknowledge", "receipt"]
    assert why(record_receipts([Receipt(first, at)], by=SYSTEM)) == ["already_received"]


@pytest.mark.django_db
def test_receipt_is_told_by_the_platform_or_the_coordinator_at_a_possible_moment(people: People) -> None:
    [order] = make_orders(people)
    now = timezone.now()
    assert why(record_receipts([Receipt(order, now)], by=people.actor("officer"))) == ["not_your_role"]
    assert why(record_receipts([Receipt(order, now)], by=people.actor("absent_officer"))) == ["not_found"]
    assert why(record_receipts([Receipt(order, now + HOUR)], by=SYSTEM)) == ["unknown_value"]
    assert why(record_receipts([Receipt(order, now - 3 * HOUR)], by=SYSTEM)) == ["unknown_value"]


@pytest.mark.parametrize(
    ("outcome", "status", "action"),
    [("removed", "removed", "visibility_removed"), ("access_disabled", "restricted", "geo_blocked")],
)
@pytest.mark.django_db
def test_annex_two_records_receipt_and_measure_at_once(
    people: People, outcome: str, status: str, action: str
) -> None:
    [order] = make_orders(people)
    received = timezone.now() - HOUR
    annex = Feedback(order, outcome, received + 20 * MINUTE, "A. Clerk, Legal", received, "TG-77")
    assert record_feedback([annex], by=people.actor("coordinator")).moved == [order]
    found = one(order)
    assert (found.referral.status, found.referral.action) == (status, action)
    assert found.referral.decided_at == received + 20 * MINUTE
    assert found.state(timezone.now()) == "met"
    with acting_as(SYSTEM):
        details = Event.objects.filter(referral=order).latest("id").details
    assert details["signatory"] == "A. Clerk, Legal"
    assert details["provider_reference"] == "TG-77"


@pytest.mark.django_db
def test_annex_two_without_receipt_or_signature_says_so_and_changes_nothing(people: People) -> None:
    [order] = make_orders(people)
    at = timezone.now() - MINUTE
    unsigned = record_feedback([Feedback(order, "removed", at, " ", at)], by=SYSTEM)
    unreceived = record_feedback([Feedback(order, "removed", at, "A. Clerk")], by=SYSTEM)
    too_early = record_feedback([Feedback(order, "removed", at - HOUR, "A. Clerk", at)], by=SYSTEM)
    assert [why(unsigned), why(unreceived), why(too_early)] == [
        ["missing_fact"],
        ["missing_fact"],
        ["unknown_value"],
    ]
    assert "received" in unreceived.refused[0].message
    assert one(order).referral.status == "referred"


@pytest.mark.django_db
def test_what_is_done_after_the_hour_is_late(people: People) -> None:
    [order] = make_orders(people)
    received = timezone.now() - 90 * MINUTE
    record_receipts([Receipt(order, received)], by=SYSTEM)
    assert one(order).state(timezone.now()) == "overdue"
    record_feedback([Feedback(order, "removed", received + HOUR + MINUTE, "A. Clerk")], by=SYSTEM)
    assert one(order).state(timezone.now()) == "late"


@pytest.mark.parametrize("impediment", ["force_majeure", "manifest_errors"])
@pytest.mark.django_db
def test_an_impediment_stops_the_hour_until_it_ends(people: People, impediment: str) -> None:
    [order] = make_orders(people)
    at = timezone.now() - HOUR
    coordinator = people.actor("coordinator")
    annex = CannotComply(order, impediment, "Our data centre is flooded.", at)
    assert record_impediments([annex], by=coordinator).moved == [order]
    stopped = one(order)
    assert (stopped.referral.due_at, stopped.stopped_at, stopped.received_at) == (None, at, at)
    assert stopped.referral.status == "acknowledged"
    assert stopped.state(timezone.now()) == "stopped"
    assert why(record_impediments([annex], by=coordinator)) == ["already_stopped"]
    ends = at + 40 * MINUTE
    assert end_impediments([Receipt(order, ends)], by=people.actor("platform_contact")).moved == [order]
    assert one(order).referral.due_at == ends + HOUR
    assert why(end_impediments([Receipt(order, ends)], by=coordinator)) == ["not_allowed"]
    assert kinds(order)[-4:] == ["acknowledge", "receipt", "impediment", "impediment_ended"]


@pytest.mark.django_db
def test_insufficient_information_asks_and_the_answer_starts_the_hour(people: People) -> None:
    [order] = make_orders(people)
    at = timezone.now() - HOUR
    annex = CannotComply(order, "insufficient_information", "Which of the two posts?", at)
    assert record_impediments([annex], by=people.actor("platform_contact")).moved == [order]
    found = one(order)
    assert (found.referral.status, found.stopped_at) == ("information_requested", at)
    assert why(end_impediments([Receipt(order, timezone.now())], by=SYSTEM)) == ["not_allowed"]
    answered = at + 10 * MINUTE
    apply_to_all(
        "provide_information", [order], by=people.actor("officer"), at=answered, answer="The second."
    )
    assert one(order).referral.due_at == answered + HOUR


@pytest.mark.django_db
def test_an_impediment_told_after_the_hour_undoes_no_breach(people: People) -> None:
    [order] = make_orders(people)
    received = timezone.now() - 90 * MINUTE
    record_receipts([Receipt(order, received)], by=SYSTEM)
    late = CannotComply(order, "force_majeure", "Flooded.", timezone.now())
    assert record_impediments([late], by=SYSTEM).moved == [order]
    assert one(order).state(timezone.now()) == "overdue"
    with acting_as(SYSTEM):
        assert Event.objects.get(referral=order, kind="impediment").details["stops_the_hour"] is False


QUERIES = {"receipts": 20, "impediments": 11, "ended": 10, "feedback": 16}


@pytest.mark.parametrize("size", [1, 30])
@pytest.mark.django_db
def test_many_cost_as_many_statements_as_one(
    people: People, size: int, django_assert_num_queries: Any
) -> None:
    ids = make_orders(people, size)
    at = timezone.now() - HOUR
    with django_assert_num_queries(QUERIES["receipts"]):
        assert len(record_receipts([Receipt(each, at) for each in ids], by=SYSTEM).moved) == size
    with django_assert_num_queries(QUERIES["impediments"]):
        said = [CannotComply(each, "force_majeure", "Flooded.", at + MINUTE) for each in ids]
        assert len(record_impediments(said, by=SYSTEM).moved) == size
    with django_assert_num_queries(QUERIES["ended"]):
        ended = [Receipt(each, at + 2 * MINUTE) for each in ids]
        assert len(end_impediments(ended, by=SYSTEM).moved) == size
    with django_assert_num_queries(QUERIES["feedback"]):
        done = [Feedback(each, "removed", at + 3 * MINUTE, "A. Clerk") for each in ids]
        assert len(record_feedback(done, by=SYSTEM).moved) == size


@pytest.mark.django_db
def test_the_database_shows_an_order_to_whom_it_shows_the_referral(people: People) -> None:
    make_orders(people)
    draft = make_referrals(
        people.operation, people.agency, ["https://t.me/demo_draft"], instrument="removal_order"
    )
    write_orders(draft, TEXT, by=SYSTEM)
    for who, sees in (("officer", 2), ("other_officer", 2), ("platform_contact", 1), ("absent_officer", 0)):
        with acting_as(people.actor(who)), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM orders_removalorder")
            assert cursor.fetchone()[0] == sees, who
            assert Referral.objects.count() == sees
        with acting_as(people.actor(who)):
            shown = Event.objects.filter(kind="write_order").exists()
        assert shown == (who in ("officer", "other_officer")), who
