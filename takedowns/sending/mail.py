"""Sending hand-off bundles by mail, or recording that somebody sent one by hand. Each time is kept, and what became of it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from mimetypes import guess_type
from uuid import UUID

from django.core.mail import EmailMessage
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from procrastinate.types import JSONValue

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.accounts.mail import mail_works, message_id
from takedowns.installation.identity import CopyError
from takedowns.orders.models import Addressee
from takedowns.referrals.moments import misdated, moment_told
from takedowns.referrals.permissions import coordinates
from takedowns.sending.answer_links import address_in_mail, make_links
from takedowns.sending.enclosures import LETTER, MOST_SINGLY, SINGLY
from takedowns.sending.models import HandOff, Sending


def send_later(sending_ids: Sequence[UUID]) -> None:
    """Queue bundles to be sent. One statement."""
    arguments: list[dict[str, JSONValue]] = [{"sending_id": str(one)} for one in sending_ids]
    app.configure_task("sending.send_bundle", allow_unknown=False).batch_defer(*arguments)


def forgotten() -> list[UUID]:
    """Return the bundles that wait to be sent and of which no job is left, a minute after they were asked for."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT sending.id FROM sending_sending AS sending
            WHERE sending.state = %s AND sending.asked_at < now() - interval '1 minute' AND NOT EXISTS (
                SELECT 1 FROM procrastinate_jobs AS job
                WHERE job.status IN ('todo', 'doing') AND job.args ->> 'sending_id' = sending.id::text)
            """,
            [Sending.State.QUEUED],
        )
        return [row[0] for row in cursor.fetchall()]


class SendingError(ValueError):
    """Nothing was sent or recorded; the message says why and what to do."""


def queue(to: Mapping[UUID, str], *, by_id: UUID | None, at: datetime) -> None:
    """Queue bundles, by their hand-offs' ids, to mail addresses, in the transaction of what they are about.

    Two statements; three where platforms answer by links, none without a mail server.
    """
    if not to or not mail_works():
        return
    with acting_as(SYSTEM):
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO sending_sending (hand_off_id, how, state, "to", asked_by_id, asked_at, reason)
                SELECT bundle.hand_off_id, %s, %s, bundle.address, %s, %s, ''
                FROM unnest(%s::uuid[], %s::text[]) AS bundle (hand_off_id, address)
                RETURNING id
                """,
                [Sending.How.MAIL, Sending.State.QUEUED, by_id, at, list(to), list(to.values())],
            )
            sendings = [row[0] for row in cursor.fetchall()]
        make_links(to, by_id=by_id, at=at)
        send_later(sendings)


def send_again(hand_off: HandOff, *, by: Actor) -> None:
    """Queue a bundle once more, to the address that its platform has now.

    Raises:
        SendingError: not a coordinator, no mail server, no address, or it waits to be sent already.
    """
    _require_coordinator(hand_off, by)
    with acting_as(SYSTEM):
        # Locked, so that of two who press at once one sees the other's.
        addressee = Addressee.objects.select_for_update().filter(platform=hand_off.platform_id).first()
        if not mail_works():
            raise SendingError(
                "This installation sends no mail. Send the bundle by hand and record it, or have EMAIL_URL set."
            )
        if addressee is None or not addressee.mail_to:
            raise SendingError(
                "No mail address is recorded for this platform. Enter one under its addressee."
            )
        if hand_off.sendings.filter(state=Sending.State.QUEUED).exists():
            raise SendingError("It waits to be sent already.")
        queue({hand_off.pk: addressee.mail_to}, by_id=by.user_id, at=timezone.now())


def record_by_hand(hand_off: HandOff, *, by: Actor, to: str, at: datetime) -> None:
    """Record that a bundle was handed over otherwise: ``to`` says to whom and how.

    Raises:
        SendingError: not a coordinator, nothing said, or a moment ahead of now or before the bundle was made.
    """
    _require_coordinator(hand_off, by)
    now = timezone.now()
    if not to.strip():
        raise SendingError("Say to whom it went and how.")
    if misdated(at, since=hand_off.made_at, now=now):
        raise SendingError("The moment must lie between the making of the bundle and now.")
    with acting_as(SYSTEM):
        Sending.objects.create(
            hand_off=hand_off,
            how=Sending.How.HAND,
            state=Sending.State.SENT,
            to=to.strip()[:254],
            asked_by_id=by.user_id,
            asked_at=now,
            sent_at=moment_told(at, since=hand_off.made_at, now=now),
        )


def send(sending_id: UUID) -> None:
    """Send one bundle and record what became of it; one that is sent, or was given up, is left alone.

    Tried again after a crash it bears the same Message-ID, so that the receiver's mail program knows it.
    """
    with acting_as(SYSTEM):
        sending = (
            Sending.objects.select_for_update(of=("self",))
            .select_related("hand_off__dispatch__operation", "hand_off__platform")
            .filter(pk=sending_id, state=Sending.State.QUEUED)
            .first()
        )
        if sending is None:
            return
        try:
            _message(sending).send()
        except CopyError:
            return  # it waits for the installation itself
        except OSError as error:  # every error of smtplib and of the network is one
            sending.state, sending.reason = Sending.State.FAILED, f"{type(error).__name__}: {error}"[:2000]
        else:
            sending.state, sending.sent_at = Sending.State.SENT, timezone.now()
        sending.save(update_fields=["state", "reason", "sent_at"])


def _message(sending: Sending) -> EmailMessage:
    hand_off = sending.hand_off
    operation = hand_off.dispatch.operation
    message = EmailMessage(
        _("Terrorist content on your service: %(operation)s") % {"operation": operation},
        _(
            "Please find enclosed a letter, a list and, where there are any, removal orders under Regulation (EU) 2021/784.\n\n"
            "SHA-256 of the enclosed file: %(sha256)s\n"
        )
        % {"sha256": hand_off.bundle_sha256}
        + _how_to_answer(sending),
        to=[sending.to],
        headers={"Message-ID": message_id(f"{sending.pk}")},
    )
    message.attach(f"{hand_off.name}.zip", bytes(hand_off.bundle), "application/zip")
    for name, content in _singly(hand_off):
        message.attach(name, content, guess_type(name)[0])
    return message


def _singly(hand_off: HandOff) -> list[tuple[str, bytes]]:
    """Return what of a bundle a program is to read from the mail itself, with the letter; nothing where there is no such file."""
    if not hand_off.bundle:
        return []
    with zipfile.ZipFile(io.BytesIO(hand_off.bundle)) as bundle:
        names = [name for name in bundle.namelist() if name.startswith(SINGLY)]
        if not names or len(names) > MOST_SINGLY:
            return []
        return [(name.removeprefix(SINGLY), bundle.read(name)) for name in (LETTER, *names)]


def _how_to_answer(sending: Sending) -> str:
    """Return what the mail says of its link, where it has one."""
    found = address_in_mail(sending.hand_off, sending.to)
    if found is None:
        return ""
    address, ends = found
    return _(
        "\nYou can answer on our pages without an account, until %(ends)s UTC. Open this address; a code then comes to this mailbox by a"
        " second mail:\n\n%(address)s\n\nIt opens this hand-off and nothing else.\n"
    ) % {"address": address, "ends": f"{ends.astimezone(UTC):%Y-%m-%d %H:%M}"}


def _require_coordinator(hand_off: HandOff, by: Actor) -> None:
    if not (by.is_system or coordinates(by, hand_off.dispatch.operation)):
        raise SendingError("Sending is for the coordinators of the operation.")
