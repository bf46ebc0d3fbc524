"""The filters of the list of referrals, as they stand in its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from takedowns.directory.hosts import declared_hosts
from takedowns.directory.models import Agency, Platform
from takedowns.identity import Refusal, identify
from takedowns.pages.fields import Choice, as_day, as_uuid
from takedowns.pages.kinds import kind_words
from takedowns.referrals.lifecycle import AT_THE_PLATFORM
from takedowns.referrals.listing import Beside, Filters, Place
from takedowns.referrals.reference import parse_reference, parse_symbols
from takedowns.referrals.sentences import spoken
from takedowns.referrals.sorting import Sort, sort_named
from takedowns.referrals.vocabulary import Availability, Instrument, Status, Tier

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise


#: Statuses people ask for together. The board's "open" is the same set.
STATUS_GROUPS: Final[dict[str, tuple[Words, tuple[Status, ...]]]] = {
    "open": (_("Open at the platform"), AT_THE_PLATFORM),
    "in_review": (_("Not sent yet"), (Status.SUBMITTED, Status.APPROVED)),
}


#: What a referral came to, as :data:`takedowns.referrals.listing.REACHED` asks it; the words are those of the figures.
REACHED_LABELS: Final[dict[str, Words]] = {
    "referred": _("Referred"),
    "acknowledged": _("Acknowledged"),
    "co_referred": _("Co-referred"),
    "verified_since": _("Verified offline since referral"),
    "verified_since_by_person": _("Verified offline by a person since referral"),
    "verified_since_by_robot": _("Verified offline by a robot since referral"),
    "verified_1h": _("Verified offline within 1 h of referral"),
    "verified_24h": _("Verified offline within 24 h of referral"),
    "verified_7d": _("Verified offline within 7 d of referral"),
    "verified_by_person_1h": _("Verified offline by a person within 1 h of referral"),
    "verified_by_person_24h": _("Verified offline by a person within 24 h of referral"),
    "verified_by_person_7d": _("Verified offline by a person within 7 d of referral"),
    "verified_by_robot_1h": _("Verified offline by a robot within 1 h of referral"),
    "verified_by_robot_24h": _("Verified offline by a robot within 24 h of referral"),
    "verified_by_robot_7d": _("Verified offline by a robot within 7 d of referral"),
    "checked_1h": _("Checked within 1 h of referral"),
    "checked_24h": _("Checked within 24 h of referral"),
    "checked_7d": _("Checked within 7 d of referral"),
    "back_online": _("Back online after it was verified offline"),
}


@dataclass(frozen=True)
class Typed:
    """One field of the form that is typed: its parameter, label, the type of the input and what stands in it."""

    name: str
    label: Words
    kind: str
    value: str


@dataclass(frozen=True)
class FilterForm:
    """The filters as asked for.

    Attributes:
        problems: a sentence for each parameter that means nothing here; such a one is left out of the filters.
        nothing: whether what was asked for can match no referral (an address that names no item, another operation's reference).
    """

    filters: Filters
    place: Place
    choices: tuple[Choice, ...]
    q: str
    problems: tuple[str, ...]
    nothing: bool
    typed: tuple[Typed, ...] = ()

    @property
    def is_narrowed(self) -> bool:
        """Whether any filter is set."""
        return bool(self.filters.dimensions or self.q or self.filters.beside)

    @property
    def is_wider(self) -> bool:
        """Whether the filters let more through than was asked for: then no file is made, and nothing is changed, of all they find."""
        return bool(self.problems) and not self.nothing


def read_filters(
    parameters: QueryDict, reference: str, agencies: list[Agency], platforms: list[Platform], kinds: list[str]
) -> FilterForm:
    """Read the parameters of a list of operation ``reference``: ``platform, status, availability, kind, agency, instrument, tier, q,
    language, outlet, person, submission, referred_from, referred_to, submitted_from, submitted_to, group, reached, sort, after, before,
    last``."""
    reader = _Reader(parameters)
    agency_ids = {agency.slug: agency.pk for agency in agencies}
    platform = reader.one("platform", _("Platform"), {one.slug: one.name for one in platforms})
    status = reader.one(
        "status",
        _("Status"),
        {name: label for name, (label, _statuses) in STATUS_GROUPS.items()} | dict(Status.choices),
    )
    availability = reader.one("availability", _("Seen"), dict(Availability.choices))
    kind = reader.one("kind", _("Kind"), {one: capfirst(kind_words(one)) for one in kinds})
    agency = reader.one("agency", _("Agency"), {one.slug: one.name for one in agencies})
    instrument = reader.one("instrument", _("Instrument"), dict(Instrument.choices))
    tier = reader.one("tier", _("Priority"), dict(Tier.choices))
    reached = reader.one("reached", _("Stage reached"), REACHED_LABELS)
    q, item_id, id_ends, nothing = reader.named(reference)
    beside = Beside(
        reader.typed("language", _("Language"), 8),
        reader.typed("outlet", _("Outlet"), 200),
        reader.typed("person", _("Submitted by"), 200),
        reader.submission(),
        reader.day("referred_from", _("Referred from")),
        reader.day("referred_to", _("Referred up to")),
        reader.day("submitted_from", _("Submitted from")),
        reader.day("submitted_to", _("Submitted up to")),
        reader.typed("group", _("Listed group"), 200),
        reached[0] if reached else "",
    )
    filters = Filters(
        beside=beside,
        platform_id=platform,
        kind=kind,
        instrument=instrument,
        availability=availability,
        item_id=item_id,
        id_ends=id_ends,
        status=tuple(str(one) for name in status for one in STATUS_GROUPS.get(name, ("", (name,)))[1]),
        agency_id=tuple(agency_ids[slug] for slug in agency),
        tier=tuple(int(one) for one in tier),
    )
    place = Place(
        reader.uuid("after"), reader.uuid("before"), oldest="last" in parameters, sort=reader.sort()
    )
    return FilterForm(
        filters, place, tuple(reader.choices), q, tuple(reader.problems), nothing, tuple(reader.inputs)
    )


class _Reader:
    """Reads parameters one by one, keeping what is wrong with them."""

    def __init__(self, parameters: QueryDict) -> None:
        self.parameters = parameters
        self.choices: list[Choice] = []
        self.problems: list[str] = []
        self.inputs: list[Typed] = []

    def typed(self, name: str, label: Words, most: int) -> str:
        """Return what is typed into a field, and keep it there."""
        value = self.parameters.get(name, "").strip()[:most]
        self.inputs.append(Typed(name, label, "text", value))
        return value

    def day(self, name: str, label: Words) -> date | None:
        """Return the day a field names; what is none is said, and left out."""
        value = self.parameters.get(name, "").strip()
        self.inputs.append(Typed(name, label, "date", value[:20]))
        found = as_day(value)
        if value and found is None:
            self.problems.append(
                gettext("“%(value)s” is no day such as 2019-11-21, so it was left out.")
                % {"value": value[:60]}
            )
        return found

    def submission(self) -> UUID | None:
        """Return the submission that is named; what cannot be one is said, and left out."""
        value = self.parameters.get("submission", "")
        found = as_uuid(value) if value else None
        if value and found is None:
            self.problems.append(gettext("The submission could not be read, so it was left out."))
        return found

    def sort(self) -> Sort | None:
        """Return the column to sort by; what is none is said, and left out."""
        value = self.parameters.get("sort", "")
        found = sort_named(value) if value else None
        if value and found is None:
            self.problems.append(
                gettext("“%(value)s” is no column to sort by, so the newest stand first.")
                % {"value": value[:60]}
            )
        return found

    def one(self, name: str, label: Words, options: Mapping[str, Words]) -> tuple[str, ...]:
        """Return the values of a parameter that are known, and offer them all in a select."""
        asked = [value for value in self.parameters.getlist(name) if value]
        known = tuple(value for value in asked if value in options)
        for value in asked:
            if value not in options:
                self.problems.append(
                    gettext("%(name)s “%(value)s” is not known here, so it was left out.")
                    % {"name": label, "value": value[:60]}
                )
        self.choices.append(Choice(name, label, tuple(options.items()), known[0] if known else ""))
        return known

    def named(self, reference: str) -> tuple[str, UUID | None, str, bool]:
        """Return what was typed, the item or the end of the referral's id that it names, and whether it can find nothing."""
        q = self.parameters.get("q", "").strip()
        if not q:
            return "", None, "", False
        if (parts := parse_reference(q)) is not None:
            operation, id_ends = parts
            if operation == reference:
                return q, None, id_ends, False
            self.problems.append(
                gettext("This is a reference of %(found)s; here are the referrals of %(operation)s.")
                % {"found": operation, "operation": reference}
            )
            return q, None, "", True
        if (digits := parse_symbols(q)) is not None:
            return q, None, digits, False
        found = identify(q, declared_hosts())
        if isinstance(found, Refusal):
            self.problems.append(spoken(found.message))
            return q, None, "", True
        return q, found.id, "", False

    def uuid(self, name: str) -> UUID | None:
        """Return a place in the list; one that cannot be read is the list's beginning."""
        try:
            value = self.parameters.get(name, "")
            return UUID(value) if value else None
        except ValueError:
            self.problems.append(gettext("The place in the list could not be read; this is its beginning."))
            return None
