"""The words of the report on paper, in the language of whoever reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: What stands below the four numbers; its holes are figures as they are printed.
SUMMARY: Final = gettext_lazy(
    "Of %(handed_in)s submitted items, %(referred)s were referred to a platform. Platforms say that they removed %(removed)s and limited "
    "%(restricted)s; they declined %(declined)s, and found %(unavailable)s already gone. %(open)s had no decision yet. Of those reported "
    "removed, %(removed_and_gone)s were verified offline at the last check, %(removed_but_online)s were still online, and "
    "%(removed_not_seen)s were not verified. %(reinstated)s were put back. Half of those acted on were acted on within "
    "%(median_time_to_action)s, nine in ten within %(p90_time_to_action)s of being referred."
)
_WORDS: Final[Mapping[str, str | _StrPromise]] = {
    "as_of": gettext_lazy("figures as of"),
    "referred": gettext_lazy("referred to platforms"),
    "removed": gettext_lazy("removed, as the platforms say"),
    "removed_and_gone": gettext_lazy("of these verified offline"),
    "share_removed": gettext_lazy("of referred removed"),
    "hour_by_hour": gettext_lazy("How far the operation had come, hour by hour"),
    "by_platform": gettext_lazy("What became of what was referred, by platform"),
    "own_counts": gettext_lazy("What platforms say of themselves"),
    "came_back": gettext_lazy("What came back"),
    "moves": gettext_lazy("Where outlets went, in numbers"),
    "presence": gettext_lazy("Before and after, by platform"),
    "annex_all": gettext_lazy("Annex: all figures"),
    "annex_closer": gettext_lazy("Annex: a closer look, all platforms together"),
    "annex_means": gettext_lazy("Annex: what each figure means"),
    "referrals": gettext_lazy("Referrals"),
    "no_hours": gettext_lazy("There is nothing to show over the hours."),
    "platform": gettext_lazy("Platform"),
    "what": gettext_lazy("What it counted"),
    "count": gettext_lazy("Count"),
    "how_fast": gettext_lazy("How fast outlets were back"),
    "where": gettext_lazy("Where they went"),
    "measure": gettext_lazy("Figure"),
    "definition": gettext_lazy("Definition"),
    "formula": gettext_lazy("Formula"),
    "source": gettext_lazy("Source"),
}


def words() -> dict[str, Any]:
    """Return the words of the report by name, and the heads of its tables."""
    return {
        **{name: str(word) for name, word in _WORDS.items()},
        "move_heads": [
            _("Verified offline on"),
            _("Turned up on"),
            _("Outlets"),
            _("Items there"),
            _("Half within"),
        ],
        "presence_heads": [
            _("Platform"),
            _("Outlets before"),
            _("Not all verified offline"),
            _("Came afterwards"),
            _("Outlets after"),
        ],
    }


def back_in_words(told: Mapping[str, str], is_open: bool) -> str:
    """Say what came back; ``is_open`` where fewer than half of the outlets are back so far."""
    said = (
        _(
            "Of %(items_seen_gone)s items that were verified offline, %(items_back)s were seen online again. Of %(outlets_seen_gone)s "
            "outlets of which something was verified offline, %(outlets_back)s are back: they turned up on a platform where nothing of "
            "them was known before, or what was offline was seen online again."
        )
        % told
    )
    half = (
        _("Fewer than half are back so far.")
        if is_open
        else _("Half were back within %(median_resurfacing)s.") % told
    )
    return f"{said} {half}"
