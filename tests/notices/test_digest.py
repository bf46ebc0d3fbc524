"""The mail that says what changed: when it is due, what stands in it and what must not, once for each hour or morning."""

from __future__ import annotations

import smtplib
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail as outbox
from django.core.mail import EmailMessage
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.models import Membership, User
from takedowns.installation.identity import claim
from takedowns.notices import digest, messages
from takedowns.notices import news as service
from takedowns.notices.models import Attention, Mail, Scope
from takedowns.notices.tasks import queue_digests
from takedowns.referrals.transitions import apply_to_all
from tests.notices.conftest import referred, told
from tests.people import People


@pytest.fixture(autouse=True)
def configured(settings: Any, db: None) -> None:
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = "mail.example.org", "Desk <desk@example.org>"
    settings.SITE_URL = "https://takedowns.example"
    claim()  # else it is a copy, which mails nobody


def wants(user: User, mail: str, scope: str = Scope.MINE) -> None:
    """Choose as the person, and let the hour or day in which they chose be over."""
    actor_of = digest.Actor.of(user)
    with acting_as(actor_of):
        service.choose(actor_of, scope=scope, mail=mail)
    with acting_as(SYSTEM):
        Attention.objects.filter(pk=user.pk).update(mailed_at=timezone.now() - timedelta(days=2))


def removed(people: People, *urls: str) -> None:
    apply_to_all("remove", referred(people, *urls), by=SYSTEM, action="visibility_removed")
    told()


@pytest.mark.parametrize(
    ("mail", "now", "began"),
    [
        (Mail.HOURLY, "2026-11-26T14:59:59+01:00", "2026-11-26T14:00:00+01:00"),
        (Mail.HOURLY, "2026-11-26T15:00:00+01:00", "2026-11-26T15:00:00+01:00"),
        (Mail.DAILY, "2026-11-26T06:59:59+01:00", "2026-11-25T07:00:00+01:00"),
        (Mail.DAILY, "2026-11-26T07:00:00+01:00", "2026-11-26T07:00:00+01:00"),
        # The night the clocks go back has 25 hours; seven in the morning stays seven.
        (Mail.DAILY, "2026-10-25T06:59:00+01:00", "2026-10-24T07:00:00+02:00"),
    ],
)
def test_hours_and_mornings_are_those_of_the_installation(mail: str, now: str, began: str) -> None:
    assert digest.period_start(mail, datetime.fromisoformat(now)) == datetime.fromisoformat(began)


def test_a_mail_counts_what_is_new_and_leads_to_the_page(day: People) -> None:
    wants(day.officer, Mail.HOURLY)
    removed(day, "https://t.me/demo_lantern/1", "https://t.me/demo_lantern/2")
    assert digest.send(day.officer.pk)
    [sent] = outbox.outbox
    assert sent.to == ["officer@example.org"]
    assert "2 changes that you have not read" in sent.body
    assert "RAD19" in sent.body
    assert "Removed: 2" in sent.body
    assert "https://takedowns.example/what-changed/" in sent.body


def test_no_address_of_content_and_no_name_stands_in_a_mail(day: People) -> None:
    wants(day.officer, Mail.HOURLY)
    removed(day, "https://t.me/demo_lantern/1")
    messages.write(day.operation, text="Wait with demo_lantern.", by=day.actor("coordinator"))
    assert digest.send(day.officer.pk)
    [sent] = outbox.outbox
    whole = sent.message().as_string()
    for secret in ("demo_lantern", "t.me", "North Unit", "Coordinator", "Wait with"):
        assert secret not in whole, secret


def test_nothing_new_means_no_mail(day: People) -> None:
    wants(day.officer, Mail.HOURLY)
    assert not digest.send(day.officer.pk)
    removed(day, "https://t.me/demo_lantern/1")
    actor = day.actor("officer")
    with acting_as(actor):
        service.mark_read(actor, service.news(actor, service.attention_of(actor)).upto)
    assert not digest.send(day.officer.pk), "it was read on the page"
    assert outbox.outbox == []


def test_what_was_mailed_is_not_mailed_again_and_an_interval_sees_one_mail(day: People) -> None:
    wants(day.officer, Mail.HOURLY)
    removed(day, "https://t.me/demo_lantern/1")
    now = timezone.now()
    assert digest.send(day.officer.pk, now)
    removed(day, "https://t.me/demo_lantern/2")
    assert not digest.send(day.officer.pk, now), "the same hour"
    assert digest.send(day.officer.pk, now + timedelta(hours=1))
    assert not digest.send(day.officer.pk, now + timedelta(hours=2)), "nothing since"
    assert ["1 change that" in one.body for one in outbox.outbox] == [True, True]


