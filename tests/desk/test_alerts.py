"""Mail that alerts a platform's people: of new referrals and of an order's hour, once, and as each of them wants."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.installation.identity import claim
from takedowns.notices.alerts import send, waiting
from takedowns.notices.tasks import queue_alerts
from takedowns.referrals.models import Referral
from takedowns.referrals.transitions import apply_to_all
from tests.desk.conftest import Desk

PAGE = "/desk/telegram/alerts/"


@pytest.fixture(autouse=True)
def configured(settings: Any, db: None) -> None:
    settings.EMAIL_HOST, settings.SITE_URL = "mail.example.org", "https://takedowns.example"
    claim()  # else it is a copy, which mails nobody


def test_a_hand_off_is_told_once_to_each_with_counts_and_no_address(desk: Desk) -> None:
    contact = desk.people.platform_contact
    assert {one.user_id for one in waiting()} == {contact.pk, desk.people.platform_manager.pk}
    assert send(contact.pk)
    [one] = mail.outbox
    assert one.to == [contact.email]
    assert "Telegram: 1 new referral." in one.body
    assert "https://takedowns.example/desk/telegram/" in one.body
    for hidden in ("t.me", "demo", "RAD19"):
        assert hidden not in one.body
    assert not send(contact.pk), "of each once"
    assert {one.user_id for one in waiting()} == {desk.people.platform_manager.pk}


def test_an_orders_hour_is_told_when_it_runs_and_shortly_before_it_ends(desk: Desk) -> None:
    contact, now = desk.people.platform_contact, timezone.now()
    send(contact.pk)
    apply_to_all("acknowledge", [desk.order], by=SYSTEM, at=now)
    assert send(contact.pk)
    assert "the one-hour deadline of a removal order runs until" in mail.outbox[-1].body
    assert mail.outbox[-1].subject == "Takedowns: one-hour deadline of a removal order"
    assert not send(contact.pk, now + timedelta(minutes=44))
    assert send(contact.pk, now + timedelta(minutes=46))
    assert "ends at" in mail.outbox[-1].body
    assert not send(contact.pk, now + timedelta(minutes=50))


def test_of_what_is_decided_nobody_is_alerted(desk: Desk) -> None:
    contact, now = desk.people.platform_contact, timezone.now()
    send(contact.pk)
    apply_to_all("acknowledge", [desk.order], by=SYSTEM, at=now)
    apply_to_all("remove", [desk.order], by=SYSTEM, at=now, action="visibility_removed")
    assert not send(contact.pk, now + timedelta(minutes=50))


def test_each_has_their_own_switches(desk: Desk) -> None:
    desk.responder.post(PAGE, {"orders": "on"})
    assert "checked" in desk.responder.get(PAGE).content.decode()
    assert not send(desk.people.platform_contact.pk)
    assert send(desk.people.platform_manager.pk), "a colleague's are their own"
    apply_to_all("acknowledge", [desk.order], by=SYSTEM)
    assert send(desk.people.platform_contact.pk)
    desk.responder.post(PAGE, {})
    with acting_as(SYSTEM):
        Referral.objects.filter(pk=desk.order).update(due_at=timezone.now() + timedelta(minutes=5))
    assert not send(desk.people.platform_contact.pk)


def test_what_the_mail_server_refuses_is_tried_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: EmailMessage) -> int:
        raise smtplib.SMTPServerDisconnected

    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", refuse)
        with pytest.raises(smtplib.SMTPServerDisconnected):
            send(desk.people.platform_contact.pk)
    assert send(desk.people.platform_contact.pk)


def test_the_worker_queues_one_mail_a_person_and_none_without_a_mail_server(
    desk: Desk, settings: Any
) -> None:
    settings.EMAIL_HOST = ""
    assert queue_alerts() == 0
    assert "sends no mail" in desk.responder.get(PAGE).content.decode()
    settings.EMAIL_HOST = "mail.example.org"
    assert queue_alerts() == queue_alerts() == 2
    assert ProcrastinateJob.objects.filter(task_name="notices.alert").count() == 2


def test_who_is_switched_off_is_not_alerted(desk: Desk) -> None:
    contact = desk.people.platform_contact
    contact.is_active = False
    contact.save()
    assert not send(contact.pk)
