"""The page of what changed, and messages to everybody, as people use them over HTTP."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.models import User
from takedowns.holds.services import place, release
from takedowns.notices.models import Attention, Mail, Message, Scope, What
from takedowns.referrals.models import Referral
from takedowns.referrals.reference import reference_of
from takedowns.referrals.transitions import apply_to_all
from tests.clients import SignedIn
from tests.notices.conftest import day, referred, told  # noqa: F401 - a fixture
from tests.people import People
from tests.web.test_query_counts import MOST_OF_ANY, OF_THE_TEST

PAGE = "/what-changed/"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def shown(client: Client, address: str = PAGE) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def badge(text: str) -> str:
    found = re.search(r'class="badge">([^<]*)<', text)
    return found[1] if found else ""


def answered(people: People) -> list[UUID]:
    """Let the platforms answer three: two removals on two platforms, and a question."""
    ids = referred(
        people, "https://t.me/demo_lantern/1", "https://youtu.be/demoVIDEO01", "https://t.me/demo_lantern/2"
    )
    apply_to_all("remove", ids[:2], by=SYSTEM, action="visibility_removed")
    apply_to_all("request_information", ids[2:], by=SYSTEM, question="Which?")
    told()
    return ids


def test_an_officer_reads_what_changed_marks_it_and_is_told_only_what_comes_then(day: People) -> None:  # noqa: F811
    ids = answered(day)
    client = client_of(day.officer)
    text = shown(client)
    assert "You have not marked anything as read yet." in text
    assert (
        badge(text)
        == badge(shown(client, "/operations/"))
        == badge(shown(client, "/operations/RAD19/"))
        == "3"
    )
    for one in ids:
        assert reference_of("RAD19", one) in text
    upto = re.search(r'name="upto" value="(\d+)"', text)
    assert upto
    client.post("/what-changed/read/", {"upto": upto[1]})
    text = shown(client)
    assert "Nothing has changed that you have not read." in text
    assert badge(text) == badge(shown(client, "/operations/RAD19/")) == ""
    assert reference_of("RAD19", ids[0]) in shown(client, PAGE + "?read=1")
    apply_to_all("remove", ids[2:], by=SYSTEM, action="visibility_removed")
    told()
    text = shown(client)
    assert badge(text) == "1"
    assert reference_of("RAD19", ids[0]) not in text


def test_each_count_leads_to_exactly_what_it_counts(day: People) -> None:  # noqa: F811
    answered(day)
    client = client_of(day.officer)
    text = shown(client)
    links = re.findall(r'<a (?:class="number" )?href="(\?what=[^"#]*)#lines-heading">(\d+)<', text)
    assert len(links) == 5, "two kinds, and three platforms of them"
    for address, number in links:
        listed = shown(client, PAGE + address.replace("&amp;", "&"))
        assert len(re.findall(r"<td><span class=\"mark", listed)) == int(number), address


def test_lines_go_on_page_by_page_without_a_gap(day: People) -> None:  # noqa: F811
    ids = referred(day, *(f"https://t.me/demo_many/{number}" for number in range(120)))
    apply_to_all("remove", ids, by=SYSTEM, action="visibility_removed")
    told()
    client, address, found = client_of(day.officer), PAGE, list[str]()
    while address:
        text = shown(client, address)
        found += re.findall(r"<code>(RAD19-[^<]*)</code>", text)
        onward = re.search(r'<a class="button" rel="next" href="([^"#]*)#', text)
        address = PAGE + onward[1].replace("&amp;", "&") if onward else ""
    assert len(found) == 120
    assert set(found) == {reference_of("RAD19", one) for one in ids}
    assert badge(shown(client)) == "99+"


def test_a_hold_that_ended_is_told_without_a_referral(day: People) -> None:  # noqa: F811
    [one] = referred(day, "https://t.me/demo_lantern/1")
    with acting_as(SYSTEM):
        item = Referral.objects.get(pk=one).item_id
    hold = place(
        agency_id=day.agency.pk,
        by=day.actor("officer"),
        reason="Secret reason.",
        item_id=item,
        ends_at=timezone.now() + timedelta(days=1),
    )
    release(hold.pk, by=day.actor("reviewer"))
    told()
    text = shown(client_of(day.officer))
    assert "Hold ended" in text
    assert "demo_lantern" in text
    assert "Hold ended" not in shown(client_of(day.other_officer))


def test_choosing_the_agency_shows_what_colleagues_handed_in(day: People) -> None:  # noqa: F811
    [one, *_] = answered(day)
    client = client_of(day.reviewer)
    assert reference_of("RAD19", one) not in shown(client)
    response = client.post("/what-changed/choose/", {"scope": Scope.AGENCY, "mail": Mail.DAILY}, follow=True)
    text = response.content.decode()
    assert reference_of("RAD19", one) in text
    assert "Officer" in text, "who submitted it"
    with acting_as(SYSTEM):
        assert Attention.objects.get(pk=day.reviewer.pk).mail == Mail.DAILY


def test_a_choice_that_is_none_is_refused_with_the_reason(day: People) -> None:  # noqa: F811
    response = client_of(day.officer).post("/what-changed/choose/", {"scope": "all", "mail": "never"})
    assert response.status_code == 422
    assert "Nothing was changed." in response.content.decode()


@pytest.mark.parametrize(
    "query",
    ["?what=nonsense", "?operation=NOSUCH", "?platform=x", "?before=-1", "?before=²", "?before=" + "9" * 40],
)
def test_an_address_that_means_nothing_is_read_as_far_as_it_can(day: People, query: str) -> None:  # noqa: F811
    answered(day)
    assert "demo_lantern" in shown(client_of(day.officer), PAGE + query)


@pytest.mark.parametrize("upto", ["", "x", "-5", "²", "9" * 40])
def test_a_number_that_is_none_marks_nothing(day: People, upto: str) -> None:  # noqa: F811
    answered(day)
    client = client_of(day.officer)
    assert client.post("/what-changed/read/", {"upto": upto}).status_code == 302
    assert badge(shown(client)) == "3"


def test_ten_or_ten_thousand_changes_cost_the_same_few_statements(day: People) -> None:  # noqa: F811
    client = client_of(day.officer)
    counted = []
    for start in (0, 300):
        ids = referred(day, *(f"https://t.me/demo_many/{start + number}" for number in range(10 + start)))
        apply_to_all("remove", ids, by=SYSTEM, action="visibility_removed")
        told()
        address = f"{PAGE}?operation=RAD19&platform=telegram&what={What.REMOVED}"
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            shown(client, address)
        counted.append(len(queries))
    assert counted[0] == counted[1]
    assert counted[0] - OF_THE_TEST <= MOST_OF_ANY


# -- messages to everybody -----------------------------------------------------------------------


@pytest.mark.django_db
def test_a_message_stands_on_the_pages_of_its_operation_until_it_is_read(
    people: People, signed_in: SignedIn
) -> None:
    coordinator, officer, colleague = (signed_in(one) for one in ("coordinator", "officer", "reviewer"))
    told_how = coordinator.post(
        "/operations/RAD19/messages/", {"text": "Stop at six & go home."}, follow=True
    )
    assert "read by 0 of 4" in told_how.content.decode()
    for page in ("board", "referrals", "hand-in", "figures", "complaints"):
        text = shown(officer, reverse(f"web:{page}", args=["RAD19"]))
        assert "Stop at six &amp; go home." in text, page
    assert "Stop at six" not in shown(officer, "/operations/")
    assert "Stop at six" not in shown(officer, "/operations/RAD19/wall/"), (
        "a wall is read by whoever is in the room"
    )
    action = re.search(r'action="(/operations/RAD19/messages/[^"]*/read/)"', text)
    assert action
    back = officer.post(action[1], {"back": "/operations/RAD19/referrals/?status=removed"})
    assert back["Location"] == "/operations/RAD19/referrals/?status=removed"
    assert "Stop at six" not in shown(officer, "/operations/RAD19/referrals/")
    assert "Stop at six" in shown(colleague, "/operations/RAD19/referrals/")
    assert "read by 1 of 4" in shown(coordinator, "/operations/RAD19/messages/")
    assert "Stop at six" in shown(officer, "/operations/RAD19/messages/"), "it stays on record"
    assert "read by" not in shown(officer, "/operations/RAD19/messages/")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_going_back_leads_nowhere_else(people: People, signed_in: SignedIn, back: str) -> None:
    signed_in("coordinator").post("/operations/RAD19/messages/", {"text": "Stop at six."})
    with acting_as(SYSTEM):
        message = Message.objects.get()
    response = signed_in("officer").post(f"/operations/RAD19/messages/{message.pk}/read/", {"back": back})
    assert response["Location"] == "/operations/RAD19/"


@pytest.mark.django_db
def test_ending_a_message_takes_it_off_the_pages(people: People, signed_in: SignedIn) -> None:
    coordinator = signed_in("coordinator")
    coordinator.post("/operations/RAD19/messages/", {"text": "Stop at six."})
    with acting_as(SYSTEM):
        message = Message.objects.get()
    coordinator.post(f"/operations/RAD19/messages/{message.pk}/end/")
    assert "Stop at six" not in shown(signed_in("officer"), "/operations/RAD19/")
    assert "by Coordinator" in shown(coordinator, "/operations/RAD19/messages/")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "given", [{"text": ""}, {"text": "x" * 501}, {"text": "Late.", "ends_at": "2001-01-01T00:00"}]
)
def test_what_cannot_be_said_says_why_and_keeps_what_was_typed(
    people: People, signed_in: SignedIn, given: dict[str, Any]
) -> None:
    response = signed_in("coordinator").post("/operations/RAD19/messages/", given)
    assert response.status_code == 422
    assert "Nothing was said." in response.content.decode()
    assert given["text"] in response.content.decode()
    with acting_as(SYSTEM):
        assert not Message.objects.exists()
