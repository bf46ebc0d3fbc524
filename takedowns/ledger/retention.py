"""What of the ledger is kept how long."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from takedowns.retention.services import Kept

KEPT: Final = (
    Kept(
        _("Ledger"),
        _(
            "Entries of what was changed by whom, their seals and signed heads: the proof for the court. Names and free text stand apart and can go while the seals stay."
        ),
    ),
)
