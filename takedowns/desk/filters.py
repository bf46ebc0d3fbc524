"""The filters of a desk's list, as they stand in its address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from takedowns.desk.inbox import Counted, Filters, Show
from takedowns.pages.fields import Choice
from takedowns.pages.kinds import kind_words
from takedowns.referrals.vocabulary import Instrument, Status

_NAMES = ("status", "kind", "instrument", "operation")


@dataclass(frozen=True)
class Asked:
    """What an address asks for.

    Attributes:
        choices: one select of the form each; only what occurs is offered.
        tabs: the three lists, each with its address's value and how many stand in it.
        number: how many fit.
    """

    filters: Filters
    choices: tuple[Choice, ...]
    tabs: tuple[tuple[Show, int], ...]
    number: int

    @property
    def is_narrowed(self) -> bool:
        """Whether any filter is set."""
        return any(getattr(self.filters, name) for name in _NAMES)


def read_filters(parameters: QueryDict, counted: Sequence[Counted]) -> Asked:
    """Read ``show, status, kind, instrument, operation``. What does not occur at this desk (any more) fits nothing.

    Left out, it would let more through than was asked for: into a file, and into the answers to all of a list.
    """
    asked = parameters.get("show", "")
    show = Show(asked) if asked in Show.values else Show.OPEN
    in_list = Filters(show=show).statuses
    given = {name: parameters.get(name, "")[:60] for name in _NAMES}
    offers = {
        "status": _labelled((one.status for one in counted if one.status in in_list), dict(Status.choices)),
        "kind": tuple((one, capfirst(kind_words(one))) for one in sorted({one.kind for one in counted})),
        "instrument": _labelled((one.instrument for one in counted), dict(Instrument.choices)),
        "operation": tuple((one, one) for one in sorted({one.operation for one in counted})),
    }
    for name, value in given.items():
        if value and value not in {offer for offer, _label in offers[name]}:
            offers[name] += ((value, value),)
    filters = Filters(show=show, **given)
    labels = {
        "status": _("Status"),
        "kind": _("Kind"),
        "instrument": _("Instrument"),
        "operation": _("Operation"),
    }
    choices = tuple(Choice(name, label, offers[name], given[name]) for name, label in labels.items())
    tabs = tuple(
        (one, sum(found.number for found in counted if found.status in Filters(show=one).statuses))
        for one in Show
    )
    return Asked(filters, choices, tabs, sum(one.number for one in counted if one.fits(filters)))


def _labelled(values: Iterable[str], labels: dict[str, object]) -> tuple[tuple[str, str], ...]:
    found = set(values)
    return tuple((value, str(label)) for value, label in labels.items() if value in found)
