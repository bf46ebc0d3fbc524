"""Figures as one JSON document with the definitions they rest on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from takedowns.figures.detail_measures import DETAIL_MEASURES
from takedowns.figures.exports.rows import SUPPRESSED, publication_rule, stamp, told_value, value_of
from takedowns.figures.measures import MEASURES, SELF_REPORT, UNIT_OF_COUNT, DurationMeasure, Measure
from takedowns.figures.resurfacing import CURVE, MOVE_MEASURES, RETURN_MEASURES, Move
from takedowns.figures.values import STEPS, Board, Counts, PlatformRow


def document_of(board: Board) -> dict[str, Any]:
    """Return the figures of a board: what they are of, what each means, all together, by platform, by hour."""
    return {
        "operation": {
            "reference": board.reference,
            "name": board.name,
            "starts": board.starts.isoformat(),
            "ends": board.ends.isoformat() if board.ends else None,
        },
        "as_of": stamp(board.as_of),
        "unit_of_count": UNIT_OF_COUNT,
        **_publication(board),
        "definitions": {measure.name: _definition(measure) for measure in (*MEASURES.values(), SELF_REPORT)},
        "figures": {
            "total": _figures(board, "", board.total),
            "platforms": [_platform(board, row) for row in board.rows],
        },
        "hours": [
            {
                "hour": hour.start.strftime("%Y-%m-%dT%H:%MZ"),
                **{step: getattr(hour, step) if board.tells("", step) else SUPPRESSED for step in STEPS},
            }
            for hour in board.hours
        ],
        **_came_back(board),
        **_closer(board),
    }


def _came_back(board: Board) -> dict[str, Any]:
    """Return what came back, where the report tells it: figures, curve, moves, before and after."""
    found = board.came_back
    if found is None:
        return {}
    figures = {name: _told(getattr(found, name)) for name in RETURN_MEASURES}
    return {
        "came_back": {
            "definitions": {
                one.name: _definition(one) for one in (*RETURN_MEASURES.values(), *MOVE_MEASURES.values())
            },
            "figures": figures,
            "curve": {
                "definition": CURVE,
                "points": [
                    {
                        "seconds": point.after.total_seconds(),
                        "share": round(point.share, 6),
                        "watched": point.watched,
                    }
                    for point in found.curve
                ],
                "watched_until_seconds": found.watched_until.total_seconds() if found.watched_until else None,
            },
            "displacement": [_move(move) for move in found.moves],
            "linked_items": [_move(move) for move in found.linked],
            "platforms": [
                {
                    "slug": one.platform,
                    "name": one.name,
                    "outlets_before": one.before,
                    "of_these_not_seen_gone": one.stayed,
                    "outlets_that_came": one.came,
                    "outlets_after": one.after,
                }
                for one in found.presence
            ],
        }
    }


def _closer(board: Board) -> dict[str, Any]:
    """Return the figures that are read one by one, where the report tells them."""
    if board.closer is None:
        return {}
    return {
        "closer": {
            "definitions": {one.name: _definition(one) for one in DETAIL_MEASURES.values()},
            "figures": {name: _told(board.closer.values[name]) for name in DETAIL_MEASURES},
        }
    }


def _told(figure: Any) -> Any:
    value, numerator, denominator = told_value(figure)
    number = float(value) if isinstance(value, Decimal) else value
    if denominator is None:
        return number
    return {"value": number, "numerator": numerator, "denominator": denominator}


def _move(move: Move) -> dict[str, Any]:
    return {
        "from": move.source,
        "to": move.target,
        "outlets": move.outlets,
        "items": move.items,
        "median_seconds": move.median.total_seconds(),
    }


def _publication(board: Board) -> dict[str, Any]:
    """Return what is withheld, where figures are for publication."""
    if not board.threshold:
        return {}
    return {"publication": {"threshold": board.threshold, "rule": publication_rule(board)}}


def _definition(measure: Measure) -> dict[str, str]:
    return {
        "label": measure.label,
        "definition": measure.definition,
        "formula": measure.formula,
        "unit": "as counted by the platform" if measure is SELF_REPORT else str(measure.unit),
        "source": measure.source,
    }


def _figures(board: Board, slug: str, counts: Counts) -> dict[str, Any]:
    """Return measure by name: a number, or for shares and durations the value with what it rests on."""
    figures: dict[str, Any] = {}
    for measure in MEASURES.values():
        if not board.tells(slug, measure.name):
            figures[measure.name] = SUPPRESSED
            continue
        value, numerator, denominator = value_of(measure, counts)
        if isinstance(measure, DurationMeasure) and not board.tells(slug, measure.among):
            denominator = None
        number = float(value) if isinstance(value, Decimal) else value
        rests_on = {"numerator": numerator, "denominator": denominator}
        known = {name: count for name, count in rests_on.items() if count is not None}
        figures[measure.name] = {"value": number, **known} if known else number
    return figures


def _platform(board: Board, row: PlatformRow) -> dict[str, Any]:
    return {
        "slug": row.slug,
        "name": row.name,
        "provider": row.provider,
        **_figures(board, row.slug, row.counts),
        SELF_REPORT.name: [
            {
                "what": report.what,
                "total": report.total,
                "days": [{"day": day.isoformat(), "count": counted} for day, counted in report.days],
            }
            for report in row.self_reports
        ],
    }
