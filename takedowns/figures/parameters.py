"""What part of an operation's figures is asked for, as it stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from takedowns.figures.slices import DIMENSIONS, Slice
from takedowns.pages.fields import Choice
from takedowns.pages.kinds import kind_words
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
    "tier": _("Tier"),
    "language": _("Language"),
    "outlet": _("Outlet"),
    "group": _("Listed group"),
    "day": _("Day"),
}
#: Filters that are typed, since a list of what occurs would have to be read from every referral.
TYPED: Final = ("language", "outlet", "group")


@dataclass(frozen=True)
class FiguresForm:
    """What was asked for.

    Attributes:
        part: which referrals.
        by: the dimension of the lines.
        as_of: a past moment, or None for now.
        exact: whether the referrals are to be read one by one.
        offers: the selects; ``typed``: (name, label, value) of the filters that are written.
        problems: a sentence for each parameter that means nothing here; such a one is left out.
        names: by dimension, what a value is called.
    """

    part: Slice
    by: str
    as_of: datetime | None
    exact: bool
    offers: tuple[Choice, ...]
    typed: tuple[tuple[str, Words, str], ...]
    since: str
    until: str
    as_of_text: str
    problems: tuple[str, ...]
    names: Mapping[str, Mapping[str, Words]]

    @property
    def is_narrowed(self) -> bool:
        """Whether only a part is asked for."""
        return bool(self.part.chosen or self.part.since or self.part.until)

    @property
    def by_label(self) -> Words:
        """What the lines are."""
        return LABELS[self.by]

    @property
    def by_choices(self) -> list[tuple[str, Words]]:
        """The dimensions that can be chosen."""
        return [(name, LABELS[name]) for name in DIMENSIONS]

    def name_of(self, key: str) -> str:
        """Return what a line of the breakdown is called."""
        return str(self.names.get(self.by, {}).get(key, key)) or gettext("not stated")

    def said(self) -> list[tuple[Words, str]]:
        """Return the narrowing in words: (dimension, values)."""
        told: list[tuple[Words, str]] = [
            (LABELS[name], ", ".join(str(self.names.get(name, {}).get(value, value)) for value in values))
            for name, values in self.part.chosen.items()
        ]
        if self.since:
            told.append((_("From"), self.since))
        if self.until:
            told.append((_("To"), self.until))
        return told


def read_figures(parameters: QueryDict, operation: Operation, prefix: str = "") -> FiguresForm:
    """Read the parameters of a page of figures. One statement, on cells, not on referrals.

    Args:
        parameters: ``platform, provider, kind, agency, instrument, tier, language, outlet, group, from, to, by, as_of, exact``.
        operation: whose figures.
        prefix: of every parameter: the other side of a comparison.
    """
    names = _names(operation)
    problems: list[str] = []
    chosen: dict[str, tuple[str, ...]] = {}
    offers = []
    for name in ("platform", "provider", "agency", "kind", "instrument", "tier"):
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
        typed.append((prefix + name, LABELS[name], values[0] if values else ""))
    since, until = (_day(parameters, prefix + name, problems) for name in ("from", "to"))
    if since and until and since > until:
        problems.append(gettext("The first day is after the last, so no referral is in between."))
    by = parameters.get("by", "platform")
    if by not in DIMENSIONS:
        problems.append(_unknown(_("Breakdown"), by))
        by = "platform"
    as_of, as_of_text = _moment(parameters, problems)
    return FiguresForm(
        Slice(**chosen, since=since, until=until),
        by,
        as_of,
        "exact" in parameters,
        tuple(offers),
        tuple(typed),
        since.isoformat() if since else "",
        until.isoformat() if until else "",
        as_of_text,
        tuple(problems),
        names,
    )


def _names(operation: Operation) -> dict[str, dict[str, Words]]:
    """Return what occurs in the operation's cells, with its names. One statement."""
    cells = list(
        Cell.objects.filter(operation=operation)
        .order_by()
        .distinct()
        .values(
            "platform_id",
            "platform__name",
            "platform__provider_id",
            "platform__provider__name",
            "agency_id",
            "agency__name",
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
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        problems.append(gettext("“%(value)s” is no day. Write it as 2019-11-22.") % {"value": text[:60]})
    return found


def _moment(parameters: QueryDict, problems: list[str]) -> tuple[datetime | None, str]:
    """Return the moment asked for; without a zone it is one of the installation's."""
    text = parameters.get("as_of", "").strip()
    if not text:
        return None, ""
    try:
        found = parse_datetime(text.replace(" ", "+") if "T" in text else text)
    except ValueError:
        found = None
    if found is None:
        problems.append(
            gettext("“%(value)s” is no moment. Write it as 2019-11-22T18:00.") % {"value": text[:60]}
        )
        return None, ""
    if timezone.is_naive(found):
        found = timezone.make_aware(found)
    return found, timezone.localtime(found).strftime("%Y-%m-%dT%H:%M:%S")
