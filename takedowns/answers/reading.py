"""Reading what a platform returned: a pasted list, or a file. By the same reader as what officers hand in.

A row says its answer in words that are known, or nothing but its name: then the answer chosen for such rows is meant.
Whatever else it says stops it. No word is passed over, and none is guessed.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice, starmap
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from takedowns.answers import words
from takedowns.answers.meaning import Interpreter, Meaning, joined, not_understood
from takedowns.answers.pieces import Said, said
from takedowns.answers.rows import Problem, Reading, Returned, Row
from takedowns.answers.sections import (
    Line,
    Sections,
    Told,
    called,
    followed_by,
    headed,
    is_label,
    is_of_words,
)
from takedowns.identity import Refusal, identify
from takedowns.readers import Choices, Layout, NamedRow, ReaderError, open_named
from takedowns.readers.formats import ZIP
from takedowns.readers.lines import Lines
from takedowns.readers.model import MAX_LINE, NUL_MARK, UNREADABLE
from takedowns.readers.records import TOO_LONG
from takedowns.readers.vocabulary import plain

MOST_ROWS: Final = 50_000
#: Sheets of a workbook that are read; each is opened on its own.
MOST_SHEETS: Final = 12
#: Fields by which a row names its referral.
NAMING: Final = ("reference", "url")
_LONGEST_NAME: Final = 500

Each = TypeVar("Each")


class ReturnedError(ValueError):
    """What was returned cannot be read at all. ``headers``: those that were seen, for a person to say what they head."""

    def __init__(self, problem: Problem, headers: Sequence[str] = ()) -> None:
        super().__init__(problem.code)
        self.problem = problem
        self.headers = list(headers)


class _Line(NamedTuple):
    """A line, or a record without a header, whose cells stand one below the other."""

    number: int
    text: str
    problems: tuple[str, ...] = ()


def read_all(
    content: bytes, filename: str, hosts: Mapping[str, str], reading: Reading | None = None
) -> tuple[Returned, ...]:
    """Read a file as :func:`read`, and every visible sheet of a workbook by its own header, titles and name.

    Raises:
        ReturnedError: as :func:`read`; more than :data:`MOST_ROWS` rows in all, or more sheets than are read.
    """
    shown = _shown_sheets(content, filename, _naming(reading)) if content.startswith(ZIP) else []
    if len(shown) < 2:
        sole = read(content, filename, hosts, reading)
        return (sole.doubted(_of_words_apart(sole, reading)),)
    if len(shown) > MOST_SHEETS:
        raise ReturnedError(Problem("too_many_sheets", {"most": MOST_SHEETS}))
    found = [read(content, filename, hosts, reading, sheet=one) for one in shown]
    _at_most(row for one in found for row in one.rows)
    doubt = _of_words_apart(found[0], reading)
    return tuple(
        one.of_sheet(name, number).doubted(doubt)
        for number, (name, one) in enumerate(zip(shown, found, strict=True))
    )


def _of_words_apart(found: Returned, reading: Reading | None) -> Problem | None:
    """Say what stops rows that say nothing: a sheet of words may be about them ("We could not remove these")."""
    interpreter = Interpreter(reading or Reading())
    return next(
        (not_understood(says) for _, says in found.of_words if not interpreter.says_nothing(says)), None
    )


def read(
    content: bytes, filename: str, hosts: Mapping[str, str], reading: Reading | None = None, sheet: str = ""
) -> Returned:
    """Read a file, or a pasted list as UTF-8.

    Args:
        content: the file's bytes; its format is judged by them.
        filename: for sentences; and it may say what all rows are ("declined.csv").
        hosts: self-hosted platforms by host, as ``identify`` takes them.
        reading: how a person wants it read.
        sheet: name of the workbook's sheet; "" for those that look most like a list.

    Raises:
        ReturnedError: it cannot be read at all, or has more than :data:`MOST_ROWS` rows.
    """
    reading = reading or Reading()
    choices = Choices(columns=_naming(reading), sheets=(sheet,) if sheet else ())
    name = Path(filename).stem
    try:
        table = open_named(io.BytesIO(content), filename, words.returned(), choices=choices)
        named = _at_most(table.rows())
    except ReaderError as error:
        if error.code != "no_url_column" or content.startswith(ZIP):
            raise ReturnedError(Problem("unreadable", {"message": error.message}), error.headers) from error
        return Returned(rows=_by_line(_lines(content), hosts, reading, (name,)))
    layout = table.layout
    names = (layout.sheet, name)
    if layout.header_line is not None and not (_hides_a_name(layout) or _is_headed_list(layout, reading)):
        found = _by_column(named, layout, hosts, reading, names)
    elif layout.format == "csv" and (layout.header_line is not None or not layout.delimiter):
        # A plain list, whatever it looks like.
        found = Returned(layout, rows=_by_line(_lines(content), hosts, reading, names))
    else:
        above = [_Line(number, title) for number, title in enumerate(layout.titles, 1)]
        if layout.header_line is not None:
            above.append(_Line(layout.header_line, "\n".join(layout.header)))
        cells = [
            _Line(one.line, "\n".join([*one.cells.values(), *one.others.values()]), one.problems)
            for one in named
        ]
        found = Returned(layout, rows=_by_line([*above, *cells], hosts, reading, names))
    hidden = [one.name for one in layout.sheets if one.hidden and not one.read]
    return replace(
        found,
        not_read=(*hidden, *(one.name for one in layout.other_sheets if one.hidden)),
        of_words=tuple((one.name, one.says) for one in layout.other_sheets if not one.hidden),
    )


def _naming(reading: Reading | None) -> dict[str, str]:
    """Return the columns that name, as a person chose them: the reader must know those; all others are asked of each row."""
    return {name: header for header, name in reading.columns.items() if name in NAMING} if reading else {}


def _shown_sheets(content: bytes, filename: str, naming: Mapping[str, str]) -> list[str]:
    """Return the names of a workbook's sheets that look like lists and are not hidden; none where it cannot be opened."""
    try:
        table = open_named(io.BytesIO(content), filename, words.returned(), choices=Choices(columns=naming))
    except ReaderError:
        return []
    return [one.name for one in table.layout.sheets if not one.hidden]


