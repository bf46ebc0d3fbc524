"""What people saw and what robots saw of the same items, side by side."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, Q

from takedowns.referrals.vocabulary import Availability
from takedowns.verification.models import Check


@dataclass(frozen=True, slots=True)
class BothViews:
    """The latest look of a person and of a robot at one item; None where there is none."""

    person: Check | None = None
    robot: Check | None = None

    @property
    def disagree(self) -> bool:
        """Whether one saw it online and the other saw it gone. Who cannot tell contradicts nobody."""
        seen = {one.seen for one in (self.person, self.robot) if one is not None}
        return {Availability.ONLINE, Availability.OFFLINE} <= seen


NOBODY_LOOKED: Final = BothViews()


def both_views(item_ids: Collection[UUID]) -> dict[UUID, BothViews]:
    """Return the latest look of each side by item, as far as the running transaction may read them. One statement."""
    latest = (
        Check.objects.filter(item_id__in=item_ids)
        .annotate(by_person=ExpressionWrapper(Q(robot=""), output_field=BooleanField()))
        .select_related("agency")
        .order_by("item_id", "by_person", "-at", "-id")
        .distinct("item_id", "by_person")
    )
    found: dict[UUID, BothViews] = {}
    for check in latest:
        other = found.get(check.item_id, NOBODY_LOOKED)
        found[check.item_id] = (
            BothViews(other.person, check) if check.robot else BothViews(check, other.robot)
        )
    return found
