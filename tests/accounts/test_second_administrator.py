"""Two administrators: what opens an account is asked for by one and approved by another, on a page, within three days."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.access.roles import Role
from takedowns.accounts import second
from takedowns.accounts.deciding import approve
from takedowns.accounts.models import AccountEvent, AccountRequest, Invitation
from takedowns.accounts.people import change_role_at, give_role
from takedowns.accounts.second import PeopleError
from takedowns.directory.models import Membership, Platform, User
from tests.accounts.test_people import PASSWORD, PEOPLE, invite, kinds, link_in, said
from tests.accounts.test_signing_in import give_factor
from tests.clients import SignedIn
from tests.people import People

REQUESTS = reverse("web:people-requests")


@pytest.fixture
def other(people: People) -> User:
    """A second administrator, at another agency."""
    with acting_as(SYSTEM):
        user = User.objects.create_user("second@example.org", "Second Administrator", PASSWORD)
        Membership.objects.create(user=user, agency=people.agency, role=Role.ADMINISTRATOR)
    return user


@pytest.fixture
def first(signed_in: SignedIn, other: User) -> Client:
    return signed_in("administrator")


@pytest.fixture
def second_client(other: User) -> Client:
    client = Client()
    client.force_login(other)
    return client


@pytest.fixture(autouse=True)
def _no_factor_asked(settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = False


def waiting() -> AccountRequest:
    with acting_as(SYSTEM):
        return AccountRequest.objects.get(outcome="waits")


def decide(client: Client, do: str, asked: AccountRequest | None = None) -> Any:
    address = reverse("web:people-request", args=[(asked or waiting()).pk])
    return client.post(address, {"do": do}, follow=True)


def act(client: Client, person: User, **sent: str) -> Any:
    return client.post(reverse("web:person", args=[person.pk]), sent, follow=True)


def test_a_role_is_given_when_another_administrator_approves(
    first: Client, second_client: Client, people: People
) -> None:
    role = {"do": "give", "role": "coordinator", "agency": str(people.agency.pk)}
    page = said(act(first, people.officer, **role))
    assert "Nothing is changed yet: another administrator must approve it" in page
    assert "Waits for another administrator: Give a role: Coordinator, North Unit" in page
    held = Membership.objects.filter(user=people.officer, role=Role.COORDINATOR)
    assert not held.exists()
    assert "You asked for this already" in said(act(first, people.officer, **role))
    assert "asked for this already. Approve it there" in said(act(second_client, people.officer, **role))

    assert "1 request of another administrator waits for you." in said(second_client.get(PEOPLE))
    assert "waits for you" not in said(first.get(PEOPLE))
    assert "Another administrator approves it." in said(first.get(REQUESTS))
    refused = said(decide(first, "approve"))
    assert "You asked for it yourself; another administrator must approve it." in refused
    assert not held.exists()
    assert "Approved, and done." in said(decide(second_client, "approve"))
    assert held.exists()
    assert kinds()[-3:] == ["request_made", "role_given", "request_approved"]
    log = said(first.get(reverse("web:people-log")))
    assert "Request approved: coordinator, North Unit officer@example.org Second Administrator" in log


def test_each_step_is_an_entry_of_the_ledger(
    first: Client, second_client: Client, people: People, other: User
) -> None:
    act(first, people.officer, do="give", role="auditor", agency=str(people.agency.pk))
    decide(second_client, "refuse")
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id, action, became FROM ledger_entry WHERE what = 'accounts_accountrequest' ORDER BY number"
        )
        made, decided = cursor.fetchall()
    assert made[:2] == (people.administrator.pk, "added")
    assert '"outcome":"waits"' in made[2]
    assert decided[:2] == (other.pk, "changed")
    assert '"outcome":"refused"' in decided[2]
    assert not Membership.objects.filter(user=people.officer, role=Role.AUDITOR).exists()


def test_a_password_link_is_shown_to_who_approves_and_works(
    first: Client, second_client: Client, people: People
) -> None:
    page = act(first, people.officer, do="password").content.decode()
    assert "/account/password/reset/key/" not in page
    page = decide(second_client, "approve").content.decode()
    found = re.search(r"http://testserver(/account/password/reset/key/[\w-]+/)", page)
    assert found
    assert "/account/password/reset/key/" not in second_client.get(REQUESTS).content.decode(), "shown once"
    assert "officer" not in found[1]
    assert Client().get(found[1]).status_code == 302, "a link that does not work is shown as ended at once"


def test_second_factors_are_cleared_when_another_administrator_approves(
    first: Client, second_client: Client, people: People
) -> None:
    give_factor(people.officer)
    act(first, people.officer, do="clear")
    assert Authenticator.objects.filter(user=people.officer).exists()
    decide(second_client, "approve")
    assert not Authenticator.objects.filter(user=people.officer).exists()
    assert "factors_cleared" in kinds()


def test_an_account_goes_off_at_once_and_on_again_by_two(
    first: Client, second_client: Client, people: People
) -> None:
    act(first, people.officer, do="off")
    people.officer.refresh_from_db()
    assert not people.officer.is_active
    act(first, people.officer, do="on")
    people.officer.refresh_from_db()
    assert not people.officer.is_active
    decide(second_client, "approve")
    people.officer.refresh_from_db()
    assert people.officer.is_active


def test_an_invitation_has_a_link_when_it_is_approved(
    first: Client, second_client: Client, people: People
) -> None:
    page = invite(first, people)
    assert page.status_code == 302
    assert not re.search('/invitation/[^"]', page.content.decode())
    shown = said(first.get(PEOPLE))
    assert "waits for another administrator" in shown
    page = decide(second_client, "approve")
    assert "No mail went to these. Hand over the links yourself" in said(page)
    link = link_in(page.content.decode())
    client = Client()
    assert "is invited as Reviewer of North Unit" in said(client.get(link))
    client.post(link, {"name": "N. New", "password": PASSWORD})
    assert User.objects.get(email="new@example.org").memberships.get().role == "reviewer"


def test_several_invitations_are_one_request_and_go_by_mail(
    first: Client, second_client: Client, people: People, settings: Any
) -> None:
    settings.EMAIL_HOST = "mail.example"
    sent = {"people": "ann@example.org\nbob@example.org", "role": "officer", "agency": str(people.agency.pk)}
    page = said(first.post(reverse("web:people-invite"), sent))
    assert "2 invitations wait for another administrator." in page
    assert mail.outbox == []
    decide(second_client, "approve")
    assert sorted(one.to[0] for one in mail.outbox) == ["ann@example.org", "bob@example.org"]
    assert Client().get(link_in(str(mail.outbox[0].body))).status_code == 200


def test_what_was_refused_or_taken_back_gives_nobody_a_link(
    first: Client, second_client: Client, people: People
) -> None:
    invite(first, people)
    assert "The request is taken back." in said(decide(first, "refuse"))
    invite(first, people)
    asked = waiting()
    assert "The request is refused." in said(decide(second_client, "refuse"))
    assert "Somebody has decided on it already." in said(decide(second_client, "approve", asked))
    with acting_as(SYSTEM):
        assert not Invitation.objects.filter(revoked_at=None).exists()


def test_a_request_ends_after_three_days_and_with_the_role_of_who_asked(
    first: Client, second_client: Client, people: People
) -> None:
    act(first, people.officer, do="password")
    asked = waiting()
    with acting_as(SYSTEM):
        Membership.objects.filter(user=people.administrator).delete()
    assert "is no administrator any more" in said(decide(second_client, "approve", asked))
    with acting_as(SYSTEM):
        Membership.objects.create(
            user=people.administrator, agency=people.absent_agency, role=Role.ADMINISTRATOR
        )
        AccountRequest.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert "It has ended" in said(decide(second_client, "approve", asked))
    assert "ended" in said(second_client.get(REQUESTS))
    assert "password_link" not in kinds()


def test_who_puts_the_other_administrators_away_is_not_free_of_them(
    first: Client, people: People, other: User
) -> None:
    act(first, other, do="off")
    act(first, people.officer, do="give", role="auditor", agency=str(people.agency.pk))
    assert waiting().role == "auditor"
    with acting_as(SYSTEM):
        AccountRequest.objects.all().delete()
        other.is_active = True
        other.save()
    act(first, other, do="take", membership=str(other.memberships.get().pk))
    act(first, people.officer, do="give", role="auditor", agency=str(people.agency.pk))
    assert waiting().role == "auditor"


def test_alone_or_switched_off_an_administrator_acts_at_once(
    signed_in: SignedIn, people: People, settings: Any
) -> None:
    client = signed_in("administrator")
    act(client, people.officer, do="give", role="auditor", agency=str(people.agency.pk))
    assert Membership.objects.filter(user=people.officer, role=Role.AUDITOR).exists()
    with acting_as(SYSTEM):
        Membership.objects.create(user=people.reviewer, agency=people.agency, role=Role.ADMINISTRATOR)
    settings.SECOND_ADMINISTRATOR = False
    act(client, people.officer, do="give", role="reviewer", agency=str(people.agency.pk))
    assert Membership.objects.filter(user=people.officer, role=Role.REVIEWER).exists()


def test_no_other_door_goes_round_it(first: Client, people: People) -> None:
    by, telegram = people.actor("administrator"), Platform.objects.get(pk="telegram")
    with pytest.raises(PeopleError, match="on the page of the person"):
        change_role_at(telegram, people.platform_contact.pk, Role.MANAGER, by=by)
    assert not give_role(people.officer, Role.AUDITOR, agency=people.agency, by=by)
    # A platform's manager says alone who answers for it.
    manager = people.actor("platform_manager")
    change_role_at(telegram, people.platform_contact.pk, Role.MANAGER, by=manager)
    assert people.platform_contact.memberships.get().role == Role.MANAGER


def test_the_database_keeps_no_approval_by_who_asked(first: Client, people: People) -> None:
    act(first, people.officer, do="password")
    asked = waiting()
    with pytest.raises(IntegrityError), transaction.atomic(), acting_as(SYSTEM):
        AccountRequest.objects.filter(pk=asked.pk).update(outcome="approved", decided_by=people.administrator)


def test_others_see_no_requests_and_decide_on_none(
    first: Client, signed_in: SignedIn, people: People
) -> None:
    act(first, people.officer, do="password")
    for name in ("auditor", "coordinator"):
        client = signed_in(name)
        assert client.get(REQUESTS).status_code == 403
        assert decide(client, "approve").status_code == 403
        with pytest.raises(PeopleError, match="for administrators"):
            approve(waiting().pk, by=people.actor(name))


def test_it_waits_under_my_work_of_the_others(
    first: Client, second_client: Client, people: People, signed_in: SignedIn
) -> None:
    act(first, people.officer, do="password")
    assert "Requests of other administrators" in said(second_client.get("/"))
    assert REQUESTS in second_client.get("/").content.decode()
    for client in (first, signed_in("auditor"), signed_in("coordinator")):
        assert "Requests of other administrators" not in said(client.get("/"))


def test_the_operator_decides_by_a_command_where_nobody_else_can(first: Client, people: People) -> None:
    act(first, people.officer, do="password")
    out = StringIO()
    call_command("account_requests", stdout=out)
    assert f"{waiting().pk}  password for officer@example.org" in out.getvalue()
    asked = waiting()
    out = StringIO()
    call_command("account_requests", approve=asked.pk, url="https://t.example/", stdout=out)
    assert re.search("https://t.example/account/password/reset/key/", out.getvalue())
    with acting_as(SYSTEM):
        decided = AccountEvent.objects.filter(kind="request_approved").get()
    assert decided.by is None
    with pytest.raises(CommandError, match="decided on it already"):
        call_command("account_requests", refuse=asked.pk, stdout=out)
    assert "by a command" in said(first.get(REQUESTS))


def test_what_is_decided_is_decided_once(first: Client, people: People, other: User) -> None:
    act(first, people.officer, do="password")
    asked = waiting()
    by = Actor.of(other)
    approve(asked.pk, by=by)
    with pytest.raises(PeopleError, match="decided on it already"):
        approve(asked.pk, by=by)
    with acting_as(by):
        assert second.number_waiting(by) == (0, 0)
