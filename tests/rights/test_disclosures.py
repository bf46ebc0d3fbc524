"""To whom data were given outside is recorded, seen by who answers for it, sealed, and told to the data subject."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.holds.services import place
from takedowns.ledger.exports import made_by
from takedowns.ledger.models import Entry
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.reference import reference_of
from takedowns.rights.disclosures import Covered, DisclosureError, Given, record
from takedowns.rights.models import Disclosure
from takedowns.rights.subject import about
from tests.clients import SignedIn
from tests.factories import make_referrals
from tests.people import People

pytestmark = pytest.mark.django_db
PAGE = "/retention/disclosures/"


def sent(**more: str) -> dict[str, str]:
    at = f"{timezone.localtime() - timedelta(hours=1):%Y-%m-%dT%H:%M}"
    base = {"recipient": "court", "name": "Court of X, 12/19", "reason": "Sec. 94, order of 3 Dec", "at": at}
    return base | more


def one_referral(people: People) -> UUID:
    [found] = make_referrals(people.operation, people.agency, ["https://t.me/demo_a/1"])
    return found


def test_a_coordinator_records_it_and_the_ledger_holds_it_without_names(
    people: People, signed_in: SignedIn
) -> None:
    referral = one_referral(people)
    client = signed_in("coordinator")
    reference = reference_of("RAD19", referral)
    page = client.get(f"{PAGE}?covers={reference}").content.decode()
    assert f'value="{reference}"' in page
    assert client.post(PAGE, sent(covers=reference, particulars="Pages 1 to 3.")).status_code == 302
    page = client.get(PAGE).content.decode()
    assert "Court of X, 12/19" in page
    assert reference in page
    auditor = signed_in("auditor")
    with CaptureQueriesContext(connection) as queries:
        assert auditor.get(PAGE).content.decode().count("Court of X") == 1
    assert len([one for one in queries if "SAVEPOINT" not in one["sql"]]) <= 15
    assert signed_in("officer").get(PAGE).status_code == 403
    with acting_as(SYSTEM):
        kept = Disclosure.objects.get()
        entry = Entry.objects.get(what="rights_disclosure", action="added")
    assert (kept.referral_id, kept.recorded_by_id) == (referral, people.coordinator.pk)
    assert entry.referral_id == referral
    assert "Court of X" not in str(entry.became)
    assert set(json.loads(entry.withheld or "")) == {"name", "particulars", "reason"}


def test_the_page_of_a_referral_tells_those_who_may_to_whom_it_was_given(
    people: People, signed_in: SignedIn
) -> None:
    referral = one_referral(people)
    [other] = make_referrals(people.operation, people.agency, ["https://t.me/demo_b/1"])
    client = signed_in("coordinator")
    page_of = [reverse("web:referral", args=["RAD19", one]) for one in (referral, other)]
    assert "No disclosure of it is recorded" in client.get(page_of[0]).content.decode()
    client.post(PAGE, sent(covers=reference_of("RAD19", referral)))
    client.post(PAGE, sent(covers="RAD19", name="Court of Y, the whole"))
    first, second = (client.get(one).content.decode() for one in page_of)
    assert "Court of X, 12/19" in first
    assert "Court of Y, the whole" in first
    assert "Court of X, 12/19" not in second
    assert "Court of Y, the whole" in second
    assert "Court of X, 12/19" in signed_in("auditor").get(page_of[0]).content.decode()
    told = signed_in("officer").get(page_of[0]).content.decode()
    assert "Court of" not in told
    assert "Given to others outside" not in told


def test_each_numbered_file_is_offered_until_it_is_recorded(people: People, signed_in: SignedIn) -> None:
    client = signed_in("auditor")
    with acting_as(people.actor("auditor")):
        mine = made_by("A")
        mine.kept("figures.pdf", b"x")
    with acting_as(people.actor("administrator")):
        made_by("B").kept("figures.pdf", b"y")
    page = client.get(PAGE).content.decode()
    assert page.count("figures.pdf") == 1
    assert f"?number={mine.number}#record" in page
    assert (
        f"{PAGE}?number={mine.number}#record"
        in client.get("/exports/", {"number": mine.number}).content.decode()
    )
    typed = mine.number.lower()  # as it is read out
    assert client.post(PAGE, sent(number=typed, recipient="defence")).status_code == 302
    assert "figures.pdf" not in client.get(PAGE).content.decode()
    with acting_as(SYSTEM):
        assert Disclosure.objects.get().number == mine.number


def test_the_number_of_a_proof_says_which_referral_it_is_about(people: People) -> None:
    referral = one_referral(people)
    with acting_as(people.actor("auditor")):
        made = made_by("A")
        made.kept("proof.zip", b"x", what="proof", key=str(referral))
    given = Given(None, made.number, "", "court", "Court", "Art. 1", timezone.now())
    assert record(given, by=people.actor("auditor")).referral_id == referral


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "Say what it was"),
        ({"covers": "RAD18"}, "no operation or referral of that reference"),
        ({"number": "E-0000-0000X"}, "no number of a file"),
        ({"number": "E-0000-00000"}, "No file of this number"),
        ({"covers": "RAD19", "at": "2099-01-01T10:00"}, "in the future"),
        ({"covers": "RAD19", "reason": ""}, "required"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_recorded(
    people: People, signed_in: SignedIn, more: dict[str, str], said: str
) -> None:
    answer = signed_in("coordinator").post(PAGE, sent(**more))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    with acting_as(SYSTEM):
        assert not Disclosure.objects.exists()


def test_an_operation_elsewhere_is_neither_recorded_nor_shown(people: People, signed_in: SignedIn) -> None:
    with acting_as(SYSTEM):
        other = Operation.objects.create(reference="RAD20", name="Other", starts="2020-07-02")
    given = Given(Covered(other), "", "", "court", "Court of Y", "Art. 2", timezone.now())
    with pytest.raises(DisclosureError, match="of yours"):
        record(given, by=people.actor("coordinator"))
    with pytest.raises(DisclosureError, match="recorded by"):
        record(given, by=people.actor("officer"))
    record(given, by=people.actor("administrator"))
    assert "Court of Y" not in signed_in("coordinator").get(PAGE).content.decode()
    assert "Court of Y" in signed_in("administrator").get(PAGE).content.decode()


def test_the_data_subject_learns_to_whom_it_went(people: People, signed_in: SignedIn) -> None:
    referral = one_referral(people)
    with acting_as(SYSTEM):
        whole = Referral.objects.select_related("operation").get(pk=referral)
    place(
        agency_id=people.agency.pk,
        by=people.actor("officer"),
        reason="Ada Lantern runs it.",
        item_id=whole.item_id,
        ends_at=timezone.now() + timedelta(days=7),
    )
    for covered, name in (
        (Covered(whole.operation, whole), "Court of X"),
        (Covered(whole.operation), "Europe"),
    ):
        record(
            Given(covered, "", "", "court", name, "Art. 1", timezone.now()), by=people.actor("coordinator")
        )
    told = about("Ada Lantern", by=people.actor("auditor")).plain()
    assert {one["name"] for one in told["disclosed"]} == {"Court of X", "Europe"}
    assert about("Somebody else", by=people.actor("auditor")).plain()["disclosed"] == []
    page = signed_in("auditor").post("/retention/data-report/", {"text": "Ada Lantern"}).content.decode()
    assert "Court of X" in page
    answer = signed_in("auditor").post("/retention/data-report/", {"text": "Ada Lantern", "as": "pdf"})
    assert answer.content.startswith(b"%PDF")
