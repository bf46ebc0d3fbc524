"""The mail that says what changed: counts and a way to the page, never an address. Mail is not confidential.

A mail goes out inside the transaction that notes it, so a crash in between lets it be sent twice and never lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.accounts.mail import mail_works, message_id
from takedowns.comments.queries import unmailed as unmailed_mentions
from takedowns.comments.services import note_mailed as note_mentions_mailed
from takedowns.notices.messages import note_mailed, unmailed
from takedowns.notices.models import Attention, Mail, Message, What
from takedowns.notices.news import News, news
from takedowns.referrals.models import Operation

#: When the morning's mail goes, in the installation's zone.
MORNING: Final = time(7)


def period_start(mail: str, now: datetime) -> datetime:
    """Return when the running hour, or the day from seven to seven, began."""
    local = timezone.localtime(now)
    if mail == Mail.HOURLY:
        return local.replace(minute=0, second=0, microsecond=0)
    today = timezone.make_aware(datetime.combine(local.date(), MORNING))
    if today <= now:
        return today
    return timezone.make_aware(datetime.combine(local.date() - timedelta(days=1), MORNING))


def due(now: datetime | None = None) -> list[UUID]:
    """Return who may be sent a mail now, whether or not there is anything to tell. One statement; asks as the system."""
    now = now or timezone.now()
    hourly, daily = (period_start(mail, now) for mail in (Mail.HOURLY, Mail.DAILY))
    waiting = Attention.objects.filter(
        Q(mail=Mail.HOURLY) & (Q(mailed_at=None) | Q(mailed_at__lt=hourly))
        | Q(mail=Mail.DAILY) & (Q(mailed_at=None) | Q(mailed_at__lt=daily)),
        user__is_active=True,
    ).exclude(mail=Mail.NEVER)
    with acting_as(SYSTEM):
        return list(waiting.order_by("user_id").values_list("user_id", flat=True))


def send(user_id: UUID, now: datetime | None = None) -> bool:
    """Send one person's mail if it is due and something changed; return whether one went.

    Raises:
        OSError: the mail server did not take it. Nothing is noted, so it is tried again.
    """
    now = now or timezone.now()
    if not mail_works():
        return False
    with acting_as(SYSTEM):
        attention = (
            Attention.objects.select_for_update(of=("self",))
            .select_related("user")
            .filter(pk=user_id)
            .first()
        )
        if attention is None or attention.mail == Mail.NEVER:
            return False
        if attention.mailed_at is not None and attention.mailed_at >= period_start(attention.mail, now):
            return False
        actor = Actor.of(attention.user)
        # As the person: the mail counts what they may see now, not what they might have seen once.
        with acting_as(actor):
            found = news(actor, attention, after=max(attention.seen, attention.mailed))
            messages = unmailed(actor)
            mentions = unmailed_mentions(actor)
        if not found.number and not messages and not mentions:
            return False
        _message(attention, found, messages, mentions, now).send()
        Attention.objects.filter(pk=user_id).update(mailed=max(attention.mailed, found.upto), mailed_at=now)
        note_mailed(messages, user_id, now)
        note_mentions_mailed(user_id, now)
    return True


def _message(
    attention: Attention, found: News, messages: Sequence[Message], mentions: int, now: datetime
) -> EmailMessage:
    with translation.override(attention.user.language or settings.LANGUAGE_CODE):
        written = _written(found, messages, mentions)
    # The same mail sent again after a crash bears the same name, so that a mail program shows it once.
    began = period_start(attention.mail, now)
    return EmailMessage(
        *written,
        to=[attention.user.email],
        headers={
            "Message-ID": message_id(f"digest-{attention.user_id}-{began:%Y%m%d%H%M}-{found.upto}"),
            "Auto-Submitted": "auto-generated",
        },
    )


def _written(found: News, messages: Sequence[Message], mentions: int) -> tuple[str, str]:
    """Return subject and text, in the language that is active."""
    references = _references(found)
    by_operation: dict[str, Counter[str]] = {}
    for one in found.counts:
        if one.operation_id:
            place = references.get(one.operation_id, "")
        else:
            place = _("Holds") if one.what == What.HOLD_ENDED else _("Referred by others already")
        by_operation.setdefault(place, Counter())[one.what] += one.number
    said = Counter(one.operation.reference for one in messages)
    parts: list[str] = []
    if found.number:
        shown = f"{found.number}" if found.is_all else f"{found.number}+"
        parts.append(
            ngettext(
                "%(number)s change that you have not read:",
                "%(number)s changes that you have not read:",
                found.number,
            )
            % {"number": shown}
        )
        for place, counted in sorted(by_operation.items()):
            parts.append(f"{place}\n" + "\n".join(_counted(counted)))
        parts.append(settings.SITE_URL + reverse("web:news"))
    if mentions:
        told = ngettext(
            "%(number)d comment that mentions you and that you have not read.",
            "%(number)d comments that mention you and that you have not read.",
            mentions,
        ) % {"number": mentions}
        parts.append(f"{told}\n{settings.SITE_URL}{reverse('web:home')}")
    for reference, number in sorted(said.items()):
        told = ngettext(
            "%(reference)s: %(number)d new announcement.",
            "%(reference)s: %(number)d new announcements.",
            number,
        ) % {"reference": reference, "number": number}
        parts.append(f"{told}\n{settings.SITE_URL}{reverse('web:messages', args=[reference])}")
    parts.append(
        _(
            "You asked for this mail. How often it comes, or that it stops, is chosen on the page “What changed”."
        )
    )
    return _("Takedowns: what changed"), "\n\n".join(parts) + "\n"


def _counted(counted: Counter[str]) -> list[str]:
    return [f"    {what.label}: {counted[what]}" for what in What if counted[what]]


def _references(found: News) -> dict[UUID, str]:
    ids = {one.operation_id for one in found.counts if one.operation_id}
    return dict(Operation.objects.filter(pk__in=ids).values_list("pk", "reference")) if ids else {}
