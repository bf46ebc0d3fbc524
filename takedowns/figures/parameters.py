"""What part of an operation's figures is asked for, as it stands in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.http import QueryDict
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from takedowns.directory.listed_groups import vocabulary
from takedowns.figures.part import DIMENSIONS, Slice
from takedowns.pages.fields import Choice, as_day, as_moment
from takedowns.pages.kinds import kind_words
from takedowns.pages.templatetags.plain import day
from takedowns.referrals.models import Cell, Operation
from takedowns.referrals.vocabulary import Instrument, Tier

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise

LABELS: Final[dict[str, Words]] = {
    "platform": _("Platform"),
    "provider": _("Provider"),
    "kind": _("Kind"),
    "agency": _("Agency"),
    "instrument": _("Instrument"),
    "tier": _("Priority"),
    "language": _("Language"),
    "outlet": _("Outlet"),
    "group": _("Listed group"),
    "day": _("Day submitted"),
    "referred_day": _("Day referred"),
    "referred_month": _("Month referred"),
    "operation": _("Operation"),
}
#: The clocks of a past moment, as in the address.
CLOCKS: Final[dict[str, Words]] = {
    "recorded": _("Recorded by then"),
    "happened": _("Happened by then"),
}
#: The days that narrow: parameter, field of the slice, label.
DAYS: Final[tuple[tuple[str, str, Words], ...]] = (
    ("referred_from", "referred_since", _("Referred from")),
    ("referred_to", "referred_until", _("Referred up to")),
    ("from", "since", _("Submitted from")),
    ("to", "until", _("Submitted up to")),
)
#: Filters that are chosen, in the order of the form.
OFFERED: Final = ("platform", "provider", "agency", "kind", "instrument", "tier")
#: Filters that are typed, since a list of what occurs would have to be read from every referral.
TYPED: Final = ("language", "outlet", "group")


@dataclass(frozen=True)
class FiguresForm:
    """What was asked for.

    Attributes:
        part: which referrals.
        by: the dimension of the lines.
        as_of: a past moment, or None for now; ``happened``: by the clock of what happened, not of what had been recorded.
        whose: the operations.
        exact: whether the referrals are to be read one by one.
        offers: the selects; ``typed``: (name, label, value) of the filters that are written; ``days``: the same of days.
        problems: a sentence for each parameter that means nothing here; such a one is left out.
        wrong_moment: a sentence where a moment was asked for that is none; figures of now are no answer to that.
        names: by dimension, what a value is called.
    """

    part: Slice
    by: str
    as_of: datetime | None
    exact: bool
    offers: tuple[Choice, ...]
    typed: tuple[tuple[str, Words, str], ...]
    days: tuple[tuple[str, Words, str], ...]
    as_of_text: str
    problems: tuple[str, ...]
    names: Mapping[str, Mapping[str, Words]]
    whose: tuple[Operation, ...] = ()
    happened: bool = False
    wrong_moment: str = ""

    def require_moment(self) -> None:
        """Raise ValueError, with the sentence, where a moment was asked for that is none."""
        if self.wrong_moment:
            raise ValueError(self.wrong_moment)

    @property
    def all_problems(self) -> tuple[str, ...]:
        """What a file is refused for: with other figures than were asked for it would be worse than none."""
        return (*self.problems, *([self.wrong_moment] if self.wrong_moment else []))

    @property
    def is_narrowed(self) -> bool:
        """Whether only a part is asked for."""
        return not self.part.is_all

    @property
    def clock(self) -> str:
        """The clock of the moment, as in the address."""
        return "happened" if self.happened else "recorded"

    @property
    def clocks(self) -> list[tuple[str, Words]]:
        """The clocks that can be chosen."""
        return [*CLOCKS.items()]

    def query(self) -> str:
        """Return the part and the moment as the query of an address: what other pages of figures take, too."""
        found = QueryDict(mutable=True)
        for name, values in self.part.chosen.items():
            found.setlist(name, list(values))
        for name, _label, value in self.days:
            if value:
                found[name] = value
        return "&".join(part for part in (found.urlencode(), self.moment_query()) if part)

    def moment_query(self) -> str:
        """Return the moment alone as the query of an address."""
        found = QueryDict(mutable=True)
        if self.as_of is not None:
            found["as_of"] = self.as_of.isoformat()
            if self.happened:
                found["clock"] = self.clock
        return found.urlencode()

    @property
    def by_label(self) -> Words:
        """What the lines are."""
        return LABELS[self.by]

    @property
    def by_choices(self) -> list[tuple[str, Words]]:
        """The dimensions that can be chosen."""
        return [(name, LABELS[name]) for name in DIMENSIONS if name != "operation" or self.is_of_several]

    @property
    def is_of_several(self) -> bool:
        """Whether it is asked across operations."""
        return any(offer.name == "operation" for offer in self.offers)

    def name_of(self, key: str) -> str:
        """Return what a line of the breakdown is called."""
        return str(self.names.get(self.by, {}).get(key, key)) or gettext("not stated")

    def said(self) -> list[tuple[Words, str]]:
        """Return the narrowing in words: (dimension, values)."""
        told: list[tuple[Words, str]] = [
            (LABELS[name], ", ".join(str(self.names.get(name, {}).get(value, value)) for value in values))
            for name, values in self.part.chosen.items()
        ]
        told += [
            (label, day(getattr(self.part, field)))
            for _name, field, label in DAYS
            if getattr(self.part, field) is not None
        ]
        return told


def read_figures(
    parameters: QueryDict, operations: Operation | Sequence[Operation], prefix: str = ""
) -> FiguresForm:
    """Read the parameters of a page of figures. One statement, on cells, not on referrals.

    Args:
        parameters: ``platform, provider, kind, agency, instrument, tier, operation, language, outlet, group, referred_from,
            referred_to, from, to, by, as_of, clock, exact``.
        operations: whose figures; which of several is a filter like others.
        prefix: of every parameter: the other side of a comparison.
    """
    several = not isinstance(operations, Operation)
    whose = tuple(operations) if not isinstance(operations, Operation) else (operations,)
    names = _names(whose)
    problems: list[str] = []
    chosen: dict[str, tuple[str, ...]] = {}
    offers = []
    for name in (*(["operation"] if several else []), *OFFERED):
        asked = [value for value in parameters.getlist(prefix + name) if value]
        known = tuple(value for value in asked if value in names[name])
        problems += [_unknown(LABELS[name], value) for value in asked if value not in names[name]]
        chosen[name] = known
        options = tuple(
            sorted(names[name].items(), key=lambda one: str(one[1]) if name != "tier" else one[0])
        )
        offers.append(Choice(prefix + name, LABELS[name], options, known[0] if known else ""))
    typed = []
    for name in TYPED:
        values = tuple(value.strip()[:200] for value in parameters.getlist(prefix + name) if value.strip())
        chosen[name] = values
        if name == "group" and values:
            listed = vocabulary()
            chosen[name] = tuple(dict.fromkeys(listed.name_of(one) or one for one in values))
        typed.append((prefix + name, LABELS[name], values[0] if values else ""))
    dates = {field: _day(parameters, prefix + name, problems) for name, field, _label in DAYS}
    for first, last in (("since", "until"), ("referred_since", "referred_until")):
        if (begins := dates[first]) and (ends := dates[last]) and begins > ends:
            problems.append(gettext("The first day is after the last, so no referral is in between."))
    by = parameters.get("by", "platform")
    if by not in DIMENSIONS or (by == "operation" and not several):
        problems.append(_unknown(_("Breakdown"), by))
        by = "platform"
    as_of, as_of_text, wrong_moment = _moment(parameters)
    clock = parameters.get("clock", "") or "recorded"
    if clock not in CLOCKS:
        problems.append(_unknown(_("Clock"), clock))
    return FiguresForm(
        replace(Slice(**chosen), **dates),  # type: ignore[arg-type]
        by,
        as_of,
        "exact" in parameters,
        tuple(offers),
        tuple(typed),
        tuple(
            (prefix + name, label, found.isoformat() if (found := dates[field]) else "")
            for name, field, label in DAYS
        ),
        as_of_text,
        tuple(problems),
        names,
        whose,
        clock == "happened" and as_of is not None,
        wrong_moment,
    )


def _names(operations: Sequence[Operation]) -> dict[str, dict[str, Words]]:
    """Return what occurs in the operations' cells, with its names. One statement."""
    cells = list(
        Cell.objects.filter(operation__in=[one.pk for one in operations])
        .order_by()
        .distinct()
        .values(
            "platform_id",
            "platform__name",
            "platform__provider_id",
            "platform__provider__name",
            "agency_id",
            "agency__name",
            "agency__slug",
            "kind",
        )
    )
    return {
        "platform": {one["platform_id"]: one["platform__name"] for one in cells},
        "provider": {
            one["platform__provider_id"]: one["platform__provider__name"]
            for one in cells
            if one["platform__provider_id"]
        },
        "agency": {str(one["agency_id"]): one["agency__name"] for one in cells},
        "agency_slug": {str(one["agency_id"]): one["agency__slug"] for one in cells},
        "operation": {str(one.pk): f"{one.reference} {one.name}" for one in operations},
        "kind": {one["kind"]: capfirst(kind_words(one["kind"])) for one in cells},
        "instrument": dict(Instrument.choices),
        "tier": dict(Tier.choices),
    }


def _unknown(label: Words, value: str) -> str:
    return gettext("%(name)s “%(value)s” is not known here, so it was left out.") % {
        "name": label,
        "value": value[:60],
    }


def _day(parameters: QueryDict, name: str, problems: list[str]) -> date | None:
    text = parameters.get(name, "").strip()
    if not text:
        return None
    found = as_day(text)
    if found is None:
        problems.append(gettext("“%(value)s” is no day. Write it as 2019-11-22.") % {"value": text[:60]})
    return found


def _moment(parameters: QueryDict) -> tuple[datetime | None, str, str]:
    """Return the moment asked for, as the field writes it, and what is wrong with it; without a zone it is the installation's."""
    text = parameters.get("as_of", "").strip()
    if not text:
        return None, "", ""
    found = as_moment(text.replace(" ", "+") if "T" in text else text)
    if found is None:
        wrong = gettext("“%(value)s” is no moment. Write it as 2019-11-22T18:00.") % {"value": text[:60]}
        return None, "", wrong
    if timezone.is_naive(found):
        found = timezone.make_aware(found)
    return found, timezone.localtime(found).strftime("%Y-%m-%dT%H:%M:%S"), ""
