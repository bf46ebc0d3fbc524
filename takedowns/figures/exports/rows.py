"""Figures as tidy rows: one for each platform and measure, each with its definition."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from takedowns.figures.detail_measures import DETAIL_MEASURES
from takedowns.figures.measures import (
    MEASURES,
    SELF_REPORT,
    UNIT_OF_COUNT,
    DurationMeasure,
    Measure,
    ShareMeasure,
)
from takedowns.figures.publication import OTHERS, RULE
from takedowns.figures.resurfacing import MOVE_MEASURES, RETURN_MEASURES, Resurfacing
from takedowns.figures.values import Board, Counts, PlatformRow, Share

ALL_PLATFORMS: Final = "All platforms"
#: Shares are written with this many places; numerator and denominator beside them are exact.
SHARE_PLACES: Final = Decimal("0.000001")
#: What stands in place of a figure that is withheld in what is published.
SUPPRESSED: Final = "withheld"


class Row(NamedTuple):
    """One figure. Its fields are the columns of the CSV, in order.

    Attributes:
        operation: reference of the operation; ``operation_name`` is what it is called.
        as_of_utc: the moment of the figures.
        scope: ``total``, ``platform``, ``displacement`` (from one to another), or ``others`` for the small platforms together in what is published, so that no
            platform's name can be taken for either.
        platform, provider: names; the provider is empty for the total, and where none is known.
        measure: name of the measure.
        unit: what ``value`` counts.
        value: empty where there is none: a share of nothing, a median of nothing; ``withheld`` where it is not published.
        numerator, denominator: what a share was computed from; the denominator of a duration is how many were timed.
        definition, source: of the measure; of figures for publication the source says what is withheld.
    """

    operation: str
    operation_name: str
    as_of_utc: str
    scope: str
    platform: str
    provider: str
    measure: str
    unit: str
    value: int | Decimal | str | None
    numerator: int | None
    denominator: int | None
    definition: str
    source: str


def aggregates_of(board: Board) -> Iterator[Row]:
    """Yield the figures of all, then of each platform, each platform's own count last and marked as such."""
    for measure in MEASURES.values():
        yield _row(board, None, measure, board.total)
    for platform in board.rows:
        for measure in MEASURES.values():
            yield _row(board, platform, measure, platform.counts)
        yield from _self_reports(board, platform)
    if board.came_back is not None:
        yield from _came_back(board, board.came_back)
    if board.closer is not None:
        for measure in DETAIL_MEASURES.values():
            value = told_value(board.closer.values[measure.name])
            yield _returned(board, "total", ALL_PLATFORMS, measure, value)


def told_value(
    value: int | timedelta | Share | None,
) -> tuple[int | Decimal | None, int | None, int | None]:
    """Return a number, time or share as files write it, with numerator and denominator, where it has them."""
    if isinstance(value, Share):
        share = None
        if value.denominator:
            share = (Decimal(value.numerator) / value.denominator).quantize(SHARE_PLACES)
        return share, value.numerator, value.denominator
    return (value if isinstance(value, int) else _seconds(value)), None, None


def _came_back(board: Board, found: Resurfacing) -> Iterator[Row]:
    for measure in RETURN_MEASURES.values():
        yield _returned(board, "total", ALL_PLATFORMS, measure, told_value(getattr(found, measure.name)))
    for move in found.moves:
        pair = f"{move.source_name} \u2192 {move.target_name}"
        for measure, value in zip(
            MOVE_MEASURES.values(), (move.outlets, move.items, _seconds(move.median)), strict=True
        ):
            yield _returned(board, "displacement", pair, measure, (value, None, None))


def _returned(
    board: Board,
    scope: str,
    platform: str,
    measure: Measure,
    value: tuple[int | Decimal | None, int | None, int | None],
) -> Row:
    return Row(
        board.reference,
        board.name,
        stamp(board.as_of),
        scope,
        platform,
        "",
        measure.name,
        str(measure.unit),
        *value,
        measure.definition,
        measure.source,
    )


def value_of(measure: Measure, counts: Counts) -> tuple[int | Decimal | None, int | None, int | None]:
    """Return the value of a measure with its numerator and denominator, where it has them."""
    found = getattr(counts, measure.name)
    if isinstance(measure, ShareMeasure):
        value = None
        if found.denominator:
            value = (Decimal(found.numerator) / found.denominator).quantize(SHARE_PLACES)
        return value, found.numerator, found.denominator
    if isinstance(measure, DurationMeasure):
        return _seconds(found), None, getattr(counts, measure.among)
    return found, None, None


def publication_rule(board: Board) -> str:
    """Return what is withheld from figures for publication, in words; nothing where every figure is told."""
    return RULE.format(largest=board.threshold - 1, threshold=board.threshold) if board.threshold else ""


def stamp(moment: datetime) -> str:
    """Return a moment as ISO 8601 in UTC, to the microsecond: 2019-11-22T14:03:07.123456Z."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _seconds(duration: timedelta | None) -> int | Decimal | None:
    """Return exact seconds: whole where they are whole."""
    if duration is None:
        return None
    microseconds = duration // timedelta(microseconds=1)
    whole, rest = divmod(microseconds, 1_000_000)
    return Decimal(microseconds) / 1_000_000 if rest else whole


def _row(board: Board, platform: PlatformRow | None, measure: Measure, counts: Counts) -> Row:
    value: int | Decimal | str | None
    slug = platform.slug if platform else ""
    value, numerator, denominator = value_of(measure, counts)
    if not board.tells(slug, measure.name):
        value, numerator, denominator = SUPPRESSED, None, None
    elif isinstance(measure, DurationMeasure) and not board.tells(slug, measure.among):
        denominator = None
    return Row(
        operation=board.reference,
        operation_name=board.name,
        as_of_utc=stamp(board.as_of),
        scope=_scope(platform),
        platform=platform.name if platform else ALL_PLATFORMS,
        provider=platform.provider if platform else "",
        measure=measure.name,
        unit=str(measure.unit),
        value=value,
        numerator=numerator,
        denominator=denominator,
        # The unit of count is said where all counting begins; a row that is read alone names its unit anyway.
        definition=f"{measure.definition} {UNIT_OF_COUNT}"
        if measure.name == "handed_in"
        else measure.definition,
        source=f"{measure.source} {rule}" if (rule := publication_rule(board)) else measure.source,
    )


def _scope(platform: PlatformRow | None) -> str:
    if platform is None:
        return "total"
    return "others" if platform.slug == OTHERS else "platform"


def _self_reports(board: Board, platform: PlatformRow) -> Iterator[Row]:
    for report in platform.self_reports:
        days = ", ".join(f"{day.isoformat()}: {counted}" for day, counted in report.days)
        yield Row(
            operation=board.reference,
            operation_name=board.name,
            as_of_utc=stamp(board.as_of),
            scope="platform",
            platform=platform.name,
            provider=platform.provider,
            measure=SELF_REPORT.name,
            unit=f"as counted by the platform: {report.what}",
            value=report.total,
            numerator=None,
            denominator=None,
            definition=f"{SELF_REPORT.definition} By day: {days}." if days else SELF_REPORT.definition,
            source=SELF_REPORT.source,
        )
