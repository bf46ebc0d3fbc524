"""What was verified after referral: how much, how soon, by whom, and what came back. Each figure defined once, here.

A check counts from the moment of referral on. A person's and a robot's are told apart; a check that could not tell counts for
nothing. The condition that counts a measure stands beside the sentence that defines it, as in ``measures``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.utils.translation import gettext_noop as _

from takedowns.figures.measures import Measure, Unit

#: Within which times of referral it is asked what was verified, as in names of measures.
WINDOWS: Final = {"1h": timedelta(hours=1), "24h": timedelta(hours=24), "7d": timedelta(days=7)}
_CHECKS: Final = _("The checks recorded here. A check that could not tell is left out.")
#: When somebody, a person or a robot first saw the item offline, SQL over a referral with its checks.
_FIRST: Final = {
    "": "least(offline_by_person, offline_by_robot)",
    "by_person_": "offline_by_person",
    "by_robot_": "offline_by_robot",
}


@dataclass(frozen=True, kw_only=True)
class VerifiedMeasure(Measure):
    """A number of referrals, a share of some, or a quantile of a time, over referrals with their checks.

    Attributes:
        condition: SQL of what is counted; of a time, of whose time it is.
        among: SQL of what a share is a share of.
        time: SQL of the time, with ``quantile``.
    """

    condition: str
    among: str = ""
    time: str = ""
    quantile: float = 0

    @property
    def expressions(self) -> tuple[str, ...]:
        """What counts it: one expression, of a share its numerator and denominator."""
        if self.time:
            return (
                f"percentile_disc({self.quantile}) WITHIN GROUP (ORDER BY {self.time}) FILTER (WHERE {self.condition})",
            )
        counted = f"count(*) FILTER (WHERE {self.condition})"
        return (counted, f"count(*) FILTER (WHERE {self.among})") if self.among else (counted,)


def _past(window: str) -> str:
    """Return the condition that so much time has passed since referral."""
    seconds = WINDOWS[window].total_seconds()
    return f"referred AND referred_at + interval '{seconds:.0f} seconds' <= %(until)s"


def _by_then(moment: str, window: str) -> str:
    seconds = WINDOWS[window].total_seconds()
    return f"{_past(window)} AND {moment} <= referred_at + interval '{seconds:.0f} seconds'"


def _within(prefix: str, window: str, label: str, definition: str, who: str) -> VerifiedMeasure:
    moment = "first_check" if prefix == "checked_" else _FIRST[prefix.removeprefix("verified_")]
    seen = "a check that could tell" if prefix == "checked_" else f"a check{who} that saw it offline"
    return VerifiedMeasure(
        f"{prefix}{window}",
        label,
        definition,
        f"{seen} at or after referred_at and not later than referred_at + {window}, divided by referrals with"
        f" referred_at + {window} not after the moment of the figures",
        _CHECKS,
        Unit.SHARE,
        condition=_by_then(moment, window),
        among=_past(window),
    )


_VERIFIED: Final = _(
    "Of the referrals made at least this long ago, the share whose item a check by a person or a robot saw offline within this "
    "time of referral. What nobody checked in time counts as not verified."
)
_BY_PERSON: Final = _(
    "The same, counting the checks of people alone. A robot may have seen it offline as well: what both saw is counted under each."
)
_BY_ROBOT: Final = _(
    "The same, counting the checks of robots alone. A person may have seen it offline as well: what both saw is counted under each."
)
_CHECKED: Final = _(
    "Of the referrals made at least this long ago, the share that a check which could tell looked at within this time of referral: "
    "more cannot have been verified."
)


def _count(name: str, label: str, definition: str, formula: str, condition: str) -> VerifiedMeasure:
    return VerifiedMeasure(name, label, definition, formula, _CHECKS, condition=condition)


def _time(name: str, label: str, definition: str, quantile: float) -> VerifiedMeasure:
    return VerifiedMeasure(
        name,
        label,
        definition,
        f"percentile_disc({quantile}) of the first check at or after referred_at that saw the item offline, minus referred_at",
        _CHECKS,
        Unit.SECONDS,
        condition=f"referred AND {_FIRST['']} IS NOT NULL",
        time=f"{_FIRST['']} - referred_at",
        quantile=quantile,
    )


_ALL: Final = (
    _within("verified_", "1h", _("Verified offline within 1 h of referral"), _VERIFIED, ""),
    _within("verified_", "24h", _("Verified offline within 24 h of referral"), _VERIFIED, ""),
    _within("verified_", "7d", _("Verified offline within 7 d of referral"), _VERIFIED, ""),
    _within(
        "verified_by_person_",
        "1h",
        _("Verified offline by a person within 1 h of referral"),
        _BY_PERSON,
        " of a person",
    ),
    _within(
        "verified_by_person_",
        "24h",
        _("Verified offline by a person within 24 h of referral"),
        _BY_PERSON,
        " of a person",
    ),
    _within(
        "verified_by_person_",
        "7d",
        _("Verified offline by a person within 7 d of referral"),
        _BY_PERSON,
        " of a person",
    ),
    _within(
        "verified_by_robot_",
        "1h",
        _("Verified offline by a robot within 1 h of referral"),
        _BY_ROBOT,
        " of a robot",
    ),
    _within(
        "verified_by_robot_",
        "24h",
        _("Verified offline by a robot within 24 h of referral"),
        _BY_ROBOT,
        " of a robot",
    ),
    _within(
        "verified_by_robot_",
        "7d",
        _("Verified offline by a robot within 7 d of referral"),
        _BY_ROBOT,
        " of a robot",
    ),
    _within("checked_", "1h", _("Checked within 1 h of referral"), _CHECKED, ""),
    _within("checked_", "24h", _("Checked within 24 h of referral"), _CHECKED, ""),
    _within("checked_", "7d", _("Checked within 7 d of referral"), _CHECKED, ""),
    _count(
        "verified_since",
        _("Verified offline since referral"),
        _(
            "Referrals made whose item a check saw offline at any time after it was referred, also where it came back."
        ),
        "a check at or after referred_at saw the item offline",
        f"referred AND {_FIRST['']} IS NOT NULL",
    ),
    _count(
        "verified_since_by_person",
        _("Verified offline by a person since referral"),
        _("Referrals made whose item a person saw offline at any time after it was referred."),
        "a check of a person at or after referred_at saw the item offline",
        "referred AND offline_by_person IS NOT NULL",
    ),
    _count(
        "verified_since_by_robot",
        _("Verified offline by a robot since referral"),
        _("Referrals made whose item a robot saw offline at any time after it was referred."),
        "a check of a robot at or after referred_at saw the item offline",
        "referred AND offline_by_robot IS NOT NULL",
    ),
    VerifiedMeasure(
        "back_online",
        _("Back online after it was verified offline"),
        _(
            "Of the referrals whose item was verified offline after referral, the share whose item a later check saw online at the same address."
        ),
        "a check after the first that saw the item offline saw it online, divided by verified_since",
        _CHECKS,
        Unit.SHARE,
        condition=f"referred AND last_online > {_FIRST['']}",
        among=f"referred AND {_FIRST['']} IS NOT NULL",
    ),
    _time(
        "median_time_to_verified",
        _("Median time until verified offline"),
        _(
            "Half of the referrals that were verified offline were so within this time of being referred. It is no shorter than the time until "
            "somebody looked."
        ),
        0.5,
    ),
    _time(
        "p90_time_to_verified",
        _("90 % verified offline within"),
        _(
            "Nine in ten of the referrals that were verified offline were so within this time of being referred."
        ),
        0.9,
    ),
)

#: Every figure of this module by name, in the order in which it is shown.
VERIFIED_MEASURES: Final[dict[str, VerifiedMeasure]] = {one.name: one for one in _ALL}
