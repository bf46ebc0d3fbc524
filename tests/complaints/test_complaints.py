"""Complaints about what was done upon a referral: told, decided, and what follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.complaints.models import Complaint
from takedowns.complaints.services import Complained, Decided, decide_complaints, record_complaints
from takedowns.referrals.models import Event, Referral
from takedowns.referrals.transitions import apply_to_all
from tests.factories import make_referrals
from tests.people import People

PLATFORM = Actor(platforms=frozenset({"telegram"}))


@pytest.fixture
def removed(people: People) -> list[UUID]:
    """Two referrals that Telegram acted upon and one that it only has, all an hour old."""
    at = timezone.now() - timedelta(hours=1)
    ids = make_referrals(
        people.operation, people.agency, [f"https://t.me/demo_{one}" for one in range(3)], at=at
    )
    apply_to_all("approve", ids, by=SYSTEM, at=at, exemptions_checked=True)
    apply_to_all("refer", ids, by=SYSTEM, at=at)
    apply_to_all("remove", ids[:1], by=SYSTEM, at=at, action="visibility_removed")
    apply_to_all("restrict", ids[1:2], by=SYSTEM, at=at, action="visibility_age_restricted")
    return ids


def complain(ids: list[UUID], by: Actor = PLATFORM, **facts: str) -> list[UUID]:
    now = timezone.now()
    return record_complaints([Complained(one, now, **facts) for one in ids], by=by).complaints


def statuses(ids: list[UUID]) -> list[str]:
    with acting_as(SYSTEM):
        return [Referral.objects.get(pk=one).status for one in ids]


def kinds(one: UUID) -> list[str]:
    with acting_as(SYSTEM):
        return sorted(
            Event.objects.filter(
                referral=one, kind__in=["complaint", "complaint_decided", "reinstate"]
            ).values_list("kind", flat=True)
        )


def test_one_that_is_upheld_reinstates_and_one_that_is_dismissed_does_not(removed: list[UUID]) -> None:
    first, second = complain(removed[:2])
    now = timezone.now()
    done = decide_complaints(
        [Decided(first, "upheld", now, "A museum’s."), Decided(second, "dismissed", now)], by=PLATFORM
    )
    assert done.complaints == [first, second]
    assert statuses(removed) == ["reinstated", "restricted", "referred"]
    assert kinds(removed[0]) == ["complaint", "complaint_decided", "reinstate"]
    assert kinds(removed[1]) == ["complaint", "complaint_decided"]
    again = decide_complaints([Decided(first, "dismissed", now)], by=PLATFORM)
    assert [one.code for one in again.refused] == ["already_decided"]


def test_upheld_without_putting_back_leaves_the_referral(removed: list[UUID]) -> None:
    [one] = complain(removed[:1])
    decide_complaints([Decided(one, "upheld", timezone.now(), reinstates=False)], by=PLATFORM)
    assert statuses(removed[:1]) == ["removed"]


def test_the_same_reference_again_is_the_same_complaint_and_one_event(removed: list[UUID]) -> None:
    told = Complained(removed[0], timezone.now(), puid="c-1")
    first = record_complaints([told, told], by=PLATFORM).complaints
    assert first == record_complaints([told], by=PLATFORM).complaints * 2
    assert len({*complain(removed[:1]), *complain(removed[:1])}) == 2, "without a reference they are two"
    assert kinds(removed[0]) == ["complaint"] * 3


@pytest.mark.parametrize(
    "otherwise", [{"explanation": "Another."}, {"complainant": "other"}, {"received_at": -1}], ids=str
)
def test_the_same_reference_with_another_content_is_refused_and_not_dropped(
    removed: list[UUID], otherwise: dict[str, object]
) -> None:
    told = Complained(removed[0], timezone.now(), puid="c-1", explanation="One.")
    if "received_at" in otherwise:
        otherwise = {"received_at": told.received_at - timedelta(seconds=1)}
    other = replace(told, **otherwise)  # type: ignore[arg-type]
    done = record_complaints([told, other], by=PLATFORM)
    assert (len(done.complaints), [one.code for one in done.refused]) == (1, ["told_otherwise"])
    done = record_complaints([other, replace(told, referral_id=removed[1])], by=PLATFORM)
    assert (len(done.complaints), [one.code for one in done.refused]) == (1, ["told_otherwise"])
    assert kinds(removed[0]) == ["complaint"]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (lambda ids, now: Complained(ids[2], now), "not_allowed"),
        (lambda ids, now: Complained(ids[0], now + timedelta(hours=1)), "unknown_value"),
        (lambda ids, now: Complained(ids[0], now - timedelta(days=1)), "unknown_value"),
        (lambda ids, now: Complained(ids[0], now, "neighbour"), "unknown_value"),
        (lambda ids, now: Complained(UUID(int=1), now), "not_found"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(removed: list[UUID], told, code: str) -> None:  # type: ignore[no-untyped-def]
    done = record_complaints([told(removed, timezone.now())], by=PLATFORM)
    assert [one.code for one in done.refused] == [code]
    assert done.complaints == []
    assert kinds(removed[0]) == []


@pytest.mark.parametrize(
    ("person", "code"),
    [
        ("officer", "not_your_role"),
        ("reviewer", "not_your_role"),
        ("coordinator", None),
        ("absent_officer", "not_found"),
        ("platform_contact", None),
    ],
)
def test_who_may_tell_and_decide(people: People, removed: list[UUID], person: str, code: str | None) -> None:
    by = people.actor(person)
    done = record_complaints([Complained(removed[0], timezone.now())], by=by)
    assert [one.code for one in done.refused] == ([code] if code else [])
    [known] = complain(removed[1:2])
    decided = decide_complaints([Decided(known, "upheld", timezone.now())], by=by)
    assert [one.code for one in decided.refused] == ([code] if code else [])
    assert statuses(removed[1:2]) == ["restricted" if code else "reinstated"]


def test_another_platform_knows_nothing_of_it(removed: list[UUID]) -> None:
    [known] = complain(removed[:1])
    other = Actor(platforms=frozenset({"youtube"}))
    assert (
        decide_complaints([Decided(known, "upheld", timezone.now())], by=other).refused[0].code == "not_found"
    )
    with acting_as(other):
        assert not Complaint.objects.exists()
    with acting_as(PLATFORM):
        assert Complaint.objects.count() == 1


def test_many_are_as_many_statements_as_one(people: People) -> None:
    ids = make_referrals(people.operation, people.agency, [f"https://t.me/demo_{one}" for one in range(60)])
    for move, facts in (
        ("approve", {"exemptions_checked": True}),
        ("refer", {}),
        ("remove", {"action": "visibility_removed"}),
    ):
        apply_to_all(move, ids, by=SYSTEM, **facts)

    def statements(some: list[UUID]) -> int:
        with CaptureQueriesContext(connection) as queries:
            known = complain(some, by=SYSTEM)
            decide_complaints([Decided(one, "upheld", timezone.now()) for one in known], by=SYSTEM)
        return len(queries)

    assert statements(ids[:1]) == statements(ids[1:])
    assert set(statuses(ids)) == {"reinstated"}
