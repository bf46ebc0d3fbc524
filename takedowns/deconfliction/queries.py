"""What partners said: of one item, of what would go to platforms now; and how it goes with each partner."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

import orjson
from django.conf import settings
from django.db import connection
from django.db.models import IntegerField, JSONField, Value
from django.db.models.expressions import Combinable, RawSQL
from django.utils import timezone

from takedowns.access.actor import works_in_sandbox
from takedowns.deconfliction.models import Exchange, Partner, day_began
from takedowns.installation.switches import Way, is_on
from takedowns.referrals.vocabulary import Status

#: Calls on the page of a partner.
CALLS_SHOWN: Final = 50

_ON_HOLD: Final = """
    SELECT DISTINCT referral.id FROM referrals_referral AS referral
    JOIN deconfliction_answer AS answer ON answer.item_id = referral.item_id AND answer.on_hold
    WHERE referral.id = ANY (%s)
"""
#: One row a partner, and below it one for each referral of an item that it has on hold.
_STANDING: Final = f"""
    WITH waiting AS MATERIALIZED (
        SELECT referral.id, referral.item_id, referral.platform_id FROM referrals_referral AS referral
        WHERE referral.operation_id = %(operation)s AND referral.status = '{Status.APPROVED}'
          AND referral.item_id NOT IN (SELECT takedowns_items_on_hold(ARRAY(
              SELECT item_id FROM referrals_referral WHERE operation_id = %(operation)s AND status = '{Status.APPROVED}'
          )))
    ), said AS MATERIALIZED (
        SELECT waiting.*, answer.partner_id, answer.at, answer.has, answer.on_hold
        FROM waiting JOIN deconfliction_answer AS answer ON answer.item_id = waiting.item_id
    )
    SELECT partner.name, partner.contact_point, partner.state,
           (SELECT count(*) FROM waiting),
           (SELECT count(*) FROM said WHERE said.partner_id = partner.id AND said.at >= %(today)s),
           (SELECT count(*) FROM said WHERE said.partner_id = partner.id AND said.has),
           (SELECT max(said.at) FROM said WHERE said.partner_id = partner.id),
           (SELECT coalesce(jsonb_agg(jsonb_build_array(said.id, said.platform_id, said.at, item.url) ORDER BY said.id), '[]')
            FROM said JOIN referrals_item AS item ON item.id = said.item_id
            WHERE said.partner_id = partner.id AND said.on_hold)
    FROM deconfliction_partner AS partner WHERE partner.state <> 'ended' ORDER BY partner.name
"""


@dataclass(frozen=True, slots=True)
class PartnerAnswer:
    """What one partner said of one item.

    Attributes:
        at: when; None where it was not asked, or did not answer.
        is_old: it was not asked today.
    """

    partner: str
    contact: str
    at: datetime | None
    has: bool
    on_hold: bool
    referred_on: date | None
    is_old: bool


@dataclass(frozen=True, slots=True)
class HeldThere:
    """A referral that would go and whose item a partner has on hold."""

    referral: UUID
    platform: str
    url: str
    partner: str
    contact: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What a partner said of all that is approved in an operation and not on hold here.

    Attributes:
        approved: how many there are.
        asked: about how many it was asked today.
        has: how many of them somebody handed in there, too.
        at: when it answered last about one of them.
    """

    partner: str
    contact: str
    is_paused: bool
    approved: int
    asked: int
    has: int
    at: datetime | None

    @property
    def not_asked(self) -> int:
        """About how many it was not asked today."""
        return self.approved - self.asked


def uses_partners() -> bool:
    """Tell whether partners are asked here at all; never in the sandbox, whose items are invented."""
    return is_on(Way.DECONFLICTION) and not works_in_sandbox()


_SAID: Final = """
    SELECT jsonb_agg(jsonb_build_array(
        partner.name, partner.contact_point, answer.at, coalesce(answer.has, false), coalesce(answer.on_hold, false), answer.referred_on
    ) ORDER BY partner.name)
    FROM deconfliction_partner AS partner
    LEFT JOIN deconfliction_answer AS answer ON answer.partner_id = partner.id AND answer.item_id = %s
    WHERE partner.state <> 'ended'
"""
_ITEM_OF_REFERRAL: Final = '"referrals_referral"."item_id"'


def partner_answers_of(item_id: UUID | None = None) -> Combinable:
    """Return what a statement reads beside other things: what partners said of an item, as whoever asks may see it.

    Without ``item_id`` of the item of each referral that the statement reads; :func:`read_partner_answers` makes sense of it.
    """
    if not uses_partners():
        return Value(None, JSONField())
    if item_id is None:
        return RawSQL(f"({_SAID.replace('%s', _ITEM_OF_REFERRAL)})", [], output_field=JSONField())  # noqa: S611 - our own statement
    return RawSQL(f"({_SAID})", [item_id], output_field=JSONField())  # noqa: S611 - our own statement


def read_partner_answers(found: Any) -> list[PartnerAnswer]:
    """Return what :func:`partner_answers_of` read; empty where no partner is asked."""
    today = timezone.now().astimezone(UTC).date()
    read = []
    for partner, contact, at, has, on_hold, referred_on in found or ():
        moment = datetime.fromisoformat(at) if at else None
        day = date.fromisoformat(referred_on) if referred_on else None
        is_old = moment is not None and moment.astimezone(UTC).date() < today
        read.append(PartnerAnswer(partner, contact, moment, has, on_hold, day, is_old))
    return read


def on_hold_elsewhere(referrals: Collection[UUID]) -> set[UUID]:
    """Return those whose item a partner has on hold, as it said last. One statement; none where no partner is asked."""
    if not referrals or not uses_partners():
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_ON_HOLD, [list(referrals)])
        return {pk for (pk,) in cursor.fetchall()}


def standing_of(operation_id: UUID) -> tuple[list[Standing], list[HeldThere]]:
    """Return what each partner said of what is approved, and which of it is on hold there. One statement, as far as whoever asks sees it."""
    if not uses_partners():
        return [], []
    today = day_began()
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"operation": operation_id, "today": today})
        rows = cursor.fetchall()
    standing, held = [], []
    for name, contact, state, approved, asked, has, at, on_hold in rows:
        standing.append(Standing(name, contact, state == Partner.State.PAUSED, approved, asked, has, at))
        held += [
            HeldThere(UUID(pk), platform, url, name, contact, datetime.fromisoformat(said))
            for pk, platform, said, url in orjson.loads(on_hold)
        ]
    return standing, held


def partners_listed() -> list[Partner]:
    """Return all partners with their keys and about how many items each asked today, ended ones last. One statement; for administrators."""
    today = day_began()
    asked_today = RawSQL(
        "(SELECT coalesce(sum(items), 0) FROM deconfliction_exchange AS exchange WHERE exchange.partner_id = deconfliction_partner.id"
        " AND exchange.direction = 'answered' AND NOT exchange.refused AND exchange.at >= %s)",
        [today],
        output_field=IntegerField(),
    )
    found = Partner.objects.select_related("pair_key").annotate(asked_today=asked_today)
    return sorted(found, key=lambda one: (one.state == Partner.State.ENDED, one.name.casefold()))


def calls_of(partner: Partner) -> list[Exchange]:
    """Return the last calls with a partner, the latest first. One statement; for administrators."""
    return list(Exchange.objects.filter(partner=partner).order_by("-at", "-id")[:CALLS_SHOWN])


def most_a_day() -> int:
    """Return about how many items a partner is answered a day."""
    return settings.DECONFLICTION_MOST_A_DAY
