"""Figures of a part of an operation, and broken down: by what is asked, from what is folded wherever that can answer.

Two sources, and each figure says which: the folded standings know platform (and its provider), kind, agency, instrument, tier, and what
they cost does not grow with the operation; language, outlet, listed group and days are read from the referrals one by
one, which is slower the more there are and is broken off after :data:`PATIENCE`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from takedowns.access.actor import Actor
from takedowns.figures.counts import count
from takedowns.figures.measures import COUNTED, DURATIONS, MEASURES, SHARES
from takedowns.figures.moment import first_id_of, require_settled
from takedowns.figures.values import Board, Counts, Share
from takedowns.referrals.models import Operation
from takedowns.referrals.visibility import parameters, sees_operation

#: How long a count of referrals one by one may take before it is given up.
PATIENCE: Final = timedelta(seconds=5)
#: Lines of a breakdown at most: the largest; what follows stands together as "others".
MOST_LINES: Final = 50

#: Dimensions that the folded standings know, and those only the referrals themselves do; each an SQL column of both sources.
FOLDED: Final = {
    "platform": "platform_id",
    "provider": "owner_provider",
    "kind": "kind",
    "agency": "agency_id::text",
    "instrument": "instrument",
    "tier": "tier::text",
}
READ: Final = {"language": "language", "outlet": "outlet", "group": "listed_group", "day": "day::text"}
DIMENSIONS: Final = (*FOLDED, *READ)


class TooLargeError(Exception):
    """Raised where counting one by one took longer than :data:`PATIENCE`."""


@dataclass(frozen=True)
class Slice:
    """What part of an operation's referrals is asked for; nothing given is all of them.

    Attributes:
        platform, provider, kind, agency, instrument, tier, language, outlet, group: values; a referral has one of them. Agencies by
            id, outlets by name, an outlet or group "" is none.
        since, until: the days (first and last, in the installation's zone) on which it was handed in.
    """

    platform: tuple[str, ...] = ()
    provider: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    agency: tuple[str, ...] = ()
    instrument: tuple[str, ...] = ()
    tier: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    outlet: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    @property
    def chosen(self) -> dict[str, tuple[str, ...]]:
        """The dimensions that are narrowed, with the values asked for."""
        named = (one.name for one in fields(self) if one.name in DIMENSIONS)
        return {name: values for name in named if (values := getattr(self, name))}

    def is_folded(self, by: str = "") -> bool:
        """Whether the folded standings can answer."""
        return not ({*self.chosen, *([by] if by else [])} & READ.keys() or self.since or self.until)


@dataclass(frozen=True)
class Line:
    """One line of a breakdown: measure by name. What its source does not know is left out of ``values``."""

    key: str
    values: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:
        """Give a measure's value; None where it is not known (templates read it so)."""
        if name in MEASURES:
            return self.values.get(name)
        raise AttributeError(name)

    def whole(self, *names: str) -> int:
        """Add up counts."""
        return sum(self.values.get(name) or 0 for name in names)


@dataclass(frozen=True)
class Sliced:
    """Figures of a part, in all and by one dimension.

    Attributes:
        total: of the whole part.
        lines: by the dimension asked for, most handed in first; at most :data:`MOST_LINES`.
        one_by_one: whether the referrals were read themselves.
        as_of: the moment of the figures.
        times: time to action in microseconds (three digits) to how many; empty where the source has no times.
        left_out: how many lines more there are than are shown.
    """

    total: Line
    lines: tuple[Line, ...]
    one_by_one: bool
    as_of: datetime
    times: Mapping[int, int] = field(default_factory=dict)
    left_out: int = 0

    def knows(self, name: str) -> bool:
        """Whether a measure can be told of this part."""
        return name in self.total.values


#: Of measures that are no standing, how a referral read by itself tells them.
_STEPS: Final = {"acknowledged": "acknowledged", "co_referred": "co_referred"}


def slice_of(
    operation: Operation,
    actor: Actor,
    part: Slice,
    *,
    by: str = "platform",
    one_by_one: bool = False,
    as_of: datetime | None = None,
) -> Sliced:
    """Count a part of an operation, in all and by one dimension, as far as the actor may see. One statement (as of: two).

    Args:
        operation: whose referrals.
        actor: who asks; the running transaction asks as the same person.
        part: what is asked for.
        by: the dimension of the lines.
        one_by_one: read the referrals even where the folded standings would answer, for the measures they lack.
        as_of: what had been recorded before this moment; language, group and outlet are those of now.

    Raises:
        TooLargeError: reading one by one took too long.
        NotSettledError, ValueError: see :func:`takedowns.figures.board.board`.
    """
    if by not in DIMENSIONS:
        raise ValueError(f"There is no dimension {by}.")
    if as_of is not None:
        first_id_of(as_of)
        require_settled(as_of)
    read = one_by_one or not part.is_folded(by)
    values = {
        "operation": operation.pk,
        "before": None if as_of is None else first_id_of(as_of),
        **parameters(actor),
        "zone": timezone.get_default_timezone_name(),
    }
    where = _where(part, values, read=read)
    with time_limit(), connection.cursor() as cursor:
        cursor.execute(_statement(by, where, read=read, past=as_of is not None), values)
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return _sliced(rows, by, as_of, read=read)


def _sliced(rows: Sequence[Mapping[str, Any]], by: str, as_of: datetime | None, *, read: bool) -> Sliced:
    """Put the rows of the statement in order: largest first, days by date."""
    lines, total, times = [], Line("", {}), {}
    for row in rows:
        if row["what"] == "time":
            times[int(row["slot"])] = int(row["n"])
        elif row["what"] == "total":
            total = _line("", row, read=read)
        else:
            lines.append(_line(row["key"] or "", row, read=read))
    if by == "day":
        lines.sort(key=lambda line: line.key)
    else:
        lines.sort(key=lambda line: (-line.values["handed_in"], line.key))
    now = next(row["now"] for row in rows)
    return Sliced(
        total,
        tuple(lines[:MOST_LINES]),
        read,
        as_of or now,
        dict(sorted(times.items())),
        max(len(lines) - MOST_LINES, 0),
    )


def _line(key: str, row: Mapping[str, Any], *, read: bool) -> Line:
    values: dict[str, Any] = {
        measure.name: row[measure.name]
        for measure in COUNTED
        if measure.condition or (read and measure.name in _STEPS)
    }
    for share in SHARES:
        if {share.numerator, share.denominator} <= values.keys():
            values[share.name] = Share(values[share.numerator], values[share.denominator])
    if read:
        for duration in _TIMED:
            taken = row[duration.name]
            values[duration.name] = None if taken is None else timedelta(microseconds=int(taken))
    return Line(key, values)


def of_board(figures: Board, platform: str = "", times: Mapping[int, int] | None = None) -> Sliced:
    """Return a board's figures in the same shape: every measure, by platform; of one platform where it is named."""
    rows = [row for row in figures.rows if not platform or row.slug == platform]
    total = rows[0].counts if platform and rows else Counts() if platform else figures.total
    return Sliced(
        _of_counts("", total),
        tuple(_of_counts(row.slug, row.counts) for row in rows),
        False,
        figures.as_of,
        times or {},
    )


def _of_counts(key: str, counts: Counts) -> Line:
    return Line(key, {name: getattr(counts, name) for name in MEASURES})


def whole(operation: Operation, actor: Actor, platform: str = "", *, as_of: datetime | None = None) -> Sliced:
    """Return every measure of an operation, or of one platform, without lines. One statement (as of: two)."""
    if as_of is not None:
        require_settled(as_of)
    found = count(operation, actor, as_of=as_of)
    counts = found.platforms.get(platform, Counts()) if platform else found.total
    return Sliced(_of_counts("", counts), (), False, found.as_of)


def times_of(operation: Operation, *, platform: str = "", as_of: datetime | None = None) -> dict[int, int]:
    """Return the folded times to action of an operation or one of its platforms: microseconds to how many. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT slot, sum(number)::bigint FROM takedowns_tallies(%s, %s)
            WHERE tally = 'taken' AND (%s = '' OR platform_id = %s) GROUP BY 1 HAVING sum(number) <> 0 ORDER BY 1
            """,
            [operation.pk, None if as_of is None else first_id_of(as_of), platform, platform],
        )
        return {int(slot): int(number) for slot, number in cursor.fetchall()}


