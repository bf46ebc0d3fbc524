"""Figures as a report on paper: two pages that a press office can hand out, and an annex with tables and definitions."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.utils import timezone, translation
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from takedowns.figures.charts.displacement import displacement_svg
from takedowns.figures.charts.file import svg_file
from takedowns.figures.charts.resurfacing import resurfacing_svg
from takedowns.figures.charts.scale import hours_in_window
from takedowns.figures.detail_measures import DETAIL_MEASURES
from takedowns.figures.exports.pdf_words import SUMMARY, back_in_words, words
from takedowns.figures.measures import (
    MEASURES,
    SELF_REPORT,
    UNIT_OF_COUNT,
    DurationMeasure,
    Measure,
    label_of,
)
from takedowns.figures.publication import RULE, line_name
from takedowns.figures.return_measures import CURVE, DISPLACEMENT, RETURN_MEASURES
from takedowns.figures.values import STEPS, Board, Counts, Share
from takedowns.pages.templatetags.plain import as_of, day, duration, number, per_cent

_TEMPLATE: Final = Path(__file__).with_name("report.typ")
#: Pixels across the page: text of twelve is then as large as the page's own.
PRINTED: Final = 500
_OUTCOMES: Final = ("removed", "restricted", "declined", "unavailable", "open", "reinstated")


def pdf_of(board: Board) -> bytes:
    """Write a board as PDF, in the language and the zone that are active.

    The same board gives the same bytes: the document's date is the moment of the figures.
    """
    import typst  # noqa: PLC0415 - large, and most processes never need it

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
    moment = timezone.localtime(board.as_of)
    hours = hours_in_window(board, timezone.get_current_timezone())
    rows = _rows(board)
    told = rows[0]["figures"]
    return {
        "language": translation.get_language(),
        "words": words(),
        "labels": {name: label_of(name) for name in ("referred", "removed")},
        "summary": SUMMARY % told,
        "reference": board.reference,
        "name": board.name,
        "days": _("%(first)s to %(last)s") % {"first": day(board.starts), "last": day(board.ends)}
        if board.ends
        else _("%(first)s onwards") % {"first": day(board.starts)},
        "as_of": as_of(board.as_of),
        "made": board.made,
        "date": [moment.year, moment.month, moment.day],
        "unit_of_count": _(UNIT_OF_COUNT),
        "published": bool(board.threshold),
        "publication": _rule(board),
        "measures": [_explained(measure) for measure in (*MEASURES.values(), SELF_REPORT)],
        "rows": rows,
        "outcomes": [label_of(outcome) for outcome in _OUTCOMES],
        # Each step keeps its place, hence its colour, where another is withheld.
        "steps": [
            {"label": label_of(step), "place": place}
            for place, step in enumerate(STEPS)
            if board.tells("", step)
        ],
        "hours": [
            [int(hour.start.timestamp()) // 3600, *(getattr(hour, step) for step in STEPS)] for hour in hours
        ],
        "top": number(max((getattr(hour, step) for hour in hours for step in STEPS), default=0)),
        "first_hour": _hour(hours[0].start) if hours else "",
        "last_hour": _hour(hours[-1].start + timedelta(hours=1)) if hours else "",
        "later": _("What changed later, until %(day)s, is in the figures above and not drawn.")
        % {"day": day(timezone.localtime(board.hours[-1].start).date())}
        if len(hours) < len(board.hours)
        else "",
        "self_reports": [
            {
                "platform": row.name,
                "what": report.what,
                "total": number(report.total),
                "days": len(report.days),
            }
            for row in board.rows
            for report in row.self_reports
        ],
        "self_report": _(SELF_REPORT.definition),
        "came_back": _came_back(board),
        "closer": _closer(board),
    }


def _explained(measure: Measure) -> dict[str, str]:
    return {
        "name": measure.name,
        "label": _(measure.label),
        "definition": _(measure.definition),
        "formula": measure.formula,
        "unit": str(measure.unit),
        "source": _(measure.source),
    }


def _rule(board: Board) -> str:
    """Return what is withheld, in words; nothing where every figure is told."""
    return _(RULE).format(largest=board.threshold - 1, threshold=board.threshold) if board.threshold else ""


def _hour(moment: datetime) -> str:
    return format_date(timezone.localtime(moment), "j M H:i T")


def _rows(board: Board) -> list[dict[str, Any]]:
    lines = [
        ("", _("All platforms"), "", board.total),
        *((row.slug, line_name(row), row.provider, row.counts) for row in board.rows),
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
    curve = svg_file(str(resurfacing_svg("", found)), "", "", PRINTED).decode()
    flow = svg_file(str(displacement_svg("", found.moves, wide=True)), "", "", PRINTED).decode()
    measures = [
        {**_explained(measure), "value": _returned(getattr(found, name))}
        for name, measure in RETURN_MEASURES.items()
    ]
    return {
        "outlets_seen_gone": found.outlets_seen_gone,
        "curve": curve,
        "flow": flow if found.moves else "",
        "curve_note": _(CURVE),
        "flow_note": _(DISPLACEMENT),
        "measures": measures,
        "summary": back_in_words(
            {one["name"]: one["value"] for one in measures}, found.median_resurfacing is None
        ),
        "moves": [
            [
                move.source_name,
                move.target_name,
                number(move.outlets),
                number(move.items),
                duration(move.median),
            ]
            for move in found.moves
        ],
        "platforms": [
            [one.name, *(number(counted) for counted in (one.before, one.stayed, one.came, one.after))]
            for one in found.presence
        ],
    }


def _closer(board: Board) -> list[dict[str, str]]:
    """Return the figures that are read one by one, for the annex; none where the report does not tell them."""
    if board.closer is None:
        return []
    return [
        {**_explained(measure), "value": _returned(value) + _of(value)}
        for name, measure in DETAIL_MEASURES.items()
        for value in [board.closer.values[name]]
    ]


def _of(value: Any) -> str:
    return _(" of %(number)s") % {"number": number(value.denominator)} if isinstance(value, Share) else ""


def _returned(value: Any) -> str:
    if isinstance(value, Share):
        return per_cent(value.percent)
    return duration(value) if isinstance(value, timedelta) else number(value)


def _text(board: Board, slug: str, measure: Measure, counts: Counts) -> str:
    if not board.tells(slug, measure.name):
        return _("withheld")
    value = getattr(counts, measure.name)
    return duration(value) if isinstance(measure, DurationMeasure) else _returned(value)
