"""Which columns a list of referrals shows: chosen in its address, kept with a view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: By name in the address; the referral's address is always shown.
COLUMNS: Final[dict[str, str | _StrPromise]] = {
    "status": _("Status"),
    "seen": _("Seen"),
    "platform": _("Platform, kind"),
    "outlet": _("Outlet"),
    "agency": _("Agency"),
    "tier": _("Tier"),
    "language": _("Language"),
    "group": _("Listed group"),
    "submitted": _("Handed in"),
    "referred": _("Referred"),
    "decided": _("Decided"),
    "reference": _("Reference"),
}
USUAL: Final = ("status", "seen", "platform", "agency", "tier", "submitted", "reference")
NUMBERS: Final = frozenset({"tier"})


@dataclass(frozen=True)
class Column:
    """One column: its name in the address, its heading, and whether it is shown."""

    name: str
    label: str | _StrPromise
    shown: bool

    @property
    def is_number(self) -> bool:
        """Whether it stands to the right."""
        return self.name in NUMBERS


def read_columns(parameters: QueryDict) -> list[Column]:
    """Return all columns in their order, those shown that ``columns`` names, or the usual ones."""
    asked = [name for name in parameters.getlist("columns") if name in COLUMNS] or USUAL
    return [Column(name, label, name in asked) for name, label in COLUMNS.items()]
