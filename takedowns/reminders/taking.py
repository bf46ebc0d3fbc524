"""Taking the steps that are due, and mailing the reminders. Each is kept, and stands in the history of its referrals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Final
from uuid import UUID

from django.core.mail import EmailMessage
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from procrastinate.contrib.django import app
from procrastinate.types import JSONValue

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.accounts.mail import mail_works, message_id
from takedowns.directory.models import Platform
from takedowns.installation.identity import CopyError
from takedowns.referrals.locks import lock_items_of, lock_referrals
from takedowns.referrals.models import Operation
from takedowns.referrals.operations import may_run
from takedowns.referrals.reference import reference_of
from takedowns.referrals.vocabulary import EventKind, SilenceStep
from takedowns.reminders.ladder import LadderError
from takedowns.reminders.models import Reminder
from takedowns.reminders.silence import Due, due_now

#: As many references stand in a mail; the others are counted.
NAMED: Final = 100
TO_SUPERIORS: Final = frozenset({SilenceStep.RECEIPT_SUPERIOR, SilenceStep.DECISION_SUPERIOR})
ABOUT_RECEIPT: Final = frozenset({SilenceStep.RECEIPT_CONTACT, SilenceStep.RECEIPT_SUPERIOR})

_EVENTS: Final = """
    INSERT INTO referrals_event (item_id, referral_id, at, kind, details)
    SELECT told.item_id, told.referral_id, %s, told.kind, jsonb_build_object('silence', told.step)
    FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[]) AS told (item_id, referral_id, kind, step)
"""


def take_steps(now: datetime | None = None) -> int:
    """Take every step that is due: keep it, enter it in each referral's history, queue its mail. Return how many.

    Ten statements at most, however many referrals, platforms and operations.
    """
    now = now or timezone.now()
    with acting_as(SYSTEM):
        if not (found := due_now(now)):
            return 0
        ids = [one.referral_id for one in found]
        lock_items_of(ids)
        lock_referrals(ids)
        found = due_now(now, only=ids)  # who answered meanwhile is not reminded
        made = len(_keep(found, now))
        with connection.cursor() as cursor:
            suggests = SilenceStep.SUGGEST_ORDER
            kinds = [
                str(EventKind.SUGGEST_ORDER if one.step == suggests else EventKind.REMIND) for one in found
            ]
            cursor.execute(
                _EVENTS,
                [
                    now,
                    [one.item_id for one in found],
                    [one.referral_id for one in found],
                    kinds,
                    [one.step for one in found],
                ],
            )
        waiting = Reminder.objects.filter(at=now, state=Reminder.State.QUEUED)
        send_later(list(waiting.values_list("pk", flat=True)))
    return made


def _keep(found: Sequence[Due], now: datetime) -> list[Reminder]:
    operations = Operation.objects.in_bulk({one.operation_id for one in found})
    platforms = Platform.objects.in_bulk({one.platform_id for one in found})
    steps = groupby(found, key=lambda one: (one.operation_id, one.platform_id, one.step, one.recipient))
    return Reminder.objects.bulk_create(
        [
            Reminder(
                operation_id=operation_id,
                platform_id=platform_id,
                step=step,
                at=now,
                referrals=len(referrals),
                to=recipient,
                text=text_of(step, operations[operation_id], platforms[platform_id], referrals)
                if recipient
                else "",
                state=Reminder.State.QUEUED if recipient else Reminder.State.SUGGESTED,
            )
            for (operation_id, platform_id, step, recipient), group in steps
            for referrals in [list(group)]
        ]
    )


def subject_of(reminder: Reminder) -> str:
    """Return the subject of a reminder's mail."""
    return _("%(operation)s: reminder about what was referred to your service") % {
        "operation": reminder.operation.reference
    }


