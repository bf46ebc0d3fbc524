"""CSV files as RFC 4180 has them, streamed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from takedowns.tabular import csv_lines, shown, unguard, write_csv

CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.lists(CELL, min_size=2, max_size=5), max_size=8), st.sampled_from([",", ";", "\t", "|"]))
def test_any_reader_of_csv_gets_the_same_cells(rows: list[list[str]], delimiter: str) -> None:
    stream = io.StringIO(newline="")
    assert write_csv(rows, stream, delimiter=delimiter) == len(rows)
    stream.seek(0)
    again = [[unguard(cell) for cell in row] for row in csv.reader(stream, delimiter=delimiter, strict=True)]
    assert again == [[shown(cell) for cell in row] for row in rows]


def test_quotes_line_ends_and_separators_are_quoted() -> None:
    assert list(csv_lines([["a,b", 'say "no"', "two\nlines", "one\rtwo"]])) == [
        '"a,b","say ""no""","two\nlines","one\rtwo"\r\n'
    ]


def test_a_byte_order_mark_stands_once_and_first() -> None:
    lines = list(csv_lines([["URL"], ["x"]], bom=True))
    assert lines == ["\ufeffURL\r\n", "x\r\n"]


def test_a_record_is_out_before_the_next_is_asked_for() -> None:
    asked: list[int] = []

    def rows() -> Iterator[list[int]]:
        for number in range(3):
            asked.append(number)
            yield [number]

    lines = csv_lines(rows())
    assert next(lines) == "0\r\n"
    assert asked == [0]


@pytest.mark.parametrize("split_at", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "text",
    [
        "x;=cmd|' /C calc'!A0",
        "x,=1",
        "x\t=1",
        "x|=1",
        'x";=1',
        "x;\u3000@A1",
        'x;"=1"',
        "x\n=cmd|' /C calc'!A0",
        "x\r\n+1+1",
        "x\r@A1",
        'x\n"=1',
    ],
)
def test_no_cell_becomes_a_formula_wherever_a_program_splits(text: str, split_at: str) -> None:
    (line,) = csv_lines([["first", text, "last"]])
    # As a program reads it that knows of no quotes, and as one that does.
    pieces = [piece for part in line.splitlines() for piece in part.split(split_at)]
    pieces += [
        piece for row in csv.reader(line.splitlines(keepends=True), delimiter=split_at) for piece in row
    ]
    begins = [piece.strip('" \u3000')[:1] for piece in pieces]
    assert not set(begins) & set("=+-@")


def test_a_cell_that_holds_any_usual_delimiter_is_quoted() -> None:
    assert list(csv_lines([["a;b", "a|b", "a\tb", "a,b", "ab", ""]])) == ['"a;b","a|b","a\tb","a,b",ab,\r\n']
