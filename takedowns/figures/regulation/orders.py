"""Removal orders of a calendar year: Regulation (EU) 2021/784, Art. 8(1) and Art. 21(1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from takedowns.complaints.models import Complainant
from takedowns.directory.models import Agency
from takedowns.figures.regulation.shapes import Return, make_return
from takedowns.figures.regulation.ways import WAYS, bounds, rows, settle
from takedowns.referrals.vocabulary import Instrument

_CARRIED_OUT: Final = ("removed", "disabled")
_NOT: Final = ("unavailable", "declined", "limited", "withdrawn", "unanswered")

_BY_OUTCOME: Final = f"""{WAYS}
    SELECT provider, platform, outcome, count(*)::int AS orders,
           (count(*) FILTER (WHERE status = 'reinstated' AND (removed OR disabled)))::int AS put_back
    FROM ways GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""

# Whole microseconds, so that the median is one that occurred; a receipt told later than the act is no negative speed.
_SPEED: Final = f"""{WAYS},
    timed AS (
        SELECT greatest((extract(epoch FROM acted_at - received_at) * 1000000)::bigint, 0) AS taken,
               stopped OR acted_at <= due_at AS in_time
        FROM ways WHERE acted_at IS NOT NULL AND received_at IS NOT NULL
    )
    SELECT (SELECT count(*)::int FROM ways) AS orders_issued,
           (SELECT count(DISTINCT item_id)::int FROM ways WHERE acted_at IS NOT NULL) AS items_removed,
           count(*)::int AS orders_timed, (count(*) FILTER (WHERE in_time))::int AS within_the_hour,
           percentile_disc(0.5) WITHIN GROUP (ORDER BY taken) AS median,
           percentile_disc(0.9) WITHIN GROUP (ORDER BY taken) AS p90,
           (SELECT coalesce(json_agg(json_build_array(agency, outcome, orders) ORDER BY agency, outcome), '[]') FROM (
               SELECT agency, outcome, count(*) AS orders FROM ways GROUP BY 1, 2
           ) AS one) AS by_authority
    FROM timed
"""

_COMPLAINTS: Final = """
    WITH complained AS MATERIALIZED (
        SELECT event.referral_id, event.details->>'complaint' AS complaint
        FROM referrals_event AS event JOIN referrals_referral AS mine ON mine.id = event.referral_id
        WHERE event.kind = 'complaint' AND event.details->>'complainant' = %(complainant)s
          AND event.at >= %(since)s AND event.at < %(until)s AND event.id < %(before)s
          AND mine.agency_id = ANY(%(agencies)s) AND mine.instrument = %(instrument)s
    ),
    decided AS (
        SELECT complained.complaint,
               max(event.details->>'verdict') FILTER (WHERE event.kind = 'complaint_decided') AS verdict,
               coalesce(bool_or(event.kind = 'reinstate'), false) AS reinstated
        FROM complained LEFT JOIN takedowns_standing_events(%(before)s) AS event
          ON event.referral_id = complained.referral_id AND event.kind IN ('complaint_decided', 'reinstate')
         AND event.details->>'complaint' = complained.complaint
        GROUP BY 1
    )
    SELECT count(*)::int AS complaints, (count(*) FILTER (WHERE verdict = 'upheld'))::int AS complaints_upheld,
           (count(*) FILTER (WHERE verdict = 'dismissed'))::int AS complaints_dismissed,
           (count(*) FILTER (WHERE verdict IS NULL))::int AS complaints_undecided,
           (count(*) FILTER (WHERE reinstated))::int AS complaints_reinstated
    FROM decided
"""


def art8(agency: Agency, year: int, *, as_of: datetime | None = None) -> Return:
    """Return what Art. 8(1) asks of one authority for a calendar year. The running transaction says who asks.

    Args:
        agency: the authority.
        year: the calendar year in which the orders were issued.
        as_of: what had been recorded before this moment: asked again, the return is the same. Everything unless told.

    Raises:
        NotSettledError: what was recorded before ``as_of`` may still change.
        ValueError: the year or the moment cannot be.
    """
    moment = settle(as_of)
    found = rows(_BY_OUTCOME, bounds([agency.pk], Instrument.REMOVAL_ORDER, year, as_of))
    number = {
        outcome: sum(one["orders"] for one in found if one["outcome"] == outcome)
        for outcome in (*_CARRIED_OUT, *_NOT)
    }
    carried_out = sum(number[outcome] for outcome in _CARRIED_OUT)
    issued = sum(number.values())
    return make_return(
        "art8",
        subject=agency.name,
        year=year,
        as_of=moment,
        values={
            "orders_issued": issued,
            "orders_carried_out": carried_out,
            "orders_not_carried_out": issued - carried_out,
            "orders_put_back": sum(one["put_back"] for one in found),
            **{f"orders_{outcome}": counted for outcome, counted in number.items()},
        },
        tables={
            "orders_by_provider": [
                (one["provider"], one["platform"], one["outcome"], one["orders"]) for one in found
            ]
        },
    )


def art21(
    member_state: str, agencies: Sequence[Agency], year: int, *, as_of: datetime | None = None
) -> Return:
    """Return what Art. 21(1) asks of a Member State for a calendar year, as far as its authorities use this installation.

    Args:
        member_state: ISO 3166-1 alpha-2.
        agencies: its authorities here; see :func:`authorities_of`.
        year, as_of: as of :func:`art8`, which says what is raised, too.
    """
    moment = settle(as_of)
    parameters = bounds([one.pk for one in agencies], Instrument.REMOVAL_ORDER, year, as_of)
    [speed] = rows(_SPEED, parameters)
    [complaints] = rows(_COMPLAINTS, {**parameters, "complainant": str(Complainant.CONTENT_PROVIDER)})
    by_authority: list[tuple[Any, ...]] = [tuple(line) for line in speed.pop("by_authority")]
    median, p90 = speed.pop("median"), speed.pop("p90")
    return make_return(
        "art21",
        subject=member_state,
        year=year,
        as_of=moment,
        values={**speed, **complaints, "median_seconds": _seconds(median), "p90_seconds": _seconds(p90)},
        tables={"orders_by_authority": by_authority},
    )


def authorities_of(member_state: str) -> list[Agency]:
    """Return the agencies that issue orders for a Member State: as their orders say, else by their country."""
    return [
        agency
        for agency in Agency.objects.select_related("issuing_authority").order_by("slug")
        if (_state_of(agency)).upper() == member_state.upper()
    ]


def _state_of(agency: Agency) -> str:
    authority = getattr(agency, "issuing_authority", None)
    return authority.member_state if authority else agency.country


def _seconds(microseconds: int | None) -> int | float | None:
    """Return seconds: whole where they are whole."""
    if microseconds is None:
        return None
    whole, rest = divmod(microseconds, 1_000_000)
    return microseconds / 1_000_000 if rest else whole
