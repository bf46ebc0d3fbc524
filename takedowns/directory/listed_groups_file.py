"""Listed groups from a table (CSV, XLSX, ODS): read, checked as a whole, shown beforehand, taken whole or not at all."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from takedowns.access.actor import Actor
from takedowns.directory.changes import NotAllowed, may_administer
from takedowns.directory.listed_groups import (
    BETWEEN,
    LONGEST_CODE,
    LONGEST_NAME,
    Facts,
    facts_of,
    field_of,
    groups_listed,
    led_elsewhere,
    lock_vocabulary,
    said_of,
    with_names,
    write,
)
from takedowns.directory.models import ListedGroup
from takedowns.pages.fields import as_day
from takedowns.readers import NamedRow, ReaderError, Vocabulary, open_named, vocabulary_of, word_key

MOST_ROWS: Final = 5_000
MOST_BYTES: Final = 2_000_000
WRONG_SHOWN: Final = 100
#: The columns, and what they may be called beside their own names.
HEADERS: Final[dict[str, list[str]]] = {
    "list": ["regime", "sanctions list"],
    "code": ["reference", "reference number", "EU reference number", "permanent reference number"],
    "name": ["group", "entity", "name of entity"],
    "other_names": ["other names", "aliases", "alias", "also known as", "aka", "a.k.a."],
    "listed_on": ["listed", "date of listing", "listing date"],
    "ended_on": ["ended", "delisted on", "delisted"],
}
NEEDED: Final = ("list", "code", "name")


@dataclass(frozen=True)
class Wrong:
    """What is wrong with one line: in which column ("" for the line as a whole), and what to do."""

    line: int
    field: str
    message: str


@dataclass(frozen=True)
class Planned:
    """What a line does: ``before`` and ``group_id`` are None where its group is new."""

    line: int
    facts: Facts
    before: Facts | None
    group_id: UUID | None

    @property
    def differs(self) -> bool:
        """Whether taking it changes anything."""
        return self.before is None or self.before.said() != self.facts.said()


@dataclass
class Plan:
    """What taking a table would do.

    Attributes:
        lines: all of them, in the order of the table.
        wrong: the first :data:`WRONG_SHOWN` things that are wrong; while there is any, nothing is taken.
        not_read: headers of columns that are not understood.
    """

    lines: list[Planned] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    not_read: list[str] = field(default_factory=list)

    @property
    def changes(self) -> list[Planned]:
        """What would be different."""
        return [one for one in self.lines if one.differs]

    @property
    def new(self) -> int:
        """How many groups are not in the vocabulary yet."""
        return sum(1 for one in self.lines if one.before is None)

    @property
    def digest(self) -> str:
        """What stands for all of it, so that what is taken is what was shown."""
        return sha256(repr(self.lines).encode()).hexdigest()


class ChangedMeanwhileError(ValueError):
    """Taking the table would do something else than was shown."""


def plan_of(content: bytes, filename: str) -> Plan:
    """Say what taking a table would do now. Two statements; nothing is written.

    A group that the vocabulary has, by list and code, gets the names of the table beside its own; none is taken away.
    """
    plan = Plan()
    if len(content) > MOST_BYTES:
        plan.wrong.append(Wrong(1, "", _("The file is larger than 2 MB; submit it in parts.")))
        return plan
    try:
        table = open_named(io.BytesIO(content), filename, _vocabulary())
        rows = list(table.rows())
    except ReaderError as error:
        plan.wrong.append(Wrong(error.line or 1, "", _columns_missing(error)))
        return plan
    plan.not_read = table.layout.unrecognised
    if missing := [name for name in NEEDED if name not in table.layout.columns]:
        plan.wrong.append(Wrong(table.layout.header_line or 1, "", _missing(missing)))
        return plan
    if len(rows) > MOST_ROWS:
        plan.wrong.append(Wrong(rows[MOST_ROWS].line, "", _("More than 5,000 lines; submit them in parts.")))
        return plan
    _read(rows, plan)
    _look_for_clashes(plan)
    plan.wrong = sorted(plan.wrong, key=lambda one: one.line)[:WRONG_SHOWN]
    return plan


def take(content: bytes, filename: str, *, expected: str, by: Actor) -> Plan:
    """Take a table as it was shown, all of it. A fixed number of statements.

    Args:
        expected: :attr:`Plan.digest` of what was shown.

    Raises:
        NotAllowed: no administrator.
        ChangedMeanwhileError: somebody changed the vocabulary since; nothing was written.
    """
    if not may_administer(by):
        raise NotAllowed(_("Listed groups are looked after by administrators."))
    with transaction.atomic():
        lock_vocabulary()
        plan = plan_of(content, filename)
        if plan.wrong or plan.digest != expected:
            raise ChangedMeanwhileError(
                _(
                    "Somebody changed the listed groups meanwhile. Nothing was taken; look at what would happen now."
                )
            )
        write([(one.facts, one.before, one.group_id) for one in plan.changes], by=by)
    return plan


@cache
def _vocabulary() -> Vocabulary:
    return vocabulary_of(HEADERS, ("code", "name"))


def _columns_missing(error: ReaderError) -> str:
    return _missing(NEEDED) if error.code == "no_url_column" else error.message


def _missing(names: tuple[str, ...] | list[str]) -> str:
    return _("The first line must name the columns; missing: %(columns)s.") % {"columns": ", ".join(names)}


def _read(rows: list[NamedRow], plan: Plan) -> None:
    """Read each line, and lay it beside what the vocabulary has. One statement."""
    known = {(one.list, word_key(one.code)): one for one in groups_listed()}
    first: dict[tuple[str, str], int] = {}
    for row in rows:
        facts = _facts(row, plan)
        if facts is None:
            continue
        key = (facts.list, word_key(facts.code))
        if key in first:
            message = _("The same list and code as in line %(line)d.") % {"line": first[key]}
            plan.wrong.append(Wrong(row.line, "code", message))
            continue
        first[key] = row.line
        group = known.get(key)
        if group is None:
            plan.lines.append(Planned(row.line, facts, None, None))
            continue
        before = facts_of(group)
        merged = Facts(
            before.list,
            before.code,
            facts.name,
            facts.others,
            facts.listed_on or before.listed_on,
            facts.ended_on or before.ended_on,
        )
        merged = with_names(merged, (before.name, *before.others))
        plan.lines.append(Planned(row.line, merged, before, group.pk))


def _facts(row: NamedRow, plan: Plan) -> Facts | None:
    """Return what a line says; None, and what is wrong, where it cannot be taken."""
    wrong = [Wrong(row.line, "", one) for one in row.problems]
    cells = row.cells
    listed = cells.get("list", "")
    code_of_list = _lists().get(word_key(listed), "")
    if not code_of_list:
        message = _("“%(text)s” is no list known here; write EU, UN or other.") % {"text": listed[:60]}
        wrong.append(Wrong(row.line, "list", message))
    wrong += [
        Wrong(row.line, name, _("Empty; every line needs one."))
        for name in ("code", "name")
        if not cells.get(name)
    ]
    others = tuple(dict.fromkeys(filter(None, map(str.strip, cells.get("other_names", "").split(BETWEEN)))))
    texts = [("code", cells.get("code", ""), LONGEST_CODE), ("name", cells.get("name", ""), LONGEST_NAME)]
    texts += [("other_names", one, LONGEST_NAME) for one in others]
    for name, text, most in texts:
        if len(text) > most:
            message = _("Longer than %(most)d characters: “%(text)s …”") % {"most": most, "text": text[:40]}
            wrong.append(Wrong(row.line, name, message))
    days: dict[str, date | None] = {}
    for name in ("listed_on", "ended_on"):
        text = cells.get(name, "")
        days[name] = as_day(text[:10]) if text else None
        if text and days[name] is None:
            message = _("“%(text)s” is no day such as 2019-11-21.") % {"text": text[:60]}
            wrong.append(Wrong(row.line, name, message))
    plan.wrong += wrong
    if wrong:
        return None
    facts = Facts(code_of_list, cells["code"], cells["name"], (), days["listed_on"], days["ended_on"])
    return with_names(facts, others)


@cache
def _lists() -> dict[str, str]:
    """Return what a list may be called, comparable, to its value."""
    return {word_key(str(value)): str(value) for value in ListedGroup.List.values} | {
        "eulist": "eu",
        "unlist": "un",
        "otherlist": "other",
    }


def _look_for_clashes(plan: Plan) -> None:
    """Find names that would lead to two groups, within the table and with what the vocabulary has. One statement."""
    led: dict[str, Planned] = {}
    for one in plan.lines:
        for words, text in one.facts.names.items():
            other = led.setdefault(words, one)
            if other is not one:
                message = _("“%(name)s” stands in line %(line)d, too; a name leads to one group.") % {
                    "name": text,
                    "line": other.line,
                }
                plan.wrong.append(Wrong(one.line, _column(words, one), message))
    for taken in led_elsewhere(led):
        one = led[taken.words]
        if taken.group_id != one.group_id:
            plan.wrong.append(Wrong(one.line, _column(taken.words, one), said_of(taken)))


def _column(words: str, one: Planned) -> str:
    found = field_of(words, one.facts)
    return "other_names" if found == "others" else found
