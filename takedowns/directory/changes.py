"""The record of who did what to agencies, platforms, hosts and keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.access.roles import Role
from takedowns.directory.models import DirectoryChange

Kind = DirectoryChange.Kind
Action = DirectoryChange.Action


class NotAllowed(PermissionError):  # noqa: N818 - what is the case, not an error of the program
    """The actor may not do this; the message says who may."""


def may_declare(actor: Actor) -> bool:
    """Tell whether the actor makes platforms and declares hosts: coordinators and administrators. No statement."""
    return actor.is_system or actor.has_role(Role.COORDINATOR) or actor.has_role(Role.ADMINISTRATOR)


def may_administer(actor: Actor) -> bool:
    """Tell whether the actor looks after agencies and API keys: administrators. No statement."""
    return actor.is_system or actor.has_role(Role.ADMINISTRATOR)


def may_manage(actor: Actor, platform_id: str) -> bool:
    """Tell whether the actor says who answers for a platform: its managers, and administrators. No statement."""
    return platform_id in actor.manages or may_administer(actor)


def keep(
    kind: str, action: str, name: str, *, by: Actor, details: Mapping[str, Any] | None = None
) -> DirectoryChange:
    """Keep what was done, in the transaction in which it is done.

    Args:
        name: slug, host or prefix of what it was done to.
        details: by field, before and after; never a secret.
    """
    [made] = keep_many(kind, [(action, name, details or {})], by=by)
    return made


def keep_many(
    kind: str, done: Iterable[tuple[str, str, Mapping[str, Any]]], *, by: Actor
) -> list[DirectoryChange]:
    """Keep what was done to several at once: action, name and details of each, as :func:`keep`. One statement."""
    now = timezone.now()
    with acting_as(SYSTEM):
        return DirectoryChange.objects.bulk_create(
            [
                DirectoryChange(
                    at=now, by_id=by.user_id, kind=kind, action=action, name=name, details=dict(details)
                )
                for action, name, details in done
            ]
        )


def changes(kind: str, name: str = "", limit: int = 100) -> list[DirectoryChange]:
    """Return what was done to all of a kind, or to one, the latest first. The caller has checked who asks."""
    with acting_as(SYSTEM):
        found = DirectoryChange.objects.filter(kind=kind).select_related("by")
        return list((found.filter(name=name) if name else found)[:limit])