def test_whoever_never_chose_gets_none(day: People) -> None:
    removed(day, "https://t.me/demo_lantern/1")
    assert digest.due() == []
    assert not digest.send(day.officer.pk)


def test_the_first_mail_waits_for_the_next_hour(day: People) -> None:
    actor = day.actor("officer")
    with acting_as(actor):
        service.choose(actor, scope=Scope.MINE, mail=Mail.HOURLY)
    removed(day, "https://t.me/demo_lantern/1")
    assert not digest.send(day.officer.pk)
    assert digest.send(day.officer.pk, timezone.now() + timedelta(hours=1))


def test_the_language_is_the_readers(day: People) -> None:
    day.officer.language = "de"
    day.officer.save(update_fields=["language"])
    wants(day.officer, Mail.HOURLY)
    removed(day, "https://t.me/demo_lantern/1")
    assert digest.send(day.officer.pk)
    # A word that stands in the catalogue since long: the status itself.
    assert "Entfernt: 1" in outbox.outbox[0].body


def test_a_mail_server_that_fails_loses_nothing(day: People, monkeypatch: pytest.MonkeyPatch) -> None:
    wants(day.officer, Mail.HOURLY)
    removed(day, "https://t.me/demo_lantern/1")

    def refuses(_: EmailMessage) -> int:
        raise smtplib.SMTPServerDisconnected("gone")

    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", refuses)
        with pytest.raises(OSError, match="gone"):
            digest.send(day.officer.pk)
    assert digest.due() == [day.officer.pk]
    assert digest.send(day.officer.pk)
    assert "1 change that" in outbox.outbox[0].body


def test_a_crash_after_the_sending_lets_the_same_mail_go_again(day: People) -> None:
    wants(day.officer, Mail.HOURLY)
    removed(day, "https://t.me/demo_lantern/1")

    def dies_before_the_commit() -> None:
        with acting_as(SYSTEM):
            assert digest.send(day.officer.pk)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        dies_before_the_commit()
    assert digest.send(day.officer.pk)
    first, again = outbox.outbox
    assert first.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]


def test_jobs_are_queued_for_those_who_are_due_and_once(day: People) -> None:
    wants(day.officer, Mail.HOURLY)
    wants(day.reviewer, Mail.DAILY)
    assert queue_digests() == 2
    assert queue_digests() == 0
    jobs = ProcrastinateJob.objects.filter(task_name="notices.digest")
    assert {job.args["user_id"] for job in jobs} == {str(day.officer.pk), str(day.reviewer.pk)}


def test_without_a_mail_server_nothing_is_queued_or_noted(day: People, settings: Any) -> None:
    settings.EMAIL_HOST = ""
    wants(day.officer, Mail.HOURLY)
    removed(day, "https://t.me/demo_lantern/1")
    assert queue_digests() == 0
    assert not digest.send(day.officer.pk)
    settings.EMAIL_HOST = "mail.example.org"
    assert digest.send(day.officer.pk)


def test_whoever_left_the_agency_or_was_switched_off_is_told_nothing(day: People) -> None:
    for user in (day.officer, day.reviewer):
        wants(user, Mail.HOURLY, Scope.AGENCY)
    removed(day, "https://t.me/demo_lantern/1")
    Membership.objects.filter(user=day.officer).delete()
    day.reviewer.is_active = False
    day.reviewer.save(update_fields=["is_active"])
    assert not digest.send(day.officer.pk)
    assert not digest.send(day.reviewer.pk)
    assert digest.due() == [day.officer.pk]


def test_a_message_to_everybody_goes_into_the_next_mail_once(day: People) -> None:
    for user in (day.officer, day.absent_officer, day.coordinator):
        wants(user, Mail.HOURLY)
    messages.write(day.operation, text="Stop at six.", by=day.actor("coordinator"))
    assert digest.send(day.officer.pk)
    assert not digest.send(day.absent_officer.pk), "takes no part"
    assert not digest.send(day.coordinator.pk), "wrote it"
    [sent] = outbox.outbox
    assert "RAD19: 1 new announcement." in sent.body
    assert "https://takedowns.example/operations/RAD19/messages/" in sent.body
    assert not digest.send(day.officer.pk, timezone.now() + timedelta(hours=1))
