"""Where the figures of a part are read from, as SQL: what is folded, the referrals as they stand, or their events up to a moment.

A moment has one of two clocks. *Recorded by*: what had been written to the ledger before it, told late or not; asked again it is
the same. *Happened by*: what is said today to have happened before it, whenever that was told; it may still grow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils import timezone

from takedowns.figures.measures import COUNTED, DURATIONS
from takedowns.figures.moment import first_id_of, require_settled
from takedowns.figures.part import COLUMNS, Slice
from takedowns.figures.verified_measures import VERIFIED_MEASURES
from takedowns.referrals.lifecycle import TRANSITIONS
from takedowns.referrals.visibility import sees_operation

#: Of measures that are no standing, how a referral read by itself tells them.
STEPS_READ: Final = {"acknowledged": "acknowledged", "co_referred": "co_referred"}
TIMED: Final = tuple(measure for measure in DURATIONS if measure.among == "timed")
_ACTED: Final = next(measure.condition for measure in COUNTED if measure.name == "timed")


@dataclass(frozen=True)
class AsOf:
    """A past moment and its clock; no moment is now.

    Attributes:
        happened: whether the clock is that of what happened, not that of what had been recorded.
    """

    moment: datetime | None = None
    happened: bool = False

    def settle(self) -> None:
        """Make sure that the moment has passed, and of what was recorded that it is final.

        Raises:
            NotSettledError: it is to come, or what began before it is still being written.
            ValueError: it has no time zone, or lies before 1970.
        """
        if self.moment is not None:
            first_id_of(self.moment)
            require_settled(self.moment, to_the_last=not self.happened)

    @property
    def values(self) -> dict[str, Any]:
        """The parameters of a statement: ``before`` (an event's id), ``happened`` and ``until`` (moments)."""
        recorded = self.moment is not None and not self.happened
        return {
            "before": first_id_of(self.moment) if self.moment is not None and recorded else None,
            "happened": self.moment if self.happened else None,
            "until": self.moment or timezone.now(),
        }


def before(row: str) -> str:
    """Return the SQL condition that an event or check had been recorded, or happened, by the moment of the statement."""
    return (
        f"(%(before)s::uuid IS NULL OR {row}.id < %(before)s::uuid)"
        f" AND (%(happened)s::timestamptz IS NULL OR {row}.at < %(happened)s::timestamptz)"
    )


# Whoever takes part sees the whole operation; row-level security says the same of each referral.
_ASKED: Final = (
    f"asked AS (SELECT one AS id FROM unnest(%(operations)s::uuid[]) AS one WHERE {sees_operation('one')})"
)
_ARE_ASKED: Final = "{}.operation_id IN (SELECT id FROM asked)"

_NOW: Final = f"""
    SELECT referral.id, referral.item_id, referral.operation_id, referral.platform_id, item.kind, referral.agency_id,
           referral.instrument, referral.tier, referral.language, coalesce(outlet.name, '') AS outlet, referral.listed_group,
           referral.submitted_at, (referral.submitted_at AT TIME ZONE %(zone)s)::date AS day, referral.referred_at,
           (referral.referred_at AT TIME ZONE %(zone)s)::date AS referred_day, referral.status, referral.availability,
           referral.referred_at IS NOT NULL AS referred, referral.acknowledged_at IS NOT NULL AS acknowledged,
           EXISTS (SELECT 1 FROM referrals_event AS joined
                   WHERE joined.referral_id = referral.id AND joined.kind = 'co_refer') AS co_referred,
           takedowns_taken(referral.referred_at, referral.decided_at) AS taken, 1::bigint AS number
    FROM referrals_referral AS referral
    JOIN referrals_item AS item ON item.id = referral.item_id
    LEFT JOIN referrals_outlet AS outlet ON outlet.id = item.outlet_id
    WHERE {_ARE_ASKED.format("referral")}"""

_MOVES: Final = ", ".join(f"'{name}'" for name in ("submit", *TRANSITIONS))
_LAST: Final = "(array_agg({} ORDER BY event.id DESC) FILTER (WHERE {}))[1]"
_LATEST: Final = "(array_agg({} ORDER BY event.at DESC, event.id DESC) FILTER (WHERE {}))[1]"


def _past(way: str, cells: str, status: str, availability: str) -> str:
    """Return a referral's way as those of its events tell it that count by the moment."""
    return f"""
    SELECT referral.id, referral.item_id, referral.operation_id, cell.platform_id, cell.kind, cell.agency_id, cell.instrument,
           cell.tier, referral.language, coalesce(outlet.name, '') AS outlet, referral.listed_group, way.submitted_at,
           (way.submitted_at AT TIME ZONE %(zone)s)::date AS day, way.referred_at,
           (way.referred_at AT TIME ZONE %(zone)s)::date AS referred_day, {status} AS status, {availability} AS availability,
           way.referred_at IS NOT NULL AS referred, way.acknowledged, way.co_referred,
           takedowns_taken(way.referred_at, way.acted_at) AS taken, 1::bigint AS number
    FROM (
        SELECT event.referral_id, {way},
               min(event.at) FILTER (WHERE event.kind = 'submit') AS submitted_at,
               min(event.at) FILTER (WHERE event.kind = 'refer') AS referred_at,
               bool_or(takedowns_shows_receipt(event.kind)) AS acknowledged,
               bool_or(event.kind = 'co_refer') AS co_referred,
               {_LAST.format("event.at", "event.kind IN ('remove', 'restrict')")} AS acted_at
        FROM takedowns_standing_events(%(before)s) AS event JOIN referrals_referral AS mine ON mine.id = event.referral_id {cells}
        WHERE {_ARE_ASKED.format("mine")} AND (%(happened)s::timestamptz IS NULL OR event.at < %(happened)s::timestamptz)
        GROUP BY 1
    ) AS way
    JOIN referrals_cell AS cell ON cell.id = way.cell_id
    JOIN referrals_referral AS referral ON referral.id = way.referral_id
    JOIN referrals_item AS item ON item.id = referral.item_id
    LEFT JOIN referrals_outlet AS outlet ON outlet.id = item.outlet_id
    WHERE true"""


_RECORDED: Final = _past(
    _LAST.format("event.to_cell_id", "event.to_cell_id IS NOT NULL") + " AS cell_id",
    "",
    "cell.status",
    "cell.availability",
)
# By the clock of what happened, an answer told late stands before a check or a correction that was recorded earlier: so what the
# platform answered and what was seen are each taken from the events that say so.
_HAPPENED: Final = _past(
    f"""{_LAST.format("event.to_cell_id", "event.to_cell_id IS NOT NULL")} AS cell_id,
        {_LATEST.format("now.status", f"now.id IS NOT NULL AND event.kind IN ({_MOVES})")} AS status,
        {_LATEST.format("now.availability", "now.availability IS DISTINCT FROM was.availability AND now.id IS NOT NULL")} AS availability""",
    "LEFT JOIN referrals_cell AS was ON was.id = event.from_cell_id LEFT JOIN referrals_cell AS now ON now.id = event.to_cell_id",
    "coalesce(way.status, cell.status)",
    "coalesce(way.availability, cell.availability)",
)
_FOLDED: Final = """
    SELECT asked.id AS operation_id, standing.* FROM asked CROSS JOIN LATERAL takedowns_standings(asked.id, %(before)s) AS standing"""

#: What was first seen at or after referral, by whom, and when it was last seen online.
_EYES: Final = f"""
    looks AS MATERIALIZED (
        SELECT look.item_id, look.at, look.seen, look.by_robot
        FROM asked CROSS JOIN LATERAL takedowns_looks(asked.id) AS look WHERE look.seen <> 'unknown' AND {before("look")}
    ),
    eyes AS (
        SELECT part.id, min(look.at) AS first_check,
               min(look.at) FILTER (WHERE look.seen = 'offline' AND NOT look.by_robot) AS offline_by_person,
               min(look.at) FILTER (WHERE look.seen = 'offline' AND look.by_robot) AS offline_by_robot,
               max(look.at) FILTER (WHERE look.seen = 'online') AS last_online
        FROM part JOIN looks AS look ON look.item_id = part.item_id AND look.at >= part.referred_at GROUP BY 1
    )"""


def _source(as_of: AsOf) -> str:
    """Return what reads the referrals one by one."""
    if as_of.moment is None:
        return _NOW
    return _HAPPENED if as_of.happened else _RECORDED


def _part(source: str, where: str) -> str:
    return f"""
        SELECT found.*, owners.owner_provider FROM ({source}) AS found
        JOIN (SELECT slug AS owner_slug, coalesce(provider_id, '') AS owner_provider FROM directory_platform) AS owners
          ON owners.owner_slug = found.platform_id
        WHERE {where}"""


def chosen(part: Slice, as_of: AsOf, values: dict[str, Any]) -> str:
    """Return common table expressions ``asked`` and ``chosen`` (the ids of the part's referrals); their values are put into ``values``."""
    return f"{_ASKED}, chosen AS MATERIALIZED (SELECT id FROM ({_part(_source(as_of), conditions(part, values))}) AS found)"


def conditions(part: Slice, values: dict[str, Any], *, read: bool = True) -> str:
    """Return the conditions of a part; its values are put into ``values``, which holds ``zone``."""
    said = []
    for name, asked in part.chosen.items():
        said.append(f"{COLUMNS[name]} = ANY(%(of_{name})s::text[])")
        values[f"of_{name}"] = [*asked]
    zone = ZoneInfo(values["zone"])
    for name, column, day, sign, after in (
        ("since", "submitted_at", part.since, ">=", 0),
        ("until_day", "submitted_at", part.until, "<", 1),
        ("referred_since", "referred_at", part.referred_since, ">=", 0),
        ("referred_until", "referred_at", part.referred_until, "<", 1),
    ):
        if day is not None and read:
            said.append(f"{column} {sign} %({name})s")
            values[name] = datetime.combine(day + timedelta(days=after), time.min, zone).astimezone(UTC)
    return " AND ".join(said) or "true"


def statement(by: str, where: str, as_of: AsOf, *, read: bool) -> str:
    """Return the statement: a line for each value, one for all, and where referrals are read the histogram of times."""
    counts = [
        f"coalesce(sum(number) FILTER (WHERE {measure.condition}), 0)::bigint AS {measure.name}"
        for measure in COUNTED
        if measure.condition
    ]
    if read:
        counts += [
            f"coalesce(sum(number) FILTER (WHERE {column}), 0)::bigint AS {name}"
            for name, column in STEPS_READ.items()
        ]
        counts += [
            f"percentile_disc({measure.quantile}) WITHIN GROUP (ORDER BY taken) FILTER (WHERE {_ACTED}) AS {measure.name}"
            for measure in TIMED
        ]
        counts += [
            f"{expression} AS {name}"
            for measure in VERIFIED_MEASURES.values()
            for name, expression in zip(
                (measure.name, f"{measure.name}_of"), measure.expressions, strict=False
            )
        ]
    column = COLUMNS[by]
    empty = ", ".join("NULL" for _ in counts)
    times = f"UNION ALL SELECT 'time', NULL, {empty}, taken, sum(number) FROM part WHERE {_ACTED} AND taken IS NOT NULL GROUP BY taken"
    source = _source(as_of) if read else _FOLDED
    return f"""
        WITH {_ASKED}, part AS MATERIALIZED ({_part(source, where)}){f", {_EYES}" if read else ""}
        SELECT told.*, statement_timestamp() AS now FROM (
            SELECT CASE WHEN grouping({column}) = 1 THEN 'total' ELSE 'line' END AS what, {column} AS key,
                   {", ".join(counts)}, NULL::bigint AS slot, NULL::bigint AS n
            FROM part {"LEFT JOIN eyes ON eyes.id = part.id" if read else ""} GROUP BY GROUPING SETS (({column}), ())
            {times if read else ""}
        ) AS told"""


def parameters_of(operations: list[Any], actor: Mapping[str, Any], as_of: AsOf) -> dict[str, Any]:
    """Return the values that the statements of this module speak of.

    Args:
        operations: ids of the operations; those that the actor may not see are passed over.
        actor: as :func:`takedowns.referrals.visibility.parameters` gives them.
        as_of: the moment.
    """
    return {"operations": operations, **as_of.values, **actor, "zone": timezone.get_default_timezone_name()}