_TIMED: Final = tuple(measure for measure in DURATIONS if measure.among == "timed")


def _where(part: Slice, parameters: dict[str, Any], *, read: bool) -> str:
    """Return the conditions, their values put into ``parameters``."""
    columns = {**FOLDED, **READ}
    conditions = []
    for name, values in part.chosen.items():
        conditions.append(f"{columns[name]} = ANY(%(of_{name})s::text[])")
        parameters[f"of_{name}"] = [*values]
    zone = ZoneInfo(parameters["zone"])
    for name, day, sign, after in (("since", part.since, ">=", 0), ("until", part.until, "<", 1)):
        if day is not None and read:
            conditions.append(f"submitted_at {sign} %({name})s")
            parameters[name] = datetime.combine(day + timedelta(days=after), time.min, zone).astimezone(UTC)
    return " AND ".join(conditions) or "true"


# Whoever takes part sees the whole operation; row-level security says the same of each referral.
_MINE: Final = sees_operation("%(operation)s")

_NOW: Final = f"""
    SELECT referral.platform_id, item.kind, referral.agency_id, referral.instrument, referral.tier, referral.language,
           coalesce(outlet.name, '') AS outlet, referral.listed_group, referral.submitted_at,
           (referral.submitted_at AT TIME ZONE %(zone)s)::date AS day, referral.status, referral.availability,
           referral.referred_at IS NOT NULL AS referred, referral.acknowledged_at IS NOT NULL AS acknowledged,
           EXISTS (SELECT 1 FROM referrals_event AS joined
                   WHERE joined.referral_id = referral.id AND joined.kind = 'co_refer') AS co_referred,
           takedowns_taken(referral.referred_at, referral.decided_at) AS taken, 1::bigint AS number
    FROM referrals_referral AS referral
    JOIN referrals_item AS item ON item.id = referral.item_id
    LEFT JOIN referrals_outlet AS outlet ON outlet.id = item.outlet_id
    WHERE referral.operation_id = %(operation)s AND {_MINE}"""

