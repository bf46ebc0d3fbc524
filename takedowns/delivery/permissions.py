"""Who may manage a platform's webhooks."""

from __future__ import annotations

from django.db.models import QuerySet

from takedowns.directory.asking import Asker
from takedowns.directory.models import Platform, Role


def platforms_managed_by(asker: Asker) -> QuerySet[Platform]:
    """Return the platforms whose endpoints a person manages: one's own; administrators, who help them, all."""
    if asker.is_system or asker.has_role(Role.ADMINISTRATOR):
        return Platform.objects.all()
    return Platform.objects.filter(pk__in=asker.platforms)
