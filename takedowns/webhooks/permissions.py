"""Who may manage a platform's webhooks."""

from __future__ import annotations

from django.db.models import QuerySet

from takedowns.access.actor import Actor
from takedowns.access.roles import Role
from takedowns.directory.models import Platform


def platforms_managed_by(actor: Actor) -> QuerySet[Platform]:
    """Return the platforms whose endpoints a person manages: one's own; administrators, who help them, all."""
    if actor.is_system or actor.has_role(Role.ADMINISTRATOR):
        return Platform.objects.all()
    return Platform.objects.filter(pk__in=actor.platforms)