# A referral's way as its events tell it that were written before the moment.
_PAST: Final = f"""
    SELECT cell.platform_id, cell.kind, cell.agency_id, cell.instrument, cell.tier, referral.language,
           coalesce(outlet.name, '') AS outlet, referral.listed_group, way.submitted_at,
           (way.submitted_at AT TIME ZONE %(zone)s)::date AS day, cell.status, cell.availability,
           way.referred_at IS NOT NULL AS referred, way.acknowledged, way.co_referred,
           takedowns_taken(way.referred_at, way.acted_at) AS taken, 1::bigint AS number
    FROM (
        SELECT event.referral_id, (array_agg(event.to_cell_id ORDER BY event.id DESC) FILTER (WHERE event.to_cell_id IS NOT NULL))[1] AS cell_id,
               min(event.at) FILTER (WHERE event.kind = 'submit') AS submitted_at,
               min(event.at) FILTER (WHERE event.kind = 'refer') AS referred_at,
               bool_or(takedowns_shows_receipt(event.kind)) AS acknowledged,
               bool_or(event.kind = 'co_refer') AS co_referred,
               (array_agg(event.at ORDER BY event.id DESC) FILTER (WHERE event.kind IN ('remove', 'restrict')))[1] AS acted_at
        FROM takedowns_standing_events(%(before)s) AS event JOIN referrals_referral AS mine ON mine.id = event.referral_id
        WHERE mine.operation_id = %(operation)s GROUP BY 1
    ) AS way
    JOIN referrals_cell AS cell ON cell.id = way.cell_id
    JOIN referrals_referral AS referral ON referral.id = way.referral_id
    JOIN referrals_item AS item ON item.id = referral.item_id
    LEFT JOIN referrals_outlet AS outlet ON outlet.id = item.outlet_id
    WHERE {_MINE}"""

_FOLDED: Final = f"SELECT * FROM takedowns_standings(%(operation)s, %(before)s) WHERE {_MINE}"

_ACTED: Final = next(measure.condition for measure in COUNTED if measure.name == "timed")


def _statement(by: str, where: str, *, read: bool, past: bool) -> str:
    """Return the statement: a line for each value, one for all, and where referrals are read the histogram of times."""
    counts = [
        f"coalesce(sum(number) FILTER (WHERE {measure.condition}), 0)::bigint AS {measure.name}"
        for measure in COUNTED
        if measure.condition
    ]
    if read:
        counts += [
            f"coalesce(sum(number) FILTER (WHERE {column}), 0)::bigint AS {name}"
            for name, column in _STEPS.items()
        ]
        counts += [
            f"percentile_disc({measure.quantile}) WITHIN GROUP (ORDER BY taken) FILTER (WHERE {_ACTED}) AS {measure.name}"
            for measure in _TIMED
        ]
    column = {**FOLDED, **READ}[by]
    source = (_PAST if past else _NOW) if read else _FOLDED
    empty = ", ".join("NULL" for _ in counts)
    times = (
        f"UNION ALL SELECT 'time', NULL, {empty}, taken, sum(number) FROM part"
        f" WHERE {_ACTED} AND taken IS NOT NULL GROUP BY taken"
        if read
        else ""
    )
    return f"""
        WITH part AS MATERIALIZED (
            SELECT found.*, owners.owner_provider FROM ({source}) AS found
            JOIN (SELECT slug AS owner_slug, coalesce(provider_id, '') AS owner_provider FROM directory_platform) AS owners
              ON owners.owner_slug = found.platform_id
            WHERE {where}
        )
        SELECT told.*, statement_timestamp() AS now FROM (
            SELECT CASE WHEN grouping({column}) = 1 THEN 'total' ELSE 'line' END AS what, {column} AS key,
                   {", ".join(counts)}, NULL::bigint AS slot, NULL::bigint AS n
            FROM part GROUP BY GROUPING SETS (({column}), ())
            {times}
        ) AS told"""


_timed: ContextVar[bool] = ContextVar("timed", default=False)


@contextmanager
def time_limit() -> Iterator[None]:
    """Give up what takes too long, and leave the transaction usable. Around several counts it is one for all of them.

    Raises:
        TooLargeError: a statement took longer than :data:`PATIENCE`.
    """
    if _timed.get():
        yield
        return
    token = _timed.set(True)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT set_config('statement_timeout', %s, true)",
                    [str(PATIENCE // timedelta(milliseconds=1))],
                )
            yield
    except OperationalError as error:
        if "statement timeout" not in str(error):
            raise
        raise TooLargeError from None
    finally:
        _timed.reset(token)
