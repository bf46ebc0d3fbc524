"""A change of many in words: what was given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from takedowns.referrals.vocabulary import Tier
from takedowns.web.kinds import kind_words

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_NAMES = {
    "tier": _("Tier"), "kind": _("Kind"), "outlet": _("Outlet"), "listed_group": _("Listed group"), "reason": _("Reason"),
}  # fmt: skip


def facts_of(given: Mapping[str, Any]) -> list[tuple[str | _StrPromise, str | _StrPromise]]:
    """Return name and value of each fact that a change of many gave."""
    return [(_NAMES[name], _value(name, value)) for name, value in given.items() if name in _NAMES]


def _value(name: str, value: Any) -> str | _StrPromise:
    if value == "":
        return _("none")
    if name == "tier":
        return Tier(str(value)).label
    return kind_words(value) if name == "kind" else str(value)
