"""What handing in would do, told before anything is handed in. Nothing is written.

The rows are read and identified exactly as the load does it (``load.staged``); one statement then says which items
are referred already, by whom, and which are on hold. Memory is bounded by :data:`ROWS_LOOKED_AT`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.models import PlatformHost
from takedowns.identity import Identity, identify
from takedowns.intake.load import open_content, staged
from takedowns.intake.models import Outcome, Submission
from takedowns.intake.statements import ASKED_ANEW, LATEST, STAGED_COLUMNS, seen_by_agency
from takedowns.readers import HandedInRow, Layout, ReaderError, Table, open_table
from takedowns.referrals.locks import on_hold
from takedowns.referrals.visibility import sees

#: So that a page is not kept waiting long. Of a longer list the beginning is looked at, and the preview says so.
ROWS_LOOKED_AT: Final = 50_000
ROWS_SHOWN: Final = 100
LINES_NAMED: Final = 10
DOMAINS_SHOWN: Final = 100
HOSTS_NAMED: Final = 5

AS_IT_IS: Final = "as_it_is"
#: The empty array of COPY.
NONE: Final = "{}"

_COLUMN: Final = {name: index for index, name in enumerate(STAGED_COLUMNS)}

_STANDING: Final = f"""
-- Each item where it stands first in the list: what load() would make of it. A test holds the two together.
SELECT verdict.outcome, verdict.whose, verdict.agency, count(*),
       (array_agg(verdict.line ORDER BY verdict.line))[1:{LINES_NAMED}]
