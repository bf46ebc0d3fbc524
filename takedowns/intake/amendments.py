"""What a program says of a list in its preview: which column is which, what words mean, what is put right in rows.

As a person does on the page, and by the same rules; but by name, since no form is in between. So all of it is checked against
the preview: what the list does not hold, or does not ask, is refused with where it was said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypedDict
from uuid import UUID

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.directory.models import User
from takedowns.identity import Kind
from takedowns.intake.confirm import choose_columns, choose_platform
from takedowns.intake.content import IN, OUT, decided_about, open_content
from takedowns.intake.models import Repair, Submission
from takedowns.intake.preview import Preview, RemarkedRow, preview
from takedowns.intake.receive import IntakeError
from takedowns.intake.repairs import Becomes, Changes, repair
from takedowns.intake.unattended import Question, Said, questions_of, unknown_sheets
from takedowns.readers import word_key
from takedowns.readers.model import place_of
from takedowns.readers.vocabulary import languages
from takedowns.referrals.vocabulary import Tier

Subject = Repair.Subject
#: What can be put right in a row.
CELLS: Final = ("url", "kind", "found_at")


class WordSaid(TypedDict):
    """What a word means: a value of :func:`meanings_of`, "" for nothing; None takes back what was said."""

    field: str
    word: str
    means: str | None


class RowSaid(TypedDict, total=False):
    """What a row says instead; None takes back what was said. ``sheet`` is needed where several are read."""

    line: int
    part: int
    sheet: str | None
    url: str | None
    kind: str | None
    found_at: str | None
    left_out: bool


class Amendments(TypedDict, total=False):
    """What is said; what is missing stays as it is, None takes back what was said.

    ``columns``: our field to the header as written, "" for one that is not read; all of them. ``sheets``: names of all
    that are read. ``platform``: slug of that on which bare names are. ``outside``: "in" or "out", of all platforms outside the
    operation; ``platforms``: of one, by slug.
    """

    columns: dict[str, str] | None
    dates: str | None
    hidden: str | None
    sheets: list[str] | None
    outside: str | None
    platform: str | None
    platforms: dict[str, str | None]
    words: list[WordSaid]
    rows: list[RowSaid]


class Fault(NamedTuple):
    """What does not fit the list: where it was said (``("words", 0, "means")``), a stable code, and a sentence."""

    where: tuple[str | int, ...]
    code: str
    sentence: str


class UnfitError(IntakeError):
    """Something was said that does not fit the list. Nothing was changed."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults[0].code, " ".join(one.sentence for one in faults))
        self.faults = faults


@lru_cache(3)
def meanings_of(field: str) -> tuple[str, ...]:
    """Return what a word of a field (tier, kind, language) may mean."""
    if field == "tier":
        return tuple(str(value) for value in Tier.values if value != Tier.NOT_GIVEN)
    if field == "kind":
        return tuple(str(kind) for kind in Kind)
    return tuple(sorted(set(languages().values())))


def questions(told: Preview) -> list[Question]:
    """Return what a preview still asks, which must be decided before the list is handed in (``Preview.open``)."""
    layout, decided = told.layout, told.decided
    if layout is None or decided is None:
        return []
    choices = decided.choices
    asked = questions_of(layout, Said(choices.dates, decided.hidden, choices.sheets))
    if outside := [slug for slug in sorted(told.outside) if not decided.said_of(slug)]:
        sentence = (
            f"These platforms take no part in the operation: {', '.join(outside)}. Say outside=in to submit their items,"
            " outside=out to leave them out, or either of each in platforms."
        )
        asked.append(Question("outside", sentence))
    return asked


def amend(submission_id: UUID, user: User | None, said: Amendments, *, by: Actor | None = None) -> Preview:
    """Keep what was said of a list that is not handed in yet, all or nothing; return its preview as it then is.

    Raises:
        IntakeError: as :func:`takedowns.intake.repairs.repair` raises it.
        UnfitError: something of it does not fit the list.
        ReaderError: nothing can be read so.
        Submission.DoesNotExist: it was discarded.
    """
    with acting_as(SYSTEM):
        of_list: Changes = {
            subject: {"": None if said.get(name) is None else Becomes(str(said.get(name)))}
            for name, subject in _OF_THE_LIST.items()
            if name in said
        }
        submission = repair(submission_id, user, of_list, by=by)
        if "platform" in said:
            submission = choose_platform(submission_id, user, said["platform"] or "", by=by)
        if "columns" in said:
            choose_columns(submission_id, user, said["columns"] or {}, by=by)
        if "sheets" in said:
            chosen = {Subject.SHEET: _sheets(submission, said["sheets"] or [])}
            repair(submission_id, user, chosen, whole={Subject.SHEET}, by=by)
        told = _read(submission)
        if any(said.get(name) for name in ("platforms", "words", "rows")):
            repair(submission_id, user, _fitting(told, said), by=by)
            told = _read(submission)
        return told


_OF_THE_LIST: Final[Mapping[Any, Subject]] = {
    "dates": Subject.DATES,
    "hidden": Subject.HIDDEN,
    "outside": Subject.PLATFORM,
}


def _read(submission: Submission) -> Preview:
    told = preview(submission)
    if told.error is not None:
        raise told.error
    return told


