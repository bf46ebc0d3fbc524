"""All figures, each with its one definition: what a page calls a number, and the page that says what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from takedowns.figures.detail_measures import DETAIL_MEASURES
from takedowns.figures.measures import GAP, MEASURES, SELF_REPORT, Measure
from takedowns.figures.return_measures import MOVE_MEASURES, RETURN_MEASURES
from takedowns.figures.verified_measures import VERIFIED_MEASURES

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Chapter:
    """Some of the figures under a heading."""

    name: str
    label: str | _StrPromise
    measures: tuple[Measure, ...]


CHAPTERS: Final = (
    Chapter("counts", _("Where referrals stand"), (*MEASURES.values(), GAP, SELF_REPORT)),
    Chapter("verified", _("Verified offline after referral"), tuple(VERIFIED_MEASURES.values())),
    Chapter("detail", _("In detail"), tuple(DETAIL_MEASURES.values())),
    Chapter("back", _("Resurfaced"), (*RETURN_MEASURES.values(), *MOVE_MEASURES.values())),
)
#: Every figure by name. Two of one label fail a test.
DEFINED: Final[dict[str, Measure]] = {one.name: one for chapter in CHAPTERS for one in chapter.measures}
