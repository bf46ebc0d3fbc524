"""The preview page: what it tells, and confirming, discarding and choosing columns."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.intake.models import Submission
from takedowns.intake.receive import Loading, receive
from tests.clients import HANDED_IN, SignedIn
from tests.factories import number_of_rows, undone
from tests.people import People
from tests.web.test_query_counts import MOST_OF_ANY, OF_THE_TEST

STATEMENTS = 17


@pytest.fixture
def brought(people: People) -> UUID:
    """A list of the officer's agency that is not handed in yet."""
    received = receive(
        operation=people.operation,
        agency=people.agency,
        user=people.officer,
        source=Submission.Source.FILE,
        filename="lantern.csv",
        content=HANDED_IN.encode(),
        loading=Loading.PREVIEW,
    )
    return received.submission.pk


def _address(page: str, pk: UUID) -> str:
    return reverse(f"web:{page}", args=["RAD19", pk])


def test_it_is_said_not_to_be_handed_in_and_offered_to_those_who_may(
    brought: UUID, signed_in: SignedIn
) -> None:
    for person in ("officer", "reviewer", "auditor", "administrator"):
        page = signed_in(person).get(_address("preview", brought)).content.decode()
        assert "Not submitted yet." in page, person
        assert ("Submit 9 rows" in page) == (person in ("officer", "reviewer")), person
    assert number_of_rows("referrals_referral") == 0


def test_a_column_of_addresses_that_is_not_read_is_named_until_a_column_is_chosen(
    people: People, signed_in: SignedIn
) -> None:
    received = receive(
        operation=people.operation,
        agency=people.agency,
        user=people.officer,
        source=Submission.Source.FILE,
        filename="posts.csv",
        content=b"Account URL;Post URL\nhttps://t.me/demo_a;https://t.me/demo_a/1\n",
        loading=Loading.PREVIEW,
    )
    client, pk = signed_in("officer"), received.submission.pk
    page = client.get(_address("preview", pk)).content.decode()
    assert (
        "Addresses stand in the column Account URL, too, which is not read; the items are those of Post URL."
        in page
    )
    client.post(_address("preview-columns", pk), {"url": "Post URL"})
    assert "which is not read" not in client.get(_address("preview", pk)).content.decode()


@pytest.mark.parametrize("action", ["preview-confirm", "preview-discard", "preview-columns"])
def test_each_action_does_what_it_says_and_is_no_link(
    action: str, brought: UUID, signed_in: SignedIn
) -> None:
    for person in ("officer", "reviewer"):
        with undone():
            client, address = signed_in(person), _address(action, brought)
            assert client.post(address, {"by_themselves": "1"}).status_code == 302, person
            assert number_of_rows("referrals_referral") == (4 if action == "preview-confirm" else 0), person
            assert number_of_rows("intake_submission") == (0 if action == "preview-discard" else 1), person
            assert client.get(address).status_code == 405, person


def test_the_page_tells_what_handing_in_would_do(brought: UUID, signed_in: SignedIn) -> None:
    client = signed_in("reviewer")
    page = client.get(_address("submission", brought), follow=True).content.decode()
    for said in (
        "files.example.org",
        "Written without https://.",
        "not an address",
        "This is a spreadsheet formula",
    ):
        assert said in page
    listed = client.get(reverse("web:submissions", args=["RAD19"])).content.decode()
    assert "lantern.csv" in listed
    assert "Not submitted yet" in listed


def test_confirming_twice_hands_in_once(brought: UUID, signed_in: SignedIn) -> None:
    client = signed_in("officer")
    for _ in range(2):
        page = client.post(_address("preview-confirm", brought), follow=True).content.decode()
        assert "Row by row" in page
    assert "nothing was changed" in page
    assert number_of_rows("referrals_referral") == 4


def test_columns_are_chosen_on_the_page(people: People, signed_in: SignedIn) -> None:
    client = signed_in("officer")
    file = SimpleUploadedFile("seen.csv", b"Gesehen bei;Farbe\nt.me;2\nyoutube;3\n")
    brought = client.post(
        reverse("web:hand-in", args=["RAD19"]), {"file": file, "agency": people.agency.pk}, follow=True
    )
    assert "It cannot be read like this" in brought.content.decode()
    address = brought.redirect_chain[-1][0]
    wrong = client.post(f"{address}columns/", {"url": "Farbe", "tier": "Farbe"})
    assert wrong.status_code == 422
    assert "is chosen for Address (URL) already" in wrong.content.decode()
    right = client.post(f"{address}columns/", {"url": "Gesehen bei", "tier": "Farbe"}, follow=True)
    assert "Submit 2 rows" in right.content.decode()
    with acting_as(SYSTEM):
        chosen = Submission.objects.get().columns
    assert (chosen["url"], chosen["tier"]) == ("Gesehen bei", "Farbe")


def test_the_preview_runs_as_many_statements_as_pinned(brought: UUID, signed_in: SignedIn) -> None:
    client = signed_in("officer")
    client.get(_address("preview", brought))
    with CaptureQueriesContext(connection) as queries:
        client.get(_address("preview", brought))
    assert len(queries) <= MOST_OF_ANY + OF_THE_TEST
    assert len(queries) == STATEMENTS


def test_columns_without_a_header_are_called_by_their_number_in_the_language_of_the_page(
    people: People, signed_in: SignedIn
) -> None:
    received = receive(
        operation=people.operation,
        agency=people.agency,
        user=people.officer,
        source=Submission.Source.FILE,
        filename="bare.csv",
        content=b"https://t.me/demo_a/1;channel;seen at noon\nhttps://t.me/demo_a/2;channel;seen at one\n",
        loading=Loading.PREVIEW,
    )
    address = _address("preview", received.submission.pk)
    client = signed_in("officer")
    page = client.get(address, headers={"Accept-Language": "de"}).content.decode()
    assert '<option value="Column 1" selected>Spalte 1</option>' in page
    assert ">Column " not in page
