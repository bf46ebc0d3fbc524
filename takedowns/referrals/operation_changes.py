"""What was done to an operation, in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from takedowns.access.actor import Actor
from takedowns.directory.models import Platform, User
from takedowns.pages.versions import Changed
from takedowns.referrals.models import Channel, Operation, OperationChange
from takedowns.referrals.vocabulary import Instrument

CHANGES_SHOWN: Final = 100
LABELS: Final = {
    "reference": gettext_lazy("Reference"),
    "name": gettext_lazy("Name"),
    "scope": gettext_lazy("Scope"),
    "starts": gettext_lazy("First day"),
    "ends": gettext_lazy("Last day"),
    "default_instrument": gettext_lazy("Instrument"),
    "default_ground": gettext_lazy("Legal ground"),
    "agencies": gettext_lazy("Agencies"),
    "platforms": gettext_lazy("Platforms"),
    "in_review": gettext_lazy("In review"),
    "approved": gettext_lazy("Approved, not referred"),
    "with_platforms": gettext_lazy("With platforms"),
    "finished": gettext_lazy("Finished"),
    "screen": gettext_lazy("Screen"),
    "like": gettext_lazy("Created from"),
}


@dataclass(frozen=True)
class Change:
    """One line of the history; ``facts`` are pairs of a label and what became of it."""

    what: str
    at: datetime
    by: User | None
    facts: list[tuple[str, str]]


def changes_of(operation: Operation, actor: Actor) -> list[Change]:
    """Return what was done to an operation, the latest first. Two statements."""
    kept = OperationChange.objects.visible_to(actor)
    found = list(kept.filter(operation=operation).select_related("by")[:CHANGES_SHOWN])
    slugs = {slug for one in found for slug in _slugs(one)}
    names = dict(Platform.objects.filter(pk__in=slugs).values_list("pk", "name"))
    return [
        Change(
            one.get_kind_display(),
            one.at,
            one.by,
            [(_label(key, names), _said(key, value, names)) for key, value in one.details.items()],
        )
        for one in found
    ]


def last_change_of(operation: Operation, actor: Actor) -> Changed | None:
    """Return when an operation was last changed, and by whom. One statement."""
    kept = OperationChange.objects.visible_to(actor).filter(operation=operation).select_related("by").first()
    return Changed(kept.at, kept.by) if kept else None


def _slugs(one: OperationChange) -> set[str]:
    """Return the platforms a change names: those whose arrangement changed, those that came and went."""
    came_and_went = [slug for side in one.details.get("platforms", ()) for slug in side]
    return {key for key in one.details if key not in LABELS} | set(came_and_went)


def _label(key: str, names: dict[str, str]) -> str:
    return str(LABELS[key]) if key in LABELS else names.get(key, key)


def _said(key: str, value: Any, names: dict[str, str]) -> str:
    if not isinstance(value, list):
        return str(value)
    before, after = value
    if key in ("agencies", "platforms"):
        out = ", ".join(names.get(one, one) for one in before)
        into = ", ".join(names.get(one, one) for one in after)
        said = [_("out: %(names)s") % {"names": out}] if out else []
        return "; ".join([*said, _("in: %(names)s") % {"names": into}] if into else said)
    if key == "default_instrument":
        before, after = (str(Instrument(one).label) for one in (before, after))
    if key not in LABELS:
        before, after = (_arranged(*one) for one in (before, after))
    return f"{before or '–'} → {after or '–'}"


def _arranged(contact: str, channel: str) -> str:
    return f"{contact or '–'} ({Channel(channel).label})"