def text_of(step: str, operation: Operation, platform: Platform, referrals: Sequence[Due]) -> str:
    """Return what a reminder says: how many, since when, which by their references. No address of an item stands in it."""
    said = {
        "operation": operation,
        "platform": platform.name,
        "number": len(referrals),
        "since": _moment(min(one.since for one in referrals)),
    }
    if step in ABOUT_RECEIPT:
        first = ngettext(
            "In %(operation)s we referred %(number)d item on %(platform)s to you that you have not acknowledged. It was sent on %(since)s.",
            "In %(operation)s we referred %(number)d items on %(platform)s to you that you have not acknowledged. The oldest was sent on %(since)s.",
            len(referrals),
        )
        asked = _("Please tell us that you received what is listed below, and what you decide.")
    else:
        first = ngettext(
            "In %(operation)s we referred %(number)d item on %(platform)s to you of which we know no decision. It was sent on %(since)s.",
            "In %(operation)s we referred %(number)d items on %(platform)s to you of which we know no decision. The oldest was sent on %(since)s.",
            len(referrals),
        )
        asked = _("Please tell us what you decided about what is listed below.")
    paragraphs = [first % said, asked]
    if step in TO_SUPERIORS:
        paragraphs.insert(
            0,
            _("We write to you because our reminder to your service’s contact remained without an answer."),
        )
    listed = [
        f"{reference_of(operation.reference, one.referral_id)}  {_moment(one.since)}"
        for one in referrals[:NAMED]
    ]
    if (more := len(referrals) - NAMED) > 0:
        listed.append(ngettext("and %(count)d more", "and %(count)d more", more) % {"count": more})
    paragraphs.append("\n".join(listed))
    paragraphs.append(
        _(
            "The addresses stand where you got them: in the list that was sent, over the API, or at your desk. If that is lost, answer this mail."
        )
    )
    return "\n\n".join(paragraphs) + "\n"


def send_later(reminder_ids: Sequence[UUID]) -> None:
    """Queue reminders to be sent. One statement, none without any."""
    if reminder_ids:
        arguments: list[dict[str, JSONValue]] = [{"reminder_id": str(one)} for one in reminder_ids]
        app.configure_task("reminders.send", allow_unknown=False).batch_defer(*arguments)


def forgotten() -> list[UUID]:
    """Return the reminders that wait to be sent and of which no job is left, a minute after their step was taken."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT reminder.id FROM reminders_reminder AS reminder
            WHERE reminder.state = %s AND reminder.at < now() - interval '1 minute' AND NOT EXISTS (
                SELECT 1 FROM procrastinate_jobs AS job
                WHERE job.status IN ('todo', 'doing') AND job.args ->> 'reminder_id' = reminder.id::text)
            """,
            [Reminder.State.QUEUED],
        )
        return [row[0] for row in cursor.fetchall()]


def send(reminder_id: UUID) -> None:
    """Mail one reminder and keep what became of it; one that is sent, or was given up, is left alone."""
    with acting_as(SYSTEM):
        reminder = (
            Reminder.objects.select_for_update(of=("self",))
            .select_related("operation")
            .filter(pk=reminder_id, state=Reminder.State.QUEUED)
            .first()
        )
        if reminder is None:
            return
        message = EmailMessage(
            subject_of(reminder),
            reminder.text,
            to=[reminder.to],
            headers={"Message-ID": message_id(f"{reminder.pk}")},
        )
        try:
            message.send()
        except CopyError:
            return  # it waits for the installation itself
        except OSError as error:  # every error of smtplib and of the network is one
            reminder.state, reminder.reason = (
                Reminder.State.FAILED,
                f"{type(error).__name__}: {error}"[:2000],
            )
        else:
            reminder.state, reminder.sent_at = Reminder.State.SENT, timezone.now()
        reminder.save(update_fields=["state", "reason", "sent_at"])


def send_again(operation: Operation, reminder_id: UUID, *, by: Actor) -> None:
    """Queue a reminder once more that the mail server did not take.

    Raises:
        LadderError: not for the actor, no mail server, or it did not fail.
    """
    if not may_run(by, operation):
        raise LadderError(_("This is for the coordinators of the operation and for administrators."))
    if not mail_works():
        raise LadderError(_("This installation sends no mail."))
    with acting_as(SYSTEM):
        failed = Reminder.objects.filter(
            pk=reminder_id, operation=operation, state=Reminder.State.FAILED
        ).update(state=Reminder.State.QUEUED, reason="")
        if not failed:
            raise LadderError(_("It was sent meanwhile, or waits to be."))
        send_later([reminder_id])


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
