"""Who answers for a platform: invited by an administrator first, then by its own managers, and removed by them."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.access.roles import Role
from takedowns.accounts.models import AccountEvent, Invitation
from takedowns.accounts.people import give_role
from takedowns.accounts.second import PeopleError
from takedowns.directory.models import Membership, Platform, User
from tests.clients import SignedIn
from tests.people import People

PAGE = "/desk/telegram/people/"
NEW = {"email": "new@telegram.example", "name": "N. New", "role": "platform"}


def test_an_administrator_invites_the_first_manager_who_invites_a_responder(
    people: People, signed_in: SignedIn
) -> None:
    administrator = signed_in("administrator")
    sent = {
        "email": "first@hoop.example",
        "name": "First",
        "role": "manager",
        "agency": "",
        "platform": "hoop",
    }
    page = administrator.post(reverse("web:people"), sent)
    manager = _accepts(page.content.decode(), "First")
    invited = manager.post("/desk/hoop/people/", {**NEW, "email": "second@hoop.example"})
    responder = _accepts(invited.content.decode(), "Second")
    assert {one.role: one.user.email for one in Membership.objects.filter(platform="hoop")} == {
        "manager": "first@hoop.example",
        "platform": "second@hoop.example",
    }
    shown = responder.get("/desk/hoop/people/").content.decode()
    assert "first@hoop.example" in shown
    assert "Invite a colleague" not in shown
    assert responder.post("/desk/hoop/people/", NEW).status_code == 403


def _accepts(page: str, name: str) -> Client:
    """Follow the link of an invitation as somebody who sees it this once."""
    link = re.search(r"http://testserver(/invitation/[^/]+/)", page)
    assert link is not None, page
    client = Client()
    answer = client.post(link[1], {"name": name, "password": "four words in a row"})
    assert answer.status_code == 302
    return client


def test_a_manager_changes_a_role_and_removes_somebody_who_is_then_signed_out(
    people: People, signed_in: SignedIn
) -> None:
    manager, contact = signed_in("platform_manager"), signed_in("platform_contact")
    assert contact.get(PAGE).status_code == 200
    address = reverse("web:desk-person", args=["telegram", people.platform_contact.pk])
    manager.post(address, {"role": "manager"})
    assert Actor.of(User.objects.get(pk=people.platform_contact.pk)).manages == {"telegram"}
    manager.post(address, {"role": ""})
    assert not Membership.objects.filter(user=people.platform_contact).exists()
    assert "/sign-in/" in contact.get(PAGE)["Location"], "the session ended"
    with acting_as(SYSTEM):
        kept = AccountEvent.objects.filter(email=people.platform_contact.email).order_by("id")
        told = [(one.kind, one.details["role"], one.by) for one in kept if "role" in one.details]
    assert told == [
        ("role_given", "manager", people.platform_manager),
        ("role_taken", "platform", people.platform_manager),
        ("role_taken", "manager", people.platform_manager),
    ]


def test_nobody_changes_themselves_or_somebody_of_another_platform(
    people: People, signed_in: SignedIn
) -> None:
    manager = signed_in("platform_manager")
    own = manager.post(
        reverse("web:desk-person", args=["telegram", people.platform_manager.pk]), {"role": ""}, follow=True
    )
    assert "This is your own account" in own.content.decode()
    other = manager.post(
        reverse("web:desk-person", args=["telegram", people.officer.pk]), {"role": ""}, follow=True
    )
    assert "does not answer for the platform any more" in other.content.decode()
    assert (
        manager.post(
            reverse("web:desk-person", args=["youtube", people.officer.pk]), {"role": ""}
        ).status_code
        == 404
    )
    assert Membership.objects.filter(user=people.officer).exists()


def test_a_manager_gives_no_role_at_an_agency_and_takes_no_invitation_from_elsewhere(
    people: People, signed_in: SignedIn
) -> None:
    manager = signed_in("platform_manager")
    assert manager.post(PAGE, {**NEW, "role": "administrator"}).status_code == 422
    reserved = {
        "email": "officer@elsewhere.example",
        "name": "O.",
        "role": "officer",
        "agency": people.agency.pk,
        "platform": "",
    }
    signed_in("administrator").post(reverse("web:people"), reserved)
    assert manager.post(PAGE, {**NEW, "email": "officer@elsewhere.example"}).status_code == 422
    with acting_as(SYSTEM):
        [one] = Invitation.objects.filter(email="officer@elsewhere.example", revoked_at=None)
    refused = manager.post(reverse("web:desk-invitation-revoke", args=["telegram", one.pk]))
    assert refused.status_code == 403
    with acting_as(SYSTEM):
        assert Invitation.objects.get(pk=one.pk).revoked_at is None


def test_an_invitation_is_mailed_and_revoked_by_a_manager(
    people: People, signed_in: SignedIn, settings: object
) -> None:
    settings.EMAIL_HOST = "mail.example"  # type: ignore[attr-defined]
    manager = signed_in("platform_manager")
    manager.post(PAGE, NEW)
    assert [one.to for one in mail.outbox] == [["new@telegram.example"]]
    with acting_as(SYSTEM):
        [one] = Invitation.objects.filter(email="new@telegram.example")
    assert "new@telegram.example" in manager.get(PAGE).content.decode()
    manager.post(reverse("web:desk-invitation-revoke", args=["telegram", one.pk]))
    with acting_as(SYSTEM):
        assert Invitation.objects.get(pk=one.pk).revoked_at is not None


def test_nobody_works_for_an_agency_and_for_a_platform(people: People) -> None:
    administrator = people.actor("administrator")
    telegram = Platform.objects.get(pk="telegram")
    with acting_as(administrator):
        with pytest.raises(PeopleError, match="Nobody works for an agency and for a platform"):
            give_role(people.officer, Role.PLATFORM, platform=telegram, by=administrator)
        with pytest.raises(PeopleError, match="Nobody works for an agency and for a platform"):
            give_role(people.platform_contact, Role.OFFICER, agency=people.agency, by=administrator)
        give_role(people.platform_contact, Role.MANAGER, platform=telegram, by=administrator)


def test_the_desk_opens_to_its_own_people_alone(people: People, signed_in: SignedIn) -> None:
    for person in ("officer", "coordinator", "administrator", "auditor", "stranger"):
        assert signed_in(person).get(PAGE).status_code == 403, person
    assert "/sign-in/" in Client().get(PAGE)["Location"]
    contact = signed_in("platform_contact")
    assert contact.get(PAGE).status_code == 200
    assert contact.get("/desk/youtube/people/").status_code == 404
    Membership.objects.create(user=people.platform_contact, agency=people.agency, role=Role.OFFICER)
    assert contact.get(PAGE).status_code == 403, "whoever works for an agency opens no desk"


def test_without_a_second_factor_the_desk_leads_to_setting_one_up(
    people: People, signed_in: SignedIn, settings: object
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True  # type: ignore[attr-defined]
    assert signed_in("platform_contact").get(PAGE)["Location"] == reverse("mfa_index")
