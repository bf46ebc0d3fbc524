"""Platforms, agencies and what was done to them, as the pages of running the place show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from takedowns.directory.changes import changes
from takedowns.directory.models import Agency, Platform, Scope, User

LABELS: Final = {
    "name": _("Name"), "provider": _("Provider"), "country": _("Country"), "platform": _("Platform"),
    "operator": _("Contact"), "scopes": _("Scopes"), "addresses": _("Addresses"), "expires": _("Ends"),
    "whose": _("Whose"), "replaces": _("Replaces"), "test": _("Test key"),
}  # fmt: skip


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
            one.action, one.get_action_display(), one.name, one.at, one.by,
            [
                (str(LABELS.get(key, key)), f"{_said(key, before)} → {_said(key, after)}")
                for key, (before, after) in one.details.items()
            ],
        )
        for one in changes(kind, name)
    ]  # fmt: skip


def _said(fact: str, value: str) -> str:
    """Say a fact of the record: scopes in words, nothing as a dash."""
    if fact == "scopes":
        words = {one.value: str(one.label) for one in Scope}
        value = "; ".join(words.get(one, one) for one in value.split(", ") if one)
    return value or "–"


def platforms_listed() -> QuerySet[Platform]:
    """Return every platform with its provider, its declared hosts and how many valid keys it has. Two statements."""
    lasts = Q(api_keys__expires_at=None) | Q(api_keys__expires_at__gt=timezone.now())
    valid = Count("api_keys", filter=lasts & Q(api_keys__revoked_at=None), distinct=True)
    found = (
        Platform.objects.select_related("provider").prefetch_related("declared_hosts").annotate(keys=valid)
    )
    return found.order_by("name")  # a query that counts loses the order of its model


def agencies_listed() -> QuerySet[Agency]:
    """Return every agency with how many people and operations it has. One statement."""
    return Agency.objects.annotate(
        people=Count("memberships__user", distinct=True), taking_part=Count("operations", distinct=True)
    ).order_by("name")
