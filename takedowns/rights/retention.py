"""What of people who left is kept how long."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from takedowns.retention.services import Kept
from takedowns.rights.pseudonyms import HELD, LEFT, SINCE

KEPT: Final = (
    Kept(
        _("People who left"),
        _(
            "Their name and e-mail: who did what. Then a pseudonym stands in their place; what they did, figures and seals stay."
        ),
        days="PSEUDONYMISE_AFTER_DAYS",
        table="directory_user",
        past=f"{LEFT} AND {SINCE} < %(before)s",
        age=SINCE,
        held=HELD,
        by=_("Each night, or as soon as two administrators say so."),
    ),
)
