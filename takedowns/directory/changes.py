"""The record of who did what to agencies, platforms, hosts and keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from takedowns.directory.asking import SYSTEM, Asker, asking_as
from takedowns.directory.models import DirectoryChange, Role

Kind = DirectoryChange.Kind
Action = DirectoryChange.Action


class NotAllowed(PermissionError):  # noqa: N818 - what is the case, not an error of the program
    """The asker may not do this; the message says who may."""


def may_declare(asker: Asker) -> bool:
    """Tell whether the asker makes platforms and declares hosts: coordinators and administrators. No statement."""
    return asker.is_system or asker.has_role(Role.COORDINATOR) or asker.has_role(Role.ADMINISTRATOR)


def may_administer(asker: Asker) -> bool:
    """Tell whether the asker looks after agencies and API keys: administrators. No statement."""
    return asker.is_system or asker.has_role(Role.ADMINISTRATOR)


def keep(
    kind: str, action: str, name: str, *, by: Asker, details: Mapping[str, Any] | None = None
) -> DirectoryChange:
    """Keep what was done, in the transaction in which it is done.

    Args:
        name: slug, host or prefix of what it was done to.
        details: by field, before and after; never a secret.
    """
    with asking_as(SYSTEM):
        return DirectoryChange.objects.create(
            at=timezone.now(),
            by_id=by.user_id,
            kind=kind,
            action=action,
            name=name,
            details=dict(details or {}),
        )


def changes(kind: str, name: str = "", limit: int = 100) -> list[DirectoryChange]:
    """Return what was done to all of a kind, or to one, the latest first. The caller has checked who asks."""
    with asking_as(SYSTEM):
        found = DirectoryChange.objects.filter(kind=kind).select_related("by")
        return list((found.filter(name=name) if name else found)[:limit])
