"""What is kept of people, agencies and keys, and how long."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from takedowns.retention.services import Kept

KEPT: Final = (
    Kept(
        _("People, agencies, platforms, API keys"),
        _(
            "Who may do what, and who changed it. Accounts and keys are switched off, not deleted: the record names them."
        ),
    ),
)
