"""What of telling people is kept how long."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from takedowns.retention.services import Kept, held_by_law

KEPT: Final = (
    Kept(
        _("What people were told"),
        _("Pointers to what happened, by agency and person; what happened stays."),
        days="KEEP_NOTICES_DAYS",
        table="notices_notice",
        past="told_at < %(before)s",
        age="told_at",
        held=held_by_law(referral="notices_notice.referral_id", operation="notices_notice.operation_id"),
        nightly=True,
    ),
    Kept(
        _("What a platform’s people were alerted of"),
        _("That a mail went, so that it goes once; what it was about stays."),
        days="KEEP_NOTICES_DAYS",
        table="notices_alertmailed",
        past="at < %(before)s",
        age="at",
        held=held_by_law(
            referral="notices_alertmailed.subject",
            operation="(SELECT sent.operation_id FROM sending_dispatch AS sent WHERE sent.id = notices_alertmailed.subject)",
        ),
        nightly=True,
    ),
    Kept(_("Announcements"), _("What was said in an operation, and who has read it.")),
)
