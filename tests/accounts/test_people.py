"""Invitations, roles, and the record of accounts: an administrator's pages."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access.roles import Role
from takedowns.accounts.models import AccountEvent, AccountRequest, Invitation
from takedowns.directory.models import Agency, Membership, User
from tests.accounts.test_signing_in import give_factor
from tests.clients import SignedIn
from tests.people import People

PEOPLE = reverse("web:people")
NEW = {"email": "New@Example.org", "name": "N. New", "role": "reviewer"}
PASSWORD = "horse battery staple correct"


@pytest.fixture
def administrator(signed_in: SignedIn) -> Client:
    return signed_in("administrator")


def said(response: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub("<[^>]+>", " ", response.content.decode())))


def invite(client: Client, people: People, **other: str) -> Any:
    return client.post(PEOPLE, {**NEW, "agency": str(people.agency.pk), **other})


def link_in(text: str) -> str:
    found = re.search(r"http://testserver(/invitation/[\w-]+/)", text)
    assert found
    return found[1]


def kinds() -> list[str]:
    with acting_as(SYSTEM):
        return list(AccountEvent.objects.order_by("id").values_list("kind", flat=True))


def test_an_invitation_makes_the_account_once_and_leads_to_the_second_factor(
    administrator: Client, people: People, settings: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = False  # the administrator's own
    page = invite(administrator, people)
    assert "no mail went out" in said(page)
    link = link_in(page.content.decode())
    assert link not in administrator.get(PEOPLE).content.decode(), "it is shown once"
    settings.REQUIRE_SECOND_FACTOR = True
    client = Client()
    assert "is invited as Reviewer of North Unit" in said(client.get(link))
    assert "too short" in said(client.post(link, {"name": "N. New", "password": "short"}))
    assert client.post(link, {"name": "N. New", "password": PASSWORD})["Location"] == reverse("mfa_index")
    assert client.get(reverse("web:operations"))["Location"] == reverse("mfa_index")
    user = User.objects.get(email="new@example.org")
    assert list(user.memberships.values_list("role", "agency")) == [("reviewer", people.agency.pk)]
    assert Client().get(link).status_code == 410
    assert "invited" in kinds()
    assert "invitation_accepted" in kinds()


def test_it_goes_by_mail_where_there_is_a_server(
    administrator: Client, people: People, settings: Any
) -> None:
    settings.EMAIL_HOST = "mail.example"
    response = invite(administrator, people)
    assert response.status_code == 302
    assert mail.outbox[0].to == ["new@example.org"]
    assert Client().get(link_in(str(mail.outbox[0].body))).status_code == 200


def test_revoked_ended_and_superseded_links_do_not_work(administrator: Client, people: People) -> None:
    first = link_in(invite(administrator, people).content.decode())
    second = link_in(invite(administrator, people).content.decode())
    assert Client().get(first).status_code == 410, "the newest is the one that works"
    with acting_as(SYSTEM):
        made = Invitation.objects.get(revoked_at=None)
    administrator.post(reverse("web:invitation-revoke", args=[made.pk]))
    assert Client().get(second).status_code == 410
    third = link_in(invite(administrator, people).content.decode())
    with acting_as(SYSTEM):
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    response = Client().post(third, {"name": "N.", "password": PASSWORD})
    assert response.status_code == 410
    assert not User.objects.filter(email="new@example.org").exists()


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"email": "nonsense"}, "valid email"),
        ({"email": "officer@example.org"}, "has an account already"),
        ({"role": "platform"}, "Responders and managers belong to a platform"),
        ({"agency": ""}, "every other role to an agency"),
        ({"agency": "", "platform": "telegram"}, "every other role to an agency"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    administrator: Client, people: People, other: dict[str, str], sentence: str
) -> None:
    response = invite(administrator, people, **other)
    assert response.status_code == 422
    assert sentence in said(response)
    assert 'value="N. New"' in response.content.decode()
    with acting_as(SYSTEM):
        assert not Invitation.objects.exists()


def test_roles_are_given_and_taken_and_kept_in_the_record(administrator: Client, people: People) -> None:
    page = reverse("web:person", args=[people.officer.pk])
    administrator.post(page, {"do": "give", "role": "coordinator", "agency": str(people.agency.pk)})
    held = Membership.objects.get(user=people.officer, role=Role.COORDINATOR)
    assert "Coordinator, North Unit" in said(administrator.get(page))
    administrator.post(page, {"do": "take", "membership": str(held.pk)})
    assert not Membership.objects.filter(pk=held.pk).exists()
    log = said(administrator.get(reverse("web:people-log")))
    assert re.search("Role given: coordinator, North Unit officer@example.org Administrator", log)
    assert "Role removed" in log


def test_the_last_administrator_stays_and_nobody_locks_themselves_out(
    administrator: Client, people: People
) -> None:
    page = reverse("web:person", args=[people.administrator.pk])
    held = people.administrator.memberships.get()
    response = administrator.post(page, {"do": "take", "membership": str(held.pk)}, follow=True)
    assert "This is the last administrator." in said(response)
    assert "This is your own account" in said(administrator.post(page, {"do": "off"}, follow=True))
    assert "These are your own" in said(administrator.post(page, {"do": "clear"}, follow=True))
    people.administrator.refresh_from_db()
    assert people.administrator.is_active


def test_switching_off_ends_sessions_and_clearing_factors_lets_one_begin_anew(
    administrator: Client, signed_in: SignedIn, people: People
) -> None:
    give_factor(people.officer)
    officer, page = signed_in("officer"), reverse("web:person", args=[people.officer.pk])
    assert officer.get(reverse("web:operations")).status_code == 200
    administrator.post(page, {"do": "clear"})
    assert not people.officer.authenticator_set.exists()
    assert officer.get(reverse("web:operations")).status_code == 302
    officer = signed_in("officer")
    administrator.post(page, {"do": "off"})
    assert officer.get(reverse("web:operations")).status_code == 302
    administrator.post(page, {"do": "on"})
    assert signed_in("officer").get(reverse("web:operations")).status_code == 200
    assert [kind for kind in kinds() if kind.startswith(("switched", "factors"))] == [
        "factors_cleared",
        "switched_off",
        "switched_on",
    ]


def test_the_first_administrator_is_invited_from_the_command_line(people: People, db: None) -> None:
    told = StringIO()
    with pytest.raises(CommandError, match="no agency"):
        call_command("invite", "first@example.org", "--agency", "nowhere")
    call_command(
        "invite", "first@example.org", "--agency", "new-unit", "--agency-name", "New Unit", stdout=told
    )
    path = told.getvalue().strip().removeprefix("http://127.0.0.1:8000")
    Client().post(path, {"name": "First", "password": PASSWORD})
    assert Membership.objects.get(user__email="first@example.org").role == Role.ADMINISTRATOR
    assert Agency.objects.get(slug="new-unit").name == "New Unit"


def test_an_open_invitation_is_made_anew_by_its_button(administrator: Client, people: People) -> None:
    first = link_in(invite(administrator, people).content.decode())
    page = administrator.get(PEOPLE).content.decode()
    form = re.search(r"(<form(?:(?!</form>).)*Invite again.*?</form>)", page, re.DOTALL)
    assert form
    sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[1]))
    second = link_in(administrator.post(PEOPLE, sent).content.decode())
    assert Client().get(first).status_code == 410
    assert "is invited as Reviewer of North Unit" in said(Client().get(second))


def test_a_link_for_a_new_password_is_handed_over_where_no_mail_goes(
    administrator: Client, people: People
) -> None:
    assert "This installation sends no mail" in said(Client().get(reverse("account_reset_password")))
    give_factor(people.officer)
    page = reverse("web:person", args=[people.officer.pk])
    made = administrator.post(page, {"do": "password"})
    assert made["Cache-Control"] == "no-store, private"
    link = re.search(r"http://testserver(/account/password/reset/key/[^\s<]+)", made.content.decode())
    assert link
    client = Client()
    where = client.get(link[1], follow=True).redirect_chain[-1][0]
    assert client.post(where, {"password1": PASSWORD, "password2": PASSWORD}).status_code == 302
    people.officer.refresh_from_db()
    assert people.officer.check_password(PASSWORD)
    assert people.officer.authenticator_set.count() == 2, "the second factor stays"
    assert "password1" not in Client().get(link[1], follow=True).content.decode(), "it works once"
    assert kinds()[-2:] == ["password_link", "password_reset"]
    own = reverse("web:person", args=[people.administrator.pk])
    assert "your own account" in said(administrator.post(own, {"do": "password"}, follow=True))


@pytest.mark.parametrize(
    ("page", "statements"), [("people", 15), ("person", 15), ("people-log", 10), ("people-requests", 13)]
)
def test_a_page_asks_a_fixed_number_of_statements(
    page: str, statements: int, administrator: Client, people: People, django_assert_num_queries: Any
) -> None:
    address = reverse(f"web:{page}", args=[people.officer.pk] if page == "person" else [])
    administrator.get(address)  # the first visit also writes that the session is used
    for number in range(2):
        User.objects.create_user(f"more{number}@example.org").memberships.create(
            agency=people.agency, role=Role.REVIEWER
        )
        with acting_as(SYSTEM):
            AccountEvent.objects.create(kind="invited", email=people.officer.email, by=people.administrator)
            for outcome in ("waits", "refused"):
                AccountRequest.objects.create(
                    kind="invitation",
                    asked_by=people.administrator,
                    expires_at=timezone.now() + timedelta(hours=number + 1),
                    outcome=outcome,
                )
        with django_assert_num_queries(statements):
            administrator.get(address)
