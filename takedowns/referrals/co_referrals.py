"""What an agency learns of a referral that it joined for another operation: that there is one, and what became of it.

It handed in what was referred already. Whose referral that is, for which operation, on which ground, with what outlet and
notes is not its to know (``sql/takedowns_sees_referral.sql``).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.referrals.models import CoReferral


class Became(NamedTuple):
    """What became of an item: what the platform answered, and what was seen."""

    status: str
    availability: str


def became_of(item_ids: Collection[UUID], actor: Actor) -> dict[UUID, Became]:
    """Return, of those items that the actor's agencies handed in as further ones, what became of the latest referral.

    Other items are left out. One statement, none where nothing is asked.
    """
    if not item_ids or not actor.agencies:
        return {}
    joined = (
        CoReferral.objects.filter(item_id__in=item_ids, agency_id__in=actor.agencies)
        .order_by("item_id", "-referral__round")
        .distinct("item_id")
        .values_list("item_id", "referral__status", "referral__availability")
    )
    with acting_as(SYSTEM):
        return {item: Became(*said) for item, *said in joined}


def leave(submission_id: UUID, item_ids: QuerySet[Any, UUID | None], at: datetime) -> int:
    """Let the further agency of a submission no longer ask for what it joined; return how many. One statement.

    That it handed the item in stays in the record; but nothing goes on as its own when the referral's agency withdraws.
    """
    with acting_as(SYSTEM):
        joined = CoReferral.objects.filter(
            referral__item_id__in=item_ids, submission_id=submission_id, withdrawn_at=None
        )
        return joined.update(withdrawn_at=at)
