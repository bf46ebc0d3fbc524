"""What handing in would do, told before anything is handed in. Nothing is written.

The rows are read and identified exactly as the load does it (``load.staged``); one statement then says which items
are referred already, by whom, and which are on hold, as far as the agency sees a referral of them. Memory is bounded by :data:`ROWS_LOOKED_AT`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from itertools import islice
from typing import Any, Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.identity import Identity, identify
from takedowns.intake.content import Decided, Subject, decided_about, open_content
from takedowns.intake.load import judged
from takedowns.intake.models import Outcome, Submission
from takedowns.intake.statements import ASKED_ANEW, LATEST, STAGED_COLUMNS, seen_by_agency
from takedowns.readers import (
    SENTENCES_OF_WORDS,
    HandedInRow,
    Layout,
    ReaderError,
    Table,
    open_table,
    word_key,
)
from takedowns.readers.model import place_of
from takedowns.referrals.locks import on_hold, on_hold_of
from takedowns.referrals.visibility import sees

#: So that a page is not kept waiting long. Of a longer list the beginning is looked at, and the preview says so.
ROWS_LOOKED_AT: Final = 50_000
ROWS_SHOWN: Final = 100
WORDS_SHOWN: Final = 60
WORDS_COUNTED: Final = 1_000
LINES_NAMED: Final = 10
DOMAINS_SHOWN: Final = 100
HOSTS_NAMED: Final = 5

AS_IT_IS: Final = "as_it_is"
#: The empty array of COPY.
NONE: Final = "{}"

_COLUMN: Final = {name: index for index, name in enumerate(STAGED_COLUMNS)}

_STANDING: Final = f"""
-- Each item where it stands first in the list: what load() would make of it, as far as the agency sees a referral of it. What others
-- have elsewhere, or hold, is told when the list is submitted, which is on record: a list can be looked at and thrown away. Its own holds an
-- agency knows. A test holds the two together.
SELECT verdict.outcome, verdict.whose, verdict.agency, count(*),
       (array_agg(verdict.place ORDER BY verdict.place))[1:{LINES_NAMED}]
