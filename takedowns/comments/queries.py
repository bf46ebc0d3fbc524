"""A referral's comments as pages show them, and where somebody is mentioned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Func, JSONField, Prefetch

from takedowns.access.actor import Actor
from takedowns.comments.models import Comment, Mention
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.piles import Pile

#: Of a referral so many comments are shown, the latest.
SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class ShownComment:
    """One comment, ready to be read.

    Attributes:
        mentioned: the names of those it mentions.
        for_me: whether it mentions whoever asks, who has not read it yet.
    """

    comment: Comment
    mentioned: list[str]
    for_me: bool


def comments_of(referral: Referral, actor: Actor, most: int | None = SHOWN) -> list[ShownComment]:
    """Return a referral's comments that the actor may see, in the order they came. Two statements at most.

    Args:
        most: only so many, the latest; None for all.
    """
    named = Prefetch("mentions", queryset=Mention.objects.select_related("user"))
    found = Comment.objects.visible_to(actor).filter(referral=referral)
    latest = found.select_related("by", "agency").prefetch_related(named).order_by("-at", "-id")[:most]
    return [
        ShownComment(
            one,
            [str(each.user) for each in one.mentions.all()],
            any(each.user_id == actor.user_id and each.read_at is None for each in one.mentions.all()),
        )
        for one in reversed(latest)
    ]


def mentions_of(operation: str) -> Func:
    """Return an annotation for querysets of operations: what mentions the asking person there; ``operation`` names the field with its id.

    An object with ``number``, ``since`` and ``first`` (a referral); None where nothing does that they have not read.
    """
    return Func(F(operation), function="takedowns_mentions_of_me", output_field=JSONField())


def pile_of(mentions: Mapping[str, Any] | None) -> Pile | None:
    """Return what such an annotation says, as what waits in an operation."""
    if not mentions:
        return None
    return Pile(mentions["number"], datetime.fromisoformat(mentions["since"]), UUID(mentions["first"]))


def unread_in(operation: Operation, actor: Actor) -> list[Comment]:
    """Return the comments of an operation that mention the actor, who has not read them; the longest ago in front. One statement."""
    mine = Mention.objects.filter(user=actor.user_id, read_at=None)
    found = Comment.objects.visible_to(actor).filter(referral__operation=operation, mentions__in=mine)
    return list(found.select_related("by", "agency", "item", "referral").order_by("at", "id")[:SHOWN])


def unmailed(actor: Actor) -> int:
    """Return how many unread mentions of the actor no mail has told of, where they still see the referral. One statement."""
    return Mention.objects.visible_to(actor).filter(user=actor.user_id, read_at=None, mailed_at=None).count()
