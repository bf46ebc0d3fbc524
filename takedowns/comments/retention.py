"""What of comments is kept how long."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from takedowns.retention.services import Kept, held_by_law

# Mentions point at comments, so they go first; both have the moment of the comment.
KEPT: Final = (
    Kept(
        _("Mentions in comments"),
        _("Who was mentioned, and whether they have read it."),
        days="KEEP_COMMENTS_DAYS",
        table="comments_mention",
        past="at < %(before)s",
        age="at",
        held=held_by_law(referral="comments_mention.referral_id"),
        nightly=True,
    ),
    Kept(
        _("Comments on referrals"),
        _(
            "What colleagues said to each other, with their names. It goes from the ledger, too; that it was said, and its digest, stay."
        ),
        days="KEEP_COMMENTS_DAYS",
        table="comments_comment",
        past="at < %(before)s",
        age="at",
        held=held_by_law(referral="comments_comment.referral_id"),
        nightly=True,
    ),
)
