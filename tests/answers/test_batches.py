"""Answers that are brought at once: looked at, recorded once, taken back; the original kept byte for byte."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.answers import batches
from takedowns.answers.batches import BatchError, File, bring, change, confirm, discard, look, take_back
from takedowns.answers.models import Batch, BatchRow
from takedowns.answers.recording import Answer
from takedowns.answers.rows import Reading
from takedowns.referrals.models import Event, Referral
from takedowns.referrals.transitions import apply_to_all
from tests.factories import make_referrals
from tests.people import People

pytestmark = pytest.mark.django_db
FILE = (
    b"url;answer;comment\r\n"
    b"https://t.me/demo_0;gel\xf6scht;\r\n"
    b"https://t.me/demo_1;abgelehnt;kein Versto\xdf\r\n"
    b"https://t.me/demo_2;blocked;\r\n"
    b"https://t.me/demo_3;;\r\n"
)


@pytest.fixture
def referred(people: People) -> list[UUID]:
    ids = make_referrals(people.operation, people.agency, [f"https://t.me/demo_{one}" for one in range(4)])
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", ids, by=SYSTEM)
    return ids


def statuses(ids: list[UUID]) -> list[str]:
    with acting_as(SYSTEM):
        found = dict(Referral.objects.values_list("pk", "status"))
    return [found[one] for one in ids]


def brought(people: People, content: bytes = FILE, default: Answer | None = None) -> Batch:
    by = people.actor("coordinator")
    return bring(people.operation, default or Answer(), by=by, file=File("Antwort.csv", content))


def test_looking_records_nothing_and_says_what_would_be_recorded(
    people: People, referred: list[UUID]
) -> None:
    batch = brought(people)
    told = look(batch, by=people.actor("coordinator"))
    assert told.counts == {"recorded": 2, "not_understood": 1, "left_open": 1}
    assert told.unknown_words() == [("blocked", 1)]
    assert statuses(referred) == ["referred"] * 4
    with acting_as(SYSTEM):
        assert bytes(Batch.objects.get().content) == FILE
        assert not BatchRow.objects.exists()


def test_a_batch_is_recorded_once_however_often_it_is_confirmed(people: People, referred: list[UUID]) -> None:
    by = people.actor("coordinator")
    batch = brought(people)
    for _ in range(3):
        done = confirm(batch.pk, people.operation, by=by, expected=2)
        assert (done.state, done.counts) == ("recorded", {"recorded": 2, "not_understood": 1, "left_open": 1})
    assert statuses(referred) == ["removed", "declined", "referred", "referred"]
    with acting_as(SYSTEM):
        kinds = Counter(Event.objects.values_list("kind", flat=True))
        assert (kinds["remove"], kinds["decline"]) == (1, 1)
        rows = list(BatchRow.objects.values_list("number", "line", "outcome", "problem", "referral_id"))
    assert rows == [
        (1, 2, "recorded", "", referred[0]),
        (2, 3, "recorded", "", referred[1]),
        (3, 4, "not_understood", "not_understood", None),
        (4, 5, "left_open", "left_open", referred[3]),
    ]


def test_what_changed_meanwhile_is_looked_at_again(people: People, referred: list[UUID]) -> None:
    by = people.actor("coordinator")
    batch = brought(people)
    apply_to_all("remove", referred[:1], by=SYSTEM, action="account_terminated")
    with pytest.raises(BatchError, match="moved_on"):
        confirm(batch.pk, people.operation, by=by, expected=2)
    assert statuses(referred) == ["removed", "referred", "referred", "referred"]
    assert look(batch, by=by).counts == {"recorded": 1, "unchanged": 1, "not_understood": 1, "left_open": 1}


def test_a_person_says_how_it_is_read_before_it_is_recorded(people: People, referred: list[UUID]) -> None:
    by = people.actor("coordinator")
    batch = brought(people)
    batch = change(
        batch.pk,
        people.operation,
        by=by,
        reading=Reading({"answer": "answer"}, {"blocked": "restrict/geo_blocked"}),
    )
    assert look(batch, by=by).counts == {"recorded": 3, "left_open": 1}
    batch = change(
        batch.pk, people.operation, by=by, reading=Reading({"answer": "ignored", "comment": "ignored"})
    )
    assert look(batch, by=by).counts == {"not_understood": 4}, "no row says an answer, and none was chosen"
    batch = change(batch.pk, people.operation, by=by, default=Answer("report_unavailable"))
    confirm(batch.pk, people.operation, by=by, expected=4)
    assert statuses(referred) == ["unavailable"] * 4


def test_answers_recorded_by_mistake_are_taken_back_where_they_still_stand(
    people: People, referred: list[UUID]
) -> None:
    by = people.actor("coordinator")
    apply_to_all("acknowledge", referred[1:2], by=SYSTEM)
    batch = confirm(brought(people).pk, people.operation, by=by, expected=2)
    apply_to_all("reinstate", referred[:1], by=SYSTEM, reason="put back")
    assert batches.can_be_taken_back(batch, by=by) == 1
    batch = take_back(batch.pk, people.operation, by=by, reason="It was the list of another operation.")
    assert (batch.taken_back, batch.taken_back_reason) == (1, "It was the list of another operation.")
    assert statuses(referred) == ["reinstated", "acknowledged", "referred", "referred"]
    with pytest.raises(BatchError, match="nothing"):
        take_back(batch.pk, people.operation, by=by, reason="again")
    with pytest.raises(BatchError, match="reason"):
        take_back(batch.pk, people.operation, by=by, reason=" ")


def test_what_is_answered_otherwise_is_corrected_only_where_somebody_says_why(
    people: People, referred: list[UUID]
) -> None:
    by = people.actor("coordinator")
    apply_to_all("remove", referred, by=SYSTEM, action="visibility_removed")
    batch = brought(people)
    assert look(batch, by=by).counts == {"unchanged": 1, "differs": 1, "not_understood": 1, "left_open": 1}
    batch = change(batch.pk, people.operation, by=by, corrects="Two lists were mixed up.")
    assert look(batch, by=by).counts == {"unchanged": 1, "corrected": 1, "not_understood": 1, "left_open": 1}
    confirm(batch.pk, people.operation, by=by, expected=1)
    assert statuses(referred) == ["removed", "declined", "removed", "removed"]


@pytest.mark.parametrize(
    "who", ["officer", "reviewer", "auditor", "platform_contact", "stranger", "absent_officer"]
)
def test_answers_are_for_the_operations_coordinators(people: People, referred: list[UUID], who: str) -> None:
    by = people.actor(who)
    with pytest.raises(BatchError, match="not_your_role"):
        bring(people.operation, Answer(), by=by, pasted="https://t.me/demo_0")
    batch = brought(people)
    for does in (confirm, discard, take_back, change):
        more = {"confirm": {"expected": 2}, "take_back": {"reason": "r"}}.get(does.__name__, {})
        with pytest.raises(BatchError, match="not_your_role"):
            does(batch.pk, people.operation, by=by, **more)
    with acting_as(by):  # auditors see everything
        assert Batch.objects.exists() == (who == "auditor"), "the database says so too"
    with acting_as(people.actor("coordinator")):
        assert Batch.objects.exists()


def test_what_nobody_records_is_discarded(people: People, referred: list[UUID]) -> None:
    by = people.actor("coordinator")
    with pytest.raises(BatchError, match="nothing"):
        bring(people.operation, Answer(), by=by, pasted=" \n")
    kept, dropped = brought(people), brought(people)
    discard(dropped.pk, people.operation, by=by)
    with pytest.raises(BatchError, match="gone"):
        discard(dropped.pk, people.operation, by=by)
    with pytest.raises(BatchError, match="gone"):
        confirm(uuid4(), people.operation, by=by, expected=0)
    confirm(kept.pk, people.operation, by=by, expected=2)
    with pytest.raises(BatchError, match="recorded"):
        discard(kept.pk, people.operation, by=by)
    brought(people)
    assert batches.discard_abandoned() == 0
    assert batches.discard_abandoned(timezone.now() + timedelta(days=2)) == 1
    with acting_as(SYSTEM):
        assert [one.pk for one in Batch.objects.all()] == [kept.pk]


@pytest.mark.parametrize("size", [1, 40])
def test_a_batch_costs_as_many_statements_whatever_its_length(people: People, size: int) -> None:
    from django.test.utils import CaptureQueriesContext

    by = people.actor("coordinator")
    urls = [f"https://t.me/demo_{one}" for one in range(size)]
    ids = make_referrals(people.operation, people.agency, urls)
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", ids, by=SYSTEM)
    content = ("url,answer\n" + "".join(f"{url},removed\n" for url in urls)).encode()
    batch = brought(people, content)
    with CaptureQueriesContext(connection) as looking:
        look(batch, by=by)
    with CaptureQueriesContext(connection) as recording:
        confirm(batch.pk, people.operation, by=by, expected=size)
    with CaptureQueriesContext(connection) as going_back:
        take_back(batch.pk, people.operation, by=by, reason="r")
    assert (len(looking), len(recording), len(going_back)) == (16, 31, 28)
