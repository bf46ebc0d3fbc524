"""Separated text: delimiter and header from the first lines, then the rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, dropwhile, islice
from typing import BinaryIO, ClassVar, NamedTuple

from takedowns.identity.pieces import pieces
from takedowns.identity.text import BULLET
from takedowns.readers.companions import has_companions
from takedowns.readers.lines import Lines
from takedowns.readers.model import MAX_COLUMNS, NUL_MARK, UNREADABLE, Choices, Layout, ReaderError, shown
from takedowns.readers.plan import Plan, plan_of
from takedowns.readers.records import ONE_COLUMN, Record, records
from takedowns.readers.vocabulary import Vocabulary
from takedowns.readers.wrapped import is_wrapped, unwrapped, with_rows_unwrapped

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_LINES = 200

_CANDIDATES = (ONE_COLUMN, *DELIMITERS)

_SEP = re.compile(r'"?sep=([^\w"\r\n])"?[,;\t]*\s*', re.IGNORECASE)
_UNPRINTABLE = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]|" + NUL_MARK + "|" + UNREADABLE)


class Shape(NamedTuple):
    """How lines become records."""

    delimiter: str
    inner: str = ""
    """Separator within the one cell in which each row stands whole; mostly "" (see `wrapped`)."""

    def records(self, lines: Iterable[str], first_line: int) -> Iterator[Record]:
        """The records of `lines`, of which the first has the given number."""
        read = records(lines, self.delimiter, first_line)
        return unwrapped(read, self.inner) if self.inner else read


class Text:
    """A separated text whose layout is known: one table."""

    number: ClassVar[int] = 0
    asks: ClassVar[Mapping[int, tuple[str, str]]] = {}
    hidden_lines: ClassVar[frozenset[int]] = frozenset()

    def __init__(
        self,
        stream: BinaryIO,
        start: bytes,
        filename: str,
        *,
        vocabulary: Vocabulary,
        choices: Choices,
        encoding: str = "",
    ) -> None:
        """Open a text of which `start` has been read from `stream` already, in an encoding that is known or found out.

        Raises ReaderError.
        """
        self._stream = stream
        self._known = encoding
        self._lines = Lines(stream, start, encoding)
        flow = chain.from_iterable(self._lines.batches())
        # A list may begin below a screenful of blank lines.
        number, first = next(((i, line) for i, line in enumerate(flow, 1) if line.strip()), (0, ""))
        if not number:
            raise ReaderError("empty", f"{filename} is empty; there is nothing to read.")
        sample = [first, *islice(flow, SAMPLE_LINES)]
        beginning = "".join(sample)[:65_536]
        if len(_UNPRINTABLE.findall(beginning)) > len(beginning) * 0.1:
            raise ReaderError(
                "not_text",
                f"{filename} is not a text or a workbook that can be read; save the list as CSV (UTF-8), XLSX or ODS.",
            )
        self._shape, skipped, self.plan = choose(sample, number, choices.columns, vocabulary)
        self._flow: Iterator[str] | None = chain(sample[skipped:], flow)
        self._first_line = number + skipped
        self.listed = self._shape.delimiter == ONE_COLUMN and not self._shape.inner
        self.tables = [self]

    @property
    def encoding(self) -> str:
        """Python's name of the encoding, as far as it is settled."""
        return self._lines.encoding

    @property
    def bytes_read(self) -> int:
        """Bytes read so far."""
        return self._lines.bytes_read

    @property
    def layout(self) -> Layout:
        """How the text is laid out."""
        delimiter, inner = self._shape
        shown_as = inner or ("" if delimiter == ONE_COLUMN else delimiter)
        layout = layout_of(self.plan, "csv", delimiter=shown_as)
        layout.wrapped = bool(inner)
        return layout

    def written_in(self, column: int) -> Iterator[str]:
        """The cells of a column (from 0)."""
        return (cells[column] for _, _, cells, _ in self.records() if column < len(cells))

    def records(self) -> Iterator[Record]:
        """The records below the header; asked for again, the stream is read again from its start."""
        if self._flow is None:
            self._stream.seek(0)
            found = self._lines.encoding  # stays what is said of it while the second reading has only begun
            self._lines = Lines(self._stream, encoding=self._known)
            self._lines.encoding = found
            self._flow = islice(chain.from_iterable(self._lines.batches()), self._first_line - 1, None)
        flow, self._flow = self._flow, None
        header_line = self.plan.header_line or 0
        read = self._shape.records(flow, self._first_line)
        if not self._shape.inner and not self.listed:
            read = with_rows_unwrapped(read, self._shape.delimiter, len(self.plan.header))
        return dropwhile(lambda record: record[0] <= header_line, read)


