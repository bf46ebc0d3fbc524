"""Figures as a report on paper: two pages that a press office can hand out, and an annex with tables and definitions."""

from __future__ import annotations

import json
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any, Final

import typst
from django.utils import translation

from takedowns.figures.charts.displacement import displacement_svg
from takedowns.figures.charts.file import svg_file
from takedowns.figures.charts.resurfacing import resurfacing_svg
from takedowns.figures.charts.scale import hours_in_window
from takedowns.figures.detail_measures import DETAIL_MEASURES
from takedowns.figures.exports.rows import SUPPRESSED, publication_rule
from takedowns.figures.measures import (
    MEASURES,
    SELF_REPORT,
    UNIT_OF_COUNT,
    DurationMeasure,
    Measure,
    ShareMeasure,
)
from takedowns.figures.resurfacing import CURVE, DISPLACEMENT, RETURN_MEASURES
from takedowns.figures.values import STEPS, Board, Counts, Share

_TEMPLATE: Final = Path(__file__).with_name("report.typ")
#: As printed: a dash where there is no figure, and a true minus.
NONE: Final = "\u2013"
#: Pixels across the page: text of twelve is then as large as the page's own.
PRINTED: Final = 500
MINUS: Final = "\u2212"
_OUTCOMES: Final = ("removed", "restricted", "declined", "unavailable", "open", "reinstated")


def pdf_of(board: Board) -> bytes:
    """Write a board as PDF. The same board gives the same bytes: the document's date is the moment of the figures."""
    written = typst.compile(
        _TEMPLATE.read_bytes(),
        # The fonts that come with typst: the same page on every machine.
        ignore_system_fonts=True,
        sys_inputs={"report": json.dumps(_content(board), ensure_ascii=False)},
    )
    if not isinstance(written, bytes):
        raise TypeError("typst wrote no single document.")
    return written


def _content(board: Board) -> dict[str, Any]:
    """Return what the template shows: text that is ready to print, and numbers where something is drawn to scale."""
    moment = board.as_of.astimezone(UTC)
    hours = hours_in_window(board, UTC)
    return {
        "reference": board.reference,
        "name": board.name,
        "days": f"{board.starts:%-d %B %Y}" + (f" to {board.ends:%-d %B %Y}" if board.ends else " onwards"),
        "as_of": f"{moment:%-d %B %Y, %H:%M:%S} UTC",
        "date": [moment.year, moment.month, moment.day],
        "unit_of_count": UNIT_OF_COUNT,
        "publication": publication_rule(board),
        "measures": [
            {
                "name": measure.name,
                "label": measure.label,
                "definition": measure.definition,
                "formula": measure.formula,
                "unit": str(measure.unit),
                "source": measure.source,
            }
            for measure in (*MEASURES.values(), SELF_REPORT)
        ],
        "rows": _rows(board),
        "outcomes": [MEASURES[outcome].label for outcome in _OUTCOMES],
        # Each step keeps its place, hence its colour, where another is withheld.
        "steps": [
            {"label": MEASURES[step].label, "place": place}
            for place, step in enumerate(STEPS)
            if board.tells("", step)
        ],
        "hours": [
            [int(hour.start.timestamp()) // 3600, *(getattr(hour, step) for step in STEPS)] for hour in hours
        ],
        "first_hour": f"{hours[0].start:%-d %b %H:%M} UTC" if hours else "",
        "last_hour": f"{hours[-1].start + timedelta(hours=1):%-d %b %H:%M} UTC" if hours else "",
        "later": f"What changed later, until {board.hours[-1].start:%-d %B %Y}, is in the figures above and not drawn."
        if len(hours) < len(board.hours)
        else "",
        "self_reports": [
            {
                "platform": row.name,
                "what": report.what,
                "total": f"{report.total:,}",
                "days": len(report.days),
            }
            for row in board.rows
            for report in row.self_reports
        ],
        "self_report": SELF_REPORT.definition,
        "came_back": _came_back(board),
        "closer": _closer(board),
    }


def _rows(board: Board) -> list[dict[str, Any]]:
    lines = [
        ("", "All platforms", "", board.total),
        *((row.slug, row.name, row.provider, row.counts) for row in board.rows),
    ]
    return [
        {
            "name": name,
            "provider": provider,
            "figures": {measure.name: _text(board, slug, measure, counts) for measure in MEASURES.values()},
            "outcomes": [
                getattr(counts, outcome) if board.tells(slug, outcome) else 0 for outcome in _OUTCOMES
            ],
        }
        for slug, name, provider, counts in lines
    ]


def _came_back(board: Board) -> dict[str, Any] | None:
    """Return what came back, with its two pictures; None where the report does not tell it."""
    found = board.came_back
    if found is None:
        return None
    with translation.override("en"):  # the same bytes, whatever language whoever asks reads
        curve = svg_file(str(resurfacing_svg("", found)), "", "", PRINTED).decode()
        flow = svg_file(str(displacement_svg("", found.moves, wide=True)), "", "", PRINTED).decode()
    return {
        "outlets_seen_gone": found.outlets_seen_gone,
        "curve": curve,
        "flow": flow if found.moves else "",
        "curve_note": CURVE,
        "flow_note": DISPLACEMENT,
        "measures": [
            {
                "name": name,
                "label": measure.label,
                "definition": measure.definition,
                "formula": measure.formula,
                "source": measure.source,
                "value": _returned(getattr(found, name)),
            }
            for name, measure in RETURN_MEASURES.items()
        ],
        "moves": [
            [
                move.source_name,
                move.target_name,
                f"{move.outlets:,}",
                f"{move.items:,}",
                _duration(move.median),
            ]
            for move in found.moves
        ],
        "platforms": [
            [one.name, *(f"{number:,}" for number in (one.before, one.stayed, one.came, one.after))]
            for one in found.presence
        ],
    }


def _closer(board: Board) -> list[dict[str, str]]:
    """Return the figures that are read one by one, for the annex; none where the report does not tell them."""
    if board.closer is None:
        return []
    return [
        {
            "label": measure.label,
            "definition": measure.definition,
            "formula": measure.formula,
            "source": measure.source,
            "value": _returned(value) + (f" of {value.denominator:,}" if isinstance(value, Share) else ""),
        }
        for name, measure in DETAIL_MEASURES.items()
        for value in [board.closer.values[name]]
    ]


def _returned(value: Any) -> str:
    if isinstance(value, Share):
        return NONE if value.percent is None else f"{value.percent:.1f} %"
    if isinstance(value, timedelta):
        return _duration(value)
    return NONE if value is None else f"{value:,}"


def _text(board: Board, slug: str, measure: Measure, counts: Counts) -> str:
    if not board.tells(slug, measure.name):
        return SUPPRESSED
    value = getattr(counts, measure.name)
    if isinstance(measure, ShareMeasure):
        return NONE if value.percent is None else f"{value.percent:.1f} %"
    if isinstance(measure, DurationMeasure):
        return NONE if value is None else _duration(value)
    return f"{value:,}"


def _duration(taken: timedelta) -> str:
    """Return a time as one says it: 48 s, 59 min, 3 h 12 min, 2 d 4 h."""
    sign, seconds = (MINUS if taken < timedelta(0) else ""), round(abs(taken.total_seconds()))
    if seconds < 60:
        return f"{sign}{seconds} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{sign}{minutes} min"
    if minutes < 48 * 60:
        return f"{sign}{minutes // 60} h {minutes % 60} min"
    hours = round(minutes / 60)
    return f"{sign}{hours // 24} d {hours % 24} h"
