"""Who looked, on the pages: of one referral for its agency's coordinator, of anything for auditors, of oneself for everybody."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access_log.models import Look
from takedowns.directory.models import Membership
from takedowns.ledger.models import Entry
from takedowns.oversight.queries import page_of, volumes
from takedowns.referrals.reference import reference_of
from tests.clients import SignedIn, Work
from tests.people import People
from tests.web.test_query_counts import MOST_OF_ANY, OF_THE_TEST


@pytest.fixture
def opened(work: Work, signed_in: SignedIn) -> str:
    """Let the officer and a colleague of another agency open a referral; return the address of its page."""
    address = reverse("web:referral", args=["RAD19", work.referral_ids[0]])
    for person in ("officer", "other_officer"):
        assert signed_in(person).get(address).status_code == 200
    return address


def _text(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.rpartition("<main")[2]).split())


def test_the_coordinator_of_its_agency_sees_who_looked_and_nobody_elses(
    work: Work, signed_in: SignedIn, opened: str
) -> None:
    address = opened + "looked/"
    assert signed_in("coordinator").get(address).status_code == 403  # of another agency
    assert signed_in("officer").get(address).status_code == 403
    assert signed_in("absent_officer").get(address).status_code == 404
    with acting_as(SYSTEM):
        Membership.objects.create(user=work.people.reviewer, agency=work.people.agency, role="coordinator")
    shown = signed_in("reviewer").get(address)
    told = _text(shown.content.decode())
    assert shown.status_code == 200
    assert "other_officer@example.org" in told
    assert "officer@example.org North Unit, Officer" in told
    assert 'looked/"' in signed_in("reviewer").get(opened).content.decode()
    assert 'looked/"' not in signed_in("officer").get(opened).content.decode()


def test_everybody_sees_what_is_recorded_of_them_and_of_nobody_else(
    work: Work, signed_in: SignedIn, opened: str
) -> None:
    told = _text(signed_in("officer").get("/my-record/").content.decode())
    assert reference_of("RAD19", work.referral_ids[0]) in told
    assert "other" not in told.replace("another", "")
    told = _text(signed_in("stranger").get("/my-record/").content.decode())
    assert "Nobody, as far as is recorded." in told
    assert 'href="/my-record/"' in signed_in("officer").get("/").content.decode()


def test_an_auditor_finds_by_person_by_referral_and_by_file(
    work: Work, signed_in: SignedIn, opened: str
) -> None:
    b"".join(signed_in("officer").get("/operations/RAD19/referrals/list.csv"))  # type: ignore[arg-type]
    auditor = signed_in("auditor")
    reference = reference_of("RAD19", work.referral_ids[0])
    found = {
        query: re.findall(
            r'<th scope="row" class="name">([\w ]+)<br>',
            _latest(auditor.get("/who-looked/" + query).content.decode()),
        )
        for query in (
            "?person=other_off",
            f"?referral={reference}",
            "?only_files=on",
            "?what=search",
            "?operation=rad19",
        )
    }
    assert found == {
        "?person=other_off": ["Other Officer"],
        f"?referral={reference}": ["Other Officer", "Officer"],
        "?only_files=on": ["Officer"],
        "?what=search": [],
        "?operation=rad19": ["Officer", "Other Officer", "Officer"],
    }
    assert auditor.get("/who-looked/", {"referral": "RAD19-0000-00000"}).status_code == 422
    for person in ("officer", "coordinator", "platform_contact"):
        assert signed_in(person).get("/who-looked/").status_code == 403


def _latest(page: str) -> str:
    return page.partition("As CSV")[2]


def test_what_the_auditor_looks_at_is_recorded_too(work: Work, signed_in: SignedIn, opened: str) -> None:
    signed_in("auditor").get("/who-looked/")
    told = _text(_latest(signed_in("administrator").get("/who-looked/?person=auditor").content.decode()))
    assert "auditor@example.org" in told
    assert "who looked" in told


def test_the_file_holds_what_the_page_lists_and_the_ledger_knows_it(
    work: Work, signed_in: SignedIn, opened: str
) -> None:
    response = signed_in("auditor").get("/who-looked/list.csv?person=other_off")
    [row] = csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")))
    assert (row["email"], row["what"], row["reference"]) == (
        "other_officer@example.org",
        "referral",
        reference_of("RAD19", work.referral_ids[0]),
    )
    with acting_as(SYSTEM):
        assert Entry.objects.get(number=response["Ledger-Entry"]).key == "who-looked.csv"
        assert Look.objects.get(view="web:looks-file").entry == int(response["Ledger-Entry"])
    assert signed_in("auditor").get("/who-looked/list.csv?since=never").status_code == 422


def test_an_auditor_finds_out_whether_a_text_was_searched_for(work: Work, signed_in: SignedIn) -> None:
    signed_in("officer").get("/find/", {"q": "Jane Doe"})
    auditor = signed_in("auditor")
    told = _text(auditor.post("/who-looked/", {"words": "jane  doe"}).content.decode())
    assert "officer@example.org" in told.partition("Searches for that text")[2]
    told = _text(auditor.post("/who-looked/", {"words": "John Doe"}).content.decode())
    assert "Nobody, as far as is recorded." in told
    assert auditor.post("/who-looked/", {"words": ""}).status_code == 422


def test_volume_counts_what_is_of_other_agencies_and_what_is_usual(people: People, work: Work) -> None:
    now = timezone.now()
    with acting_as(SYSTEM):
        for person, agency in ((people.officer, people.agency), (people.other_officer, people.other_agency)):
            for referral_id in work.referral_ids:
                for days, times in ((0, 20), (3, 14)):
                    Look.objects.bulk_create(
                        Look(
                            person_id=person.pk,
                            agency_id=agency.pk,
                            roles="officer",
                            origin="",
                            view="web:referral",
                            what="referral",
                            referral_id=referral_id,
                            at=now - timedelta(days=days),
                        )
                        for _ in range(times)
                    )
        first, second = volumes(24, now)
    number = len(work.referral_ids)
    assert (first.email, first.looks, first.referrals, first.others) == (
        "other_officer@example.org",
        20 * number,
        number,
        number,
    )
    assert (second.email, second.others) == ("officer@example.org", 0)
    assert first.usual == pytest.approx(14 * number / 28)
    assert first.is_unusual


def test_older_looks_are_on_the_next_page_each_once(people: People) -> None:
    now = timezone.now()
    with acting_as(SYSTEM):
        Look.objects.bulk_create(
            Look(
                person_id=people.officer.pk,
                roles="",
                origin="",
                view=str(n),
                what="figures",
                at=now - timedelta(seconds=n // 3),
            )
            for n in range(25)
        )
        seen, before = [], ""
        while True:
            page = page_of(Look.objects.all(), before, size=4)
            seen += [line.look.view for line in page.lines]
            if not (before := page.older):
                break
    assert sorted(seen, key=int) == [str(n) for n in range(25)]
    assert [int(one) // 3 for one in seen] == sorted(int(one) // 3 for one in seen)


def test_more_looks_do_not_mean_more_statements(work: Work, signed_in: SignedIn, opened: str) -> None:
    addresses = {"auditor": "/who-looked/", "officer": "/my-record/", "administrator": opened + "looked/"}
    counts: list[dict[str, int]] = []
    for _ in range(2):
        counted = {}
        for person, address in addresses.items():
            client = signed_in(person)
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            counted[address] = len(queries)
        counts.append(counted)
        for person in ("reviewer", "other_officer"):
            for referral_id in work.referral_ids:
                signed_in(person).get(reverse("web:referral", args=["RAD19", referral_id]))
    assert counts[0] == counts[1]
    assert max(counts[0].values()) - OF_THE_TEST <= MOST_OF_ANY
