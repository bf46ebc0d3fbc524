"""The data dictionary: what each column of the CSV holds, and what each measure means."""

from __future__ import annotations

from typing import Final

from takedowns.figures.detail_measures import DETAIL_MEASURES
from takedowns.figures.exports.rows import Row
from takedowns.figures.measures import MEASURES, SELF_REPORT
from takedowns.figures.return_measures import MOVE_MEASURES, RETURN_MEASURES
from takedowns.tabular import csv_lines

#: What a column holds. A new column of ``Row`` without a sentence here fails a test.
COLUMNS: Final = {
    "operation": "Reference of the operation.",
    "operation_name": "What the operation is called.",
    "as_of_utc": "The moment of the figures: ISO 8601, UTC, to the microsecond.",
    "scope": "total: all platforms; platform: one; others: small ones together, in what is published; displacement: from one to another.",
    "platform": "The platform's name, or both names with an arrow between them.",
    "provider": "The company that runs the platform; empty for the total and where none is known.",
    "measure": "Name of the measure; see the lines of kind measure.",
    "unit": "What the value counts; seconds for times.",
    "value": "The figure. Empty: there is none (a share or median of nothing). withheld: not published.",
    "numerator": "Of a share: what was divided.",
    "denominator": "Of a share: by what; of a time: how many were timed.",
    "definition": "The measure in a sentence.",
    "source": "Where the figure comes from, and what is withheld.",
}


def dictionary_csv() -> bytes:
    """Return the dictionary as CSV: columns first, then measures."""
    lines = [("kind", "name", "label", "definition", "formula", "unit", "source")]
    lines += [("column", name, "", COLUMNS[name], "", "", "") for name in Row._fields]
    lines += [
        ("measure", one.name, one.label, one.definition, one.formula, str(one.unit), one.source)
        for one in (
            *MEASURES.values(),
            SELF_REPORT,
            *RETURN_MEASURES.values(),
            *MOVE_MEASURES.values(),
            *DETAIL_MEASURES.values(),
        )
    ]
    return "".join(csv_lines(lines, bom=True)).encode()
