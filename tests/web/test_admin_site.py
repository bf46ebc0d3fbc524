"""Django's admin for the rare rest: for administrators, read only, but for providers."""

from __future__ import annotations

import itertools

from django.urls import reverse

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access_log.models import Look
from takedowns.access_log.recording import keyed
from takedowns.directory.models import Provider
from takedowns.referrals.models import Event
from takedowns.web.admin_site import site
from tests.clients import SignedIn, Work
from tests.web import access

READ_ONLY = ("accounts_accountevent", "accounts_invitation", "directory_directorychange", "referrals_event")


def test_only_administrators_come_in(work: Work, signed_in: SignedIn) -> None:
    pages = ("index", *(f"{one}_changelist" for one in READ_ONLY), "directory_provider_changelist")
    clients = {person: signed_in(person) for person in access.COLUMNS}
    for (person, client), page in itertools.product(clients.items(), pages):
        answer = client.get(reverse(f"admin:{page}"))
        if person == "administrator":
            assert answer.status_code == 200, page
        elif person == "anonymous":
            answer = client.get(answer["Location"])
            assert answer["Location"].startswith(reverse("web:sign-in")), page
        else:
            assert answer.status_code in (302, 403), (person, page)
            if answer.status_code == 302:
                assert client.get(answer["Location"]).status_code == 403, (person, page)


def test_what_happened_is_read_and_never_written(work: Work, signed_in: SignedIn) -> None:
    client = signed_in("administrator")
    for name in READ_ONLY:
        assert client.get(reverse(f"admin:{name}_add")).status_code == 403
    assert {str(one._meta.label) for one in site._registry} == {
        "accounts.AccountEvent",
        "accounts.Invitation",
        "directory.DirectoryChange",
        "directory.Provider",
        "referrals.Event",
    }


def test_who_looked_there_is_recorded_like_anywhere_else(work: Work, signed_in: SignedIn) -> None:
    client = signed_in("administrator")
    with acting_as(SYSTEM):
        event = Event.objects.filter(referral=work.referral_ids[0]).order_by("id")[0]
    client.get(reverse("admin:referrals_event_changelist"))
    client.get(reverse("admin:referrals_event_change", args=[event.pk]))
    client.get(reverse("admin:accounts_accountevent_changelist"), {"q": "officer"})
    with acting_as(SYSTEM):
        many, one, people = Look.objects.order_by("at", "id")
    assert (many.what, many.person_id, many.count) == (
        "referrals",
        work.people.administrator.pk,
        len(work.referral_ids),
    )
    assert (one.what, one.view, one.referral_id) == (
        "referral",
        "admin:referrals_event_change",
        work.referral_ids[0],
    )
    assert (people.what, bytes(people.asked or b"")) == ("people", keyed("officer"))
    page = client.get(reverse("web:looked", args=["RAD19", work.referral_ids[0]])).content.decode()
    assert str(work.people.administrator) in page


def test_a_provider_is_made_and_renamed_and_keeps_its_slug(work: Work, signed_in: SignedIn) -> None:
    client = signed_in("administrator")
    client.post(
        reverse("admin:directory_provider_add"), {"name": "Example Company", "slug": "example-company"}
    )
    made = Provider.objects.get(name="Example Company")
    client.post(
        reverse("admin:directory_provider_change", args=[made.pk]), {"name": "Example Ltd", "slug": "other"}
    )
    made.refresh_from_db()
    assert (made.name, made.slug) == ("Example Ltd", "example-company")
    assert client.get(reverse("admin:directory_provider_delete", args=[made.pk])).status_code == 403


def test_the_password_is_changed_on_our_own_page(signed_in: SignedIn) -> None:
    answer = signed_in("administrator").get(reverse("admin:password_change"))
    assert answer["Location"] == reverse("account_change_password")


def test_an_address_of_an_object_of_another_program_is_not_there(signed_in: SignedIn) -> None:
    client = signed_in("administrator")
    client.raise_request_exception = False
    assert client.get("/admin/r/1/1/").status_code == 404
