"""Inviting several people at once, seeing who came in, and finding somebody among many."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.accounts.inviting_many import LinesError, invite_all, read
from takedowns.accounts.models import AccountEvent, Invitation
from tests.accounts.test_people import PASSWORD, PEOPLE, said
from tests.clients import SignedIn
from tests.people import People

INVITE = reverse("web:people-invite")
PASTED = """ann@example.org
Bob Brown <Bob@Example.org>
Cy Cole;cy@example.org
"Dee, D." <dee@example.org>

eve@example.org\tEve Early
"""


@pytest.fixture
def administrator(signed_in: SignedIn) -> Client:
    return signed_in("administrator")


def invite(client: Client, people: People, pasted: str = PASTED, **other: str) -> Any:
    sent = {"people": pasted, "role": "officer", "agency": str(people.agency.pk), **other}
    return client.post(INVITE, sent)


def test_five_pasted_addresses_become_five_invitations_with_their_links(
    administrator: Client, people: People, settings: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    page = invite(administrator, people).content.decode()
    links = re.findall(r'<code id="link-\d">http://testserver(/invitation/[\w-]+/)', page)
    assert len(set(links)) == 5
    with acting_as(SYSTEM):
        made = Invitation.objects.order_by("email")
        assert [(one.email, one.name) for one in made] == [
            ("ann@example.org", ""),
            ("bob@example.org", "Bob Brown"),
            ("cy@example.org", "Cy Cole"),
            ("dee@example.org", "Dee, D."),
            ("eve@example.org", "Eve Early"),
        ]
        assert {(one.role, one.agency_id) for one in made} == {("officer", people.agency.pk)}
        assert AccountEvent.objects.filter(kind="invited", by=people.administrator).count() == 5
    came = Client().post(links[1], {"name": "Bob B.", "password": PASSWORD})
    assert came.status_code == 302
    with acting_as(SYSTEM):
        Invitation.objects.filter(email="cy@example.org").update(
            expires_at=timezone.now() - timedelta(hours=1)
        )
    listed = said(administrator.get(PEOPLE))
    assert re.search(r"bob@example.org Officer, North Unit came in ", listed)
    assert re.search(r"ann@example.org Officer, North Unit not yet; the link works until ", listed)
    assert re.search(r"cy@example.org Officer, North Unit no; the link ended ", listed)


def test_where_there_is_mail_the_links_go_by_mail(
    administrator: Client, people: People, settings: Any
) -> None:
    settings.EMAIL_HOST = "mail.example.org"
    page = said(invite(administrator, people))
    assert "5 invitations went by mail." in page
    assert "/invitation/" not in page
    assert sorted(one.to[0] for one in mail.outbox)[:2] == ["ann@example.org", "bob@example.org"]


def test_each_line_that_is_wrong_is_said_and_nobody_is_invited(administrator: Client, people: People) -> None:
    pasted = f"ann@example.org\nnobody\nann@example.org\nbob at example.org\n{people.officer.email}"
    response = invite(administrator, people, pasted)
    assert response.status_code == 422
    page = said(response)
    assert "Line 2: “nobody” is no e-mail address." in page
    assert "Line 3: ann@example.org stands in line 1 already." in page
    assert "Line 4: “bob at example.org” is no e-mail address." in page
    assert "bob at example.org" in response.content.decode(), "nothing of what was pasted is lost"
    page = said(invite(administrator, people, f"zoe@example.org\n{people.officer.email}"))
    assert f"Line 2: {people.officer.email} has an account already" in page
    assert "belong to a platform" in said(invite(administrator, people, role="manager"))
    with acting_as(SYSTEM):
        assert not Invitation.objects.exists()


def test_a_mail_programs_line_of_several_is_read_and_the_newest_link_is_the_one_that_works(
    administrator: Client, people: People
) -> None:
    guests = read("Ann <ann@example.org>, bob@example.org; Cy Cole <cy@example.org>")
    assert [(one.email, one.name) for one in guests] == [
        ("ann@example.org", "Ann"),
        ("bob@example.org", ""),
        ("cy@example.org", "Cy Cole"),
    ]
    invite(administrator, people, "ann@example.org")
    invite(administrator, people, "ann@example.org")
    with acting_as(SYSTEM):
        states = [one.is_open for one in Invitation.objects.order_by("made_at")]
    assert states == [False, True]
    assert (
        said(administrator.get(PEOPLE)).count("ann@example.org")
        == said(administrator.get(PEOPLE)).count("not yet") * 3
    )
    with pytest.raises(LinesError, match="at most 200"):
        read("\n".join(f"p{number}@example.org" for number in range(201)))


def test_many_cost_as_many_statements_as_one(people: People) -> None:
    def statements(pasted: str) -> int:
        with CaptureQueriesContext(connection) as run:
            invite_all(read(pasted), "officer", agency=people.agency, by=people.actor("administrator"))
        return len(run)

    assert statements("a@example.org") == statements(
        "\n".join(f"p{number}@example.org" for number in range(50))
    )


def test_people_are_found_by_name_address_agency_and_role(administrator: Client, people: People) -> None:
    def found(words: str) -> set[str]:
        page = administrator.get(PEOPLE, {"q": words}).content.decode()
        return set(re.findall(r"<td>([\w]+)@example.org</td>", page))

    assert found("north rev") == {"reviewer"}
    assert found("OTHER_officer@") == {"other_officer"}
    assert found("telegram manager") == {"platform_manager"}
    assert found("nobody of that name") == set()
