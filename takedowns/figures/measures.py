"""Every measure, once: what it is called, what it says, how it is counted. Board, export and documents read it here.

The condition that counts a measure stands beside the sentence that defines it, so that the two cannot drift apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from takedowns.referrals.lifecycle import AT_THE_PLATFORM
from takedowns.referrals.vocabulary import Availability, Status

UNIT_OF_COUNT: Final = _(
    "A referral: one agency's request about one item to its platform, under an instrument. An item that several "
    "agencies submit while its referral is open is one referral; an item that comes back and is referred again is "
    "a further one."
)

_LEDGER: Final = _("The ledger of this installation: the referrals of the operation that the reader may see.")


#: How far a time that is shown may be from the exact one, at most, as a share of it.
RELATIVE_ERROR: Final = 0.005
_ROUNDED: Final = "rounded to three significant digits (an error of at most 0.5 %)"


class Unit(StrEnum):
    """What a figure counts."""

    REFERRAL = "referral"
    SHARE = "share of referrals"
    SECONDS = "second"


@dataclass(frozen=True)
class Measure:
    """What one figure means.

    Attributes:
        name: as in exports and in the API; also the attribute of ``Counts``.
        label: as on a page.
        definition: one sentence.
        formula: the same in terms of a referral's fields.
        source: where the figure comes from, or the publication whose measure it is.
        unit: what it counts.
    """

    name: str
    label: str
    definition: str
    formula: str
    source: str = _LEDGER
    unit: Unit = Unit.REFERRAL


@dataclass(frozen=True, kw_only=True)
class CountMeasure(Measure):
    """A number of referrals: those that stand where ``condition`` is true, or else those that reached ``step``.

    Attributes:
        condition: SQL over ``status``, ``availability`` and ``referred`` (whether the platform was ever asked).
        step: a step of ``counts.STEPS``, reached once and never left.
    """

    condition: str = ""
    step: str = ""


@dataclass(frozen=True, kw_only=True)
class ShareMeasure(Measure):
    """One count divided by another. Both are shown with it; there is none where the denominator is 0."""

    numerator: str
    denominator: str
    unit: Unit = Unit.SHARE


@dataclass(frozen=True, kw_only=True)
class DurationMeasure(Measure):
    """A quantile of the time from ``referred_at`` to ``decided_at``, over the referrals of ``among``.

    It is a time that occurred (as PostgreSQL's ``percentile_disc``), never one between two, rounded to three significant
    digits of seconds, hence right to within ``RELATIVE_ERROR``; none where nothing was timed. Times are kept so rounded,
    because such counts can be added up, by platform or by day, and exact times cannot.
    """

    quantile: float
    among: str
    unit: Unit = Unit.SECONDS


def _having(name: str, label: str, status: Status, definition: str) -> CountMeasure:
    """Return the measure of referrals that have one status now."""
    return CountMeasure(
        name, label, definition, f"status is {status.value}", condition=f"status = '{status.value}'"
    )


def _seen(name: str, label: str, availability: Availability, definition: str) -> CountMeasure:
    """Return the measure of what was last seen, over the referrals made to a platform."""
    return CountMeasure(
        name,
        label,
        definition,
        f"referred_at is set and availability is {availability.value}",
        condition=f"referred AND availability = '{availability.value}'",
    )


def _words(statuses: tuple[Status, ...]) -> str:
    return ", ".join(status.value for status in statuses)


def _sql(statuses: tuple[Status, ...]) -> str:
    return "status IN ({})".format(", ".join(f"'{status.value}'" for status in statuses))


_IN_REVIEW: Final = (Status.SUBMITTED, Status.APPROVED)
_ACTED: Final = (Status.REMOVED, Status.RESTRICTED)

_ALL: Final[tuple[Measure, ...]] = (
    CountMeasure(
        "handed_in",
        _("Submitted items"),
        _("Referrals recorded, whatever became of them."),
        "every referral",
        condition="true",
    ),
    CountMeasure(
        "in_review",
        _("Not sent yet"),
        _("Referrals that wait for a reviewer, or are approved and wait to be sent to the platform."),
        f"status is one of {_words(_IN_REVIEW)}",
        condition=_sql(_IN_REVIEW),
    ),
    _having(
        "rejected",
        _("Rejected in review"),
        Status.REJECTED,
        _("Referrals that a reviewer turned down; the platform was never asked."),
    ),
    CountMeasure(
        "referred",
        _("Referred"),
        _("Referrals that a platform was asked to act on, whatever came after."),
        "referred_at is set",
        condition="referred",
    ),
    CountMeasure(
        "acknowledged",
        _("Acknowledged"),
        _(
            "Referrals that the platform confirmed to have, by an acknowledgement or by a decision without one."
        ),
        "acknowledged_at is set",
        step="acknowledged",
    ),
    CountMeasure(
        "open",
        _("Open at the platform"),
        _("Referrals that are with the platform and have no decision yet."),
        f"status is one of {_words(AT_THE_PLATFORM)}",
        condition=_sql(AT_THE_PLATFORM),
    ),
    _having(
        "removed",
        _("Removed"),
        Status.REMOVED,
        _("Referrals whose item the platform says that it removed, and has not put back."),
    ),
    _having(
        "restricted",
        _("Restricted"),
        Status.RESTRICTED,
        _("Referrals whose item the platform says that it limits, and no more."),
    ),
    _having(
        "declined", _("Declined"), Status.DECLINED, _("Referrals on which the platform decided not to act.")
    ),
    _having(
        "unavailable",
        _("Already unavailable"),
        Status.UNAVAILABLE,
        _("Referrals where the platform found nothing at the address: gone before it acted."),
    ),
    _having(
        "reinstated",
        _("Reinstated"),
        Status.REINSTATED,
        _("Referrals whose item the platform put back after it had acted."),
    ),
    _having(
        "withdrawn",
        _("Withdrawn"),
        Status.WITHDRAWN,
        _("Referrals that the agency took back, before or after the platform was asked."),
    ),
    CountMeasure(
        "co_referred",
        _("Co-referred"),
        _("Referrals whose item at least one further agency also submitted while the referral was open."),
        "a co-referral of another agency exists",
        step="co_referred",
    ),
    _seen(
        "seen_online",
        _("Online at the last check"),
        Availability.ONLINE,
        _("Referrals made whose item was online at the last check that could tell."),
    ),
    _seen(
        "seen_offline",
        _("Verified offline"),
        Availability.OFFLINE,
        _(
            "Referrals made whose item was offline at the last check that could tell, whatever the platform said."
        ),
    ),
    _seen(
        "not_seen",
        _("Not verified"),
        Availability.UNKNOWN,
        _("Referrals made whose item no check has yet found online or offline."),
    ),
    CountMeasure(
        "removed_and_gone",
        _("Removed and verified offline"),
        _("Referrals whose item the platform says that it removed, and that was offline at the last check."),
        "status is removed and availability is offline",
        condition="status = 'removed' AND availability = 'offline'",
    ),
    CountMeasure(
        "removed_but_online",
        _("Reported removed, still online"),
        _("Referrals whose item the platform says that it removed, but that was online at the last check."),
        "status is removed and availability is online",
        condition="status = 'removed' AND availability = 'online'",
    ),
    CountMeasure(
        "removed_not_seen",
        _("Removed, not verified"),
        _(
            "Referrals whose item the platform says that it removed, and that no check has found online or offline."
        ),
        "status is removed and availability is unknown",
        condition="status = 'removed' AND availability = 'unknown'",
    ),
    CountMeasure(
        "timed",
        _("Timed"),
        _(
            "Referrals removed or restricted now of which both moments are known; the times to action rest on them."
        ),
        f"status is one of {_words(_ACTED)}, and referred_at and decided_at are set",
        condition=_sql(_ACTED),
    ),
    ShareMeasure(
        "share_removed",
        _("Share removed"),
        _("Of the referrals that a platform was asked to act on, the share that it says it removed."),
        "removed divided by referred",
        _(
            "The ledger of this installation. The measure is the EU Internet Referral Unit’s success rate (83.64 % from July 2015 to February 2018)."
        ),
        numerator="removed",
        denominator="referred",
    ),
    DurationMeasure(
        "median_time_to_action",
        _("Median time to action"),
        _("Half of the timed referrals were removed or restricted within this time of being referred."),
        f"the smallest decided_at minus referred_at that at least 50 % of the timed referrals do not exceed, {_ROUNDED}",
        quantile=0.5,
        among="timed",
    ),
    DurationMeasure(
        "p90_time_to_action",
        _("90 % acted on within"),
        _(
            "Nine in ten of the timed referrals were removed or restricted within this time of being referred."
        ),
        f"the smallest decided_at minus referred_at that at least 90 % of the timed referrals do not exceed, {_ROUNDED}",
        quantile=0.9,
        among="timed",
    ),
)

#: All measures by name, in the order in which pages and exports show them.
MEASURES: Final[dict[str, Measure]] = {measure.name: measure for measure in _ALL}
COUNTED: Final = tuple(measure for measure in _ALL if isinstance(measure, CountMeasure))
SHARES: Final = tuple(measure for measure in _ALL if isinstance(measure, ShareMeasure))
DURATIONS: Final = tuple(measure for measure in _ALL if isinstance(measure, DurationMeasure))

#: The gap on the dashboard: what stands between two measures, shown beside them.
GAP: Final = Measure(
    "removed_unconfirmed",
    _("Removed, not verified offline"),
    _(
        "Referrals whose item the platform says that it removed, and that the last check did not find offline."
    ),
    "removed minus removed_and_gone, which is removed_but_online plus removed_not_seen",
)


def label_of(name: str) -> str:
    """Return what a measure is called, or the gap, in the language of whoever reads."""
    return gettext(GAP.label if name == GAP.name else MEASURES[name].label)


#: What a platform says of itself. Not a measure of ours: never added to one, never compared as if it were.
SELF_REPORT: Final = Measure(
    "self_report",
    _("The platform’s own count, not added"),
    _(
        "What the platform itself says that it acted on for the operation, in its own unit and by its own rules; not part of any "
        "other figure."
    ),
    "the platform's own totals about the same thing, added over the days",
    _("The platform."),
)
