"""Hosts that are no platform: their rows are seen, asked for by mail with an abuse report each, answered; and become platforms."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
import xarf
from django.core import mail as outbox
from django.test import override_settings

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.hosting import queries
from takedowns.hosting.models import HostingService
from takedowns.hosting.reports import ReportError, report
from takedowns.hosting.services import HostingError, Whom, ask, promote
from takedowns.orders.models import Addressee
from takedowns.referrals.models import Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.sending import mail
from takedowns.sending.dispatch import dispatch
from takedowns.sending.models import HandOff, Sending
from tests.clients import SignedIn
from tests.intake.test_load import hand_in
from tests.people import People

LIST = (
    "url\nhttps://files.drop.example.org/a?x=1\nhttps://files.drop.example.org/b\nhttps://else.example.net/\n"
)
WHOM = Whom("Drop Ltd", "abuse@drop.example.org")


@pytest.fixture
def configured(settings: Any) -> None:
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = "mail.example.org", "Desk <desk@example.org>"


def taken_in(people: People) -> HostingService:
    hand_in(people, LIST)
    service, taken = ask(
        people.operation,
        "example.org",
        ["files.drop.example.org"],
        WHOM,
        by=people.actor("coordinator"),
    )
    assert taken.rows == 2
    return service


def handed_off(people: People) -> HandOff:
    service = taken_in(people)
    with acting_as(SYSTEM):
        ids = list(Referral.objects.filter(platform=service.platform).values_list("pk", flat=True))
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    made = dispatch(people.operation, by=people.actor("coordinator"))
    with acting_as(SYSTEM):
        return HandOff.objects.select_related("dispatch__operation").get(dispatch=made)


def waiting(people: People, name: str) -> list[queries.Waiting]:
    actor = people.actor(name)
    with acting_as(actor):
        return queries.standing(people.operation, actor, leads=name == "coordinator")[0]


def asked_in(people: People) -> list[queries.Asked]:
    coordinator = people.actor("coordinator")
    with acting_as(coordinator):
        return queries.standing(people.operation, coordinator, leads=True)[1]


def test_what_waits_is_shown_to_whoever_brought_it_and_to_coordinators(people: People) -> None:
    hand_in(people, LIST)
    shown = waiting(people, "coordinator")
    assert [(one.domain, one.rows, len(one.submissions), one.comes_often) for one in shown] == [
        ("example.org", 2, 1, False),
        ("example.net", 1, 1, False),
    ]
    assert len(waiting(people, "officer")) == 2
    assert waiting(people, "other_officer") == []


def test_a_host_is_asked_by_mail_with_a_report_for_each_referral_and_its_answer_is_recorded(
    people: People, configured: None
) -> None:
    hand_off = handed_off(people)
    with acting_as(SYSTEM):
        [sending] = Sending.objects.filter(hand_off=hand_off)
    mail.send(sending.pk)
    [message] = outbox.outbox
    assert message.to == [WHOM.mail_to]
    kinds = [(name, kind) for name, _content, kind in message.attachments]
    assert [kind for _name, kind in kinds] == [
        "application/zip",
        "application/pdf",
        "application/json",
        "application/json",
    ]
    with zipfile.ZipFile(io.BytesIO(hand_off.bundle)) as bundle:
        names = [name for name in bundle.namelist() if name.startswith("reports/")]
        for name in names:
            read = xarf.parse(json.loads(bundle.read(name)))
            assert (read.errors, read.report is not None) == ([], True)
            assert read.report is not None
            assert read.report.source_identifier == "files.drop.example.org"
            assert read.report.reporter.org == "North Unit"
    assert len(names) == 2
    with acting_as(SYSTEM):
        one = Referral.objects.filter(platform_id=hand_off.platform_id).earliest("pk")
    apply_to_all("remove", [one.pk], by=people.actor("coordinator"), action="visibility_removed")
    [asked] = asked_in(people)
    assert (asked.domain, asked.mail_to, asked.referrals, asked.sent, asked.answered) == (
        "example.org", WHOM.mail_to, 2, 1, 1,
    )  # fmt: skip


def test_before_and_after_it_goes_the_pages_say_that_it_goes_by_mail(
    people: People, signed_in: SignedIn, settings: Any
) -> None:
    service, page = taken_in(people), "/operations/RAD19/dispatch/"
    with acting_as(SYSTEM):
        ids = list(Referral.objects.filter(platform=service.platform).values_list("pk", flat=True))
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    client = signed_in("coordinator")
    settings.EMAIL_HOST = ""
    assert "A file for you to hand off" in client.get(page).content.decode()
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = "mail.example.org", "Desk <desk@example.org>"
    before = client.get(page).content.decode()
    assert f"By mail to {WHOM.mail_to}" in before
    assert "A file for you to hand off" not in before
    after = client.post(page, follow=True).content.decode()
    assert "The files go by mail." in after
    assert "Hand each file" not in after


def test_a_report_that_would_not_be_valid_is_not_sent(people: People) -> None:
    hand_off = handed_off(people)
    with acting_as(SYSTEM):
        one = Referral.objects.select_related("item").filter(platform_id=hand_off.platform_id).earliest("pk")
    told = {
        "reference": "R", "url": one.item.url, "agency": "North", "legal_ground": "G", "instrument": "referral",
        "referred_at": one.referred_at, "referral_id": one.pk, "hashes": [],
    }  # fmt: skip
    assert report(hand_off, told) == report(hand_off, told)
    with override_settings(DEFAULT_FROM_EMAIL="nobody"), pytest.raises(ReportError):
        report(hand_off, told)


def test_other_hosts_of_a_domain_join_it_and_others_cannot(people: People) -> None:
    service = taken_in(people)
    hand_in(people, "url\nhttps://cdn.example.org/x\n")
    coordinator = people.actor("coordinator")
    with pytest.raises(HostingError):
        ask(people.operation, "example.org", ["else.example.net"], WHOM, by=coordinator)
    with pytest.raises(HostingError):
        ask(people.operation, "example.org", ["cdn.example.org"], WHOM, by=people.actor("officer"))
    again, taken = ask(
        people.operation,
        "example.org",
        ["cdn.example.org"],
        Whom("Drop Ltd", "new@example.org"),
        by=coordinator,
    )
    assert (again.pk, taken.rows) == (service.pk, 1)
    with acting_as(SYSTEM):
        assert Addressee.objects.get(platform=service.platform).mail_to == "new@example.org"


def test_a_host_that_comes_up_often_is_proposed_and_becomes_a_platform(
    people: People, signed_in: SignedIn
) -> None:
    rows = "".join(f"https://files.drop.example.org/{number}\n" for number in range(queries.OFTEN_ROWS))
    hand_in(people, f"url\n{rows}")
    client = signed_in("coordinator")
    page = client.get("/operations/RAD19/hosts/").content.decode()
    assert "/platforms/make/?domain=example.org" in page
    response = client.post(
        "/operations/RAD19/hosts/example.org/",
        {"hosts": ["files.drop.example.org"], "name": "Drop Ltd", "mail_to": WHOM.mail_to},
        follow=True,
    )
    assert "20 rows are referrals now" in response.content.decode()
    assert "/hosts/host-example-org/promote/" in response.content.decode()
    response = client.post("/hosts/host-example-org/promote/", {"name": "Drop", "provider": "Drop Ltd"})
    assert response.headers["Location"] == "/platforms/host-example-org/"
    assert client.get("/hosts/host-example-org/promote/").status_code == 404
    with pytest.raises(HostingError):
        promote("host-example-org", name="Drop", provider="", by=people.actor("coordinator"))
    [asked] = asked_in(people)
    assert (asked.name, asked.is_platform, asked.referrals) == ("Drop", True, queries.OFTEN_ROWS)
    assert asked.comes_often


def test_where_the_installation_does_not_use_it_there_is_no_page_and_no_report(
    people: People, signed_in: SignedIn
) -> None:
    with override_settings(EXCHANGE=[]):
        assert signed_in("coordinator").get("/operations/RAD19/hosts/").status_code == 404
        hand_off = handed_off(people)
    with zipfile.ZipFile(io.BytesIO(hand_off.bundle)) as bundle:
        assert not [name for name in bundle.namelist() if name.startswith("reports/")]
