"""How long something is kept, in words: on the page of retention, in the report of what is held about a person, in the command."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext

from takedowns.retention.services import Kept


def lasts(kept: Kept) -> str:
    """Say how long something is kept: in days, or in hours below two days. Empty of what goes by people's hands."""
    period = kept.lasts
    if period is None:
        # What goes by people's hands has no period, and is not for good either.
        return "" if kept.by else gettext("For good")
    if not period:
        return gettext("Until it ends")
    hours = round(period.total_seconds() / 3600)
    if hours < 48:
        return ngettext("%(number)s hour", "%(number)s hours", hours) % {"number": _number(hours)}
    return ngettext("%(number)s day", "%(number)s days", period.days) % {"number": _number(period.days)}


def _number(value: int) -> str:
    return number_format(value, force_grouping=True, use_l10n=True)
