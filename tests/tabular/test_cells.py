"""A report opened in a spreadsheet shows what was handed in and runs none of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from takedowns.tabular import safe_cell, shown, unguard

DANGEROUS = st.sampled_from(list("=+-@\t\r\n'\uff1d\uff0b\uff0d\uff20 \u00a0"))
CELLS = st.one_of(
    st.text(),
    st.builds(
        lambda start, rest: "".join(start) + rest, st.lists(DANGEROUS, min_size=1, max_size=4), st.text()
    ),
)


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("https://example.org","click")',
        "+1+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "@demo_channel",
        "\r1",
        "\n1",
        "＝1+1",
        "＋1",
        "－1",
        "＠SUM(A1)",
        " =1+1",
        "'=1+1",
        "-",
    ],
)
def test_what_a_spreadsheet_would_run_becomes_text(text: str) -> None:
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize(
    "text",
    [
        "-5",
        "+3.2",
        "-1,5",
        "+31201234567",
        "-2e10",
        "-12%",
        "https://t.me/demo",
        "'s-Hertogenbosch",
        "a=b",
        "",
    ],
)
def test_numbers_and_plain_words_stay_as_they_are(text: str) -> None:
    assert safe_cell(text) == text


def test_values_that_are_no_text_are_written_plainly() -> None:
    assert [safe_cell(value) for value in (None, True, -5, 0.5)] == ["", "true", "-5", "0.5"]
    assert safe_cell(datetime(2019, 11, 21, 13, 5, tzinfo=UTC)) == "2019-11-21T13:05:00+00:00"


def test_a_lone_surrogate_does_not_break_the_file() -> None:
    assert safe_cell("a\ud800b").encode() == "a\ufffdb".encode()


@settings(deadline=None)  # the machine may be busy
@given(CELLS)
def test_the_guard_comes_off_again(text: str) -> None:
    assert unguard(safe_cell(text)) == shown(text)


@settings(deadline=None)  # the machine may be busy
@given(CELLS)
def test_no_guarded_cell_begins_as_a_formula_does(text: str) -> None:
    cell = safe_cell(text)
    first = cell.lstrip(" \u00a0\u3000")[:1]
    assert first not in {*"=@\t\r\n＝＋－＠"} or not first
    if first in {"+", "-"}:
        assert re.fullmatch(r"[+-][0-9][0-9.,eE+%-]*", cell)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("x;=cmd|' /C calc'!A0", "x;'=cmd|' /C calc'!A0"),
        ("x,=1+1", "x,'=1+1"),
        ("x\t@SUM(A1)", "x\t'@SUM(A1)"),
        ("x|+1", "x|'+1"),
        ("x; =1", "x;' =1"),
        ("x\n=1", "x\n'=1"),
        ("x\r\n\n@A1", "x\r\n\n'@A1"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
        ("\n=1", "'\n'=1"),
        ("a; b, c | d", "a; b, c | d"),
        ("https://example.org/?a=1;b=2", "https://example.org/?a=1;b=2"),
    ],
)
def test_what_another_program_would_split_off_and_run_becomes_text_too(text: str, kept: str) -> None:
    assert safe_cell(text) == kept
    assert unguard(kept) == text
