"""The figures that are read one by one, each defined once: a page, the reports and the data dictionary read it here."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext_noop as _

from takedowns.figures.measures import Measure, Unit

_LEDGER: Final = _("The ledger of this installation, of what the reader may see.")
_LOOKS: Final = _(
    "The looks recorded here: what people and robots saw. A look that could not tell is left out."
)
_ROWS: Final = _("The submissions that the reader may read, their rows as they stand now.")
_DECLINED: Final = _("Referrals on which the platform decided not to act, for this reason.")
_ONLINE_AFTER: Final = _(
    "Of the referrals removed by the platform's word and looked at this long after or later, the share that the first such "
    "look saw online."
)
_SHARE: Final = "share of referrals"
_ROW: Final = "row submitted"

#: After which times it is asked whether what was removed is still there.
AFTER: Final = {"1h": timedelta(hours=1), "24h": timedelta(hours=24), "7d": timedelta(days=7)}


def _m(
    name: str, label: str, definition: str, formula: str, unit: str = Unit.REFERRAL, *, source: str = _LEDGER
) -> Measure:
    return Measure(name, label, definition, formula, source, unit)  # type: ignore[arg-type]


def _declined(reason: str, label: str) -> Measure:
    formula = f"status is declined, and the last event decline says {reason}"
    return _m(f"declined_{reason}", label, _DECLINED, formula)


def _online_after(name: str, words: str, label: str) -> Measure:
    formula = f"status is removed; of the first look at least {words} after the event remove: online, divided by all"
    return _m(f"online_after_{name}", label, _ONLINE_AFTER, formula, _SHARE, source=_LOOKS)


#: What becomes of the rows that are handed in.
ROWS: Final = (
    _m(
        "rows_handed_in",
        _("Rows of lists you may read"),
        _("Rows of the submissions that were loaded."),
        "rows of loaded submissions",
        _ROW,
        source=_ROWS,
    ),
    _m(
        "rows_new",
        _("Rows that became referrals"),
        _("Rows that became a referral of their own, on hold or not."),
        "outcome is new or on_hold",
        _ROW,
        source=_ROWS,
    ),
    _m(
        "rows_duplicate",
        _("Duplicate rows"),
        _("Rows whose item stood earlier in the same submission, or was referred already."),
        "outcome is repeated or already_referred",
        _ROW,
        source=_ROWS,
    ),
    _m(
        "rows_on_hold",
        _("Rows on hold when submitted"),
        _("Of the new rows, those with a hold on their item when they were submitted."),
        "outcome is on_hold",
        _ROW,
        source=_ROWS,
    ),
)
#: Why platforms do not act, and who says nothing.
REASONS: Final = (
    _declined("not_in_breach", _("Declined: not in breach")),
    _declined("journalistic", _("Declined: journalistic")),
    _declined("insufficient_information", _("Declined: insufficient information")),
    _declined("not_found", _("Declined: not found")),
    _declined("not_responsible", _("Declined: not responsible")),
    _declined("other", _("Declined: other")),
    _m(
        "no_answer",
        _("Not even acknowledged"),
        _("Referrals made that the platform has not even confirmed to have."),
        "status is referred",
    ),
)
TIMES: Final = (
    _m(
        "median_time_to_acknowledge",
        _("Median time to acknowledge"),
        _("Half of the acknowledged referrals were confirmed within this time of being referred."),
        "percentile_disc(0.5) of the first event that acknowledges or decides minus the event refer, exact, at least 0",
        Unit.SECONDS,
    ),
    _m(
        "p90_time_to_acknowledge",
        _("90 % acknowledged within"),
        _("Nine in ten of the acknowledged referrals were confirmed within this time of being referred."),
        "percentile_disc(0.9) of the same",
        Unit.SECONDS,
    ),
    _m(
        "p99_time_to_acknowledge",
        _("99 % acknowledged within"),
        _(
            "Ninety-nine in a hundred of the acknowledged referrals were confirmed within this time of being referred."
        ),
        "percentile_disc(0.99) of the same",
        Unit.SECONDS,
    ),
    _m(
        "p99_time_to_action",
        _("99 % acted on within"),
        _(
            "Ninety-nine in a hundred of the timed referrals were removed or restricted within this time of being referred."
        ),
        "percentile_disc(0.99) of the last event remove or restrict minus the event refer, exact, over referrals removed or restricted now",
        Unit.SECONDS,
    ),
)
#: The hour of Regulation (EU) 2021/784, Art. 3(3).
ORDERS: Final = (
    _m(
        "orders_received",
        _("Removal orders received"),
        _("Removal orders of which it is known when the provider received them."),
        "instrument is removal_order, and an event receipt exists",
    ),
    _m(
        "orders_within_the_hour",
        _("Of these, acted on in time"),
        _(
            "Removal orders upon which the provider first acted within its hour, begun anew or standing still where an impediment was told in time."
        ),
        "an event remove, or restrict that disables access, not after the latest due_at told, or while the hour stood still",
    ),
    _m(
        "orders_late",
        _("Of these, acted on late"),
        _("Removal orders upon which the provider first acted after its hour."),
        "the same, after the latest due_at told",
    ),
    _m(
        "orders_overdue",
        _("Of these, overdue"),
        _("Removal orders whose hour has passed, and upon which the provider has not acted."),
        "no such act; status is referred, acknowledged, information_requested, declined or restricted; due_at has passed and the hour does not stand still",
    ),
)
#: Word against eye.
EYES: Final = (
    _m(
        "checked",
        _("Checked since referral"),
        _("Referrals made whose item somebody looked at after it was referred, whatever was seen."),
        "a look at or after the event refer exists",
        source=_LOOKS,
    ),
    _online_after("1h", "1 hour", _("Still online after 1 hour")),
    _online_after("24h", "24 hours", _("Still online after 24 hours")),
    _online_after("7d", "7 days", _("Still online after 7 days")),
    _m(
        "agreement",
        _("Decision and check agree"),
        _(
            "Of the referrals removed by the platform's word and checked since, the share that was offline at the last check."
        ),
        "status is removed; of the last look at or after the event remove: offline, divided by all",
        _SHARE,
        source=_LOOKS,
    ),
)
#: What was wrong, as visible as what was removed.
MISTAKES: Final = (
    _m(
        "complaints",
        _("Complaints"),
        _("Complaints about what was done upon referrals."),
        "events complaint",
        "complaint",
    ),
    _m(
        "complaints_upheld",
        _("Complaints upheld"),
        _("Of these, complaints that were upheld."),
        "events complaint_decided with the verdict upheld",
        "complaint",
    ),
    _m(
        "complaints_dismissed",
        _("Complaints dismissed"),
        _("Of these, complaints that were dismissed."),
        "events complaint_decided with the verdict dismissed",
        "complaint",
    ),
    _m(
        "reinstated_after_complaint",
        _("Put back after a complaint"),
        _("Referrals whose item was put back because a complaint was upheld."),
        "an event reinstate that names a complaint exists",
    ),
    _m(
        "errors",
        _("Errors"),
        _(
            "Referrals made that turned out wrong: taken back by the agency, put back, complained about with success, or orders with manifest errors; each once."
        ),
        "an event refer exists, and one of: withdraw, reinstate, complaint_decided with the verdict upheld, impediment manifest_errors",
    ),
)
#: Every figure by name, in the order in which it is shown.
DETAIL_MEASURES: Final[dict[str, Measure]] = {
    one.name: one for one in (*ROWS, *REASONS, *TIMES, *ORDERS, *EYES, *MISTAKES)
}
