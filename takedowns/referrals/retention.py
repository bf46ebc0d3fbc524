"""What of the work is kept how long."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from takedowns.retention.services import Kept, held_by_law

KEPT: Final = (
    Kept(
        _("Referrals, events, orders, hand-offs"),
        _(
            "What was asked of whom and answered: for the court, for complaints, for the figures. Nobody can delete events."
        ),
    ),
    Kept(
        _("Evidence"),
        _(
            "Files that officers attached, who opened them, and who took one back that was attached by mistake."
        ),
    ),
    Kept(
        _("Operations to be reviewed"),
        _(
            "Closed for long: somebody looks whether what they hold is still needed, and writes down the decision."
        ),
        days="REVIEW_OPERATIONS_DAYS",
        table="referrals_operation",
        past="closed_at < %(before)s AND NOT is_draft",
        age="closed_at",
        held=held_by_law(operation="referrals_operation.id"),
        by=_("Nothing goes by itself; the list below says which."),
    ),
)
