"""The preview page, asked for by the whole cast: who may look, who may confirm, discard and choose columns."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from takedowns.directory.asking import SYSTEM, asking_as
from takedowns.intake.models import Submission
from takedowns.intake.receive import Loading, receive
from tests.factories import number_of_rows
from tests.people import People
from tests.web.conftest import HANDED_IN, SignedIn
from tests.web.test_access import EVERYBODY, OWN_SUBMISSION, PREVIEW, SIGN_IN
from tests.web.test_query_counts import MOST_OF_ANY, OF_THE_TEST

#: Auditors and administrators read; they hand in nothing.
ACTS = OWN_SUBMISSION | {"auditor": 403, "administrator": 403, "officer": 302, "reviewer": 302}
STATEMENTS = 16


@pytest.fixture
def brought(people: People) -> UUID:
    """A list of the officer's agency that is not handed in yet."""
    received = receive(
        operation=people.operation, agency=people.agency, user=people.officer, source=Submission.Source.FILE,
        filename="lantern.csv", content=HANDED_IN.encode(), loading=Loading.PREVIEW,
    )  # fmt: skip
    return received.submission.pk


def _address(page: str, pk: UUID) -> str:
    return reverse(f"web:{page}", args=["RAD19", pk])


@pytest.mark.parametrize("person", EVERYBODY)
def test_the_preview_opens_for_its_own_agency(person: str, brought: UUID, signed_in: SignedIn) -> None:
    expected = OWN_SUBMISSION.get(person, SIGN_IN if person == "anonymous" else 403)
    response = signed_in(person).get(_address("preview", brought))
    assert response.status_code == expected
    if expected == 200:
        page = response.content.decode()
        assert "Not handed in yet." in page
        assert ("Hand in 9 rows" in page) == (person in ("officer", "reviewer"))
    assert number_of_rows("referrals_referral") == 0


@pytest.mark.parametrize("person", EVERYBODY)
@pytest.mark.parametrize("action", sorted(PREVIEW - {"preview"}))
def test_each_action_is_for_who_may_hand_in(
    action: str, person: str, brought: UUID, signed_in: SignedIn
) -> None:
    given = {"by_themselves": "1"} if action == "preview-columns" else {}
    response = signed_in(person).post(_address(action, brought), given)
    assert response.status_code == ACTS.get(person, SIGN_IN if person == "anonymous" else 403)
    acted = person in ("officer", "reviewer")
    assert number_of_rows("referrals_referral") == (4 if acted and action == "preview-confirm" else 0)
    assert number_of_rows("intake_submission") == (0 if acted and action == "preview-discard" else 1)
    if acted:
        assert signed_in(person).get(_address(action, brought)).status_code == 405


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
    assert "Not handed in yet" in listed


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
    assert "Hand in 2 rows" in right.content.decode()
    with asking_as(SYSTEM):
        chosen = Submission.objects.get().columns
    assert (chosen["url"], chosen["tier"]) == ("Gesehen bei", "Farbe")


def test_the_preview_runs_as_many_statements_as_pinned(brought: UUID, signed_in: SignedIn) -> None:
    client = signed_in("officer")
    client.get(_address("preview", brought))
    with CaptureQueriesContext(connection) as queries:
        client.get(_address("preview", brought))
    assert len(queries) <= MOST_OF_ANY + OF_THE_TEST
    assert len(queries) == STATEMENTS
