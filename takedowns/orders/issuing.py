"""Issuing removal orders at dispatch: whether they may go, and what is then kept of them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from psycopg.types.json import Jsonb

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.directory.models import Platform
from takedowns.orders.document import particulars, pdf_of
from takedowns.orders.models import PriorNotice, RemovalOrder
from takedowns.orders.parties import may_record_notice
from takedowns.orders.vocabulary import NOTICE
from takedowns.referrals.models import Operation
from takedowns.referrals.transitions import Refused
from takedowns.referrals.vocabulary import Instrument, Status

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
    "notice_missing": _(
        "It would be the first order of this authority to this provider, and no notice of 12 hours is"
        " recorded. Record when it was given, or state the emergency in the order (Art. 3(2))."
    ),
    "notice_too_short": _(
        "It would be the first order of this authority to this provider, and the notice is younger than"
        " 12 hours. Wait, or state the emergency in the order (Art. 3(2))."
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
           coalesce(removal.emergency, false),
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


class NoticeError(ValueError):
    """A notice cannot be recorded; the message says why."""


def unready(referral_ids: Collection[UUID], at: datetime) -> list[Refused]:
    """Return why which of these orders cannot be issued at ``at``. One statement; none for none.

    The caller has checked who asks: another agency's notice counts for its own orders only.
    """
    return _unready("= ANY(%s)", [list(referral_ids)], at) if referral_ids else []


def waiting_unready(operation: Operation, actor: Actor, at: datetime) -> list[Refused]:
    """Return why which orders of an operation that are approved could not go now. One statement."""
    waiting = operation.referrals.visible_to(actor).filter(
        instrument=Instrument.REMOVAL_ORDER, status=Status.APPROVED
    )
    which, values = waiting.values("pk").query.sql_with_params()
    return _unready(f"IN ({which})", values, at)


def _unready(which: str, values: Sequence[Any], at: datetime) -> list[Refused]:
    refused = []
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_READINESS.format(which=which), values)
        for one, written, authority, complete, addressed, emergency, earlier, notice in cursor.fetchall():
            if not written:
                code = "order_missing"
            elif not authority:
                code = "no_authority"
            elif not complete:
                code = "incomplete_authority"
            elif not addressed:
                code = "no_addressee"
            elif earlier or emergency:
                continue
            elif notice is None:
                code = "notice_missing"
            elif notice > at - NOTICE:
                code = "notice_too_short"
            else:
                continue
            refused.append(Refused(one, code, gettext(WHY[code]), Status.APPROVED))
    return refused


def issue(referral_ids: Collection[UUID], at: datetime) -> dict[UUID, bytes]:
    """Write the documents of orders that were just referred and keep them, byte for byte. Two statements.

    Returns:
        The PDF of each.
    """
    if not referral_ids:
        return {}
    with acting_as(SYSTEM):
        orders = RemovalOrder.objects.filter(pk__in=list(referral_ids)).select_related(
            "referral__operation",
            "referral__platform__provider",
            "referral__platform__addressee",
            "item",
            "agency__issuing_authority",
        )
        said = {order.pk: particulars(order, at) for order in orders}
        documents = {one: pdf_of(each) for one, each in said.items()}
        with connection.cursor() as cursor:
            cursor.execute(
                """
                UPDATE orders_removalorder AS removal
                SET issued_at = %s, particulars = made.said, document = made.document, sha256 = made.sha256
                FROM unnest(%s::uuid[], %s::jsonb[], %s::bytea[], %s::text[]) AS made (id, said, document, sha256)
                WHERE removal.referral_id = made.id
                """,
                [
                    at,
                    list(said),
                    [Jsonb(each) for each in said.values()],
                    list(documents.values()),
                    [hashlib.sha256(document).hexdigest() for document in documents.values()],
                ],
            )
    return documents


def record_notice(
    agency_id: UUID, platform: Platform, operation: Operation, *, by: Actor, given_at: datetime, now: datetime
) -> PriorNotice:
    """Record that an authority told a provider of procedures and deadlines (Art. 3(2)).

    Raises:
        NoticeError: not for the actor to say, or a moment ahead of now.
    """
    allowed = by.is_system or may_record_notice(by, operation, agency_id)
    if not allowed or not operation.agencies.filter(pk=agency_id).exists():
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
