"""Which columns a list of referrals shows: chosen in its address, kept with a view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from takedowns.referrals.sorting import BY_DIMENSION, BY_MOMENT, Sort

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: By name in the address; the referral's address is always shown.
COLUMNS: Final[dict[str, str | _StrPromise]] = {
    "status": _("Status"),
    "seen": _("Seen"),
    "platform": _("Platform, kind"),
    "outlet": _("Outlet"),
    "agency": _("Agency"),
    "tier": _("Priority"),
    "language": _("Language"),
    "group": _("Listed group"),
    "submitted": _("Submitted"),
    "referred": _("Referred"),
    "decided": _("Decided"),
    "reference": _("Reference"),
}
USUAL: Final = ("status", "seen", "platform", "agency", "tier", "submitted", "reference")


@dataclass(frozen=True)
class Column:
    """One column: its name in the address, its heading, and whether it is shown.

    Attributes:
        sort: the order that choosing its heading leads to, "" where the list is not sorted by it.
        sorted: "ascending" or "descending" where the list is sorted by it now, else "".
    """

    name: str
    label: str | _StrPromise
    shown: bool
    sort: str = ""
    sorted: str = ""


def read_columns(parameters: QueryDict, sort: Sort | None = None) -> list[Column]:
    """Return all columns in their order, those shown that ``columns`` names, or the usual ones. ``sort``: that of the list."""
    asked = [name for name in parameters.getlist("columns") if name in COLUMNS] or USUAL
    return [
        Column(name, label, name in asked, _next_sort(name, sort), _sorted(name, sort))
        for name, label in COLUMNS.items()
    ]


def _next_sort(name: str, sort: Sort | None) -> str:
    """Return the sort that a heading leads to: the other direction of its own; of a moment the latest first, else from the least up."""
    if name not in BY_DIMENSION and name not in BY_MOMENT:
        return ""
    mine = sort is not None and sort.name == name
    return str(Sort(name, not sort.descending if sort is not None and mine else name in BY_MOMENT))


def _sorted(name: str, sort: Sort | None) -> str:
    if sort is None or sort.name != name:
        return ""
    return "descending" if sort.descending else "ascending"
