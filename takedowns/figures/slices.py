"""Figures of a part of an operation, and broken down: by what is asked, from what is folded wherever that can answer.

Two sources, and each figure says which: the folded standings know platform (and its provider), kind, agency, instrument, tier, and what
they cost does not grow with the operation; language, outlet, listed group and days are read from the referrals one by
one, which is slower the more there are and is broken off after :data:`PATIENCE`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import OperationalError, connection, transaction

from takedowns.access.actor import Actor
from takedowns.figures.counts import count
from takedowns.figures.measures import COUNTED, MEASURES, SHARES
from takedowns.figures.moment import first_id_of, require_settled
from takedowns.figures.part import DIMENSIONS, OF_TIME, Slice
from takedowns.figures.sources import (
    STEPS_READ,
    TIMED,
    AsOf,
    conditions,
    parameters_of,
    statement,
)
from takedowns.figures.values import Board, Counts, Share
from takedowns.figures.verified_measures import VERIFIED_MEASURES
from takedowns.referrals.models import Operation
from takedowns.referrals.visibility import parameters

#: How long a count of referrals one by one may take before it is given up.
PATIENCE: Final = timedelta(seconds=5)
#: Lines of a breakdown at most: the largest; what follows stands together as "others".
MOST_LINES: Final = 50

#: Every measure that a line can hold.
ALL_MEASURES: Final = {**MEASURES, **VERIFIED_MEASURES}


class TooLargeError(Exception):
    """Raised where counting one by one took longer than :data:`PATIENCE`."""


@dataclass(frozen=True)
class Line:
    """One line of a breakdown: measure by name. What its source does not know is left out of ``values``."""

    key: str
    values: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:
        """Give a measure's value; None where it is not known (templates read it so)."""
        if name in ALL_MEASURES:
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

    def joined_with(self, read: Sliced) -> Sliced:
        """Return the same with the measures that only the referrals themselves tell, of the same part and dimension."""
        further = {line.key: line.values for line in read.lines}
        none = _line("", _NO_REFERRAL, read=True).values

        def joined(line: Line, values: Mapping[str, Any]) -> Line:
            return Line(line.key, {**values, **line.values})

        return replace(
            self,
            times=read.times,
            total=joined(self.total, read.total.values),
            lines=tuple(joined(line, further.get(line.key, none)) for line in self.lines),
        )


class _Nothing(dict[str, Any]):
    """A row of the statement for a line without a referral: counts are 0, times none."""

    def __missing__(self, name: str) -> int | None:
        return None if "time_to" in name else 0


_NO_REFERRAL: Final = _Nothing()


def slice_of(
    operations: Operation | Iterable[Operation],
    actor: Actor,
    part: Slice,
    *,
    by: str = "platform",
    one_by_one: bool = False,
    as_of: datetime | None = None,
    happened: bool = False,
) -> Sliced:
    """Count a part of one or several operations, in all and by one dimension, as far as the actor may see. One statement (as of: two).

    Args:
        operations: whose referrals.
        actor: who asks; the running transaction asks as the same person.
        part: what is asked for.
        by: the dimension of the lines.
        one_by_one: read the referrals even where the folded standings would answer, for the measures they lack.
        as_of: what had been recorded before this moment; language, group and outlet are those of now.
        happened: what happened before the moment instead, as told until today.

    Raises:
        TooLargeError: reading one by one took too long.
        NotSettledError, ValueError: see :func:`takedowns.figures.board.board`.
    """
    if by not in DIMENSIONS:
        raise ValueError(f"There is no dimension {by}.")
    moment = AsOf(as_of, happened and as_of is not None)
    moment.settle()
    read = one_by_one or moment.happened or not part.is_folded(by)
    whose = [operations.pk] if isinstance(operations, Operation) else [one.pk for one in operations]
    values = parameters_of(whose, parameters(actor), moment)
    where = conditions(part, values, read=read)
    with time_limit(), connection.cursor() as cursor:
        cursor.execute(statement(by, where, moment, read=read), values)
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
    if by in OF_TIME:
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
        if measure.condition or (read and measure.name in STEPS_READ)
    }
    for share in SHARES:
        if {share.numerator, share.denominator} <= values.keys():
            values[share.name] = Share(values[share.numerator], values[share.denominator])
    if read:
        for duration in TIMED:
            taken = row[duration.name]
            values[duration.name] = None if taken is None else timedelta(microseconds=int(taken))
        for name, measure in VERIFIED_MEASURES.items():
            values[name] = Share(row[name], row[f"{name}_of"]) if measure.among else row[name]
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
