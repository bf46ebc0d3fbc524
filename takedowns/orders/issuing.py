"""Issuing removal orders at dispatch: whether they may go, and what is then kept of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from takedowns.access.actor import SYSTEM, Actor, acting_as, asked_by
from takedowns.directory.models import Platform
from takedowns.orders.drawing import differing
from takedowns.orders.models import PriorNotice, RemovalOrder
from takedowns.orders.parties import may_record_notice
from takedowns.orders.vocabulary import NOTICE
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.transitions import Refused, reopen
from takedowns.referrals.vocabulary import Instrument, Status

_CHANGED: Final = "changed_since_approval"
#: Why an order cannot go, by code.
WHY: Final = {
    "order_missing": _("Its order is not written: the type of material and the reasons are missing."),
    "no_authority": _("Its agency has no issuing authority recorded, so it cannot issue orders."),
    "incomplete_authority": _(
        "Its issuing authority lacks something that Annex I asks for: name, Member State, address, e-mail, or body and"
        " deadline for redress. Complete the authority."
    ),
    "no_addressee": _(
        "To whom it is addressed is not known: the provider's name, its contact point for orders (Art. 15) and its Member"
        " State. Complete the contact of the platform."
    ),
    _CHANGED: _(
        "What is on it is not what was approved: its authority, its addressee, its address or its ground is another now, or was"
        " not known. Keep its text once more; then a second person approves it as it is."
    ),
    "notice_missing": _(
        "It would be the first order of this authority to this provider, and no notice of 12 hours is"
        " recorded. Record when it was given, or state the emergency in the order (Art. 3(2))."
    ),
    "notice_too_short": _(
        "It would be the first order of this authority to this provider, and when it was approved, which is its date, the notice"
        " was younger than 12 hours. Wait and keep its text once more, for a second person to approve it anew, or state the"
        " emergency in the order (Art. 3(2))."
    ),
}

_READINESS: Final = """
    SELECT referral.id, removal.referral_id IS NOT NULL, authority.agency_id IS NOT NULL,
           '' NOT IN (
               btrim(authority.name), btrim(authority.member_state), btrim(authority.address), btrim(authority.email),
               btrim(authority.redress_body), btrim(authority.redress_deadline)
           ),
           coalesce(
               '' NOT IN (btrim(addressee.name), btrim(addressee.contact_point), btrim(addressee.member_state)), false
           ),
           coalesce(removal.emergency, false), referral.approved_at,
           EXISTS (
               SELECT 1 FROM orders_removalorder AS earlier
               JOIN referrals_referral AS its ON its.id = earlier.referral_id
               WHERE earlier.agency_id = referral.agency_id AND earlier.issued_at IS NOT NULL
                 AND its.platform_id IN (
                     SELECT slug FROM directory_platform
                     WHERE slug = platform.slug OR provider_id = platform.provider_id
                 )
           ),
           (
               SELECT min(given_at) FROM orders_priornotice AS notice
               WHERE notice.agency_id = referral.agency_id AND notice.platform_id IN (
                   SELECT slug FROM directory_platform WHERE slug = platform.slug OR provider_id = platform.provider_id
               )
           )
    FROM referrals_referral AS referral
    JOIN directory_platform AS platform ON platform.slug = referral.platform_id
    LEFT JOIN orders_removalorder AS removal ON removal.referral_id = referral.id
    LEFT JOIN orders_issuingauthority AS authority ON authority.agency_id = referral.agency_id
    LEFT JOIN orders_addressee AS addressee ON addressee.platform_id = referral.platform_id
    WHERE referral.id {which}
    ORDER BY referral.id
