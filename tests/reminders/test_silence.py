"""What is done about a platform's silence: when, to whom, about what, and never about what is answered, on hold or switched off."""

from __future__ import annotations

import html
import smtplib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core import mail as outbox
from django.core.mail import EmailMessage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.holds.services import place
from takedowns.orders.models import Addressee
from takedowns.referrals.models import Event, Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.reminders import ladder, taking
from takedowns.reminders.ladder import LadderError
from takedowns.reminders.models import Reminder
from takedowns.reminders.silence import outlook
from tests.clients import SignedIn
from tests.factories import make_referrals
from tests.people import People

PAGE = reverse("web:reminders", args=["RAD19"])
HOUR = timedelta(hours=1)
URLS = [f"https://t.me/demo_silent/{number}" for number in range(1, 4)]

pytestmark = pytest.mark.django_db


@pytest.fixture
def configured(settings: Any) -> None:
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = "mail.example.org", "Desk <desk@example.org>"


@pytest.fixture
def sent_at() -> datetime:
    return timezone.now() - 30 * HOUR


@pytest.fixture
def silent(people: People, configured: None, sent_at: datetime) -> list[UUID]:
    """Three referrals to Telegram, thirty hours ago; reminders are on, contact and superior are named."""
    with acting_as(SYSTEM):
        Addressee.objects.create(platform_id="telegram", name="Telegram", mail_to="abuse@example.com")
    ids = make_referrals(people.operation, people.agency, URLS)
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True, at=sent_at - HOUR)
    apply_to_all("refer", ids, by=SYSTEM, at=sent_at)
    coordinator = people.actor("coordinator")
    with acting_as(coordinator):
        ladder.switch(people.operation, is_on=True, by=coordinator)
        ladder.name_recipients(
            people.operation,
            "telegram",
            mail_to="",
            name="Ann, head",
            copy_to="ann@example.com",
            by=coordinator,
        )
    return ids


def steps() -> list[tuple[str, str, int, str]]:
    with acting_as(SYSTEM):
        return [(one.step, one.to, one.referrals, one.state) for one in Reminder.objects.order_by("at", "id")]


def status_of(ids: list[UUID]) -> set[str]:
    with acting_as(SYSTEM):
        return set(Referral.objects.filter(pk__in=ids).values_list("status", flat=True))


def test_a_silent_platform_is_climbed_step_by_step_to_a_suggestion(
    people: People, silent: list[UUID], sent_at: datetime
) -> None:
    for hours in (23, 24, 25, 47, 48, 71, 72, 95, 96, 119, 120, 200):
        taking.take_steps(sent_at + hours * HOUR)
    assert steps() == [
        ("receipt_contact", "abuse@example.com", 3, "queued"),
        ("receipt_superior", "ann@example.com", 3, "queued"),
        ("decision_contact", "abuse@example.com", 3, "queued"),
        ("decision_superior", "ann@example.com", 3, "queued"),
        ("suggest_order", "", 3, "suggested"),
    ]
    with acting_as(people.actor("coordinator")):
        found = outlook(people.operation)
    assert ({one.referral_id for one in found.suggested}, found.number) == (set(silent), 3)
    with acting_as(SYSTEM):
        told = Event.objects.filter(referral=silent[0], kind__in=["remind", "suggest_order"])
        assert [one.details["silence"] for one in told.order_by("at")] == [step for step, *_ in steps()]


def test_who_answers_or_is_on_hold_or_withdrawn_is_not_reminded(
    people: People, silent: list[UUID], sent_at: datetime
) -> None:
    answered, held, withdrawn = silent
    apply_to_all("remove", [answered], by=SYSTEM, action="visibility_removed")
    apply_to_all("withdraw", [withdrawn], by=SYSTEM, reason="Not ours.")
    with acting_as(SYSTEM):
        item = Referral.objects.get(pk=held).item_id
    place(
        agency_id=people.agency.pk,
        by=people.actor("officer"),
        reason="We read it.",
        item_id=item,
        ends_at=timezone.now() + timedelta(days=7),
    )
    with acting_as(people.actor("coordinator")):
        assert outlook(people.operation).ahead == []
    assert taking.take_steps(sent_at + 150 * HOUR) == 0


def test_acknowledging_leaves_the_reminders_of_receipt_out_and_a_question_waits_for_us(
    people: People, silent: list[UUID], sent_at: datetime
) -> None:
    apply_to_all("acknowledge", silent[:1], by=SYSTEM, at=sent_at + HOUR)
    apply_to_all("request_information", silent[1:], by=SYSTEM, question="Which?", at=sent_at + HOUR)
    taking.take_steps(sent_at + 71 * HOUR)
    assert steps() == []
    taking.take_steps(sent_at + 72 * HOUR)
    assert steps() == [("decision_contact", "abuse@example.com", 1, "queued")]
    apply_to_all("provide_information", silent[1:], by=SYSTEM, answer="All.", at=sent_at + 20 * HOUR)
    taking.take_steps(sent_at + 91 * HOUR)
    assert len(steps()) == 1
    taking.take_steps(sent_at + 92 * HOUR)
    assert steps()[1:] == [("decision_contact", "abuse@example.com", 2, "queued")]


