"""A host nobody knew is made a platform from the page on which it is met; and taken back."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.test import Client

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access.roles import Role
from takedowns.directory.models import DirectoryChange, Membership, Platform, PlatformHost
from takedowns.intake.models import Submission
from tests.clients import SignedIn, Work


def offered(client: Client, page: str) -> str:
    """Return where the page's "Make this a platform" leads."""
    found = re.search(r'<a href="([^"]+)">Make this a platform', client.get(page).content.decode())
    assert found, "not offered"
    return unescape(found[1])


def test_a_report_leads_to_the_platform_and_back_with_its_rows_taken_up(
    work: Work, signed_in: SignedIn
) -> None:
    Membership.objects.create(user=work.people.officer, agency=work.people.agency, role=Role.COORDINATOR)
    client, page = signed_in("officer"), f"/operations/RAD19/submissions/{work.submission.pk}/"
    link = offered(client, page)
    form = client.get(link).content.decode()
    assert "files.example.org" in form
    response = client.post(link, {"hosts": "files.example.org", "name": "Files Example"}, follow=True)
    assert response.redirect_chain == [(page, 302)]
    after = response.content.decode()
    assert "Files Example: 2 rows that waited were taken up." in after
    assert "Make this a platform" not in after


def test_a_preview_names_the_hosts_it_saw(work: Work, signed_in: SignedIn) -> None:
    Membership.objects.create(user=work.people.officer, agency=work.people.agency, role=Role.COORDINATOR)
    client = signed_in("officer")
    handed_in = {
        "pasted": "https://a.new.example.net/1\nhttps://b.new.example.net/2",
        "agency": str(work.people.agency.pk),
    }
    page = client.post("/operations/RAD19/hand-in/", handed_in)["Location"]
    form = client.get(offered(client, page)).content.decode()
    assert "a.new.example.net\nb.new.example.net" in form
    with acting_as(SYSTEM):
        assert Submission.objects.filter(state="previewed").count() == 1


def test_an_officer_is_not_offered_what_they_may_not_do(work: Work, signed_in: SignedIn) -> None:
    page = signed_in("officer").get(f"/operations/RAD19/submissions/{work.submission.pk}/").content.decode()
    assert "files.example.org" in page
    assert "Make this a platform" not in page
    assert "/platforms/" not in page


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"hosts": "files.example.org"}, "Say what the platform is called."),
        ({"hosts": "t.me", "name": "Kept"}, "t.me is telegram; its addresses are read already."),
        ({"hosts": "localhost", "name": "Kept"}, "is no public host"),
        ({"hosts": "files.example.org", "name": "Kept", "slug": "telegram"}, "Choose another short name."),
        ({"hosts": "", "name": "Kept"}, "This field is required."),
    ],
)
def test_an_error_says_what_to_do_keeps_what_was_typed_and_leaves_nothing(
    sent: dict, says: str, work: Work, signed_in: SignedIn
) -> None:
    response = signed_in("coordinator").post("/platforms/make/", sent)
    page = unescape(response.content.decode())
    assert response.status_code == 422
    assert says in page
    assert sent.get("name", "") in page
    assert not PlatformHost.objects.exists()
    assert not Platform.objects.filter(name="Kept").exists()


def test_a_host_of_known_software_is_declared_and_taken_back(work: Work, signed_in: SignedIn) -> None:
    client = signed_in("coordinator")
    sent = {"hosts": "https://chat.example.org/", "software": "rocketchat", "operator": "Example Ltd"}
    page = client.post("/platforms/make/", sent, follow=True).content.decode()
    assert "chat.example.org" in page
    assert "Example Ltd" in page
    back = client.post("/hosts/chat.example.org/take-back/", follow=True).content.decode()
    assert "chat.example.org is no platform any more" in back
    with acting_as(SYSTEM):
        kept = list(DirectoryChange.objects.order_by("id").values_list("action", "by__name"))
    assert kept == [("added", "Coordinator"), ("removed", "Coordinator")]


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_one_is_led_back_to_our_own_pages_only(back: str, work: Work, signed_in: SignedIn) -> None:
    response = signed_in("coordinator").post(
        "/platforms/make/", {"hosts": "files.example.org", "name": "Files"}, query_params={"back": back}
    )
    assert response.status_code == 302
    assert not urlsplit(response["Location"]).netloc
    assert response["Location"] == "/platforms/files/"


def test_a_platform_is_given_another_name_and_it_is_kept(work: Work, signed_in: SignedIn) -> None:
    client = signed_in("administrator")
    page = client.post(
        "/platforms/hoop/", {"name": "Hoop Messenger Renamed", "provider": "Magnificus"}, follow=True
    )
    assert "→ Hoop Messenger Renamed" in page.content.decode()
