"""The list behind a number: which filters of an operation's list show the referrals that a measure counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.http import urlencode

from takedowns.figures.parameters import FiguresForm
from takedowns.pages.addresses import address_of
from takedowns.referrals.listing import REACHED

#: By measure, the filters of the list that say the same. Of a share or time, the referrals that it counts or rests on.
BEHIND: Final[dict[str, Mapping[str, tuple[str, ...]]]] = {
    "handed_in": {},
    **{
        name: {"status": (name,)}
        for name in ("in_review", "open", "rejected", "removed", "restricted", "declined")
    },
    **{name: {"status": (name,)} for name in ("unavailable", "reinstated", "withdrawn")},
    "seen_online": {"reached": ("referred",), "availability": ("online",)},
    "seen_offline": {"reached": ("referred",), "availability": ("offline",)},
    "not_seen": {"reached": ("referred",), "availability": ("unknown",)},
    "removed_and_gone": {"status": ("removed",), "availability": ("offline",)},
    "removed_but_online": {"status": ("removed",), "availability": ("online",)},
    "removed_not_seen": {"status": ("removed",), "availability": ("unknown",)},
    "removed_unconfirmed": {"status": ("removed",), "availability": ("online", "unknown")},
    "share_removed": {"status": ("removed",)},
    **{
        name: {"status": ("removed", "restricted")}
        for name in ("timed", "median_time_to_action", "p90_time_to_action", "p99_time_to_action")
    },
    **{name: {"reached": (name,)} for name in REACHED},
    **{
        name: {"reached": ("verified_since",)} for name in ("median_time_to_verified", "p90_time_to_verified")
    },
    "no_answer": {"status": ("referred",)},
}
#: Filters of figures that the list knows under a name: as they are, or with the values that it takes.
_SAME: Final = ("platform", "kind", "instrument", "tier", "language", "outlet", "group")
_DAYS: Final = {
    "referred_from": "referred_from",
    "referred_to": "referred_to",
    "from": "submitted_from",
    "to": "submitted_to",
}


def list_behind(reference: str, measure: str, filters: Mapping[str, tuple[str, ...]] | None = None) -> str:
    """Return the address of the list of an operation's referrals that a measure counts; nothing where the list cannot say it.

    Args:
        reference: the operation's.
        measure: its name.
        filters: further filters of the list: parameter to values.
    """
    if measure not in BEHIND:
        return ""
    address = address_of("web:referrals", reference)
    if query := urlencode({**(filters or {}), **BEHIND[measure]}, doseq=True):
        return f"{address}?{query}"
    return address


def filters_of(
    form: FiguresForm, line: str = "", *, of_line: bool = False
) -> tuple[str, dict[str, tuple[str, ...]]] | None:
    """Return the operation and the filters of the list that say what the figures were asked for, with one line of the breakdown.

    None where the list cannot say it: a past moment, several operations, a provider, several outlets or days, or what is not stated.
    """
    chosen = dict(form.part.chosen)
    if of_line:
        if not line or form.by in ("day", "referred_day", "referred_month"):
            return None
        chosen[form.by] = (line,)
    whose = chosen.pop("operation", None) or tuple(str(one.pk) for one in form.whose)
    references = {str(one.pk): one.reference for one in form.whose}
    if form.as_of is not None or len(whose) != 1 or "provider" in chosen:
        return None
    if any(len(chosen.get(name, ())) > 1 for name in ("language", "outlet", "group")):
        return None
    found = {name: values for name, values in chosen.items() if name in _SAME}
    if "agency" in chosen:
        found["agency"] = tuple(str(form.names["agency_slug"][one]) for one in chosen["agency"])
    found |= {_DAYS[name]: (value,) for name, _label, value in form.days if value}
    return references[whose[0]], found
