"""What of accounts is kept how long."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from takedowns.retention.services import Kept

KEPT: Final = (
    Kept(
        _("Sessions"),
        _("Who is signed in. Ended ones are of no use."),
        period=timedelta(0),
        table="django_session",
        past="expire_date < %(before)s",
        age="expire_date",
        nightly=True,
    ),
    Kept(
        _("Counts of sign-in tries"),
        _("Against guessing; by address typed and by network address."),
        period=timedelta(0),
        table="accounts_cache",
        past="expires < %(before)s",
        age="expires",
        nightly=True,
    ),
    Kept(
        _("Invitations nobody accepted"),
        _("Name and address of somebody who has no account."),
        days="KEEP_INVITATIONS_DAYS",
        table="accounts_invitation",
        past="accepted_at IS NULL AND expires_at < %(before)s",
        age="expires_at",
        nightly=True,
    ),
    Kept(
        _("Record of accounts"),
        _(
            "Who signed in when and from where, who gave which role: so that misuse can be found. Nobody can delete it here."
        ),
    ),
)
