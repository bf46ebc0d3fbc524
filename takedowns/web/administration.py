"""Agencies, API keys and what is kept how long, as administrators look at them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from takedowns.access.actor import Actor
from takedowns.directory.models import Agency
from takedowns.referrals.models import Operation
from takedowns.retention.services import MOST_COUNTED, classes, due
from takedowns.retention.words import lasts

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Class:
    """One class of data on the page: how long, by which setting, how much is due; None where nothing ends."""

    name: _StrPromise | str
    why: _StrPromise | str
    lasts: str
    setting: str
    due: int | None
    is_more: bool
    how: _StrPromise | str


def agency_shown(slug: str, actor: Actor) -> Agency | None:
    """Return an agency, with the operations it takes part in as ``takes_part``, the latest first. One statement.

    Each of them has ``reference``, ``name``, ``closed_at`` and ``is_draft``, as far as the actor sees it.
    """
    mine = Operation.objects.visible_to(actor).filter(agencies=OuterRef("pk"))
    facts = JSONObject(reference="reference", name="name", closed_at="closed_at", is_draft="is_draft")
    return (
        Agency.objects.annotate(takes_part=ArraySubquery(mine.values_list(facts))).filter(slug=slug).first()
    )


def kept_how_long() -> list[Class]:
    """Return every class of data with its period and what is due. Three statements at most."""
    kinds = classes()
    return [
        Class(
            name=one.name,
            why=one.why,
            lasts=lasts(one),
            setting=one.days,
            due=past,
            is_more=past == MOST_COUNTED,
            how=one.by or (_("Goes each night.") if one.nightly else ""),
        )
        for one, past in zip(kinds, due(kinds), strict=True)
    ]


def operations_to_review(actor: Actor) -> QuerySet[Operation]:
    """Return the operations closed so long ago that somebody must look whether they are still needed, the oldest first.

    One statement.
    """
    before = timezone.now() - timedelta(days=settings.REVIEW_OPERATIONS_DAYS)
    return Operation.objects.visible_to(actor).closed().filter(closed_at__lt=before).order_by("closed_at")