FROM (
    SELECT first.place,
        CASE WHEN NOT asked.anew AND asked.seen THEN '{Outcome.ALREADY_REFERRED}'
             WHEN asked.seen AND {on_hold("first.item_id", "coalesce(item.outlet_id, outlet.id)", "first.platform", "first.key")} THEN '{Outcome.ON_HOLD}'
             WHEN {on_hold_of("%(agency)s", "outlet.id", "first.platform", "first.key")} THEN '{Outcome.ON_HOLD}'
             ELSE '{Outcome.NEW}' END AS outcome,
        CASE WHEN asked.anew OR NOT asked.seen THEN ''
             WHEN latest.agency_id = %(agency)s THEN 'own_agency'
             ELSE 'other_agency' END AS whose,
        CASE WHEN NOT asked.anew AND latest.agency_id <> %(agency)s AND asked.seen
             THEN agency.name ELSE '' END AS agency
    FROM unnest(%(items)s::uuid[], %(places)s::bigint[], %(outlets)s::text[], %(platforms_of)s::text[], %(keys)s::text[])
        AS first(item_id, place, outlet, platform, key)
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


class _First(NamedTuple):
    """Where an item stands first in the list, and what is said of it there."""

    place: int
    outlet: str
    platform: str
    key: str


@dataclass(frozen=True)
class AlreadyReferred:
    """Rows whose item somebody has referred already.

    ``whose``: own_agency, other_agency. ``agency``: the name of another.
    ``lines``: the first :data:`LINES_NAMED` of them, as 7, or as "week 48: 7" where several sheets are read.
    """

    whose: str
    agency: str
    rows: int
    lines: list[int | str]


@dataclass
class UnknownDomain:
    """Rows on hosts that are no platform here, by registrable domain. ``ways``: how they were written."""

    rows: int = 0
    hosts: Counter[str] = field(default_factory=Counter)
    ways: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class RemarkedRow:
    """A row that is not understood, or whose cells are not: where it stands, what was handed in, and why.

    ``asks``: two addresses of which one is meant. ``said``: what somebody put into its cells instead, by field.
    ``reason``: a stable code of why it is not understood, "" where only a cell is not.
    """

    place: int
    line: int | str
    raw: str
    url: str
    kind: str
    found_at: str
    remarks: list[str]
    asks: tuple[str, ...] = ()
    said: Mapping[str, str] = field(default_factory=dict)
    part: int = 1
    parts: int = 1
    reason: str = ""


@dataclass
class WordTold:
    """A word for a kind, tier, language or listed group that a person may want to say the meaning of.

    ``value``: what it is read as now, "" for nothing. ``said``: somebody decided that.
    """

    field: str
    word: str
    rows: int = 0
    value: str = ""
    said: bool = False


@dataclass
class Preview:
    """What the list holds, before it is handed in.

    Attributes:
        layout: how the file is laid out; None where nothing can be read.
        headers: what an officer may choose columns from; empty where there is nothing to choose.
        error: why nothing can be read; then everything that counts is empty.
        rows: how many rows were looked at.
        is_whole: whether that is all of them.
        outcomes: rows by outcome, as the load would count them now.
        platforms: rows by platform slug; ``ways`` by slug, how they were written (codes of identity's notes, hosts of
            redirectors that were taken off, ``as_it_is``).
        unknown: by registrable domain, most rows first, at most :data:`DOMAINS_SHOWN` of ``domains``.
        invalid, remarked: the first :data:`ROWS_SHOWN` rows not understood, and rows with a cell that was not.
        in_question: how many rows are not understood, or have such a cell.
        names: how many rows are refused because they hold a bare name (@name) of a platform that nobody said.
        words: by field and ``word_key``, most rows first, at most :data:`WORDS_SHOWN`.
        outside: rows by slug of a platform that takes no part in the operation.
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
    in_question: int = 0
    names: int = 0
    words: dict[tuple[str, str], WordTold] = field(default_factory=dict)
    outside: Counter[str] = field(default_factory=Counter)
    decided: Decided | None = None

    @property
    def open(self) -> frozenset[str]:
        """What only a person can decide and nobody has, as values of ``Repair.Subject``."""
        layout, decided = self.layout, self.decided
        if layout is None or decided is None:
            return frozenset()
        asked = {
            Subject.DATES: bool(layout.dates_open),
            Subject.HIDDEN: layout.hidden_rows > 0 and not decided.hidden,
            Subject.SHEET: len(layout.sheets) > 1 and not decided.choices.sheets,
            Subject.PLATFORM: not all(map(decided.said_of, self.outside)),
        }
        return frozenset(str(subject) for subject, is_open in asked.items() if is_open)


def preview(submission: Submission, most_rows: int = ROWS_LOOKED_AT) -> Preview:
    """Say what handing in a submission would do now. A fixed number of statements, whatever its length.

    The actor must have been let see the submission: this looks at everybody's referrals to tell what is known.
    """
    told = Preview()
    first: dict[str, _First] = {}
    with acting_as(SYSTEM):
        decided = told.decided = decided_about(submission)
        try:
            with submission.content.open("rb") as content:
                table = open_content(submission, content, decided.choices)
                rows, told.layout = table.rows(), table.layout
                _read(islice(rows, most_rows), decided, told, first)
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
    words = sorted(told.words.items(), key=lambda one: (one[1].field, -one[1].rows, one[0]))
    told.words = dict(words[:WORDS_SHOWN])
    return told


def _read(
    rows: Iterator[HandedInRow],
    decided: Decided,
    told: Preview,
    first: dict[str, _First],
) -> None:
    """Identify the rows and count them; fill ``first`` by item id (hex)."""
    for row in rows:
        told.rows += 1
        read = judged(row, decided)
        outcome, item_id = read[_COLUMN["outcome"]], read[_COLUMN["item_id"]]
        if outcome == Outcome.LEFT_OUT:
            _count_left_out(told, row, read, decided)
        elif outcome == Outcome.INVALID:
            told.names += read[_COLUMN["reason"]] == "handle"
            _keep(told, told.invalid, row, [read[_COLUMN["message"]]], read[_COLUMN["reason"]])
        elif outcome == Outcome.UNKNOWN_PLATFORM:
            _count_unknown(told, row, read, decided.hosts)
        else:
            slug = read[_COLUMN["platform_id"]]
            told.platforms[slug] += 1
            told.ways.setdefault(slug, Counter()).update(_ways(read))
            if decided.is_outside(slug):
                told.outside[slug] += 1
            if item_id in first:
                outcome = Outcome.REPEATED.value
            else:
                first[item_id] = _First(
                    row.place, *(read[_COLUMN[name]] for name in ("outlet", "platform_id", "key"))
                )
        if outcome:
            told.outcomes[outcome] += 1
        if outcome != Outcome.LEFT_OUT:
            remarked = _count_remarks(told, row, read, decided)
            told.in_question += remarked or outcome == Outcome.INVALID


def _count_left_out(told: Preview, row: HandedInRow, read: tuple[Any, ...], decided: Decided) -> None:
    """Count a row that is left out; those of a platform stay among what can be decided about."""
    if read[_COLUMN["reason"]] == "platform_outside":
        found = identify(row.url, decided.hosts, row.platform or decided.platform)
        if isinstance(found, Identity):
            told.outside[found.platform] += 1


def _count_remarks(told: Preview, row: HandedInRow, read: tuple[Any, ...], decided: Decided) -> bool:
    """Count the words of a row; keep it, and return True, where something else of it was not understood."""
    for name, word in row.words:
        key = (name, word_key(word))
        one = told.words.get(key)
        if one is None:
            if len(told.words) >= WORDS_COUNTED:
                continue
            said = decided.choices.words.get(key)
            one = told.words[key] = WordTold(name, word, 0, str(getattr(row, name) or ""), said is not None)
        one.rows += 1
    # A word, and the order of dates, is asked about once for the list, not row by row.
    once = SENTENCES_OF_WORDS if row.words else ()
    if told.layout is not None and told.layout.dates_open:
        once = (*once, "Time '")
    problems = () if read[_COLUMN["problems"]] == NONE else read[_COLUMN["problems"]]
    remarks = [one for one in problems if not once or not one.startswith(once)]
    if remarks:
        _keep(told, told.remarked, row, list(remarks))
    return bool(remarks)


def _count_unknown(told: Preview, row: HandedInRow, read: tuple[Any, ...], hosts: Mapping[str, str]) -> None:
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


def _keep(
    told: Preview, kept: list[RemarkedRow], row: HandedInRow, remarks: list[str], reason: str = ""
) -> None:
    if len(kept) < ROWS_SHOWN and told.decided is not None:
        said = told.decided.choices.rows.get(row.place, {})
        kept.append(
            RemarkedRow(
                row.place,
                _line(told, row.place),
                row.raw[:2000],
                row.url,
                row.kind,
                _shown_time(row, told),
                remarks,
                row.asks,
                said,
                row.part,
                row.parts,
                reason,
            )
        )


def _shown_time(row: HandedInRow, told: Preview) -> str:
    """Return when a row was found as it could be written in its list: in the zone in which that is read."""
    if row.found_at is None or told.layout is None:
        return ""
    return row.found_at.astimezone(ZoneInfo(told.layout.zone)).isoformat(" ", "minutes")[:16]


def _line(told: Preview, place: int) -> int | str:
    """Return where a row stands: its line, in words with the sheet where several are read."""
    sheets = told.layout.sheets_read if told.layout else {}
    where = place_of(place)
    return f"{sheets[where.sheet]}: {where.line}" if sheets else where.line


def _headers(submission: Submission, layout: Layout | None) -> list[str]:
    """Return the headers to choose from. A pasted list has some where it reads as a table of several columns."""
    if layout is None or layout.format == "list":
        try:
            with submission.content.open("rb") as content:
                pasted: Table[HandedInRow] = open_table(
                    BytesIO(content.read(1 << 16)), str(submission), zone=submission.agency.time_zone
                )
            layout = pasted.layout
        except ReaderError:
            return []
    return list(dict.fromkeys(layout.header)) if len(layout.header) > 1 else []


def _tell_standing(submission: Submission, told: Preview, first: dict[str, _First]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _STANDING,
            {
                "items": [UUID(hex=item) for item in first],
                "places": [one.place for one in first.values()],
                "outlets": [one.outlet for one in first.values()],
                "platforms_of": [one.platform for one in first.values()],
                "keys": [one.key for one in first.values()],
                "agency": submission.agency_id,
                "operation": submission.operation_id,
                "at": timezone.now(),
                **seen_by_agency(submission.agency_id),
            },
        )
        for outcome, whose, agency, rows, places in cursor.fetchall():
            told.outcomes[outcome] += rows
            if outcome == Outcome.ALREADY_REFERRED:
                told.already.append(
                    AlreadyReferred(whose, agency, rows, [_line(told, place) for place in places])
                )