def _hides_a_name(layout: Layout) -> bool:
    """Tell whether what was taken for header or title is a row: a list of references has no header."""
    return any(said(text, {}).references for text in (*layout.header, *layout.titles))


def _is_headed_list(layout: Layout, reading: Reading) -> bool:
    """Tell whether the only column's header is no name of a column: it may head a part of the list ("Removed:")."""
    [*header] = layout.header
    return len(header) == 1 and not ({words.field_of(header[0]), reading.columns.get(header[0])} & {*NAMING})


def _at_most(rows: Iterable[Each]) -> list[Each]:
    found = list(islice(rows, MOST_ROWS + 1))
    if len(found) > MOST_ROWS:
        raise ReturnedError(Problem("too_many", {"most": MOST_ROWS}))
    return found


def _lines(content: bytes) -> Iterator[_Line]:
    lines = chain.from_iterable(Lines(io.BytesIO(content)).batches())
    return (_Line(number, line) for number, line in enumerate(lines, 1) if line.strip())


def _by_line(
    lines: Iterable[_Line], hosts: Mapping[str, str], reading: Reading, names: Sequence[str]
) -> tuple[Row, ...]:
    """Read lines: names, and words that are all known. ``names`` are those of the sheet and of the file."""
    interpreter = Interpreter(reading)
    sections = Sections(interpreter, called(names, interpreter))
    problems: list[Problem | None] = []
    sorted_lines: list[Line] = []
    for one in _at_most(lines):
        found = said(one.text, hosts)
        wrong = _wrong(one.text, one.problems)
        of_words = wrong is None and is_of_words(one.text, found)
        sorted_lines.append(Line(one.number, one.text, found, found.words if of_words else None))
        problems.append(wrong)
    for line, wrong, below in zip(sorted_lines, problems, followed_by(sorted_lines), strict=True):
        if line.words is not None:
            sections.words(line, below)
            continue
        found = line.found
        meaning = wrong or _without_name(found, line.text, hosts) or interpreter.of_words(found.words)
        if isinstance(meaning, Meaning) and meaning.at and not meaning.answer:
            meaning = not_understood(found.words[-1])  # a date, and nobody says of what
        bare = isinstance(meaning, Meaning) and meaning.says_nothing
        label = (
            found.words[0] if isinstance(meaning, Meaning) and not bare and is_label(line.text, found) else ""
        )
        told = Told(line.number, found, line.text, sections.under(meaning))
        sections.row(told, bare=bare, label=label)
    return tuple(chain.from_iterable(starmap(_rows, sections.told)))


