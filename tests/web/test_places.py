"""The places of an operation: each page stands in one, each person is offered what they may open, another operation keeps the place."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from takedowns.referrals.models import Operation
from takedowns.web.places import PLACES, place_of
from takedowns.web.urls import urlpatterns
from tests.clients import SignedIn, Work
from tests.people import People
from tests.web import access

#: Pages without the head of an operation: for a wall, or parts and files.
WITHOUT_PLACES = re.compile(
    r"^(wall|wall-live|board-live|places-waiting|hand-in-template|submission-progress|bulk-long-progress|exchange-all|.*(-csv|-zip|-pdf|-json|-file|-picture|-report|-chart|-dictionary))$"
)
PERSONS = ("officer", "reviewer", "coordinator", "auditor", "administrator")


def test_each_page_of_an_operation_stands_in_one_place() -> None:
    told = access.pinned()
    shown = [
        str(one.name)
        for one in urlpatterns
        if str(one.pattern).startswith("operations/<")
        and "GET" in told.get(str(one.name), {})
        and "yes" in told[str(one.name)]["GET"].values()
    ]
    assert len(shown) > 40
    assert [one for one in shown if place_of(one) is None and not WITHOUT_PLACES.match(one)] == []
    everywhere = [
        name
        for place in PLACES
        for page in place.pages
        if not page.query
        for name in (page.name, *page.within)
    ]
    assert len(everywhere) == len(set(everywhere)), "a page stands in two places"


@pytest.mark.parametrize("person", PERSONS)
def test_whatever_the_places_offer_opens(work: Work, signed_in: SignedIn, person: str) -> None:
    client = signed_in(person)
    page = client.get(reverse("web:board", args=["RAD19"])).content.decode()
    menu = page[page.index('class="menu places-menu"') :]
    links = re.findall(r'<a href="(/operations/RAD19/[^"]*)"', menu[: menu.index("</details>")])
    assert len(links) == len(set(links)) >= 11
    for link in links:
        response = client.get(link.replace("&amp;", "&"))
        assert response.status_code == 200, (person, link)
        assert re.search(
            r'<nav class="tabs places".*?aria-current="(page|true)"', response.content.decode(), re.DOTALL
        )
    places = re.search(r'<nav class="tabs places".*?</nav>', page, re.DOTALL)
    assert places is not None
    assert len(re.findall("<li>", places[0])) == (7 if person in ("coordinator", "administrator") else 6)


def test_another_operation_keeps_the_place_and_only_what_one_sees_is_offered(
    people: People, signed_in: SignedIn
) -> None:
    for reference, agencies in (
        ("NEXT", [people.agency, people.other_agency]),
        ("ELSEWHERE", [people.absent_agency]),
    ):
        one = Operation.objects.create(
            reference=reference, name=reference.title(), starts=people.operation.starts
        )
        one.refresh_from_db()
        one.agencies.set(agencies)

    def offered(person: str, page: str) -> list[str]:
        shown = signed_in(person).get(reverse(f"web:{page}", args=["RAD19"])).content.decode()
        menu = re.search(r'<details class="menu switch">(.*?)</details>', shown, re.DOTALL)
        assert menu is not None
        return re.findall(r'href="([^"]+)"', menu[1])

    every = reverse("web:operations")
    assert offered("officer", "still-online") == [reverse("web:still-online", args=["NEXT"]), every]
    assert offered("reviewer", "review") == [reverse("web:review", args=["NEXT"]), every]
    # Who coordinates one operation need not coordinate the other: the place stays, not the page.
    assert offered("coordinator", "dispatch") == [reverse("web:orders", args=["NEXT"]), every]
    assert reverse("web:board", args=["ELSEWHERE"]) in offered("auditor", "board")


def test_what_waits_stands_beside_its_place_and_an_auditor_hands_nothing_in(
    work: Work, signed_in: SignedIn
) -> None:
    for person, waits in (("reviewer", {"referrals": str(len(work.referral_ids))}), ("auditor", {})):
        client = signed_in(person)
        page = client.get(reverse("web:board", args=["RAD19"])).content.decode()
        assert f'hx-get="{reverse("web:places-waiting", args=["RAD19"])}"' in page
        assert ("primary-action" in page) == (person == "reviewer"), person
        told = client.get(reverse("web:places-waiting", args=["RAD19"])).content.decode()
        found = re.findall(r'id="waits-(\w+)" hx-swap-oob="true"> <span class="badge">(\d+)<', told)
        assert dict(found) == waits, person