"""


class _Found(NamedTuple):
    """What is known of an approved order: a row of the statement, after its id."""

    written: bool
    authority: bool
    complete: bool
    addressed: bool
    emergency: bool
    dated: datetime | None
    earlier: bool
    notice: datetime | None


class NoticeError(ValueError):
    """A notice cannot be recorded; the message says why."""


def unready(referral_ids: Collection[UUID]) -> list[Refused]:
    """Return why which of these orders, which are approved, cannot be issued. Two statements; none for none.

    The caller has checked who asks: another agency's notice counts for its own orders only.
    """
    return _unready("= ANY(%s)", [list(referral_ids)]) if referral_ids else []


def waiting_unready(operation: Operation, actor: Actor) -> list[Refused]:
    """Return why which orders of an operation that are approved could not go now. Two statements."""
    waiting = operation.referrals.visible_to(actor).filter(
        instrument=Instrument.REMOVAL_ORDER, status=Status.APPROVED
    )
    which, values = waiting.values("pk").query.sql_with_params()
    return _unready(f"IN ({which})", values)


def reopen_changed(*, agency: UUID | None = None, platform: str = "", by: Actor) -> int:
    """Send the approved orders of an agency, or for a platform, back to review that would say something else now.

    Those that still lack something stay as they are, and are on the list of what lacks. A fixed number of statements.

    Args:
        by: who changed what they say, and may not be the second person.

    Returns:
        How many.
    """
    with acting_as(SYSTEM):
        found = Referral.objects.filter(instrument=Instrument.REMOVAL_ORDER, status=Status.APPROVED)
        found = found.filter(agency=agency) if agency else found.filter(platform=platform)
        refused = unready(found.values_list("pk", flat=True))
        changed = sorted(one.referral_id for one in refused if one.code == _CHANGED)
        return len(reopen(changed, by=by, at=timezone.now(), because="parties_changed"))


def _unready(which: str, values: Sequence[Any]) -> list[Refused]:
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_READINESS.format(which=which), values)
        why = {row[0]: _why_not(_Found(*row[1:])) for row in cursor.fetchall()}
        for one in differing([one for one, code in why.items() if not code or code.startswith("notice")]):
            why[one] = _CHANGED
    return [Refused(one, code, gettext(WHY[code]), Status.APPROVED) for one, code in why.items() if code]


def _why_not(found: _Found) -> str:
    """Return why an order cannot go, by code; "" where it can."""
    if not found.written:
        return "order_missing"
    if not found.authority:
        return "no_authority"
    if not found.complete:
        return "incomplete_authority"
    if not found.addressed:
        return "no_addressee"
    if found.earlier or found.emergency:
        return ""
    if found.notice is None:
        return "notice_missing"
    return "notice_too_short" if found.dated is not None and found.notice > found.dated - NOTICE else ""


def issue(referral_ids: Collection[UUID], at: datetime) -> dict[UUID, bytes]:
    """Note when orders that were just referred went out. Two statements.

    Returns:
        The PDF of each, byte for byte as it was drawn when it was approved.
    """
    if not referral_ids:
        return {}
    with acting_as(SYSTEM):
        orders = RemovalOrder.objects.filter(pk__in=list(referral_ids))
        orders.update(issued_at=at)
        return {pk: bytes(document or b"") for pk, document in orders.values_list("pk", "document")}


def record_notice(
    agency_id: UUID, platform: Platform, operation: Operation, *, by: Actor, given_at: datetime, now: datetime
) -> PriorNotice:
    """Record that an authority told a provider of procedures and deadlines (Art. 3(2)).

    Raises:
        NoticeError: not for the actor to say, or a moment ahead of now.
    """
    allowed = by.is_system or may_record_notice(by, operation, agency_id)
    with asked_by(by):
        takes_part = operation.agencies.filter(pk=agency_id).exists()
    if not allowed or not takes_part:
        raise NoticeError(
            "Recording a notice is for the agency that gave it, and the operation's coordinator."
        )
    # Not forgiven a minute as an answer is: twelve hours run from it, and who gives it tells it.
    if given_at > now:
        raise NoticeError("This moment lies ahead of now; record the notice once it is given.")
    with acting_as(SYSTEM):
        return PriorNotice.objects.create(
            agency_id=agency_id,
            platform=platform,
            given_at=given_at,
            recorded_by_id=by.user_id,
        )
