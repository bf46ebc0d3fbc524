"""What of deconfliction is kept how long."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from takedowns.retention.services import Kept

KEPT: Final = (
    Kept(
        _("What partners said of items"),
        _("Asked anew each day while a referral is open; about items, not about people."),
        period=timedelta(days=30),
        table="deconfliction_answer",
        nightly=True,
        past="at < %(before)s",
        age="at",
    ),
    Kept(
        _("Calls between installations"),
        _("How much was asked and when, so that somebody can look whether it was too much."),
        days="KEEP_ACCESS_LOG_DAYS",
        table="deconfliction_exchange",
        nightly=True,
        past="at < %(before)s",
        age="at",
    ),
)
