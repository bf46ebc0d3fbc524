"""The roles that people hold at agencies and platforms."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person may do for the agency or platform of the membership."""

    OFFICER = "officer", _("Officer")  # hands in, withdraws
    REVIEWER = "reviewer", _("Reviewer")  # the second pair of eyes
    COORDINATOR = "coordinator", _("Coordinator")  # runs operations, releases to platforms
    AUDITOR = "auditor", _("Auditor")  # reads everything, changes nothing
    ADMINISTRATOR = "administrator", _("Administrator")  # people, roles, platforms
    PLATFORM = "platform", _("Platform responder")  # answers for a platform
    MANAGER = "manager", _("Platform manager")  # does so, and says who else does


#: Held for a platform; every other role is held at an agency. Nobody holds both.
OF_PLATFORMS: Final = frozenset({Role.PLATFORM, Role.MANAGER})


def fits(role: str, *, agency: object, platform: object) -> bool:
    """Tell whether a role is held where it belongs: for one platform, or at one agency."""
    here, elsewhere = (platform, agency) if role in OF_PLATFORMS else (agency, platform)
    return here is not None and elsewhere is None
