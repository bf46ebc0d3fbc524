"""What came back: how many items and outlets, how fast, from which platform to which. Each figure defined once, here.

Everything rests on looks (what somebody saw), never on answers. The clock of an outlet starts when an item of it in the
operation was first seen gone. What is handed in on a further platform while the operation still goes on was not
"turned up" but found: a day on which everything is collected would otherwise look as if everybody came back in hours.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_noop as _

from takedowns.figures.measures import Measure, Unit
from takedowns.figures.moment import first_id_of, require_settled
from takedowns.figures.values import Share
from takedowns.referrals.models import Operation
from takedowns.verification.returns import closes

_LOOKS: Final = _(
    "The looks recorded here: what people and robots saw, of the items the reader may see. Which outlet an item is of is "
    "what analysts say now."
)


def _measure(name: str, label: str, definition: str, formula: str, unit: str = "item") -> Measure:
    return Measure(name, label, definition, formula, _LOOKS, unit)  # type: ignore[arg-type]


#: Every figure of this module by name, in the order in which it is shown.
RETURN_MEASURES: Final[dict[str, Measure]] = {
    one.name: one
    for one in (
        _measure(
            "items_seen_gone",
            _("Items seen gone"),
            _("Items referred in the operation that somebody saw gone after they were referred."),
            "a look at or after referred_at saw the item offline",
        ),
        _measure(
            "items_back",
            _("Items seen online again"),
            _("Of the items seen gone, those that somebody later saw online at the same address."),
            "a look after the first that saw it offline saw it online",
        ),
        _measure(
            "share_items_back",
            _("Share seen online again"),
            _("Of the items seen gone, the share seen online again."),
            "items_back divided by items_seen_gone",
            "share of items",
        ),
        _measure(
            "median_item_back",
            _("Median time until seen online again"),
            _(
                "Half of the items that were seen online again were so within this time of being first seen gone."
            ),
            "the median (percentile_disc) of the first online look after minus the first offline look, over items_back",
            Unit.SECONDS,
        ),
        _measure(
            "outlets_seen_gone",
            _("Outlets seen gone"),
            _("Outlets of which at least one item referred in the operation was seen gone."),
            "an outlet with one of items_seen_gone",
            "outlet",
        ),
        _measure(
            "outlets_back",
            _("Outlets back"),
            _(
                "Of these, outlets that turned up on a platform where nothing of them was known before, or of which an item "
                "that had been seen gone was seen online again."
            ),
            "an item first handed in after the outlet was first seen gone (and after the last day of an operation of at most seven "
            "days), on a platform without an earlier item of it; or one of items_back",
            "outlet",
        ),
        _measure(
            "share_outlets_back",
            _("Share of outlets back"),
            _("Of the outlets seen gone, the share that is back."),
            "outlets_back divided by outlets_seen_gone",
            "share of outlets",
        ),
        _measure(
            "median_resurfacing",
            _("Median time to resurface"),
            _(
                "The time after which half of the outlets are back, those not back counted for as long as anybody looked; "
                "none where the curve does not reach a half."
            ),
            "the smallest t at which 1 minus the Kaplan-Meier estimate is at least 0.5; an outlet not back is censored at the "
            "latest look at any of its items",
            Unit.SECONDS,
        ),
    )
}

#: How the resurfacing curve and the displacement are counted, beside the pictures.
CURVE: Final = _(
    "The share of outlets that are back by then (one minus the Kaplan-Meier estimate). The clock starts when an item of the "
    "outlet was first seen gone. An outlet that is not back counts until somebody last looked at one of its items: nobody "
    "knows what it did after that."
)
DISPLACEMENT: Final = _(
    "From the platform on which an outlet was first seen gone, to each platform on which it then turned up and where nothing of it "
    "was known before; what was handed in on the days of an action of at most seven days was known. An outlet that turned up on two platforms "
    "counts on both: two moves. It may have been there longer than anybody "
    "knew: the time runs until it was first handed in."
)


#: What is told of each pair of platforms.
MOVE_MEASURES: Final[dict[str, Measure]] = {
    one.name: one
    for one in (
        _measure(
            "outlets_moved",
            _("Outlets that turned up there"),
            DISPLACEMENT,
            "outlets by (platform first seen gone on, further platform)",
            "outlet",
        ),
        _measure(
            "items_moved",
            _("Items they have there"),
            _("Items of these outlets on the further platform."),
            "items by the same pair",
        ),
        _measure(
            "median_move",
            _("Median time until they turned up"),
            _("Half of these outlets turned up within this time of being first seen gone."),
            "the median (percentile_disc) of the first hand-in there minus the first look that saw the outlet gone",
            Unit.SECONDS,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Move:
    """Outlets that went from one platform to another: how many, with how many items there, and the median time."""

    source: str
    target: str
    source_name: str
    target_name: str
    outlets: int
    items: int
    median: timedelta


@dataclass(frozen=True, slots=True)
class Presence:
    """One platform before and after: outlets known there by the operation's end (or when first seen gone), and since.

    Attributes:
        before: outlets of which an item there was known by then.
        stayed: of these, outlets of which something there was not seen gone at the last look.
        came: outlets that turned up there afterwards; ``up``: of these, those not seen gone there.
    """

    platform: str
    name: str
    before: int
    stayed: int
    came: int
    up: int

    @property
    def after(self) -> int:
        """Outlets with something there that was not seen gone."""
        return self.stayed + self.up


@dataclass(frozen=True, slots=True)
class Point:
    """From this time on, this share of outlets is back; so many were still watched just before."""

    after: timedelta
    share: float
    watched: int


@dataclass(frozen=True)
class Resurfacing:
    """What came back of an operation. The names of figures are those of :data:`RETURN_MEASURES`."""

    items_seen_gone: int = 0
    items_back: int = 0
    median_item_back: timedelta | None = None
    outlets_seen_gone: int = 0
    outlets_back: int = 0
    median_resurfacing: timedelta | None = None
    curve: tuple[Point, ...] = ()
    watched_until: timedelta | None = None
    moves: tuple[Move, ...] = ()
    presence: tuple[Presence, ...] = ()
    linked: tuple[Move, ...] = ()

    @property
    def share_items_back(self) -> Share:
        """Of the items seen gone, the share seen online again."""
        return Share(self.items_back, self.items_seen_gone)

    @property
    def share_outlets_back(self) -> Share:
        """Of the outlets seen gone, the share that is back."""
        return Share(self.outlets_back, self.outlets_seen_gone)


# What the transaction may see: an item counts where a referral of it is visible (row-level security), also another
# operation's. Each look, link and referral must have been recorded before the moment, where one is given.
_COMMON: Final = """
    mine AS (
        SELECT item.id, item.outlet_id, item.platform_id, min(referral.referred_at) AS referred_at
        FROM referrals_referral AS referral JOIN referrals_item AS item ON item.id = referral.item_id
        WHERE referral.operation_id = %(operation)s AND referral.referred_at IS NOT NULL
          AND (%(before)s::uuid IS NULL OR EXISTS (
              SELECT 1 FROM referrals_event AS event
              WHERE event.referral_id = referral.id AND event.kind = 'refer' AND event.id < %(before)s::uuid))
        GROUP BY 1, 2, 3
    ),
    looks AS MATERIALIZED (SELECT * FROM takedowns_looks(%(operation)s)),
    item_gone AS (
        SELECT mine.id, mine.outlet_id, mine.platform_id, min(look.at) AS at
        FROM mine JOIN looks AS look
          ON look.item_id = mine.id AND look.seen = 'offline' AND look.at >= mine.referred_at
        WHERE %(before)s::uuid IS NULL OR look.id < %(before)s::uuid
        GROUP BY 1, 2, 3
    ),
    item_back AS (
        SELECT gone.id, gone.outlet_id, gone.at AS gone_at, min(look.at) AS at
        FROM item_gone AS gone JOIN looks AS look
          ON look.item_id = gone.id AND look.seen = 'online' AND look.at > gone.at
        WHERE %(before)s::uuid IS NULL OR look.id < %(before)s::uuid
        GROUP BY 1, 2, 3
    ),
    outlet_gone AS (
        SELECT DISTINCT ON (outlet_id) outlet_id, platform_id AS source, at, greatest(at, %(closes)s::timestamptz) AS known_by
        FROM item_gone WHERE outlet_id IS NOT NULL ORDER BY outlet_id, at, platform_id
    ),
    their_items AS MATERIALIZED (
        SELECT item.id, item.outlet_id, item.platform_id, item.first_seen_at FROM referrals_item AS item
        WHERE item.outlet_id IN (SELECT outlet_id FROM outlet_gone)
          AND EXISTS (SELECT 1 FROM referrals_referral AS referral WHERE referral.item_id = item.id
                      AND (%(before)s::uuid IS NULL OR EXISTS (
                          SELECT 1 FROM referrals_event AS event
                          WHERE event.referral_id = referral.id AND event.kind = 'submit' AND event.id < %(before)s::uuid)))
    ),
    their_looks AS MATERIALIZED (
        SELECT item.id AS item_id, item.outlet_id, look.id, look.at, look.seen
        FROM their_items AS item JOIN looks AS look ON look.item_id = item.id
        WHERE %(before)s::uuid IS NULL OR look.id < %(before)s::uuid
        UNION ALL  -- the few that only other operations have
        SELECT item.id, item.outlet_id, look.id, look.at, look.seen
        FROM their_items AS item JOIN verification_check AS look ON look.item_id = item.id
        WHERE (%(before)s::uuid IS NULL OR look.id < %(before)s::uuid) AND NOT EXISTS (
            SELECT 1 FROM referrals_referral AS ours
            WHERE ours.item_id = item.id AND ours.operation_id = %(operation)s)
    ),
    last_looks AS (
        SELECT DISTINCT ON (item_id) item_id, seen FROM their_looks WHERE seen <> 'unknown' ORDER BY item_id, at DESC, id DESC
    ),
    theirs AS (
        SELECT item.*, last.seen IS NOT DISTINCT FROM 'offline' AS is_gone
        FROM their_items AS item LEFT JOIN last_looks AS last ON last.item_id = item.id
    ),
    stays AS (
        SELECT theirs.outlet_id, theirs.platform_id, gone.source, gone.at AS gone_at, gone.known_by, count(*) AS items,
               count(*) FILTER (WHERE NOT theirs.is_gone) AS up, min(theirs.first_seen_at) AS since,
               bool_or(theirs.first_seen_at <= gone.known_by AND NOT theirs.is_gone) AS stayed
        FROM theirs JOIN outlet_gone AS gone ON gone.outlet_id = theirs.outlet_id GROUP BY 1, 2, 3, 4, 5
    ),
    returned AS (
        SELECT outlet_id, min(at) AS at FROM (
            SELECT outlet_id, at FROM item_back WHERE outlet_id IS NOT NULL
            UNION ALL SELECT outlet_id, since FROM stays WHERE since > known_by
        ) AS signs GROUP BY 1
    ),
    watched AS (SELECT outlet_id, max(at) AS at FROM their_looks GROUP BY 1),
    links AS (
        SELECT gone.platform_id AS source, successor.platform_id AS target, gone.outlet_id, successor.id,
               successor.first_seen_at - gone.at AS after
        FROM item_gone AS gone
        JOIN verification_succession AS link ON link.predecessor_id = gone.id
        JOIN referrals_item AS successor ON successor.id = link.item_id
        WHERE successor.first_seen_at > gone.at AND (%(before)s::uuid IS NULL OR link.id < %(before)s::uuid)
    )
