"""The list of referrals, one referral's page, and what of it is told to whom."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.models import PlatformHost
from takedowns.holds import services as holds
from takedowns.intake.models import Submission
from takedowns.intake.receive import receive
from takedowns.referrals.reference import reference_of
from takedowns.referrals.transitions import apply_to_all
from tests.clients import SignedIn, Work
from tests.factories import make_referrals
from tests.people import People

LIST = reverse("web:referrals", args=["RAD19"])
TELEGRAM = "https://t.me/demo_lantern/12"


def _references(page: str) -> list[str]:
    return re.findall(r"<code>(RAD19-[0-9A-Z]{4}-[0-9A-Z]{5})</code>", page)


def _text(client: Client, address: str, **query: str) -> str:
    return client.get(address, query).content.decode()


def _address(work: Work, url: str = TELEGRAM) -> str:
    return reverse("web:referral", args=["RAD19", work.referral(url).pk])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, 4),
        ({"platform": "youtube"}, 2),
        ({"platform": "telegram"}, 1),
        ({"status": "submitted"}, 4),
        ({"status": "in_review"}, 4),
        ({"status": "open"}, 0),
        ({"status": "removed"}, 0),
        ({"availability": "unknown"}, 4),
        ({"agency": "north"}, 4),
        ({"kind": "video"}, 2),
        ({"tier": "9"}, 4),
        ({"tier": "5"}, 0),
        ({"tier": "1"}, 0),
        ({"platform": "youtube", "kind": "video", "agency": "north"}, 2),
        ({"q": TELEGRAM}, 1),
        ({"q": "telegram.me/s/demo_lantern/12?single"}, 1),
        ({"q": "https://t.me/demo_lantern/13"}, 0),
    ],
)
def test_filters_narrow_the_list(
    work: Work, signed_in: SignedIn, query: dict[str, str], expected: int
) -> None:
    page = _text(signed_in("officer"), LIST, **query)
    assert len(_references(page)) == expected
    assert (f"{expected} referral" in page) or expected == 0


def test_a_reference_read_out_on_the_phone_finds_its_referral(work: Work, signed_in: SignedIn) -> None:
    referral = work.referral(TELEGRAM)
    reference = reference_of("RAD19", referral.pk)
    client = signed_in("officer")
    assert _references(_text(client, LIST, q=reference)) == [reference]
    assert _references(_text(client, LIST, q=f" {reference.lower()} ", platform="telegram")) == [reference]
    assert _references(_text(client, LIST, q=reference, platform="youtube")) == []
    other = _text(client, LIST, q=reference_of("OTHER", referral.pk))
    assert "This is a reference of OTHER" in other
    assert _references(other) == []


def test_an_address_on_a_declared_host_finds_its_item(people: People, signed_in: SignedIn) -> None:
    PlatformHost.objects.create(host="chat.example.org", platform_id="rocketchat", operator="Somebody")
    receive(
        operation=people.operation,
        agency=people.agency,
        user=people.officer,
        source=Submission.Source.PASTE,
        filename="",
        content=b"https://chat.example.org/channel/demo_quay",
    )
    page = _text(signed_in("officer"), LIST, q="chat.example.org/channel/demo_quay")
    assert len(_references(page)) == 1


def test_a_filter_that_means_nothing_is_said_and_left_out(work: Work, signed_in: SignedIn) -> None:
    page = _text(signed_in("officer"), LIST, platform="myspace")
    assert "Platform “myspace” is not known here" in page
    assert len(_references(page)) == 4


def test_an_address_that_is_no_item_finds_nothing_and_says_why(work: Work, signed_in: SignedIn) -> None:
    page = _text(signed_in("officer"), LIST, q="not an address")
    assert "This is not a web address." in page
    assert _references(page) == []


def test_a_place_that_cannot_be_read_is_the_beginning(work: Work, signed_in: SignedIn) -> None:
    page = _text(signed_in("officer"), LIST, after="x")
    assert "The place in the list could not be read" in page
    assert len(_references(page)) == 4


def test_following_the_links_walks_every_page_and_keeps_the_filter(
    people: People, signed_in: SignedIn
) -> None:
    urls = [f"https://t.me/demo_walk/{number}" for number in range(120)]
    make_referrals(
        people.operation, people.agency, [*urls, "https://x.com/demo_other"], submitted_by=people.officer
    )
    client = signed_in("officer")
    page, seen = _text(client, LIST, platform="telegram"), []
    while True:
        seen += _references(page)
        link = re.search(r'rel="next" href="([^"]+)"', page)
        if link is None:
            break
        page = client.get(LIST + link[1].replace("&amp;", "&")).content.decode()
    assert len(seen) == len(set(seen)) == 120
    back = []
    while True:
        back = _references(page) + back
        link = re.search(r'rel="prev" href="([^"]+)"', page)
        if link is None:
            break
        page = client.get(LIST + link[1].replace("&amp;", "&")).content.decode()
    assert back == seen


def test_an_address_in_the_list_leads_to_its_page_and_not_out(work: Work, signed_in: SignedIn) -> None:
    page = _text(signed_in("officer"), LIST)
    links = re.findall(r'href="([^"]+)"', page)
    assert _address(work) in links
    assert not [link for link in links if link.startswith("http")]
    assert '<span class="address">https://t.me/<strong>demo_lantern/12</strong></span>' in page


def test_the_page_shows_status_and_what_was_seen_side_by_side(work: Work, signed_in: SignedIn) -> None:
    page = _text(signed_in("officer"), _address(work))
    assert re.search(r"Status: our work.*?Submitted.*?Seen: what somebody saw.*?Not known", page, re.DOTALL)


def test_the_timeline_says_what_happened_from_where_to_where(work: Work, signed_in: SignedIn) -> None:
    referral = work.referral(TELEGRAM)
    reviewer = work.people.actor("reviewer")
    assert apply_to_all("approve", [referral.pk], by=reviewer, ground="Art. 5", exemptions_checked=True).moved
    page = _text(signed_in("officer"), _address(work))
    assert re.search(r"Reviewer, North Unit.*?Submitted.*?→.*?Approved", page, re.DOTALL)
    assert re.search(r"<time datetime=\"[^\"]+\+00:00\">[^<]+ CES?T</time>", page)


def test_a_person_of_another_agency_stays_behind_its_name(work: Work, signed_in: SignedIn) -> None:
    own = _text(signed_in("reviewer"), _address(work))
    other = _text(signed_in("other_officer"), _address(work))
    assert "Officer, North Unit" in own
    assert "Officer, North Unit" not in other
    assert "North Unit" in other


def test_the_spellings_of_ones_own_submissions_are_shown_with_why_they_are_one(
    work: Work, signed_in: SignedIn
) -> None:
    own = _text(signed_in("officer"), _address(work))
    assert "https://telegram.me/s/demo_lantern/12?single" in own
    assert "<code>demo_lantern/12</code>" in own
    other = _text(signed_in("other_officer"), _address(work))
    assert "telegram.me/s/" not in other
    assert "None in the submissions of your agency." in other


def test_another_agencys_hold_is_seen_to_exist_and_no_more(work: Work, signed_in: SignedIn) -> None:
    referral = work.referral(TELEGRAM)
    holds.place(
        agency_id=work.people.other_agency.pk,
        by=work.people.actor("other_officer"),
        reason="we are reading it",
        ends_at=timezone.now() + timedelta(days=1),
        item_id=referral.item_id,
    )
    page = _text(signed_in("officer"), _address(work))
    assert "On hold." in page
    assert "Another agency placed it" in page
    assert "we are reading it" not in page
    assert "South Unit" not in page
    assert "we are reading it" in _text(signed_in("other_officer"), _address(work))
    identified = signed_in("officer").post(reverse("web:identify"), {"url": TELEGRAM}).content.decode()
    assert "There is a hold on it" in identified
    assert "we are reading it" not in identified


def test_a_further_agency_that_found_it_is_named(work: Work, signed_in: SignedIn) -> None:
    receive(
        operation=work.people.operation,
        agency=work.people.other_agency,
        user=work.people.other_officer,
        source=Submission.Source.PASTE,
        filename="",
        content=b"https://telegram.dog/demo_lantern/12",
    )
    page = _text(signed_in("officer"), _address(work))
    assert re.search(r"Also submitted by</dt><dd>South Unit", page)


def test_rounds_lead_to_one_another(work: Work, signed_in: SignedIn) -> None:
    first = work.referral(TELEGRAM)
    people = work.people
    with acting_as(SYSTEM):
        apply_to_all("withdraw", [first.pk], by=SYSTEM, reason="test")
        again = make_next_round(work)
    page = _text(signed_in("officer"), _address_of(first.pk))
    assert _address_of(again) in page
    assert _address_of(first.pk) in _text(signed_in("officer"), _address_of(again))
    assert people.operation.reference == "RAD19"


def make_next_round(work: Work) -> object:
    """Open the next round of the item, as the intake does when it comes back."""
    from takedowns.referrals.models import Referral

    first = work.referral(TELEGRAM)
    return Referral.objects.create(
        item=first.item,
        operation=first.operation,
        agency=first.agency,
        platform_id="telegram",
        instrument="referral",
        tier=4,
        status="submitted",
        cell_id=first.cell_id,
        submitted_at=timezone.now(),
        round=2,
        previous=first,
    ).pk


def _address_of(referral_id: object) -> str:
    return reverse("web:referral", args=["RAD19", referral_id])


def test_a_referral_of_another_operation_is_not_found_under_this_one(work: Work, signed_in: SignedIn) -> None:
    address = reverse("web:referral", args=["OTHER", work.referral(TELEGRAM).pk])
    assert signed_in("officer").get(address).status_code == 404
