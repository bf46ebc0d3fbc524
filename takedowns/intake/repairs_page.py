"""What was decided about a list and put right in it, as its preview and its report tell it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from takedowns.intake.content import IN
from takedowns.intake.models import Repair, Submission
from takedowns.intake.repairs import repairs_of
from takedowns.readers import Layout
from takedowns.readers.model import place_of

Subject = Repair.Subject

#: What the fields of a row are called.
LABELS: Final = {
    "url": _("Address (URL)"),
    "kind": _("Kind"),
    "tier": _("Priority"),
    "language": _("Language"),
    "outlet": _("Outlet"),
    "listed_group": _("Listed group"),
    "ground": _("Ground"),
    "found_at": _("Found at"),
    "found_time": _("Time of day"),
    "note": _("Note"),
    "platform": _("Platform"),
    "sha256": _("SHA-256 of the file"),
    "md5": _("MD5 of the file"),
    "pdq": _("PDQ of the picture"),
    "pdq_quality": _("Quality of the PDQ"),
}


def columns_shown(layout: Layout) -> list[tuple[str, str, bool]]:
    """Return which columns are read: what the field is called, the header as written, and whether it was guessed from its cells."""
    return [
        (str(LABELS.get(name, name)), header, name in layout.guessed)
        for name, header in layout.columns.items()
    ]


@dataclass(frozen=True, slots=True)
class RepairShown:
    """One repair: which (to take it back), what it was, by whom and when."""

    key: str
    what: str
    by: str
    at: datetime


def repairs_of_report(submission: Submission) -> list[RepairShown]:
    """Return what was repaired in a list that is in, in order. One statement."""
    told = submission.layout.get("sheets", [])
    read = {one["number"]: one["name"] for one in told if one["read"]}
    return repairs_shown(repairs_of(submission), read if len(read) > 1 else {})


def repairs_shown(repairs: Iterable[Repair], sheets: Mapping[int, str]) -> list[RepairShown]:
    """Return repairs as a person reads them. ``sheets``: number and name of those that are read, where there are several."""
    return [
        RepairShown(
            f"{one.subject}:{one.about}",
            _said(one, sheets),
            str(one.by or gettext("A program of the agency")),
            one.at,
        )
        for one in repairs
    ]


def _said(one: Repair, sheets: Mapping[int, str]) -> str:
    """Say in a sentence what was repaired."""
    taken = one.becomes == IN
    match one.subject:
        case Subject.COLUMN:
            column = one.becomes or gettext("no column")
            return gettext("%(field)s is read from: %(column)s") % {
                "field": _label(one.about),
                "column": column,
            }
        case Subject.DATES:
            return (
                gettext("The day stands first in the dates.")
                if one.becomes == "day"
                else gettext("The month stands first in the dates.")
            )
        case Subject.HIDDEN:
            return gettext("Hidden rows are submitted.") if taken else gettext("Hidden rows are left out.")
        case Subject.SHEET:
            said = (
                gettext("Sheet “%(name)s” is submitted.")
                if taken
                else gettext("Sheet “%(name)s” is left out.")
            )
            return said % {"name": one.about}
        case Subject.PLATFORM if not one.about:
            return (
                gettext("Platforms outside the operation are submitted.")
                if taken
                else gettext("Platforms outside the operation are left out.")
            )
        case Subject.PLATFORM:
            said = (
                gettext("%(name)s, outside the operation, is submitted.")
                if taken
                else gettext("%(name)s, outside the operation, is left out.")
            )
            return said % {"name": one.about}
        case Subject.WORD:
            field, _, _word = one.about.partition(":")
            return gettext("%(field)s “%(word)s” means: %(meaning)s") % {
                "field": _label(field),
                "word": one.found,
                "meaning": one.becomes or gettext("nothing"),
            }
        case Subject.CELL:
            place, _, field = one.about.partition(":")
            return gettext("Line %(line)s, %(field)s: “%(found)s” became “%(becomes)s”") % {
                "line": _line(place, sheets),
                "field": _label(field),
                "found": one.found,
                "becomes": one.becomes,
            }
        case _:
            return gettext("Line %(line)s was left out: “%(found)s”") % {
                "line": _line(one.about, sheets),
                "found": one.found,
            }


def _label(field: str) -> str:
    return str(LABELS.get(field, field))


def _line(place: str, sheets: Mapping[int, str]) -> str:
    """Say where a row stands: "7", "7.2" for the second address of line 7, "week 48: 7"."""
    sheet, line, part = place_of(int(place))
    shown = f"{line}.{part}" if part > 1 else str(line)
    return f"{sheets[sheet]}: {shown}" if sheet in sheets else shown
