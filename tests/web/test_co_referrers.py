"""Handing in what another operation has referred opens nothing of it: only that it is referred, and what became of it."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, reverse

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.keys import create
from takedowns.intake.models import Submission, SubmissionRow
from takedowns.intake.receive import Loading, receive
from takedowns.notices.building import build_notices
from takedowns.notices.models import Notice
from takedowns.referrals.models import Event, Operation, Referral
from takedowns.referrals.reference import reference_of
from takedowns.referrals.transitions import apply_to_all
from takedowns.web.urls import urlpatterns
from tests.api.conftest import Program
from tests.factories import wait_for_the_log
from tests.people import People, make_people

URL = "https://t.me/secretchan_3"
#: Words of the other operation; one of them on a page is a leak.
MARKED = (
    "SECRET1",
    "Quiet day",
    "Absent Unit",
    "Zorbamedia",
    "Kwaxgroup",
    "noteplim",
    "groundflub",
    "wherefrom",
)
HANDED_IN = f"url;outlet;listed_group;note;ground;tier\n{URL};Zorbamedia;Kwaxgroup;noteplim;groundflub;1\n"


@dataclass
class Joined:
    """Two operations, and the officer of the first, who handed in what the second had."""

    people: People
    secret: Operation
    referral_id: UUID
    submission: Submission

    def client(self, who: str) -> Client:
        client = Client()
        client.force_login(getattr(self.people, who))
        return client

    def answer(self, move: str, **facts: object) -> None:
        assert apply_to_all(move, [self.referral_id], by=SYSTEM, **facts).moved

    def tell(self) -> None:
        wait_for_the_log()
        build_notices()


@pytest.fixture
def joined(transactional_db: None) -> Joined:
    people = make_people()
    secret = Operation.objects.create(reference="SECRET1", name="Quiet day", starts=people.operation.starts)
    secret.refresh_from_db()
    secret.agencies.set([people.absent_agency])
    handed_in = {"source": Submission.Source.PASTE, "filename": "", "loading": Loading.HERE}
    receive(
        operation=secret,
        agency=people.absent_agency,
        user=people.absent_officer,
        content=HANDED_IN.encode(),
        **handed_in,  # type: ignore[arg-type]
    )
    received = receive(
        operation=people.operation,
        agency=people.agency,
        user=people.officer,
        content=URL.encode(),
        **handed_in,  # type: ignore[arg-type]
    )
    with acting_as(SYSTEM):
        referral_id = Referral.objects.get().pk
    return Joined(people, secret, referral_id, received.submission)


def shown(client: Client, path: str, **form: str) -> str:
    """Return the words of a page, and let no word of the other operation be among them."""
    response = client.post(path, form, follow=True) if form else client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    text = html.unescape(response.content.decode())
    assert [word for word in MARKED if word.lower() in text.lower()] == [], path
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def report_page(joined: Joined) -> str:
    return reverse("web:submission", args=["RAD19", joined.submission.pk])


def pages_of_a_referral() -> list[str]:
    """Return the names of all pages of one referral."""
    return [
        pattern.name
        for pattern in urlpatterns
        if isinstance(pattern, URLPattern)
        and {*pattern.pattern.converters} == {"reference", "referral_id"}
        and pattern.name
    ]


@pytest.mark.parametrize("who", ["officer", "reviewer", "other_officer", "coordinator"])
def test_no_page_of_the_referral_opens(joined: Joined, who: str) -> None:
    client = joined.client(who)
    assert {"referral", "leave", "evidence", "hold-referral"} <= {*pages_of_a_referral()}
    for name in pages_of_a_referral():
        for reference in ("SECRET1", "RAD19"):
            path = reverse(f"web:{name}", args=[reference, joined.referral_id])
            assert {client.get(path).status_code, client.post(path).status_code} <= {403, 404, 405}, path
    assert client.get(reverse("web:referral", args=["SECRET1", joined.referral_id])).status_code == 404
    assert client.get(reverse("web:referrals", args=["SECRET1"])).status_code == 404


def test_neither_the_list_nor_the_box_finds_it(joined: Joined) -> None:
    client = joined.client("officer")
    shown(client, reverse("web:referrals", args=["RAD19"]))
    for said in ("noteplim", "Zorbamedia", "Kwaxgroup", "secretchan", "@secretchan_3", URL):
        response = client.post(reverse("web:find"), {"q": said}, follow=True)
        page = html.unescape(response.content.decode()).replace(said, "")
        assert str(joined.referral_id) not in page, said
        assert [word for word in MARKED if word != said and word in page] == [], said
    reference = reference_of("SECRET1", joined.referral_id)
    page = client.post(reverse("web:find"), {"q": reference}, follow=True).content.decode()
    assert str(joined.referral_id) not in page
    assert "noteplim" not in page


def test_the_report_says_that_it_is_referred_and_what_became_of_it(joined: Joined) -> None:
    client = joined.client("officer")
    page = shown(client, report_page(joined))
    assert "Already submitted by another agency" in page
    assert "Now: Submitted" in page
    assert str(joined.referral_id) not in client.get(report_page(joined)).content.decode()

    joined.answer("approve", exemptions_checked=True, ground="groundflub")
    joined.answer("refer")
    joined.answer("remove", action="visibility_removed", note="wherefrom")

    assert "Now: Removed" in shown(client, report_page(joined))


def test_identifying_the_address_names_nobody(joined: Joined) -> None:
    page = shown(joined.client("officer"), reverse("web:identify"), url=URL)
    assert "Already referred by another agency" in page


def test_they_are_told_what_became_of_it_and_not_how(joined: Joined) -> None:
    joined.answer("approve", exemptions_checked=True, ground="groundflub")
    joined.answer("refer")
    joined.answer("request_information", question="wherefrom")
    joined.answer("provide_information", answer="wherefrom")
    joined.answer("remove", action="visibility_removed")
    joined.tell()

    with acting_as(joined.people.actor("officer")):
        [notice] = Notice.objects.all()
    assert notice.what == "removed"
    assert (notice.operation_id, notice.referral_id, notice.event_id, notice.actor_id) == (None,) * 4
    with acting_as(joined.people.actor("absent_officer")):
        assert sorted(Notice.objects.values_list("what", flat=True)) == ["question", "removed"]

    client = joined.client("officer")
    page = shown(client, reverse("web:news"))
    assert "Referred by others already" in page
    assert "secretchan_3" in page
    assert "Of another operation" in shown(client, reverse("web:news") + "?what=removed&others=1")


def test_the_database_shows_nothing_of_it_either(joined: Joined) -> None:
    with acting_as(joined.people.actor("officer")), connection.cursor() as cursor:
        assert Referral.objects.count() == Event.objects.count() == 0
        cursor.execute("SELECT count(*) FROM takedowns_found('noteplim', NULL, 10)")
        assert cursor.fetchone() == (0,)
        [row] = SubmissionRow.objects.filter(submission=joined.submission)
        assert row.referral_id is None


def test_the_api_tells_the_same(joined: Joined) -> None:
    north = Program(create(name="program", agency=joined.people.agency)[1])
    joined.answer("approve", exemptions_checked=True, ground="groundflub")
    joined.answer("refer")
    joined.answer("remove", action="visibility_removed")

    assert north.get(f"referrals/{joined.referral_id}").status_code == 404
    listed = [north.get(path) for path in ("referrals", "changes", f"identify?url={URL}")]
    [row] = north.get(f"submissions/{joined.submission.pk}/rows").json()["rows"]

    assert listed[0].json()["referrals"] == []
    for response in listed:
        assert [word for word in MARKED if word in response.content.decode()] == []
        assert str(joined.referral_id) not in response.content.decode()
    assert (row["outcome"], row["reason"], row["referral_id"]) == (
        "already_referred",
        "agency_not_named",
        None,
    )
    assert (row["status"], row["availability"]) == ("removed", "unknown")


def test_whoever_takes_part_in_the_other_operation_sees_it(joined: Joined) -> None:
    joined.secret.agencies.add(joined.people.agency)
    path = reverse("web:referral", args=["SECRET1", joined.referral_id])
    assert joined.client("officer").get(path).status_code == 200
