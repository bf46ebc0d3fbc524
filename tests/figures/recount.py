"""The same figures counted again, one referral after the other, without a line of the code under test."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from math import ceil

from takedowns.figures.values import Counts
from takedowns.referrals.models import Referral
from tests.figures.day import Draft, seen_at


def recount(pairs: Sequence[tuple[Draft, Referral]]) -> Counts:
    """Count referrals the way a patient person with a pencil would."""
    found = dict.fromkeys(
        (
            "handed_in",
            "in_review",
            "rejected",
            "referred",
            "acknowledged",
            "open",
            "removed",
            "restricted",
            "declined",
            "unavailable",
            "reinstated",
            "withdrawn",
            "co_referred",
            "seen_online",
            "seen_offline",
            "not_seen",
            "removed_and_gone",
            "removed_but_online",
            "removed_not_seen",
            "timed",
        ),
        0,
    )
    times: list[timedelta] = []
    for draft, referral in pairs:
        found["handed_in"] += 1
        if referral.status in ("submitted", "approved"):
            found["in_review"] += 1
        elif referral.status in ("referred", "acknowledged", "information_requested"):
            found["open"] += 1
        else:
            found[str(referral.status)] += 1
        if any(number != draft.agency for number in draft.co_referrers):
            found["co_referred"] += 1
        if referral.acknowledged_at:
            found["acknowledged"] += 1
        if referral.referred_at:
            found["referred"] += 1
            seen = {"online": "seen_online", "offline": "seen_offline", "unknown": "not_seen"}
            found[seen[str(referral.availability)]] += 1
        if referral.status == "removed":
            agreement = {"online": "but_online", "offline": "and_gone", "unknown": "not_seen"}
            found["removed_" + agreement[str(referral.availability)]] += 1
        if referral.status in ("removed", "restricted"):
            assert referral.decided_at
            assert referral.referred_at
            found["timed"] += 1
            times.append(referral.decided_at - referral.referred_at)
    times.sort()
    return Counts(
        **found,
        median_time_to_action=three_digits(times[ceil(len(times) * 0.5) - 1]) if times else None,
        p90_time_to_action=three_digits(times[ceil(len(times) * 0.9) - 1]) if times else None,
    )


def three_digits(taken: timedelta) -> timedelta:
    """Round a time to three significant digits, the way one writes it down."""
    microseconds = Decimal(taken // timedelta(microseconds=1))
    rounded = Context(prec=3, rounding=ROUND_HALF_UP).create_decimal(microseconds)
    return timedelta(microseconds=int(rounded))


def steps_by(moment: datetime, pairs: Sequence[tuple[Draft, Referral]]) -> dict[str, int]:
    """Count how many referrals had reached each step before ``moment``."""
    removed = [(draft, one) for draft, one in pairs if one.status == "removed" and one.decided_at]
    return {
        "handed_in": sum(one.submitted_at < moment for _, one in pairs),
        "referred": sum(one.referred_at is not None and one.referred_at < moment for _, one in pairs),
        "acknowledged": sum(
            one.acknowledged_at is not None and one.acknowledged_at < moment for _, one in pairs
        ),
        "removed": sum(one.decided_at < moment for _, one in removed),
        "removed_and_gone": sum(
            one.decided_at < moment and seen_at(draft) < moment
            for draft, one in removed
            if one.availability == "offline"
        ),
    }
