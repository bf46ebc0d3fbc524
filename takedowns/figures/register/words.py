"""Published figures in words: a sentence for the press beside each number, and what two publications would give away."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from takedowns.figures.measures import MEASURES, label_of
from takedowns.figures.publication.disclosure import GivenAway
from takedowns.figures.values import Board, Share
from takedowns.pages.templatetags.plain import duration, number, per_cent

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: How the press may say each measure. A number there is at least as large as the threshold, so it is never one.
_SENTENCES: Final[dict[str, _StrPromise]] = {
    "handed_in": gettext_lazy("Officers submitted %(figure)s items."),
    "referred": gettext_lazy(
        "%(figure)s items were referred to platforms, for them to check against their own terms of service."
    ),
    "acknowledged": gettext_lazy("Platforms acknowledged %(figure)s of the referrals."),
    "removed": gettext_lazy("Platforms reported that they removed %(figure)s items."),
    "share_removed": gettext_lazy("That is %(figure)s of what was referred to them."),
    "removed_and_gone": gettext_lazy("%(figure)s of these were verified offline."),
    "removed_but_online": gettext_lazy(
        "%(figure)s items were still online when somebody looked, although reported removed."
    ),
    "removed_not_seen": gettext_lazy("%(figure)s items reported removed have not been verified."),
    "restricted": gettext_lazy("Platforms restricted %(figure)s items without removing them."),
    "declined": gettext_lazy("Platforms declined to act on %(figure)s items."),
    "unavailable": gettext_lazy("%(figure)s items were gone before the platform looked."),
    "reinstated": gettext_lazy("Platforms put %(figure)s items back."),
    "open": gettext_lazy("%(figure)s items had no decision yet."),
    "median_time_to_action": gettext_lazy(
        "Half of the items acted on were removed or restricted within %(figure)s of being referred."
    ),
    "p90_time_to_action": gettext_lazy("Nine in ten were acted on within %(figure)s."),
}


def sentences(told: Board) -> list[tuple[str, str, str]]:
    """Return (measure, figure, sentence) for each figure of all platforms together that a publication tells and is not 0."""
    found = []
    for name, sentence in _SENTENCES.items():
        value = getattr(told.total, name)
        if not told.tells("", name) or not value or (isinstance(value, Share) and not value.value):
            continue
        if isinstance(value, Share):
            figure = per_cent(value.percent)
        else:
            figure = number(value) if isinstance(value, int) else duration(value)
        found.append((name, figure, str(sentence) % {"figure": figure}))
    return found


def withheld(told: Board) -> list[str]:
    """Return the labels of the counts of all platforms together that a publication does not tell."""
    return [label_of(name) for name in MEASURES if not told.tells("", name)]


def said(found: Iterable[GivenAway], names: dict[str, str]) -> list[str]:
    """Return in words what would be given away, without saying the numbers.

    Args:
        names: of the platforms, by slug.
    """
    return [
        _(
            "%(figure)s of %(platform)s: the change since publication %(number)s is small and could be worked out."
        )
        % {**_words(one, names), "number": one.since}
        if one.since
        else _("%(figure)s of %(platform)s in publication %(number)s is small and could be worked out.")
        % {**_words(one, names), "number": one.number}
        for one in found
    ]


def _words(one: GivenAway, names: dict[str, str]) -> dict[str, str]:
    return {
        "figure": label_of(one.name),
        "platform": names.get(one.slug, one.slug) if one.slug else _("all platforms"),
    }
