"""A report of what is held about somebody, as JSON and as PDF, in the reader's language."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any, Final

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from takedowns.ledger.exports import Made
from takedowns.retention.services import classes
from takedowns.retention.words import lasts
from takedowns.rights.subject import Held, Report
from takedowns.typesetting import typeset

_TEMPLATE: Final = Path(__file__).with_name("data_report.typ")
#: A value on paper is cut there; the JSON has all of it.
_LONGEST: Final = 1000


def as_json(report: Report, made: Made) -> bytes:
    """Return all of it, for a program: what is held, and the classes of data with their periods."""
    told = {**report.plain(), "made": made.line, "number": made.number, "classes": kept_as()}
    return json.dumps(told, ensure_ascii=False, indent=1, default=str).encode()


def as_pdf(report: Report, made: Made) -> bytes:
    """Return it on paper."""
    moment = report.at.astimezone(UTC)
    return typeset(
        _TEMPLATE,
        {
            "language": (get_language() or "en").split("-")[0],
            "title": _("What is held about a person"),
            "date": [moment.year, moment.month, moment.day],
            "line": made.line,
            "introduction": introduction(report),
            "parts": [
                _part(_("Their own"), _("No account has this address."), report.own),
                _part(_("Where they are named"), _("Nowhere."), report.named),
            ],
            "disclosed": {
                "title": _("To whom it was given outside"),
                "nothing": _("No disclosure is recorded of the referrals that are named here."),
                "tables": [
                    {
                        "title": one.title,
                        "rows": [[[name, _cut(value)] for name, value in pairs(one.row)]],
                    }
                    for one in disclosed(report)
                ],
            },
            "did": {
                "title": _("What they did, by number"),
                "nothing": _("Nothing under an account of this address."),
                "rows": [[f"{table}.{column}", f"{count:,}"] for table, column, count in report.did],
            },
            "kept": {
                "title": _("What is kept how long"),
                "rows": [[one["name"], one["why"], one["period"]] for one in kept_as()],
            },
        },
    )


def introduction(report: Report) -> list[str]:
    """Return the sentences that stand before it."""
    return [
        _("Asked for: %(text)s. As of %(at)s UTC.")
        % {"text": report.asked, "at": f"{report.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"},
        _(
            "Every table that holds text was read. Files as they were submitted, sent or issued are not: where one belongs to a row told here, look into it. Take out what is about others before you hand this over."
        ),
    ]


@dataclass(frozen=True)
class Told:
    """A disclosure as it is read: to whom and when, then the rest by name."""

    title: str
    row: dict[str, str]


def disclosed(report: Report) -> list[Told]:
    """Return the disclosures as they are read."""
    return [
        Told(
            f"{one.given_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC: {one.get_recipient_display()}",
            {
                name: value
                for name, value in (
                    (_("To whom"), one.name),
                    (_("What"), " ".join(filter(None, (one.covers, one.number, one.particulars)))),
                    (_("Legal basis"), one.reason),
                )
                if value
            },
        )
        for one in report.disclosed
    ]


def kept_as() -> list[dict[str, str]]:
    """Return every class of data with what it is kept for and how long."""
    return [
        {
            "name": str(one.name),
            "why": str(one.why),
            "period": lasts(one) or str(one.by),
        }
        for one in classes()
    ]


def heading(held: Held) -> str:
    """Return the heading over rows of one table."""
    if held.count > len(held.rows):
        return _("%(table)s: %(count)s rows, the first %(shown)s") % {
            "table": held.table,
            "count": f"{held.count:,}",
            "shown": len(held.rows),
        }
    rows = ngettext("%(number)s row", "%(number)s rows", held.count) % {"number": held.count}
    return f"{held.table}: {rows}"


def pairs(row: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the columns of a row as they are read: name, and value as text."""
    return [
        (name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for name, value in row.items()
    ]


def _part(title: str, nothing: str, held: list[Held]) -> dict[str, Any]:
    tables = [
        {
            "title": heading(one),
            "rows": [[[name, _cut(value)] for name, value in pairs(row)] for row in one.rows],
        }
        for one in held
    ]
    return {"title": title, "nothing": nothing, "tables": tables}


def _cut(value: str) -> str:
    return value if len(value) <= _LONGEST else f"{value[:_LONGEST]} …"
