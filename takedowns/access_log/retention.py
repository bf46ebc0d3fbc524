"""What of the access log is kept how long."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from takedowns.retention.services import Kept, held_by_law

KEPT: Final = (
    Kept(
        _("Who looked"),
        _(
            "Which page or call showed what to whom: so that whoever looked without need can be found. No text that was searched for."
        ),
        days="KEEP_ACCESS_LOG_DAYS",
        table="access_log_look",
        past="at < %(before)s",
        age="at",
        held=held_by_law(
            referral="access_log_look.referral_id",
            operation="(SELECT found.id FROM referrals_operation AS found WHERE found.reference = access_log_look.operation)",
        ),
        by=_("By night, a whole month at once when its last day is past its time."),
    ),
)
