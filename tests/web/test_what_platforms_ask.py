"""What comes back before and after a platform's answer: its question, and its users' complaints."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.complaints.models import Complaint
from takedowns.complaints.services import Complained, record_complaints
from takedowns.referrals.models import Event, Referral
from takedowns.referrals.transitions import apply_to_all
from tests.clients import SignedIn
from tests.factories import make_referrals
from tests.people import People

QUESTION = "Which of the videos do you mean?"


@pytest.fixture
def sent(people: People) -> list[UUID]:
    """Two referrals that are with Telegram."""
    ids = make_referrals(people.operation, people.agency, ["https://t.me/demo_a", "https://t.me/demo_b"])
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", ids, by=SYSTEM)
    return ids


def said(response: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub("<[^>]+>", " ", response.content.decode())))


def page(name: str, *arguments: Any) -> str:
    return reverse(f"web:{name}", args=["RAD19", *arguments])


def now_local() -> str:
    return timezone.localtime().strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize("person", ["officer", "reviewer", "coordinator"])
def test_a_question_is_loud_and_is_answered_by_the_agency_or_the_coordinator(
    person: str, people: People, sent: list[UUID], signed_in: SignedIn
) -> None:
    client = signed_in(person)
    assert "waits" not in said(client.get(page("referral", sent[0])))
    apply_to_all("request_information", sent[:1], by=people.actor("platform_contact"), question=QUESTION)
    shown = client.get(page("referral", sent[0]))
    assert QUESTION in said(shown)
    assert page("information", sent[0]) in shown.content.decode()
    empty = client.post(page("information", sent[0]), {"answer": " "})
    assert (empty.status_code, "the platform waits for it" in said(empty)) == (422, True)
    answered = client.post(page("information", sent[0]), {"answer": "The first two."}, follow=True)
    assert "The platform has your answer." in said(answered)
    assert QUESTION in said(answered), "it stays in the history"
    with acting_as(SYSTEM):
        assert Referral.objects.get(pk=sent[0]).status == "acknowledged"
        assert Event.objects.filter(kind="provide_information").get().details["answer"] == "The first two."
    again = client.post(page("information", sent[0]), {"answer": "And another."})
    assert again.status_code == 422
    assert "waits for no answer" in said(again)


def test_another_agency_reads_the_question_and_cannot_answer_it(
    people: People, sent: list[UUID], signed_in: SignedIn
) -> None:
    apply_to_all("request_information", sent[:1], by=SYSTEM, question=QUESTION)
    client = signed_in("other_officer")
    shown = client.get(page("referral", sent[0]))
    assert QUESTION in said(shown)
    assert page("information", sent[0]) not in shown.content.decode()
    assert client.post(page("information", sent[0]), {"answer": "No."}).status_code == 403
    with acting_as(SYSTEM):
        assert Referral.objects.get(pk=sent[0]).status == "information_requested"


def test_a_complaint_is_recorded_decided_and_puts_the_item_back(
    people: People, sent: list[UUID], signed_in: SignedIn
) -> None:
    apply_to_all("remove", sent, by=SYSTEM, action="visibility_removed")
    client, place = signed_in("coordinator"), page("complain", sent[0])
    assert place in client.get(page("referral", sent[0])).content.decode()
    given = {
        "complainant": "content_provider",
        "received_at": now_local(),
        "explanation": "It was a film review.",
        "puid": "C-1",
    }
    for _ in range(2):  # told twice is one
        assert "The complaint is recorded." in said(client.post(place, given, follow=True))
    with acting_as(SYSTEM):
        told = Complaint.objects.get()
    decide = page("complaint-decide", sent[0], told.pk)
    unsaid = client.post(decide, {f"{told.pk}-at": now_local()})
    assert (unsaid.status_code, "Choose how the complaint was decided." in said(unsaid)) == (422, True)
    decision = {
        f"{told.pk}-verdict": "upheld",
        f"{told.pk}-at": now_local(),
        f"{told.pk}-reinstates": "on",
        f"{told.pk}-reason": "It is a review.",
    }
    done = said(client.post(decide, decision, follow=True))
    assert "The decision is recorded." in done
    assert "Upheld" in done
    with acting_as(SYSTEM):
        assert Referral.objects.get(pk=sent[0]).status == "reinstated"
    assert "decided already" in said(client.post(decide, decision))
    listed = said(signed_in("officer").get(page("complaints")))
    assert "It was a film review." not in listed
    assert re.search(r"1 Complaints 0 Undecided 1 Upheld 0 Dismissed", listed)


def test_one_that_is_upheld_where_the_item_stays_away_puts_nothing_back(
    people: People, sent: list[UUID], signed_in: SignedIn
) -> None:
    apply_to_all("remove", sent, by=SYSTEM, action="visibility_removed")
    [told] = record_complaints([Complained(sent[0], timezone.now())], by=SYSTEM).complaints
    signed_in("coordinator").post(
        page("complaint-decide", sent[0], told), {f"{told}-verdict": "upheld", f"{told}-at": now_local()}
    )
    with acting_as(SYSTEM):
        assert (Complaint.objects.get().verdict, Referral.objects.get(pk=sent[0]).status) == (
            "upheld",
            "removed",
        )


def test_what_was_typed_stays_where_a_complaint_is_refused(
    people: People, sent: list[UUID], signed_in: SignedIn
) -> None:
    apply_to_all("remove", sent, by=SYSTEM, action="visibility_removed")
    later = (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    answer = signed_in("coordinator").post(
        page("complain", sent[0]), {"complainant": "other", "received_at": later, "explanation": "Typed."}
    )
    assert answer.status_code == 422
    assert "lies ahead of now" in said(answer)
    assert "Typed." in said(answer)


def test_nothing_can_be_complained_about_that_was_not_acted_on(sent: list[UUID], signed_in: SignedIn) -> None:
    client = signed_in("coordinator")
    assert "nothing can be complained about" in said(client.get(page("complain", sent[0])))
    answer = client.post(page("complain", sent[0]), {"complainant": "other", "received_at": now_local()})
    assert answer.status_code == 422


def test_the_list_takes_as_many_statements_for_many_as_for_one(
    people: People, signed_in: SignedIn, django_assert_num_queries: Any
) -> None:
    client = signed_in("officer")
    client.get(page("complaints"))
    for count in (1, 5):
        ids = make_referrals(
            people.operation, people.agency, [f"https://t.me/demo_c{count}_{n}" for n in range(count)]
        )
        apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
        apply_to_all("refer", ids, by=SYSTEM)
        apply_to_all("remove", ids, by=SYSTEM, action="visibility_removed")
        record_complaints([Complained(one, timezone.now()) for one in ids], by=SYSTEM)
        with django_assert_num_queries(10):
            assert client.get(page("complaints")).status_code == 200