def _sheets(submission: Submission, names: Sequence[str]) -> dict[str, Becomes | None]:
    """Return each sheet of the workbook with whether it is read; nothing where none is named."""
    if not names:
        return {}
    with submission.content.open("rb") as content:
        layout = open_content(submission, content, decided_about(submission).choices).layout
    if unknown := unknown_sheets(layout, Said(sheets=tuple(names))):
        raise UnfitError([Fault(("sheets", 0), "unknown", one.sentence) for one in unknown])
    return {sheet.name: Becomes(IN if sheet.name in names else OUT) for sheet in layout.sheets}


def _fitting(told: Preview, said: Amendments) -> Changes:
    """Return what was said of platforms, words and rows as repairs.

    Raises:
        UnfitError: with all that does not fit.
    """
    faults: list[Fault] = []
    changes: Changes = {
        Subject.PLATFORM: _platforms(told, said.get("platforms", {}), faults),
        Subject.WORD: _words(told, said.get("words", []), faults),
        Subject.CELL: {},
        Subject.LEFT_OUT: {},
    }
    _Rows(told, changes, faults).read(said.get("rows", []))
    if faults:
        raise UnfitError(faults)
    return changes


def _platforms(
    told: Preview, said: Mapping[str, str | None], faults: list[Fault]
) -> dict[str, Becomes | None]:
    there = ", ".join(sorted(told.outside)) or "none"
    for slug in said:
        if slug not in told.outside:
            sentence = (
                f"No row is on “{slug[:50]}”, or it takes part in the operation. Outside it are: {there}."
            )
            faults.append(Fault(("platforms", slug), "unknown", sentence))
    return {slug: None if one is None else Becomes(one) for slug, one in said.items()}


def _words(told: Preview, said: Sequence[WordSaid], faults: list[Fault]) -> dict[str, Becomes | None]:
    found: dict[str, Becomes | None] = {}
    for place, one in enumerate(said):
        field, key, means = one["field"], word_key(one["word"]), one["means"]
        known = told.words.get((field, key))
        if known is None:
            sentence = (
                f"The list asks of no {field} “{one['word'][:50]}” what it means. See “words” of the preview."
            )
            faults.append(Fault(("words", place, "word"), "unknown", sentence))
        elif means and means not in meanings_of(field):
            sentence = f"“{means[:50]}” is no {field}. There are: {', '.join(meanings_of(field)[:20])}{' …' if field == 'language' else ''}."
            faults.append(Fault(("words", place, "means"), "invalid_choice", sentence))
        else:
            found[f"{field}:{key}"] = None if means is None else Becomes(means, known.word)
    return found


class _Rows:
    """What was said of rows: of those that the preview asks about, and of those in which something was said before."""

    def __init__(self, told: Preview, changes: Changes, faults: list[Fault]) -> None:
        self.changes, self.faults = changes, faults
        sheets = told.layout.sheets_read if told.layout else {}
        self.asked: dict[tuple[str, int, int], RemarkedRow] = {}
        for row in (*told.invalid, *told.remarked):
            where = place_of(row.place)
            self.asked[sheets.get(where.sheet, ""), where.line, where.part] = row
        #: What was said before, by place and cell; None for a row that was left out.
        self.before: dict[tuple[str, int, int], dict[str | None, int]] = {}
        for one in told.decided.repairs if told.decided else ():
            if one.subject in (Subject.CELL, Subject.LEFT_OUT):
                number, _, cell = one.about.partition(":")
                where = place_of(int(number))
                key = (sheets.get(where.sheet, ""), where.line, where.part)
                self.before.setdefault(key, {})[cell or None] = int(number)

    def read(self, said: Sequence[RowSaid]) -> None:
        """Turn each into repairs, or note what does not fit."""
        for place, one in enumerate(said):
            key = (one.get("sheet") or "", one["line"], one.get("part", 1))
            row, before = self.asked.get(key), self.before.get(key, {})
            if row is None and not before:
                sentence = (
                    f"Nothing is asked about line {one['line']}, part {key[2]}. See “rows” of the preview."
                )
                self.faults.append(Fault(("rows", place, "line"), "unknown", sentence))
                continue
            number = row.place if row else next(iter(before.values()))
            if "left_out" in one:
                out = Becomes("", row.url if row else "") if one["left_out"] else None
                self.changes[Subject.LEFT_OUT][str(number)] = out
            cells: dict[str, str | None] = {name: one[name] for name in CELLS if name in one}
            for name, text in cells.items():
                if sentence := _unfit(row, name, text, before):
                    self.faults.append(Fault(("rows", place, name), "invalid_choice", sentence))
                found = str(getattr(row, name)) if row else ""
                self.changes[Subject.CELL][f"{number}:{name}"] = (
                    None if text is None else Becomes(text, found)
                )


def _unfit(row: RemarkedRow | None, name: str, text: str | None, before: Mapping[str | None, int]) -> str:
    """Say why a cell cannot become a text; empty where it can."""
    if text is None or name in before:
        return ""
    if row is None:
        return "Nothing is asked about this cell any more."
    if name == "url" and row.asks and text not in row.asks:
        return f"Say which of the two is meant: {' or '.join(row.asks)}."
    if name == "kind" and text and text not in (*meanings_of("kind"), row.kind):
        return f"“{text[:50]}” is no kind. There are: {', '.join(meanings_of('kind'))}."
    return ""
