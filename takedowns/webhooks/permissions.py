"""Who may manage the webhooks of a platform or an agency."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from takedowns.access.actor import Actor
from takedowns.access.roles import Role
from takedowns.directory.models import Agency, Platform
from takedowns.webhooks.models import Endpoint


def may_manage(actor: Actor) -> bool:
    """Tell whether somebody manages endpoints of anybody. No statement."""
    return _helps_all(actor) or bool(actor.platforms) or actor.has_role(Role.COORDINATOR)


def platforms_managed_by(actor: Actor) -> QuerySet[Platform]:
    """Return the platforms whose endpoints a person manages: one's own; administrators, who help them, all."""
    if _helps_all(actor):
        return Platform.objects.all()
    return Platform.objects.filter(pk__in=actor.platforms)


def agencies_managed_by(actor: Actor) -> QuerySet[Agency]:
    """Return the agencies whose endpoints a person manages: those whose coordinator they are; administrators all."""
    if _helps_all(actor):
        return Agency.objects.all()
    return Agency.objects.filter(pk__in=actor.agencies_as([Role.COORDINATOR]))


def endpoints_managed_by(actor: Actor) -> QuerySet[Endpoint]:
    """Return the endpoints of those platforms and agencies."""
    of_them = Q(platform__in=platforms_managed_by(actor)) | Q(agency__in=agencies_managed_by(actor))
    return Endpoint.objects.filter(of_them).select_related("platform", "agency")


def _helps_all(actor: Actor) -> bool:
    return actor.is_system or actor.has_role(Role.ADMINISTRATOR)
