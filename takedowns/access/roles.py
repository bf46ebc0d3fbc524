"""The roles that people hold at agencies and platforms."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person may do for the agency or platform of the membership."""

    OFFICER = "officer", _("Officer")  # hands in, withdraws
    REVIEWER = "reviewer", _("Reviewer")  # the second pair of eyes
    COORDINATOR = "coordinator", _("Coordinator")  # runs operations, releases to platforms
    AUDITOR = "auditor", _("Auditor")  # reads everything, changes nothing
    ADMINISTRATOR = "administrator", _("Administrator")  # people, roles, platforms
    PLATFORM = "platform", _("Platform contact")  # answers for a platform
