"""How long a provider preserves what it took away on an order is known, can be made longer with a reason, and keeps what is about it here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import ProgrammingError
from django.urls import reverse
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access_log.models import Look
from takedowns.ledger.models import Entry
from takedowns.notices.models import Notice, What
from takedowns.orders.models import PRESERVED_UNTIL, Preservation, RemovalOrder
from takedowns.orders.preservation import Asked, PreservationError, extend, preserved_orders
from takedowns.referrals.models import Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.retention.services import forget
from takedowns.rights.pseudonyms import hindered
from takedowns.sending.dispatch import dispatch
from takedowns.webhooks.log import forget_old
from takedowns.webhooks.models import Delivery, Endpoint
from tests.clients import SignedIn
from tests.orders.test_orders_issuing import EMERGENCY, approved, make_authority
from tests.people import People
from tests.postgres.scratch import put_row

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def removed(people: People) -> UUID:
    """Return an order on which the platform removed the item, now."""
    make_authority(people)
    [one] = approved(people, "https://t.me/demo_order", text=EMERGENCY)
    dispatch(people.operation, by=SYSTEM)
    assert apply_to_all("remove", [one], by=SYSTEM, action="visibility_removed").moved == [one]
    return one


def set_removed_at(order: UUID, at: datetime) -> None:
    with acting_as(SYSTEM):
        Referral.objects.filter(pk=order).update(decided_at=at)


def until_of(order: UUID) -> datetime | None:
    with acting_as(SYSTEM):
        found = RemovalOrder.objects.all().annotate(preserved_until=PRESERVED_UNTIL).get(pk=order)
        until: datetime | None = found.preserved_until  # type: ignore[attr-defined]
    return until


def asked(order: UUID, until: datetime, reason: str = "Complaint 7/20 before the District Court") -> Asked:
    return Asked(order, until, "court", "District Court", reason, timezone.now())


def test_it_lasts_six_months_from_the_removal_and_not_where_nothing_was_taken_away(
    people: People, removed: UUID
) -> None:
    set_removed_at(removed, datetime(2026, 8, 31, 12, tzinfo=UTC))
    assert until_of(removed) == datetime(2027, 2, 28, 12, tzinfo=UTC)
    [open_one] = approved(people, "https://t.me/demo_open", text=EMERGENCY)
    assert until_of(open_one) is None
    apply_to_all("reinstate", [removed], by=SYSTEM, reason="Journalism.")
    assert until_of(removed) is None


def test_a_court_makes_it_longer_and_the_end_of_its_proceedings_shorter(
    people: People, removed: UUID
) -> None:
    ends = until_of(removed)
    assert ends is not None
    reviewer = people.actor("reviewer")
    extend(asked(removed, ends + 90 * DAY), by=reviewer)
    assert until_of(removed) == ends + 90 * DAY
    extend(asked(removed, ends + 10 * DAY, "Withdrawn."), by=people.actor("coordinator"))
    assert until_of(removed) == ends + 10 * DAY
    extend(asked(removed, timezone.now() + DAY, "Decided."), by=reviewer)
    assert until_of(removed) == ends, "six months are the least"


def test_what_changes_nothing_or_says_too_little_is_refused(people: People, removed: UUID) -> None:
    ends = until_of(removed)
    assert ends is not None
    reviewer = people.actor("reviewer")
    later = ends + DAY
    for wrong, said in (
        (asked(removed, ends - DAY), "anyway"),
        (asked(removed, later, " "), "proceedings"),
        (Asked(removed, later, "court", " ", "x", timezone.now()), "court or authority"),
        (Asked(removed, later, "court", "Court", "x", timezone.now() + DAY), "future"),
    ):
        with pytest.raises(PreservationError, match=said):
            extend(wrong, by=reviewer)
    for role in ("officer", "auditor", "absent_officer"):
        with pytest.raises(PreservationError, match="reviewers and coordinators"):
            extend(asked(removed, later), by=people.actor(role))
    set_removed_at(removed, timezone.now() - 200 * DAY)
    with pytest.raises(PreservationError, match="after that"):
        extend(asked(removed, later), by=reviewer)
    with acting_as(SYSTEM):
        assert not Preservation.objects.exists()


def test_each_request_is_an_entry_with_name_and_reason_beside_it_and_is_never_changed(
    people: People, removed: UUID
) -> None:
    ends = until_of(removed)
    assert ends is not None
    made = extend(asked(removed, ends + DAY), by=people.actor("reviewer"))
    with acting_as(SYSTEM):
        entry = Entry.objects.get(what="orders_preservation")
        assert (entry.key, entry.referral_id) == (str(made.pk), removed)
        assert "District" not in (entry.became or "")
        assert "Complaint 7/20" in (entry.withheld or "")
        with pytest.raises(ProgrammingError, match="permission denied"):
            Preservation.objects.update(reason="Other")


def test_what_is_about_the_order_stays_until_the_preservation_ends(people: People, removed: UUID) -> None:
    long_ago = timezone.now() - timedelta(days=3 * 365)
    with acting_as(SYSTEM):
        Notice.objects.all().delete()
        notice = Notice.objects.create(
            what=What.REMOVED,
            at=long_ago,
            told_at=long_ago,
            agency=people.agency,
            operation=people.operation,
            referral_id=removed,
            event_id=removed,
        )
        put_row(Endpoint, "default", platform_id="telegram", types=["referral.created"], numbered=0)
        put_row(
            Delivery,
            "default",
            endpoint=Endpoint.objects.get(),
            number=1,
            events=1,
            payload=b'{"instrument":"removal_order","id":"%s"}' % str(removed).encode(),
            ended_at=long_ago,
        )
    forget()
    forget_old()
    with acting_as(SYSTEM):
        assert Notice.objects.filter(pk=notice.pk).exists()
        assert Delivery.objects.exists()
    set_removed_at(removed, timezone.now() - 200 * DAY)
    forget()
    forget_old()
    with acting_as(SYSTEM):
        assert not Notice.objects.filter(pk=notice.pk).exists()
        assert not Delivery.objects.exists()


def test_who_worked_on_the_order_keeps_their_name_until_then(people: People, removed: UUID) -> None:
    coordinator = people.coordinator
    apply_to_all("reinstate", [removed], by=people.actor("coordinator"), reason="Journalism.")
    with acting_as(SYSTEM):
        coordinator.is_active = False
        coordinator.save()
    assert hindered(coordinator) == "", "nothing is preserved of what is back"
    right = "remove"
    done = apply_to_all(
        "correct_answer",
        [removed],
        by=SYSTEM,
        reason="It is gone.",
        right_answer=right,
        action="visibility_removed",
    )
    assert done.moved == [removed], done.refused
    assert until_of(removed) is not None
    assert "preservation" in hindered(coordinator)


def test_people_see_until_when_what_runs_out_soon_and_record_that_it_is_needed_longer(
    people: People, removed: UUID, signed_in: SignedIn
) -> None:
    set_removed_at(removed, timezone.now() - 170 * DAY)
    reviewer = signed_in("reviewer")
    start = reviewer.get(reverse("web:home")).content.decode()
    assert "Preserved content running out" in start
    listed = reviewer.get(reverse("web:orders-preserved"), {"only": "running-out"}).content.decode()
    order = reverse("web:order", args=["RAD19", removed])
    assert order in listed
    with acting_as(SYSTEM):
        assert Look.objects.get(view="web:orders-preserved").count == 1
    form = reverse("web:order-preservation", args=["RAD19", removed])
    assert form in reviewer.get(order).content.decode()
    until = timezone.localtime() + 300 * DAY
    given = {
        "until": f"{until:%Y-%m-%dT%H:%M}",
        "requester": "court",
        "name": "District Court",
        "reason": "Complaint 7/20",
        "at": f"{timezone.localtime():%Y-%m-%dT%H:%M}",
    }
    assert reviewer.post(form, {**given, "reason": ""}).status_code == 422
    assert reviewer.post(form, given).status_code == 302
    with acting_as(SYSTEM):
        assert Entry.objects.get(what="orders_preservation").person_id == people.reviewer.pk
    page = reviewer.get(order).content.decode()
    assert "Complaint 7/20" in page
    assert "District Court" in page
    assert (
        order not in reviewer.get(reverse("web:orders-preserved"), {"only": "running-out"}).content.decode()
    )
    assert order in reviewer.get(reverse("web:orders-preserved")).content.decode()
    assert "Preserved content running out" not in reviewer.get(reverse("web:home")).content.decode()
    assert signed_in("officer").post(form, given).status_code == 403


def test_others_are_told_of_no_preservation(people: People, removed: UUID) -> None:
    for name, seen in (("officer", [removed]), ("auditor", [removed]), ("absent_officer", [])):
        with acting_as(people.actor(name)) as actor:
            assert [one.order.pk for one in preserved_orders(actor, timezone.now())] == seen