"""

_STATEMENT: Final = f"""
    WITH {_COMMON}
    SELECT
        (SELECT count(*) FROM item_gone), (SELECT count(*) FROM item_back),
        (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY at - gone_at) FROM item_back),
        (SELECT coalesce(array_agg(ARRAY[
             extract(epoch FROM coalesce(returned.at, greatest(watched.at, gone.at)) - gone.at)::float8,
             (returned.at IS NOT NULL)::int::float8] ORDER BY gone.outlet_id), '{{}}')
         FROM outlet_gone AS gone LEFT JOIN returned USING (outlet_id) LEFT JOIN watched USING (outlet_id)),
        (SELECT coalesce(json_agg(moves ORDER BY outlets DESC, items DESC, source, target), '[]') FROM (
            SELECT stays.source, stays.platform_id AS target, one.name AS source_name, other.name AS target_name,
                   count(*) AS outlets, sum(stays.items)::bigint AS items,
                   extract(epoch FROM percentile_disc(0.5) WITHIN GROUP (ORDER BY stays.since - stays.gone_at)) AS median
            FROM stays JOIN directory_platform AS one ON one.slug = stays.source
            JOIN directory_platform AS other ON other.slug = stays.platform_id
            WHERE stays.since > stays.known_by GROUP BY 1, 2, 3, 4) AS moves)::text,
        (SELECT coalesce(json_agg(there ORDER BY before DESC, came DESC, platform), '[]') FROM (
            SELECT stays.platform_id AS platform, platform.name, count(*) FILTER (WHERE since <= known_by) AS before,
                   count(*) FILTER (WHERE since <= known_by AND up > 0) AS stayed,
                   count(*) FILTER (WHERE since > known_by) AS came,
                   count(*) FILTER (WHERE since > known_by AND up > 0) AS up
            FROM stays JOIN directory_platform AS platform ON platform.slug = stays.platform_id GROUP BY 1, 2) AS there)::text,
        (SELECT coalesce(json_agg(links ORDER BY items DESC, source, target), '[]') FROM (
            SELECT links.source, links.target, one.name AS source_name, other.name AS target_name,
                   count(DISTINCT links.outlet_id) AS outlets, count(DISTINCT links.id) AS items,
                   extract(epoch FROM percentile_disc(0.5) WITHIN GROUP (ORDER BY links.after)) AS median
            FROM links JOIN directory_platform AS one ON one.slug = links.source
            JOIN directory_platform AS other ON other.slug = links.target GROUP BY 1, 2, 3, 4) AS links)::text
