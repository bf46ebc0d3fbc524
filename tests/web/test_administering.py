"""Agencies, API keys and retention on their pages: what an administrator does there, and what a program notices of it."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.accounts.invitations import invite
from takedowns.accounts.models import Invitation
from takedowns.directory import keys
from takedowns.directory.models import Agency, ApiKey, DirectoryChange, Platform
from takedowns.referrals.models import Operation
from takedowns.retention.services import classes, due
from tests.accounts.test_people import said
from tests.api.conftest import Program
from tests.clients import SignedIn, Work
from tests.people import People

KEY: dict[str, Any] = {
    "name": "Trust and safety",
    "scopes": ["referrals:read", "decisions:write"],
    "addresses": "",
    "expires_at": "",
    "requests_per_minute": "120",
}
FOR_TELEGRAM = "/keys/make/?platform=telegram"


@pytest.fixture
def administrator(signed_in: SignedIn) -> Client:
    return signed_in("administrator")


def make(client: Client, address: str = FOR_TELEGRAM, **other: Any) -> str:
    """Make a key on the page; return its text."""
    return secret_in(client.post(address, {**KEY, **other}))


def secret_in(response: Any) -> str:
    page = response.content.decode()
    assert response.status_code == 200, said(response)
    assert "no-store" in response["Cache-Control"]
    found = re.search(r">(tkd_\w+_[\w-]+)</textarea>", page)
    assert found, "the page shows no key"
    return found[1]


def prefix_of(text: str) -> str:
    return text.removeprefix("tkd_").removeprefix("test_").partition("_")[0]


def test_a_key_made_on_the_page_calls_the_api_until_it_is_revoked(administrator: Client, work: Work) -> None:
    text = make(administrator)
    call = Program(text).get("key")
    assert call.status_code == 200
    assert (call.json()["name"], call.json()["scopes"]) == ("Trust and safety", KEY["scopes"])
    page = administrator.get(f"/keys/{prefix_of(text)}/")
    assert text not in page.content.decode(), "it is shown once"
    shown = said(page)
    assert "● Works Whose Telegram (platform)" in shown
    assert "Read referrals and their changes Answer referrals From any address" in shown
    assert "Last used never" not in shown
    assert re.search(r"Made \d+ \w+ \d{4} \d\d:\d\d \w+ , by Administrator", shown)
    with acting_as(SYSTEM):
        kept = str(list(DirectoryChange.objects.values_list("details", flat=True)))
    assert "Trust and safety" in kept
    assert text.split("_", 2)[2] not in kept

    assert Program(text).get("webhooks").status_code == 403, "it may do what it was given, no more"
    after = administrator.post(f"/keys/{prefix_of(text)}/revoke/", follow=True)
    assert "✕ Revoked" in said(after)
    assert "Make its successor" not in said(after)
    assert Program(text).get("key").status_code == 401
    assert "No key works now." in said(administrator.get("/keys/"))
    assert "✕ Revoked" in said(administrator.get("/keys/?ended=1"))


def test_its_successor_overlaps_with_it_and_takes_over_all_it_may(administrator: Client, work: Work) -> None:
    former = make(administrator)
    response = administrator.post(f"/keys/{prefix_of(former)}/rotate/", {"overlap": "24"})
    assert "The former key goes on until" in said(response)
    successor = secret_in(response)
    assert Program(former).get("key").status_code == Program(successor).get("key").status_code == 200
    assert Program(successor).get("key").json()["scopes"] == KEY["scopes"]
    shown = said(administrator.get(f"/keys/{prefix_of(former)}/"))
    assert "◐ Works until" in shown
    assert f"Replaced by {prefix_of(successor)} (in use)" in shown
    assert "Make its successor" not in shown, "whoever uses the successor must not be cut off"

    again = administrator.post(f"/keys/{prefix_of(former)}/rotate/", {"overlap": "24"}, follow=True)
    assert "has a successor in use" in said(again)
    ApiKey.objects.filter(prefix=prefix_of(former)).update(expires_at=timezone.now() - timedelta(minutes=1))
    assert Program(former).get("key").status_code == 401
    assert Program(successor).get("key").status_code == 200
    assert "○ Expired" in said(administrator.get(f"/keys/{prefix_of(former)}/"))


def test_without_an_overlap_the_former_key_ends_at_once(administrator: Client, work: Work) -> None:
    former = make(administrator)
    response = administrator.post(f"/keys/{prefix_of(former)}/rotate/", {"overlap": "0"})
    assert "The former key has ended." in said(response)
    assert Program(former).get("key").status_code == 401
    wrong = administrator.post(f"/keys/{prefix_of(former)}/rotate/", {"overlap": "1000"})
    assert wrong.status_code == 422


def test_a_key_is_held_to_addresses_end_and_sandbox(administrator: Client, work: Work) -> None:
    elsewhere = make(administrator, addresses="203.0.113.7\n2001:db8::/32")
    assert Program(elsewhere).get("key").status_code == 403
    assert "203.0.113.7/32, 2001:db8::/32" in said(administrator.get(f"/keys/{prefix_of(elsewhere)}/"))
    test = make(administrator, test="on", scopes=["referrals:read", "webhooks:manage"])
    assert test.startswith("tkd_test_")
    assert Program(test).get("key").json()["scopes"] == ["referrals:read", "webhooks:manage"]
    listed = said(administrator.get("/keys/"))
    assert "(test key)" in listed
    ours = make(administrator, "/keys/make/?agency=north", scopes=["identify"], name="Case system")
    assert Program(ours).get("key").json()["scopes"] == ["identify"]
    only = said(administrator.get("/keys/?agency=north"))
    assert "Case system" in only
    assert "Trust and safety" not in only


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"name": ""}, "This field is required."),
        ({"scopes": []}, "This field is required."),
        ({"scopes": ["submissions:write"]}, "submissions:write is not one of the available choices"),
        ({"addresses": "203.0.113.7 nowhere"}, "“nowhere” is no address or network."),
        ({"expires_at": "2019-11-21T12:00"}, "The end must lie after now."),
        ({"requests_per_minute": "0"}, "greater than or equal to 1"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    administrator: Client, work: Work, other: dict[str, Any], sentence: str
) -> None:
    sent = {**KEY, "addresses": "198.51.100.0/24", **other}
    response = administrator.post(FOR_TELEGRAM, sent)
    assert response.status_code == 422
    assert "No key was made." in said(response)
    assert sentence in said(response)
    page = unescape(response.content.decode())
    assert sent["addresses"] in page
    assert f'value="{sent["name"]}"' in page or not sent["name"]
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize(
    "address", ["/keys/make/", "/keys/make/?platform=nosuch", "/keys/?agency=nosuch", "/keys/abc/"]
)
def test_a_key_of_nobody_is_not_found(administrator: Client, address: str) -> None:
    assert administrator.get(address).status_code == 404


def test_an_agency_is_added_its_people_invited_and_its_name_changed(
    administrator: Client, people: People
) -> None:
    response = administrator.post("/agencies/", {"name": "East Unit", "slug": "north", "country": "PL"})
    assert response.status_code == 422
    assert "There is an agency “north” already." in said(response)
    assert 'value="East Unit"' in response.content.decode()

    sent = {"name": "East Unit", "slug": "east", "country": "pl"}
    page = administrator.post("/agencies/", sent, follow=True)
    assert "East Unit is added. Invite its people next." in said(page)
    assert "Nobody works here yet." in said(page)
    link = re.search(r'href="(/people/\?agency=[^"#]+)', page.content.decode())
    assert link
    made = Agency.objects.get(slug="east")
    form = administrator.get(link[1]).content.decode()
    assert f'<option value="{made.pk}" selected>' in form
    invited = {"email": "new@example.org", "name": "N. New", "role": "officer", "agency": str(made.pk)}
    assert "/invitation/" in administrator.post("/people/", invited).content.decode()

    page = administrator.post("/agencies/east/", {"name": "Eastern Unit", "country": "PL"}, follow=True)
    assert "Name: East Unit → Eastern Unit" in said(page)
    assert administrator.get("/agencies/nosuch/").status_code == 404


def test_an_agency_s_page_names_its_people_operations_and_keys(administrator: Client, people: People) -> None:
    keys.create(name="Case system", agency=people.agency)
    shown = said(administrator.get("/agencies/north/"))
    assert "Officer officer@example.org Officer" in shown
    assert "RAD19 Action day" in shown
    assert "Case system" in shown
    assert "other_officer@example.org" not in shown


def test_a_platform_s_keys_are_counted_and_reached_from_its_page(
    administrator: Client, people: People
) -> None:
    telegram = Platform.objects.get(pk="telegram")
    keys.create(name="works", platform=telegram)
    ended, _ = keys.create(name="ended", platform=telegram, expires_at=timezone.now() + timedelta(hours=1))
    ApiKey.objects.filter(pk=ended.pk).update(expires_at=timezone.now())
    page = administrator.get("/platforms/telegram/").content.decode()
    assert "API keys: 1" in page
    assert 'href="/keys/?platform=telegram"' in page


def test_retention_names_what_is_due_and_which_operations_to_review(
    administrator: Client, people: People, signed_in: SignedIn
) -> None:
    long_ago = timezone.now() - timedelta(days=settings.REVIEW_OPERATIONS_DAYS + 1)
    before = said(administrator.get("/retention/"))
    assert "None: no operation closed so long ago." in before
    with acting_as(SYSTEM):
        Operation.objects.filter(pk=people.operation.pk).update(closed_at=long_ago)
    for number in range(3):
        invite(f"late{number}@example.org", "L.", "officer", agency=people.agency, by=SYSTEM)
    with acting_as(SYSTEM):
        Invitation.objects.filter(email__lt="late2").update(expires_at=long_ago)
    for who in ("administrator", "auditor"):
        shown = said(signed_in(who).get("/retention/"))
        assert "Invitations nobody accepted 90 days Goes each night. KEEP_INVITATIONS_DAYS 2" in shown
        assert "Sessions Until it ends" in shown
        assert "Referrals, events, orders, hand-offs For good –" in shown
        assert "Answers to repeated API calls 24 hours" in shown
        assert "RAD19 Action day" in shown


def test_a_draft_is_nowhere_told_as_closed(administrator: Client, people: People) -> None:
    long_ago = timezone.now() - timedelta(days=settings.REVIEW_OPERATIONS_DAYS + 1)
    with acting_as(SYSTEM):
        Operation.objects.filter(pk=people.operation.pk).update(closed_at=long_ago, is_draft=True)
    assert "None: no operation closed so long ago." in said(administrator.get("/retention/"))
    kinds = classes()
    counts = {one.table: number for one, number in zip(kinds, due(kinds), strict=True)}
    assert counts["referrals_operation"] == 0
    shown = said(administrator.get("/agencies/north/"))
    assert "RAD19 Action day (draft)" in shown
    assert "(closed)" not in shown


def test_nobody_but_an_administrator_looks_or_acts(people: People, signed_in: SignedIn) -> None:
    addresses = ("/agencies/", "/agencies/north/", "/keys/", FOR_TELEGRAM)
    for person, address in (
        (one, each) for one in ("coordinator", "officer", "auditor") for each in addresses
    ):
        client = signed_in(person)
        assert client.get(address).status_code == 403, (person, address)
        refused = client.post(address, {**KEY, "slug": "new", "country": ""})
        assert refused.status_code == 403, (person, address)
        assert not ApiKey.objects.exists(), (person, address)
        assert not Agency.objects.filter(slug="new").exists(), (person, address)
