"""What of answers that were brought is kept how long."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from takedowns.answers.batches import HELD
from takedowns.answers.batches import KEPT as PREVIEWED
from takedowns.retention.services import Kept

KEPT: Final = (
    Kept(
        _("Answers as they were returned"),
        _("The list or file itself, and what became of each row: what an answer was recorded from."),
    ),
    Kept(
        _("Answers nobody recorded"),
        _("A list of answers that was looked at only."),
        period=PREVIEWED,
        table="answers_batch",
        past="state = 'previewed' AND at < %(before)s",
        age="at",
        held=HELD,
        by=_("Each hour."),
    ),
)