"""


def resurfacing_of(operation: Operation, *, as_of: datetime | None = None) -> Resurfacing:
    """Return what came back of an operation, of what the running transaction may see. One statement.

    It reads the operation's looks, so it costs more the more of them there are: not for a page that refreshes.
    """
    before: UUID | None = None if as_of is None else first_id_of(as_of)
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, {"operation": operation.pk, "before": before, "closes": closes(operation)})
        gone, back, median, spans, moves, there, links = cursor.fetchone()
    watched = [(timedelta(seconds=seconds), bool(is_back)) for seconds, is_back in spans]
    points = curve(watched)
    return Resurfacing(
        items_seen_gone=gone,
        items_back=back,
        median_item_back=median,
        outlets_seen_gone=len(watched),
        outlets_back=sum(is_back for _, is_back in watched),
        median_resurfacing=next((point.after for point in points if point.share >= 0.5), None),
        curve=tuple(points),
        watched_until=max((span for span, _ in watched), default=None),
        moves=_moves(json.loads(moves)),
        presence=tuple(Presence(**one) for one in json.loads(there)),
        linked=_moves(json.loads(links)),
    )


def settled_resurfacing(operation: Operation, *, as_of: datetime | None = None) -> Resurfacing:
    """Return :func:`came_back` once it is sure that what had been recorded by ``as_of`` is final.

    Raises:
        NotSettledError, ValueError: see :mod:`takedowns.figures.moment`.
    """
    if as_of is not None:
        first_id_of(as_of)
        require_settled(as_of)
    return resurfacing_of(operation, as_of=as_of)


def curve(spans: Sequence[tuple[timedelta, bool]]) -> list[Point]:
    """Return the steps of one minus the Kaplan-Meier estimate.

    Args:
        spans: of each outlet, how long until it was back (True), or for how long it was watched and not back (False).
    """
    left, standing = len(spans), Fraction(1)
    points: list[Point] = []
    for after in sorted({span for span, _is_back in spans}):
        back = sum(1 for span, is_back in spans if is_back and span == after)
        if back:
            standing *= 1 - Fraction(back, left)
            points.append(Point(after, float(1 - standing), left))
        left -= sum(1 for span, _ in spans if span == after)
    return points


def _moves(rows: Sequence[dict[str, Any]]) -> tuple[Move, ...]:
    return tuple(Move(**row | {"median": timedelta(seconds=float(row["median"]))}) for row in rows)
