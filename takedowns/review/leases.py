"""Leases: what a reviewer has open no other reviewer gets, for some minutes or until they leave it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection
from django.utils import timezone

from takedowns.access.actor import Actor
from takedowns.referrals.models import Referral
from takedowns.review.models import Lease

#: How long a referral stays with whoever opened it; whether it does is told by takedowns_lease_holds.sql.
LASTS: Final = timedelta(minutes=10)
#: SQL: whether another reviewer than %(actor)s has a referral open.
WITH_ANOTHER: Final = """
    EXISTS (SELECT 1 FROM review_lease AS lease
            WHERE lease.referral_id = referral.id AND lease.user_id <> %(actor)s AND takedowns_lease_holds(lease.until))
"""


@dataclass(frozen=True, slots=True)
class Held:
    """That a colleague has a referral open."""

    who: str
    until: datetime


def end() -> datetime:
    """Return until when what is opened now stays with whoever opens it."""
    return timezone.now() + LASTS


def take(referral_ids: Sequence[UUID], actor: Actor, until: datetime) -> set[UUID]:
    """Open referrals for the actor alone, and free whatever else they had open. One statement.

    The caller has checked that the actor reviews them.

    Returns:
        Those that are the actor's now; what a colleague opened a moment before is not.
    """
    if actor.user_id is None:
        return set(referral_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH freed AS (DELETE FROM review_lease WHERE user_id = %(actor)s AND NOT referral_id = ANY(%(ids)s))
            INSERT INTO review_lease AS lease (referral_id, user_id, until)
            SELECT wanted, %(actor)s, %(until)s FROM unnest(%(ids)s::uuid[]) AS wanted ORDER BY wanted
            ON CONFLICT (referral_id) DO UPDATE SET user_id = EXCLUDED.user_id, until = EXCLUDED.until
            WHERE lease.user_id = EXCLUDED.user_id OR NOT takedowns_lease_holds(lease.until)
            RETURNING lease.referral_id
            """,
            {"actor": actor.user_id, "until": until, "ids": list(referral_ids)},
        )
        return {one for (one,) in cursor.fetchall()}


def free(actor: Actor, until: datetime) -> None:
    """Free what the actor has open until then or less long. One statement.

    A browser tells that a page is left when the next one is there already: what that one opened lasts longer, and stays.
    """
    if actor.user_id is not None:
        Lease.objects.filter(user_id=actor.user_id, until__lte=until).delete()


def held_by_another(referral: Referral, actor: Actor) -> Held | None:
    """Return which colleague has a referral open now. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT coalesce(nullif(person.name, ''), person.email), lease.until
            FROM review_lease AS lease JOIN directory_user AS person ON person.id = lease.user_id
            JOIN referrals_referral AS referral ON referral.id = lease.referral_id
            WHERE lease.referral_id = %(referral)s AND {WITH_ANOTHER}
            """,
            {"referral": referral.pk, "actor": actor.user_id},
        )
        row = cursor.fetchone()
    return Held(*row) if row else None
