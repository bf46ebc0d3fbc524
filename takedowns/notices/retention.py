"""What of telling people is kept how long."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from takedowns.retention.services import Kept

KEPT: Final = (
    Kept(
        _("What people were told"),
        _("Pointers to what happened, by agency and person; what happened stays."),
        days="KEEP_NOTICES_DAYS",
        table="notices_notice",
        past="told_at < %(before)s",
        nightly=True,
    ),
    Kept(_("Messages to everybody"), _("What was said in an operation, and who has read it.")),
)
