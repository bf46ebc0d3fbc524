"""Agencies, API keys and what is kept how long, as administrators look at them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from takedowns.directory.models import Agency, ApiKey, Membership
from takedowns.directory.retention import MOST_COUNTED, classes, due
from takedowns.referrals.models import Operation

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class KeyShown:
    """A key and where it stands: ``works``, ``ends`` (soon to be replaced), ``expired`` or ``revoked``."""

    key: ApiKey
    state: str

    @property
    def works(self) -> bool:
        """Whether a call with it is let in."""
        return self.state in ("works", "ends")


@dataclass(frozen=True)
class Class:
    """One class of data on the page: how long, by which setting, how much is due; None where nothing ends."""

    name: _StrPromise | str
    why: _StrPromise | str
    lasts: timedelta | None
    setting: str
    due: int | None
    is_more: bool
    how: _StrPromise | str


def keys_listed(*, platform: str = "", agency: str = "", ended: bool = False) -> list[KeyShown]:
    """Return API keys, the newest first; only those that work unless ``ended``. One statement."""
    now = timezone.now()
    found = ApiKey.objects.select_related("platform", "agency", "replaces")
    if platform:
        found = found.filter(platform_id=platform)
    if agency:
        found = found.filter(agency__slug=agency)
    if not ended:
        found = found.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)
    return [key_shown(one, now) for one in found]


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


def operations_of(agency: Agency) -> QuerySet[Operation]:
    """Return the operations an agency takes part in, the latest first. One statement."""
    return Operation.objects.filter(agencies=agency)


def kept_how_long() -> list[Class]:
    """Return every class of data with its period and what is due. Three statements at most."""
    kinds = classes()
    return [
        Class(
            one.name, one.why, one.lasts, one.days, number, number == MOST_COUNTED,
            one.by or (_("Each night.") if one.nightly else ""),
        )
        for one, number in zip(kinds, due(kinds), strict=True)
    ]  # fmt: skip


def operations_to_review() -> QuerySet[Operation]:
    """Return the operations that closed so long ago that somebody must look whether they are still needed. One statement."""
    before = timezone.now() - timedelta(days=settings.REVIEW_OPERATIONS_DAYS)
    return Operation.objects.filter(closed_at__lt=before).order_by("closed_at")
