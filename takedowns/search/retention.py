"""What of finding again is kept how long."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from takedowns.retention.services import Kept

KEPT: Final = (
    Kept(
        _("Counts of addresses asked of"),
        _("By agency and day, of how many addresses it asked whether others have them; no address."),
        period=timedelta(days=365),
        table="search_asked",
        past="day < (%(before)s)::date",
        age="day",
        nightly=True,
    ),
    Kept(
        _("Views people keep"),
        _("Filters under a name; their owner drops them."),
        by=_("Until their owner drops them."),
    ),
    Kept(
        _("Bulk changes"),
        _("Who changed what, with what it was before: so that it can be undone and explained."),
    ),
    Kept(
        _("Bulk changes in the background"),
        _("Who asked for what, of which referrals, and which portion did what."),
    ),
)
