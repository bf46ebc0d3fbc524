"""What of the running of the place is kept how long."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from takedowns.retention.services import Kept

KEPT: Final = (
    Kept(
        _("Why jobs failed"),
        _("A sentence for each job whose last try failed, for whoever mends it."),
        days="KEEP_JOBS_DAYS",
        table="operating_jobfailure",
        nightly=True,
        past="at < %(before)s",
        age="at",
    ),
)