FROM (
    SELECT first.line,
        CASE WHEN NOT asked.anew THEN '{Outcome.ALREADY_REFERRED}'
             WHEN {on_hold("first.item_id", "coalesce(item.outlet_id, outlet.id)")} THEN '{Outcome.ON_HOLD}'
             ELSE '{Outcome.NEW}' END AS outcome,
        CASE WHEN asked.anew THEN ''
             WHEN latest.agency_id = %(agency)s THEN 'own_agency'
             WHEN NOT asked.seen THEN 'agency_not_named'
             ELSE 'other_agency' END AS whose,
        -- Need to know: another operation's agency is not named.
        CASE WHEN NOT asked.anew AND latest.agency_id <> %(agency)s AND asked.seen
             THEN agency.name ELSE '' END AS agency
    FROM unnest(%(items)s::uuid[], %(lines)s::integer[], %(outlets)s::text[]) AS first(item_id, line, outlet)
    LEFT JOIN referrals_item AS item ON item.id = first.item_id
    LEFT JOIN referrals_outlet AS outlet ON outlet.name = first.outlet AND first.outlet <> ''
    LEFT JOIN {LATEST} AS latest ON true
    LEFT JOIN directory_agency AS agency ON agency.id = latest.agency_id
    CROSS JOIN LATERAL (
        SELECT coalesce({ASKED_ANEW}, false) AS anew, coalesce({sees("latest")}, false) AS seen
    ) AS asked
) AS verdict
GROUP BY verdict.outcome, verdict.whose, verdict.agency
ORDER BY verdict.outcome, count(*) DESC, verdict.agency
"""


@dataclass(frozen=True)
class AlreadyReferred:
    """Rows whose item somebody has referred already.

    ``whose``: own_agency, other_agency, agency_not_named. ``agency``: its name, empty unless it may be named.
    ``lines``: the first :data:`LINES_NAMED` of them.
    """

    whose: str
    agency: str
    rows: int
    lines: list[int]


@dataclass
class UnknownDomain:
    """Rows on hosts that are no platform here, by registrable domain. ``ways``: how they were written."""

    rows: int = 0
    hosts: Counter[str] = field(default_factory=Counter)
    ways: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class RemarkedRow:
    """A row that is not understood, or whose cells are not: its line, what was handed in, and why."""

    line: int
    raw: str
    remarks: list[str]
    part: int = 1
    parts: int = 1


@dataclass
class Preview:
    """What the list holds, before it is handed in.

    Attributes:
        layout: how the file is laid out; None for a pasted list that is read line by line.
        headers: what an officer may choose columns from; empty where there is nothing to choose.
        error: why nothing can be read; then everything that counts is empty.
        rows: how many rows were looked at.
        is_whole: whether that is all of them.
        outcomes: rows by outcome, as the load would count them now.
        platforms: rows by platform slug; ``ways`` by slug, how they were written (codes of identity's notes, hosts of
            redirectors that were taken off, ``as_it_is``).
        unknown: by registrable domain, most rows first, at most :data:`DOMAINS_SHOWN` of ``domains``.
        invalid, remarked: the first :data:`ROWS_SHOWN` rows not understood, and rows with a cell that was not.
        with_remarks: how many rows have such a cell.
        names: how many rows are refused because they hold a bare name (@name) of a platform that nobody said.
    """

    layout: Layout | None = None
    headers: list[str] = field(default_factory=list)
    error: ReaderError | None = None
    rows: int = 0
    is_whole: bool = True
    outcomes: Counter[str] = field(default_factory=Counter)
    platforms: Counter[str] = field(default_factory=Counter)
    ways: dict[str, Counter[str]] = field(default_factory=dict)
    already: list[AlreadyReferred] = field(default_factory=list)
    unknown: dict[str, UnknownDomain] = field(default_factory=dict)
    domains: int = 0
    invalid: list[RemarkedRow] = field(default_factory=list)
    remarked: list[RemarkedRow] = field(default_factory=list)
    with_remarks: int = 0
    names: int = 0


def preview(submission: Submission, most_rows: int = ROWS_LOOKED_AT) -> Preview:
    """Say what handing in a submission would do now. Two statements, whatever its length.

    The actor must have been let see the submission: this looks at everybody's referrals to tell what is known.
    """
    told = Preview()
    first: dict[str, tuple[int, str]] = {}
    with acting_as(SYSTEM):
        hosts = dict(PlatformHost.objects.values_list("host", "platform_id"))
        try:
            with submission.content.open("rb") as content:
                table = open_content(submission, content)
                rows = table.rows()
                _read(islice(rows, most_rows), hosts, submission.platform_id, told, first)
                told.is_whole = next(rows, None) is None
                told.layout = table.layout
        except ReaderError as error:
            told.error, told.headers = error, error.headers
            return told
        told.headers = _headers(submission, told.layout)
        _tell_standing(submission, told, first)
    told.domains = len(told.unknown)
    most = sorted(told.unknown.items(), key=lambda one: (-one[1].rows, one[0]))[:DOMAINS_SHOWN]
    told.unknown = dict(most)
    return told


def _read(
    rows: Iterator[HandedInRow],
    hosts: dict[str, str],
    platform: str,
    told: Preview,
    first: dict[str, tuple[int, str]],
) -> None:
    """Identify the rows and count them; fill ``first`` with line and outlet by item id (hex)."""
    for row in rows:
        told.rows += 1
        read = staged(row, hosts, platform)
        outcome, item_id = read[_COLUMN["outcome"]], read[_COLUMN["item_id"]]
        if outcome == Outcome.INVALID:
            told.names += read[_COLUMN["reason"]] == "handle"
            _keep(told.invalid, row, [read[_COLUMN["message"]]])
        elif outcome == Outcome.UNKNOWN_PLATFORM:
            _count_unknown(told, row, read, hosts)
        else:
            slug = read[_COLUMN["platform_id"]]
            told.platforms[slug] += 1
            told.ways.setdefault(slug, Counter()).update(_ways(read))
            if item_id in first:
                outcome = Outcome.REPEATED.value
            else:
                first[item_id] = (row.line, read[_COLUMN["outlet"]])
        if outcome:
            told.outcomes[outcome] += 1
        if read[_COLUMN["problems"]] != NONE:
            told.with_remarks += 1
            _keep(told.remarked, row, list(read[_COLUMN["problems"]]))


def _count_unknown(told: Preview, row: HandedInRow, read: tuple[Any, ...], hosts: dict[str, str]) -> None:
    group = told.unknown.setdefault(read[_COLUMN["domain"]], UnknownDomain())
    group.rows += 1
    group.ways.update(_ways(read))
    found = identify(row.url, hosts)
    if isinstance(found, Identity) and (found.host in group.hosts or len(group.hosts) < HOSTS_NAMED):
        group.hosts[found.host] += 1


def _ways(read: tuple[Any, ...]) -> list[str]:
    """Return how an address was written, as codes; ``{}`` is the empty array of COPY."""
    notes = read[_COLUMN["notes"]]
    return notes if isinstance(notes, list) else [AS_IT_IS]


def _keep(kept: list[RemarkedRow], row: HandedInRow, remarks: list[str]) -> None:
    if len(kept) < ROWS_SHOWN:
        kept.append(RemarkedRow(row.line, row.raw[:2000], remarks, row.part, row.parts))


def _headers(submission: Submission, layout: Layout | None) -> list[str]:
    """Return the headers to choose from. A pasted list has some where it reads as a table of several columns."""
    if layout is None or layout.format == "list":
        try:
            with submission.content.open("rb") as content:
                pasted: Table[HandedInRow] = open_table(
                    BytesIO(content.read(1 << 16)), str(submission), zone=timezone.get_default_timezone()
                )
            layout = pasted.layout
        except ReaderError:
            return []
    return list(dict.fromkeys(layout.header)) if len(layout.header) > 1 else []


def _tell_standing(submission: Submission, told: Preview, first: dict[str, tuple[int, str]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _STANDING,
            {
                "items": [UUID(hex=item) for item in first],
                "lines": [line for line, _ in first.values()],
                "outlets": [outlet for _, outlet in first.values()],
                "agency": submission.agency_id,
                "operation": submission.operation_id,
                "at": timezone.now(),
                **seen_by_agency(submission.agency_id),
            },
        )
        for outcome, whose, agency, rows, lines in cursor.fetchall():
            told.outcomes[outcome] += rows
            if outcome == Outcome.ALREADY_REFERRED:
                told.already.append(AlreadyReferred(whose, agency, rows, lines))