def choose(
    sample: list[str], number: int, mapping: Mapping[str, str], vocabulary: Vocabulary
) -> tuple[Shape, int, Plan]:
    """Shape, number of lines to pass over (Excel's `sep=;`), and plan for a text that begins with `sample`, of which
    the first line has the given number.

    Raises ReaderError when no shape makes a table with a column that is needed.
    """
    declared = _SEP.fullmatch(sample[0])
    skipped = 1 if declared else 0
    body, first_line = sample[skipped:], number + skipped
    widest: list[str] = []
    is_table = False
    found = _wrapped(body, first_line, mapping, vocabulary)
    # A program that saves the file anew may use another separator and leave the line that names the old one.
    for delimiter in ([declared[1]] if declared else []) + list(_CANDIDATES):
        parsed = [(line, cells) for line, _, cells, _ in records(body, delimiter, first_line)]
        widest = max([widest, *(cells for _, cells in parsed)], key=len)
        plan = plan_of(parsed, mapping, vocabulary)
        if plan is None:
            continue
        sure = plan.header_line is not None or len(plan.header) == 1 or delimiter == "\t" or bool(mapping)
        sure = sure or (declared is not None and delimiter == declared[1])
        if sure or has_companions([cells for _, cells in parsed], plan.columns["url"]):
            found.append((plan, Shape(delimiter)))
        else:
            is_table = True
    if not found and not is_table and not mapping and "url" in vocabulary.needed and _is_list(body):
        return Shape(ONE_COLUMN), skipped, Plan(["Column 1"], None, {"url": 0}, ("url",))
    if found:  # of equal plans the first is taken
        plan, shape = max(found, key=lambda one: one[0].score)
        return shape, skipped, plan
    raise no_plan(widest, mapping)


def _is_list(lines: Sequence[str]) -> bool:
    """Whether most lines hold an address among words, or begin with a bare name, behind a number or bullet or without."""
    filled = [BULLET.sub("", line.strip(), count=1) for line in lines if line.strip()]
    return sum(line[:1] == "@" or bool(pieces(line, 1)) for line in filled) > len(filled) / 2


def _wrapped(
    body: list[str], first_line: int, mapping: Mapping[str, str], vocabulary: Vocabulary
) -> list[tuple[Plan, Shape]]:
    """The plans for a text in which each row stands whole in the first column, mostly none."""
    found = []
    for outer in (ONE_COLUMN, *DELIMITERS):
        sample = list(records(body, outer, first_line))
        for inner in DELIMITERS:
            if not is_wrapped(sample, outer, inner):
                continue
            parsed = [(line, cells) for line, _, cells, _ in unwrapped(sample, inner)]
            plan = plan_of(parsed, mapping, vocabulary)
            if plan is None or len(plan.header) < 2:
                continue
            rows = [cells for _, cells in parsed]
            if plan.header_line is None and not has_companions(rows, plan.columns["url"], digits=False):
                continue
            found.append((plan, Shape(outer, inner)))
    return found


def no_plan(header: list[str], mapping: Mapping[str, str], line: int | None = None) -> ReaderError:
    """The error for a table without a column of links; `header` is what most looks like its header."""
    if len(header) > MAX_COLUMNS:
        return ReaderError(
            "too_wide",
            f"A row has {len(header):,} columns; at most {MAX_COLUMNS} are read. Check that it is the right file.",
            line,
        )
    headers = [shown(cell) for cell in header if cell.strip()]
    seen = "Seen as headers: " + ", ".join(headers[:20]) + "." if headers else "No header was seen."
    if mapping:
        wanted = ", ".join(f"{name} = {head}" for name, head in mapping.items() if head)
        return ReaderError(
            "mapping", f"The columns asked for ({wanted}) were not found. {seen}", line, headers=headers
        )
    return ReaderError(
        "no_url_column",
        f"No column with links was found. {seen} The column of the links may be called URL, Link, Address, Lien, Adresse, "
        "Webadres, Enlace or Indirizzo, among others; rename it, or say which column it is.",
        line,
        "url",
        headers=headers,
    )


def layout_of(plan: Plan, file_format: str, *, delimiter: str = "", sheet: str = "") -> Layout:
    """The layout a person is shown for `plan`."""
    used = {*plan.columns.values(), *plan.more_links}
    return Layout(
        format=file_format,
        delimiter=delimiter,
        header=plan.header,
        header_line=plan.header_line,
        columns={name: plan.header[index] for name, index in plan.columns.items()},
        unrecognised=[head for i, head in enumerate(plan.header) if i not in used],
        guessed=plan.guessed,
        titles=plan.titles,
        more_links=[plan.header[index] for index in plan.more_links],
        other_links=[plan.header[index] for index in plan.other_links],
        sheet=sheet,
    )
