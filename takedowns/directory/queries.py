"""What pages show of agencies, platforms and keys, and what was done to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from takedowns.directory.changes import changes
from takedowns.directory.keys import ValidKeys, possible_scopes
from takedowns.directory.models import Agency, ApiKey, Membership, Platform, Scope, User
from takedowns.pages.versions import Changed

LABELS: Final = {
    "name": _("Name"),
    "names": _("Other names"),
    "listed_on": _("Listed on"),
    "ended_on": _("No longer listed since"),
    "provider": _("Provider"),
    "country": _("Country"),
    "zone": _("Time zone"),
    "platform": _("Platform"),
    "operator": _("Contact"),
    "scopes": _("Scopes"),
    "addresses": _("Addresses"),
    "certificates": _("Client certificates"),
    "expires": _("Ends"),
    "whose": _("Whose"),
    "replaces": _("Replaces"),
    "test": _("Test key"),
    "person": _("Who is behind what it submits"),
}


@dataclass(frozen=True)
class Done:
    """One line of the record: what was done to what, by whom, when, and what differs."""

    action: str
    what: str
    name: str
    at: datetime
    by: User | None
    facts: list[tuple[str, str]]


def done_to(kind: str, name: str = "") -> list[Done]:
    """Return the record of all of a kind, or of one, the latest first. One statement."""
    return [
        Done(
            one.action,
            one.get_action_display(),
            one.name,
            one.at,
            one.by,
            [
                (str(LABELS.get(key, key)), f"{_said(key, before)} → {_said(key, after)}")
                for key, (before, after) in one.details.items()
            ],
        )
        for one in changes(kind, name)
    ]


def last_done_to(kind: str, name: str) -> Changed | None:
    """Return when one was last changed, and by whom. One statement."""
    return next((Changed(one.at, one.by) for one in changes(kind, name, limit=1)), None)


def _said(fact: str, value: str) -> str:
    """Say a fact of the record: scopes in words, nothing as a dash."""
    if fact == "scopes":
        words = {one.value: str(one.label) for one in Scope}
        value = "; ".join(words.get(one, one) for one in value.split(", ") if one)
    return value or "–"


def platforms_listed(slug: str = "") -> list[Platform]:
    """Return every platform, or one, with its provider, its declared hosts and how many valid keys it has. Two statements.

    How many keys is told, the keys are not.
    """
    found = (
        Platform.objects.select_related("provider")
        .prefetch_related("declared_hosts")
        .annotate(keys=ValidKeys("pk"))
        .order_by("name")
    )
    return list(found.filter(pk=slug) if slug else found)


def agencies_listed() -> QuerySet[Agency]:
    """Return every agency with how many people and operations it has. One statement."""
    return Agency.objects.annotate(
        people=Count("memberships__user", distinct=True), taking_part=Count("operations", distinct=True)
    ).order_by("name")


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


def keys_listed(*, platform: str = "", agency: str = "", ended: bool = False) -> list[KeyShown]:
    """Return API keys, the newest first, :data:`MOST_KEYS` at most; only those that work unless ``ended``. One statement.

    Args:
        platform: slug of the platform whose keys are wanted; everybody's where empty.
        agency: slug of the agency.
    """
    now = timezone.now()
    found = ApiKey.objects.select_related("platform", "agency", "replaces", "person")
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