def _without_name(found: Said, text: str, hosts: Mapping[str, str]) -> Problem | None:
    if found.references or found.addresses:
        return None
    refusal = identify(text.strip(), hosts)
    message = refusal.message if isinstance(refusal, Refusal) else ""
    return Problem("address", {"message": message}) if message else Problem("no_name")


class _Table(NamedTuple):
    """What is known of a table while its rows are read: whether it has a column for the answer, how words are read, what its title says."""

    asked: bool
    hosts: Mapping[str, str]
    interpreter: Interpreter
    sections: Sections


def _by_column(
    named: Sequence[NamedRow],
    layout: Layout,
    hosts: Mapping[str, str],
    reading: Reading,
    names: Sequence[str],
) -> Returned:
    header_of = dict(layout.columns)
    recognised = {header: name for name, header in header_of.items()}
    headers = dict.fromkeys([*layout.header, *(header for one in named for header in one.others)])
    fields = {
        header: reading.columns.get(header) or recognised.get(header) or words.field_of(header)
        for header in headers
    }
    sorted_rows = [_sorted(one, header_of, fields) for one in named]
    times = [joined(cells.get("answered_at", ())) for cells, _ in sorted_rows]
    interpreter = Interpreter(reading, times)
    asked = not {"answer", "action"}.isdisjoint(fields.values())
    above = None if asked else _above(layout, reading, interpreter) or called(names, interpreter)
    sections = Sections(interpreter, above)
    table = _Table(asked, hosts, interpreter, sections)
    lines = [_sorted_line(one, cells, hosts) for one, (cells, _) in zip(named, sorted_rows, strict=True)]
    for one, line, below, (cells, unknown) in zip(named, lines, followed_by(lines), sorted_rows, strict=True):
        if line.words is not None and not asked:
            sections.words(line, below)
        else:
            _add(one, line, cells, unknown, table)
    return Returned(layout, fields, tuple(chain.from_iterable(starmap(_rows, sections.told))))


def _sorted_line(one: NamedRow, cells: Mapping[str, Sequence[str]], hosts: Mapping[str, str]) -> Line:
    """Return a row, or a line of words: one that fills a single cell, and that with no name."""
    naming = [_named(name, said(cell, hosts)) for name in NAMING for cell in cells.get(name, ())]
    text = " ".join(cell for name in NAMING for cell in cells.get(name, ()))
    filled = [*one.cells.values(), *one.others.values()]
    if len(filled) == 1 and not one.problems:
        found = said(filled[0], hosts)
        if is_of_words(filled[0], found):
            return Line(one.line, filled[0], found, found.words)
    return Line(one.line, text, _together(naming), None)


def _above(layout: Layout, reading: Reading, interpreter: Interpreter) -> Meaning | Problem | None:
    """Return what the titles say, and the header of a column of names that is headed by something else ("Declined")."""
    headers = [
        header
        for name, header in layout.columns.items()
        if name in NAMING and words.field_of(header) not in NAMING and header not in reading.columns
    ]
    for text in (*layout.titles, *headers):
        if (meaning := headed(text, interpreter, said(text, {}).words)) is not None:
            return meaning
    return None


def _sorted(
    row: NamedRow, header_of: Mapping[str, str], fields: Mapping[str, str]
) -> tuple[dict[str, list[str]], list[tuple[str, str]]]:
    """Return a row's cells by field, and those of columns that are not known, with their headers."""
    cells: dict[str, list[str]] = {}
    unknown: list[tuple[str, str]] = []
    for header, cell in (*((header_of[name], cell) for name, cell in row.cells.items()), *row.others.items()):
        if name := fields.get(header, ""):
            cells.setdefault(name, []).append(cell)
        else:
            unknown.append((header, cell))
    return cells, unknown


