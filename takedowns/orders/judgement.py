"""What a referral under order is judged by: read under its lock, and by what moments and roles it may be answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from takedowns.access.actor import Actor
from takedowns.access.roles import Role
from takedowns.referrals.locks import lock_referrals
from takedowns.referrals.moments import Misdated, misdated, moment_told
from takedowns.referrals.permissions import agencies_with_a_role
from takedowns.referrals.transitions import Refused
from takedowns.referrals.visibility import parameters, sees, takes_part
from takedowns.referrals.vocabulary import Instrument

#: A code and a sentence, or None where nothing speaks against it.
Why = tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What must be known of a referral to write to its order; read under its lock."""

    referral_id: UUID
    item_id: UUID
    agency_id: UUID
    platform_id: str
    instrument: str
    status: str
    referred_at: datetime | None
    received_at: datetime | None
    has_order: bool
    seen: bool
    coordinates: bool

    def answered_by(self, by: Actor) -> bool:
        """Tell whether the actor may say what the platform says: as the platform, or as coordinator for it."""
        return by.is_system or self.coordinates or self.platform_id in by.platforms


def sort_out(
    ids: Iterable[UUID], found: Mapping[UUID, Standing], judge: Callable[[Standing], Why]
) -> tuple[list[Standing], list[Refused]]:
    """Part those that ``judge`` lets pass from those it names a code and sentence for."""
    allowed, refused = [], []
    for one_id in ids:
        one = found.get(one_id)
        if one is None or not one.seen:
            refused.append(Refused(one_id, "not_found", "There is no such referral."))
        elif one.instrument != Instrument.REMOVAL_ORDER:
            refused.append(
                Refused(one_id, "not_an_order", "It is a referral, not a removal order.", one.status)
            )
        elif why := judge(one):
            refused.append(Refused(one_id, *why, one.status))
        else:
            allowed.append(one)
    return allowed, refused


def lock(referral_ids: list[UUID], by: Actor) -> dict[UUID, Standing]:
    """Lock referrals by item, as every other writer does, and read what their orders are judged by. Two statements."""
    lock_referrals(referral_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT referral.id, referral.item_id, referral.agency_id, referral.platform_id, referral.instrument,
                   referral.status, referral.referred_at, removal.received_at, removal.referral_id IS NOT NULL,
                   {sees()}, {takes_part(agencies="coordinating")}
            FROM referrals_referral AS referral
            LEFT JOIN orders_removalorder AS removal ON removal.referral_id = referral.id
            WHERE referral.id = ANY(%(ids)s)
            """,
            {
                **parameters(by),
                "coordinating": agencies_with_a_role(by, {Role.COORDINATOR}),
                "ids": referral_ids,
            },
        )
        return {row[0]: Standing(*row) for row in cursor.fetchall()}


def why_not_answered(one: Standing, by: Actor, at: datetime) -> Why:
    """Return why the actor cannot say what the platform did at that moment, or None."""
    if not one.answered_by(by):
        return "not_your_role", "This is for the platform, or for the operation's coordinator on its behalf."
    if not one.has_order or one.referred_at is None:
        return "not_allowed", "No order was issued for it."
    wrong = misdated(at, since=one.referred_at)
    if wrong is Misdated.AHEAD:
        return "unknown_value", "This moment lies ahead of now."
    if wrong is Misdated.BEFORE:
        return "unknown_value", "This moment lies before the order was issued."
    return None


def moment_of(one: Standing, at: datetime) -> datetime:
    """Return the moment that is kept: nothing happens to an order before it is issued."""
    return moment_told(at, since=one.referred_at)
