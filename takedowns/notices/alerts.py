"""Mail that alerts a platform's own people: of new referrals, and of the hour of a removal order. Never an address in it.

A mail goes out inside the transaction that notes it, so a crash in between lets it be sent twice and never lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.accounts.mail import mail_works
from takedowns.directory.models import User
from takedowns.notices.models import AlertChoice, AlertKind, AlertMailed
from takedowns.referrals.lifecycle import AT_THE_PLATFORM

#: What is older is no news: somebody who was invited today is not told of last week.
STILL_NEWS: Final = timedelta(days=1)

#: What there is to tell, by platform; then whom, unless they were told already or do not want to be.
_WAITING: Final = """
    WITH told AS (
        SELECT dispatch.id AS subject, %(hand_off)s AS kind, sent.key AS platform_id, sent.value::integer AS number,
               NULL::timestamptz AS due
        FROM sending_dispatch AS dispatch CROSS JOIN LATERAL jsonb_each_text(dispatch.referred) AS sent
        WHERE dispatch.at > %(since)s AND sent.value::integer > 0
        UNION ALL
        SELECT referral.id, alert.kind, referral.platform_id, 1, referral.due_at
        FROM referrals_referral AS referral JOIN orders_removalorder AS removal ON removal.referral_id = referral.id
        CROSS JOIN LATERAL (VALUES (%(order)s, %(since)s::timestamptz, NULL), (%(due_soon)s, %(now)s, %(soon)s::timestamptz))
            AS alert (kind, due_after, due_before)
        WHERE referral.status = ANY (%(open)s) AND removal.issued_at IS NOT NULL AND referral.due_at > alert.due_after
            AND (alert.due_before IS NULL OR referral.due_at <= alert.due_before)
    )
    SELECT DISTINCT person.user_id, told.platform_id, platform.name, told.kind, told.subject, told.number, told.due
    FROM told
    JOIN directory_platform AS platform ON platform.slug = told.platform_id
    JOIN directory_membership AS person ON person.platform_id = told.platform_id
    JOIN directory_user AS account ON account.id = person.user_id AND account.is_active
    LEFT JOIN notices_alertchoice AS choice ON choice.user_id = person.user_id
    WHERE CASE told.kind WHEN %(hand_off)s THEN coalesce(choice.hand_offs, true) ELSE coalesce(choice.orders, true) END
        AND (%(only)s::uuid IS NULL OR person.user_id = %(only)s)
        AND NOT EXISTS (SELECT 1 FROM notices_alertmailed AS mailed
            WHERE mailed.user_id = person.user_id AND mailed.kind = told.kind AND mailed.subject = told.subject)
    ORDER BY person.user_id, platform.name, told.due NULLS LAST, told.kind
"""


class Waiting(NamedTuple):
    """One thing that one person is to be alerted of.

    Attributes:
        subject: the dispatch, or the order's referral.
        number: how many referrals.
        due: when the hour of the order ends.
    """

    user_id: UUID
    platform_id: str
    platform: str
    kind: str
    subject: UUID
    number: int
    due: datetime | None


def waiting(now: datetime | None = None, *, only: UUID | None = None) -> list[Waiting]:
    """Return what whom is to be alerted of, or only one person. One statement; asks as the system."""
    now = now or timezone.now()
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            _WAITING,
            {
                **{str(kind): str(kind) for kind in AlertKind},
                "open": [str(one) for one in AT_THE_PLATFORM],
                "now": now,
                "since": now - STILL_NEWS,
                "soon": now + timedelta(minutes=settings.WEBHOOK_DUE_SOON_MINUTES),
                "only": only,
            },
        )
        return [Waiting(*row) for row in cursor.fetchall()]


def send(user_id: UUID, now: datetime | None = None) -> bool:
    """Send one person what waits for them; return whether a mail went.

    Raises:
        OSError: the mail server did not take it. Nothing is noted, so it is tried again.
    """
    if not mail_works():
        return False
    with acting_as(SYSTEM):
        user = User.objects.select_for_update().filter(pk=user_id, is_active=True).first()
        found = waiting(now, only=user_id) if user else []
        if user is None or not found:
            return False
        with translation.override(user.language or settings.LANGUAGE_CODE):
            message = EmailMessage(
                *_written(found), to=[user.email], headers={"Auto-Submitted": "auto-generated"}
            )
        message.send()
        AlertMailed.objects.bulk_create(
            [AlertMailed(user=user, kind=one.kind, subject=one.subject) for one in found]
        )
    return True


def choice_of(actor: Actor) -> AlertChoice:
    """Return by what the asking person is alerted; the defaults where they never chose. One statement."""
    found = AlertChoice.objects.filter(user=actor.user_id).first()
    return found or AlertChoice(user_id=actor.user_id)  # type: ignore[misc]


def choose(actor: Actor, *, hand_offs: bool, orders: bool) -> None:
    """Keep by what the asking person wants to be alerted. One statement."""
    AlertChoice.objects.bulk_create(
        [AlertChoice(user_id=actor.user_id, hand_offs=hand_offs, orders=orders)],  # type: ignore[misc]
        update_conflicts=True,
        unique_fields=["user"],
        update_fields=["hand_offs", "orders"],
    )


def _written(found: Sequence[Waiting]) -> tuple[str, str]:
    """Return subject and text, in the language that is active; what is urgent is said in the subject."""
    urgent = any(one.kind != AlertKind.HAND_OFF for one in found)
    subject = (
        _("Takedowns: one-hour deadline of a removal order") if urgent else _("Takedowns: new referrals")
    )
    parts = []
    for platform_id, ones in groupby(found, key=attrgetter("platform_id")):
        lines = [_sentence(one) for one in ones]
        parts.append("\n".join([*lines, settings.SITE_URL + reverse("web:desk", args=[platform_id])]))
    parts.append(_("By which mails you are alerted is chosen at the desk, under “Alerts”."))
    return subject, "\n\n".join(parts) + "\n"


def _sentence(one: Waiting) -> str:
    if one.kind == AlertKind.HAND_OFF or one.due is None:
        said = ngettext(
            "%(platform)s: %(number)d new referral.", "%(platform)s: %(number)d new referrals.", one.number
        )
        return said % {"platform": one.platform, "number": one.number}
    at = format_date(timezone.localtime(one.due), "H:i T")
    if one.kind == AlertKind.DUE_SOON:
        return _(
            "%(platform)s: the one-hour deadline of a removal order ends at %(at)s, and it is not decided."
        ) % {
            "platform": one.platform,
            "at": at,
        }
    return _("%(platform)s: the one-hour deadline of a removal order runs until %(at)s.") % {
        "platform": one.platform,
        "at": at,
    }
