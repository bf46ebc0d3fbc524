"""Sending bundles: by mail where one is configured, by hand where not; each time is kept with what became of it."""

from __future__ import annotations

import hashlib
import smtplib
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outbox
from django.core.mail import EmailMessage
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.orders.models import Addressee
from takedowns.referrals.transitions import apply_to_all
from takedowns.sending import mail
from takedowns.sending.dispatch import dispatch
from takedowns.sending.mail import SendingError
from takedowns.sending.models import HandOff, Sending
from tests.factories import make_referrals
from tests.people import People


@pytest.fixture
def configured(settings: Any) -> None:
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = "mail.example.org", "Desk <desk@example.org>"


def handed_off(people: People, mail_to: str = "abuse@example.com") -> HandOff:
    Addressee.objects.create(platform_id="telegram", name="Telegram Messenger", mail_to=mail_to)
    ids = make_referrals(people.operation, people.agency, ["https://t.me/demo_a"])
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    made = dispatch(people.operation, by=people.actor("coordinator"))
    with acting_as(SYSTEM):
        return HandOff.objects.select_related("dispatch__operation", "platform__addressee").get(dispatch=made)


def sendings(hand_off: HandOff) -> list[Sending]:
    with acting_as(SYSTEM):
        return list(hand_off.sendings.order_by("id"))


@pytest.mark.django_db
def test_a_bundle_is_queued_with_its_dispatch_and_arrives_as_it_is_kept(
    people: People, configured: None
) -> None:
    hand_off = handed_off(people)
    [sending] = sendings(hand_off)
    assert (sending.state, sending.to, sending.asked_by_id) == (
        "queued",
        "abuse@example.com",
        people.coordinator.pk,
    )
    job = ProcrastinateJob.objects.get(task_name="sending.send_bundle")
    assert job.args == {"sending_id": str(sending.pk)}
    mail.send(sending.pk)
    mail.send(sending.pk)
    [message] = outbox.outbox
    assert message.to == ["abuse@example.com"]
    [(name, content, kind)] = message.attachments
    assert (name, kind) == (f"{hand_off.name}.zip", "application/zip")
    assert hashlib.sha256(content).hexdigest() == hand_off.bundle_sha256
    assert hand_off.bundle_sha256 in message.body
    assert message.extra_headers["Message-ID"] == f"<{sending.pk}@example.org>"
    [sent] = sendings(hand_off)
    assert sent.state == "sent"
    assert sent.sent_at is not None


@pytest.mark.django_db
def test_what_the_mail_server_refuses_is_recorded_and_can_be_sent_again(
    people: People, configured: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_off = handed_off(people)
    [first] = sendings(hand_off)

    def refuse(self: EmailMessage, fail_silently: bool = False) -> int:
        raise smtplib.SMTPRecipientsRefused({"abuse@example.com": (550, b"No such user")})

    with monkeypatch.context() as patched:
        patched.setattr(EmailMessage, "send", refuse)
        mail.send(first.pk)
    [failed] = sendings(hand_off)
    assert failed.state == "failed"
    assert "No such user" in failed.reason
    mail.send_again(hand_off, by=people.actor("coordinator"))
    with pytest.raises(SendingError, match="already"):
        mail.send_again(hand_off, by=people.actor("coordinator"))
    mail.send(sendings(hand_off)[1].pk)
    assert [one.state for one in sendings(hand_off)] == ["failed", "sent"]


@pytest.mark.django_db
def test_without_a_mail_server_nothing_is_queued_and_a_person_records_the_hand_over(people: People) -> None:
    hand_off = handed_off(people)
    assert sendings(hand_off) == []
    coordinator = people.actor("coordinator")
    with pytest.raises(SendingError, match="EMAIL_URL"):
        mail.send_again(hand_off, by=coordinator)
    now = timezone.now()
    mail.record_by_hand(hand_off, by=coordinator, to="Upload page of Telegram", at=now)
    [sending] = sendings(hand_off)
    assert (sending.how, sending.state, sending.to, sending.sent_at) == (
        "hand",
        "sent",
        "Upload page of Telegram",
        now,
    )


@pytest.mark.django_db
def test_a_platform_without_an_address_is_sent_nothing(people: People, configured: None) -> None:
    hand_off = handed_off(people, mail_to="")
    assert sendings(hand_off) == []
    with pytest.raises(SendingError, match="No mail address"):
        mail.send_again(hand_off, by=people.actor("coordinator"))


@pytest.mark.parametrize("who", ["officer", "reviewer", "auditor", "absent_officer", "platform_contact"])
@pytest.mark.django_db
def test_only_a_coordinator_sends(people: People, configured: None, who: str) -> None:
    hand_off = handed_off(people)
    with pytest.raises(SendingError, match="coordinators"):
        mail.send_again(hand_off, by=people.actor(who))
    with pytest.raises(SendingError, match="coordinators"):
        mail.record_by_hand(hand_off, by=people.actor(who), to="By post", at=timezone.now())


@pytest.mark.parametrize(
    ("to", "ahead", "says"), [(" ", 0, "to whom"), ("x", 5, "between"), ("x", -9, "between")]
)
@pytest.mark.django_db
def test_a_hand_over_says_to_whom_and_when_it_was_possible(
    people: People, to: str, ahead: int, says: str
) -> None:
    hand_off = handed_off(people)
    with pytest.raises(SendingError, match=says):
        mail.record_by_hand(
            hand_off, by=people.actor("coordinator"), to=to, at=timezone.now() + timedelta(minutes=ahead)
        )
