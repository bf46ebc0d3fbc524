"""What of telling platforms and agencies is kept how long."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from takedowns.retention.services import Kept
from takedowns.webhooks.log import HELD

KEPT: Final = (
    Kept(
        _("Log of webhooks"),
        _("What was told to which endpoint and answered; it can be sent again as long as it is here."),
        days="KEEP_DELIVERIES_DAYS",
        table="webhooks_delivery",
        past="ended_at < %(before)s",
        age="ended_at",
        held=HELD,
        by=_("Each night, with its tries."),
    ),
)
