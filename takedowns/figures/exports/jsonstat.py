"""Figures as JSON-stat 2.0 (https://json-stat.org/full/), which statistical offices' tools read."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, Final

from takedowns.figures.exports.rows import ALL_PLATFORMS, publication_rule, stamp, value_of
from takedowns.figures.measures import MEASURES, UNIT_OF_COUNT, DurationMeasure, ShareMeasure
from takedowns.figures.values import Board

#: The category of all platforms together. No platform's slug can be that: slugs have no colon.
TOTAL: Final = ":all"


def dataset_of(board: Board) -> dict[str, Any]:
    """Return one dataset: platform by measure. ``status`` marks what is withheld (``s``) and what does not exist (``x``)."""
    lines = [(TOTAL, ALL_PLATFORMS, "", board.total)]
    lines += [(row.slug, row.name, row.slug, row.counts) for row in board.rows]
    values: list[int | float | None] = []
    status: dict[str, str] = {}
    for _, _, slug, counts in lines:
        for measure in MEASURES.values():
            value, _, _ = value_of(measure, counts)
            if (slug, measure.name) in board.suppressed:
                value = None
                status[str(len(values))] = "s"
            elif value is None:
                status[str(len(values))] = "x"
            values.append(float(value) if isinstance(value, Decimal) else value)
    dataset: dict[str, Any] = {
        "version": "2.0",
        "class": "dataset",
        "label": f"{board.reference} {board.name}",
        "source": "The ledger of this installation.",
        "updated": stamp(board.as_of),
        "note": [
            UNIT_OF_COUNT,
            *([publication_rule(board)] if board.threshold else []),
            *([board.made] if board.made else []),
        ],
        "id": ["platform", "measure"],
        "size": [len(lines), len(MEASURES)],
        "role": {"metric": ["measure"]},
        "dimension": {
            "platform": {
                "label": "Platform",
                "category": {
                    "index": [code for code, _, _, _ in lines],
                    "label": {code: name for code, name, _, _ in lines},
                },
            },
            "measure": {"label": "Measure", "category": _measures()},
        },
        "value": values,
    }
    if status:
        dataset["status"] = status
        dataset["extension"] = {
            "status": {"s": "withheld: small, or gives a small one away", "x": "does not exist"}
        }
    return dataset


def _measures() -> dict[str, Any]:
    """Return the dimension of measures: each with its label, definition, formula and unit."""
    return {
        "index": list(MEASURES),
        "label": {name: measure.label for name, measure in MEASURES.items()},
        "note": {
            name: [measure.definition, f"Formula: {measure.formula}."] for name, measure in MEASURES.items()
        },
        "unit": {
            name: {
                "label": str(measure.unit),
                "decimals": 6 if isinstance(measure, ShareMeasure | DurationMeasure) else 0,
            }
            for name, measure in MEASURES.items()
        },
    }


def jsonstat_of(board: Board) -> bytes:
    """Write a board as JSON-stat. The same board gives the same bytes."""
    return (json.dumps(dataset_of(board), ensure_ascii=False, indent=1) + "\n").encode()
