"""What of looking again is kept how long."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from takedowns.retention.services import Kept

KEPT: Final = (
    Kept(
        _("Checks"), _("What was seen, when, by whom or which robot. No content is ever fetched to be kept.")
    ),
)
