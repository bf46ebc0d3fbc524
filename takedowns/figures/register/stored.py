"""A published board as JSON and back: what the register keeps, from which every file is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from takedowns.figures.measures import DURATIONS
from takedowns.figures.values import STEPS, Board, Counts, Hour, PlatformRow, SelfReportTotal

_MICROSECOND: Final = timedelta(microseconds=1)
_DURATIONS: Final = frozenset(one.name for one in DURATIONS)


def stored_counts(counts: Counts) -> dict[str, int]:
    """Return counts as JSON: what is 0 or none is left out, times are microseconds."""
    found = {field.name: getattr(counts, field.name) for field in fields(Counts)}
    return {
        name: value // _MICROSECOND if isinstance(value, timedelta) else value
        for name, value in found.items()
        if value not in (0, None)
    }


def counts_from(stored: Mapping[str, int]) -> Counts:
    """Return counts as :func:`stored_counts` wrote them."""
    return Counts(
        **{
            name: timedelta(microseconds=number) if name in _DURATIONS else number  # type: ignore[arg-type]
            for name, number in stored.items()
        }
    )


def stored_board(board: Board) -> dict[str, Any]:
    """Return a published board as JSON."""
    return {
        "operation_id": str(board.operation_id),
        "reference": board.reference,
        "name": board.name,
        "starts": board.starts.isoformat(),
        "ends": board.ends.isoformat() if board.ends else None,
        "as_of": board.as_of.isoformat(),
        "threshold": board.threshold,
        "suppressed": sorted(map(list, board.suppressed)),
        "total": stored_counts(board.total),
        "rows": [
            {
                "slug": row.slug,
                "name": row.name,
                "provider": row.provider,
                "counts": stored_counts(row.counts),
                "self_reports": [
                    [report.what, report.total, [[day.isoformat(), counted] for day, counted in report.days]]
                    for report in row.self_reports
                ],
            }
            for row in board.rows
        ],
        "hours": [[hour.start.isoformat(), *(getattr(hour, step) for step in STEPS)] for hour in board.hours],
    }


def board_from(stored: Mapping[str, Any]) -> Board:
    """Return a board as :func:`stored_board` wrote it."""
    return Board(
        operation_id=UUID(stored["operation_id"]),
        reference=stored["reference"],
        name=stored["name"],
        starts=date.fromisoformat(stored["starts"]),
        ends=date.fromisoformat(stored["ends"]) if stored["ends"] else None,
        rows=tuple(
            PlatformRow(
                row["slug"],
                row["name"],
                row["provider"],
                counts_from(row["counts"]),
                tuple(
                    SelfReportTotal(
                        what, total, tuple((date.fromisoformat(day), counted) for day, counted in days)
                    )
                    for what, total, days in row["self_reports"]
                ),
            )
            for row in stored["rows"]
        ),
        total=counts_from(stored["total"]),
        hours=tuple(
            Hour(datetime.fromisoformat(start), **dict(zip(STEPS, numbers, strict=True)))
            for start, *numbers in stored["hours"]
        ),
        as_of=datetime.fromisoformat(stored["as_of"]),
        etag="",
        suppressed=frozenset((slug, name) for slug, name in stored["suppressed"]),
        threshold=stored["threshold"],
    )
