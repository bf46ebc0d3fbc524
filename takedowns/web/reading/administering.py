"""Agencies, API keys and what is kept how long, as administrators look at them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from takedowns.directory.asking import Asker
from takedowns.directory.keys import possible_scopes
from takedowns.directory.models import Agency, ApiKey, Membership, Scope
from takedowns.directory.retention import MOST_COUNTED, Kept, classes, due
from takedowns.referrals.models import Operation
from takedowns.web.templatetags.plain import number

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: So many keys a list shows; programs that replace theirs each night leave hundreds behind in a year.
MOST_KEYS: Final = 500


@dataclass(frozen=True)
class KeyShown:
    """A key and where it stands: ``works``, ``ends`` (works, until a moment to come), ``expired`` or ``revoked``."""

    key: ApiKey
    state: str

    @property
    def works(self) -> bool:
        """Whether a call with it is let in."""
        return self.state in ("works", "ends")

    @property
    def may(self) -> list[str]:
        """What it may do, in words."""
        return [str(Scope(one).label) for one in self.key.scopes]

    @property
    def may_everything(self) -> bool:
        """Whether it may do all that a key of its kind can be given."""
        possible = possible_scopes(for_platform=self.key.platform_id is not None, test=self.key.test)
        return {str(one) for one in possible} <= {*self.key.scopes}


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


def keys_listed(*, platform: str = "", agency: str = "", ended: bool = False) -> list[KeyShown]:
    """Return API keys, the newest first, :data:`MOST_KEYS` at most; only those that work unless ``ended``. One statement.

    Args:
        platform: slug of the platform whose keys are wanted; everybody's where empty.
        agency: slug of the agency.
    """
    now = timezone.now()
    found = ApiKey.objects.select_related("platform", "agency", "replaces")
    if platform:
        found = found.filter(platform_id=platform)
    if agency:
        found = found.filter(agency__slug=agency)
    if not ended:
        found = found.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)
    return [key_shown(one, now) for one in found[:MOST_KEYS]]


def key_shown(key: ApiKey, now: datetime | None = None) -> KeyShown:
    """Return a key with where it stands. No statement."""
    now = now or timezone.now()
    if key.revoked_at is not None:
        return KeyShown(key, "revoked")
    if key.expires_at is None:
        return KeyShown(key, "works")
    return KeyShown(key, "expired" if key.expires_at <= now else "ends")


def members_of(agency: Agency) -> QuerySet[Membership]:
    """Return who works for an agency, by name. One statement."""
    return agency.memberships.select_related("user").order_by("user__name", "user__email", "role")


def agency_shown(slug: str, asker: Asker) -> Agency | None:
    """Return an agency, with the operations it takes part in as ``takes_part``, the latest first. One statement.

    Each of them has ``reference``, ``name`` and ``closed_at``, as far as the asker sees it.
    """
    mine = Operation.objects.visible_to(asker).filter(agencies=OuterRef("pk"))
    facts = JSONObject(reference="reference", name="name", closed_at="closed_at")
    return (
        Agency.objects.annotate(takes_part=ArraySubquery(mine.values_list(facts))).filter(slug=slug).first()
    )


def kept_how_long() -> list[Class]:
    """Return every class of data with its period and what is due. Three statements at most."""
    kinds = classes()
    return [
        Class(
            name=one.name, why=one.why, lasts=_lasts(one), setting=one.days, due=past, is_more=past == MOST_COUNTED,
            how=one.by or (_("Goes each night.") if one.nightly else ""),
        )
        for one, past in zip(kinds, due(kinds), strict=True)
    ]  # fmt: skip


def operations_to_review(asker: Asker) -> QuerySet[Operation]:
    """Return the operations closed so long ago that somebody must look whether they are still needed, the oldest first.

    One statement.
    """
    before = timezone.now() - timedelta(days=settings.REVIEW_OPERATIONS_DAYS)
    return Operation.objects.visible_to(asker).filter(closed_at__lt=before).order_by("closed_at")


def _lasts(kept: Kept) -> str:
    """Say how long something is kept: in days, or in hours below two days."""
    lasts = kept.lasts
    if lasts is None:
        # What goes by people's hands has no period, and is not for good either.
        return "" if kept.by else gettext("For good")
    if not lasts:
        return gettext("Until it ends")
    hours = round(lasts.total_seconds() / 3600)
    if hours < 48:
        return ngettext("%(number)s hour", "%(number)s hours", hours) % {"number": number(hours)}
    return ngettext("%(number)s day", "%(number)s days", lasts.days) % {"number": number(lasts.days)}