def test_a_ladder_that_is_switched_on_late_begins_at_its_foot_and_what_falls_due_together_goes_together(
    people: People, silent: list[UUID], sent_at: datetime
) -> None:
    later = make_referrals(people.operation, people.agency, ["https://t.me/demo_silent/9"])
    apply_to_all("approve", later, by=SYSTEM, exemptions_checked=True, at=sent_at)
    apply_to_all("refer", later, by=SYSTEM, at=sent_at + HOUR)
    taking.take_steps(sent_at + 200 * HOUR)
    taking.take_steps(sent_at + 223 * HOUR)
    assert steps() == [("receipt_contact", "abuse@example.com", 4, "queued")]
    # The last one is due an hour later than the others: it waits half a day, and goes with what is due by then.
    more = make_referrals(people.operation, people.agency, ["https://t.me/demo_silent/10"])
    apply_to_all("approve", more, by=SYSTEM, exemptions_checked=True, at=sent_at)
    apply_to_all("refer", more, by=SYSTEM, at=sent_at + 2 * HOUR)
    taking.take_steps(sent_at + 201 * HOUR)
    assert len(steps()) == 1
    taking.take_steps(sent_at + 212 * HOUR)
    assert steps()[1:] == [("receipt_contact", "abuse@example.com", 1, "queued")]


def test_what_is_switched_off_is_not_sent_and_who_is_not_named_is_left_out(
    people: People, silent: list[UUID], sent_at: datetime, signed_in: SignedIn
) -> None:
    coordinator = signed_in("coordinator")
    coordinator.post(reverse("web:reminder-switch", args=["RAD19"]), {"platform": "telegram", "to": "off"})
    assert taking.take_steps(sent_at + 30 * HOUR) == 0
    assert "Switched off" in coordinator.get(PAGE).content.decode()
    coordinator.post(reverse("web:reminder-switch", args=["RAD19"]), {"platform": "telegram", "to": "on"})
    coordinator.post(
        reverse("web:reminder-recipients", args=["RAD19", "telegram"]), {"name": "", "copy_to": ""}
    )
    coordinator.post(reverse("web:reminder-switch", args=["RAD19"]), {"to": "off"})
    assert taking.take_steps(sent_at + 30 * HOUR) == 0
    coordinator.post(reverse("web:reminder-switch", args=["RAD19"]), {"to": "on"})
    for hours in (30, 54, 78, 102, 126):
        taking.take_steps(sent_at + hours * HOUR)
    assert [step for step, *_ in steps()] == ["receipt_contact", "decision_contact", "suggest_order"]


def test_the_mail_names_references_and_no_address_and_what_is_refused_can_be_sent_again(
    people: People, silent: list[UUID], monkeypatch: pytest.MonkeyPatch, signed_in: SignedIn
) -> None:
    taking.take_steps()
    job = ProcrastinateJob.objects.get(task_name="reminders.send")
    with acting_as(SYSTEM):
        reminder = Reminder.objects.get()
    assert job.args == {"reminder_id": str(reminder.pk)}

    def refuse(self: EmailMessage, fail_silently: bool = False) -> int:
        raise smtplib.SMTPServerDisconnected("gone")

    with monkeypatch.context() as patched:
        patched.setattr(EmailMessage, "send", refuse)
        taking.send(reminder.pk)
    assert steps()[0][3] == "failed"
    coordinator = signed_in("coordinator")
    assert "Send again" in coordinator.get(PAGE).content.decode()
    coordinator.post(reverse("web:reminder-again", args=["RAD19", reminder.pk]))
    taking.send(reminder.pk)
    taking.send(reminder.pk)
    [message] = outbox.outbox
    assert message.to == ["abuse@example.com"]
    assert "3 items on Telegram" in message.body
    assert message.body.count("RAD19-") == 3
    assert "t.me" not in message.body
    assert steps()[0][3] == "sent"


def test_the_page_says_beforehand_what_goes_when_to_whom_and_with_which_words(
    people: People, silent: list[UUID], signed_in: SignedIn
) -> None:
    page = html.unescape(signed_in("coordinator").get(PAGE).content.decode())
    assert "No acknowledgement: reminder to the contact" in page
    assert "within ten minutes" in page
    assert "abuse@example.com" in page
    assert "you have not acknowledged" in page
    with acting_as(SYSTEM):
        assert not Reminder.objects.exists(), "looking sends nothing"
    assert signed_in("officer").get(PAGE).status_code == 403


def test_steps_take_as_many_statements_for_many_as_for_one(
    people: People, silent: list[UUID], sent_at: datetime
) -> None:
    with CaptureQueriesContext(
        connection,
    ) as few:
        taking.take_steps(sent_at + 24 * HOUR)
    more = make_referrals(
        people.operation, people.agency, [f"https://youtu.be/demoVIDEO{n:02}" for n in range(9)]
    )
    apply_to_all("approve", more, by=SYSTEM, exemptions_checked=True, at=sent_at)
    apply_to_all("refer", more, by=SYSTEM, at=sent_at)
    with acting_as(SYSTEM):
        Addressee.objects.create(platform_id="youtube", name="Google", mail_to="g@example.com")
    with CaptureQueriesContext(connection) as many:
        assert taking.take_steps(sent_at + 48 * HOUR) == 2
    assert len(many) == len(few)


def test_times_that_cannot_be_are_refused_at_their_field(people: People, signed_in: SignedIn) -> None:
    coordinator = signed_in("coordinator")
    address = reverse("web:reminder-times", args=["RAD19"])
    refused = coordinator.post(address, {"receipt_contact": "24", "decision_contact": "20"})
    assert refused.status_code == 422
    assert "Steps follow each other" in refused.content.decode()
    assert coordinator.post(address, {"receipt_contact": "2", "suggest_order": "5"}).status_code == 302
    with acting_as(SYSTEM):
        is_on, hours = ladder.hours_of(people.operation)
    assert not is_on, "setting times switches nothing on"
    assert hours == {
        "receipt_contact": 2,
        "receipt_superior": None,
        "decision_contact": None,
        "decision_superior": None,
        "suggest_order": 5,
    }
    with pytest.raises(LadderError):
        ladder.switch(people.operation, is_on=True, by=people.actor("officer"))