def _add(
    one: NamedRow,
    line: Line,
    cells: Mapping[str, Sequence[str]],
    unknown: Sequence[tuple[str, str]],
    table: _Table,
) -> None:
    """Add a row of a table to its sections."""
    found = line.found
    told = " ".join(
        [line.text, *(cell for name in ("answer", "action", "answered_at") for cell in cells.get(name, ()))]
    )
    meaning: Meaning | Problem | None = _wrong(told, one.problems)
    if meaning is None:
        meaning = _without_name(found, line.text, table.hosts) if line.text else Problem("no_name")
    if meaning is not None:
        table.sections.row(Told(one.line, Said(), line.text, meaning), bare=False)
        return
    meaning = table.interpreter.of_words([*found.words, *_pieces(cells.get("answer", ()))])
    bare = isinstance(meaning, Meaning) and meaning.says_nothing and not table.asked
    if not table.asked:
        meaning = table.sections.under(meaning)
    if isinstance(meaning, Meaning):
        meaning = table.interpreter.with_columns(meaning, cells)
    if isinstance(meaning, Meaning):
        meaning = _with_unknown(meaning, unknown, table)
    table.sections.row(Told(one.line, found, line.text, meaning), bare=bare and isinstance(meaning, Meaning))


def _with_unknown(meaning: Meaning, unknown: Sequence[tuple[str, str]], table: _Table) -> Meaning | Problem:
    """Hold an answer against what stands in columns that are not known: there may stand another, or the only one."""
    silent = meaning.answer is None
    if silent:
        meaning.left_open = meaning.left_open or table.asked
    for header, cell in unknown:
        says = words.is_another(cell, meaning.answer)
        if says or (silent and (not table.asked or plain(cell) in words.answers())):
            return Problem("unknown_column", {"header": header, "said": cell[:_LONGEST_NAME]})
    return meaning


def _named(name: str, found: Said) -> Said:
    """Return what a naming cell says; a number of the platform's own in the column of references says nothing."""
    own = name == "reference" and not (found.references or found.addresses)
    return Said() if own and not any(plain(word) in words.answers() for word in found.words) else found


def _together(naming: Sequence[Said]) -> Said:
    return (
        Said(*(tuple(chain.from_iterable(each)) for each in zip(*naming, strict=True))) if naming else Said()
    )


def _pieces(cells: Iterable[str]) -> Iterator[str]:
    """Return what answer cells say: whole where that is a known word, else piece by piece."""
    for cell in cells:
        if plain(cell) in words.answers():
            yield cell
        else:
            found = said(cell, {})
            yield from (*found.references, *found.addresses, *found.words)


def _rows(line: int, found: Said, text: str, meaning: Meaning | Problem) -> list[Row]:
    """Return one row for each referral that is named: a reference beside an address names the same one."""
    names = (*found.references, *found.addresses)
    if isinstance(meaning, Problem):
        return [Row(line, names or _as_written(text), problem=meaning)]
    several = len(found.references) > 1 or len(found.addresses) > 1
    if several and found.references and found.addresses:
        return [Row(line, names, problem=Problem("several_names"))]
    answer = meaning.answer.transition if meaning.answer else ""
    return [
        Row(
            line,
            each,
            answer,
            meaning.action,
            meaning.decline_reason,
            meaning.text,
            meaning.at,
            meaning.left_open,
        )
        for each in ([(name,) for name in names] if several else [names])
    ]


def _as_written(text: str) -> tuple[str, ...]:
    return (" ".join(text.split())[:_LONGEST_NAME],) if text.strip() else ()


def _wrong(text: str, problems: Sequence[str]) -> Problem | None:
    """Say that a row was not read as a whole, or that a name or an answer holds what is no character."""
    if problems or len(text) > MAX_LINE:
        return Problem("record", {"message": problems[0] if problems else TOO_LONG})
    if NUL_MARK in text or UNREADABLE in text:
        return Problem("unreadable_character")
    return None
