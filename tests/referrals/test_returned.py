"""Reading what platforms return: lists, files as we made them, files as spreadsheets save them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takedowns.referrals.lifecycle import ANSWERS
from takedowns.referrals.returned import MOST_ROWS, ReturnedError, Row, decode, read

HEADER = "reference,url,kind,answer,action,reason,answered_at\n"


def test_a_plain_list_names_one_a_line_and_empty_lines_count_as_lines() -> None:
    assert read('RAD19-7F3K-22QX5\n\n "https://t.me/demo" \n') == [
        Row(1, ("RAD19-7F3K-22QX5",)), Row(3, ("https://t.me/demo",)),
    ]  # fmt: skip


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_read_as_spreadsheets_save_it(delimiter: str, encoding: str) -> None:
    text = HEADER + 'R,https://t.me/a,video,Removed,Account suspended,"Größe, étage",2019-11-22T17:00+01:00\n'
    if delimiter != ",":
        text = text.replace(",", delimiter).replace(f"Größe{delimiter}", "Größe,")
    [row] = read(decode(text.encode(encoding)))
    assert (row.names, row.answer, row.action, row.reason) == (
        ("R", "https://t.me/a"), "remove", "account_suspended", "Größe, étage",
    )  # fmt: skip
    assert row.at == datetime(2019, 11, 22, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize("move", ANSWERS.values(), ids=list(ANSWERS))
def test_every_answer_is_understood_by_its_name_its_button_and_its_status(move) -> None:
    words = [move.name, move.label, str(move.enters), move.label.upper(), str(move.enters).replace("_", "-")]
    for word in words:
        [row] = read(f"url,answer\nhttps://t.me/a,{word}\n")
        assert (row.answer, row.problem) == (move.name, ""), word


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("R,,,gone,,,", "“gone” is no answer"),
        ("R,,,removed,nuked,,", "“nuked” is no action"),
        ("R,,,removed,,,yesterday", "“yesterday” is no time"),
        ("R,,,removed,,,2019-13-45T99:00", "is no time"),
        (",,video,removed,,,", "Neither a reference nor an address"),
    ],
)
def test_a_cell_that_means_nothing_is_a_problem_of_its_row_alone(cells: str, said: str) -> None:
    bad, good = read(f"{HEADER}{cells}\nR2,,,declined,,,\n")
    assert said in bad.problem
    assert (good.line, good.answer, good.problem) == (3, "decline", "")


def test_a_row_without_an_answer_is_left_open_only_where_there_is_a_column_for_it() -> None:
    assert [row.left_open for row in read("reference,answer\nR1,\nR2,removed\n")] == [True, False]
    assert [row.left_open for row in read("reference,kind\nR1,video\n")] == [False]


def test_a_workbook_and_too_many_rows_are_refused_as_a_whole() -> None:
    with pytest.raises(ReturnedError, match="Save the spreadsheet as CSV"):
        read(decode(b"PK\x03\x04\x00\x00"))
    with pytest.raises(ReturnedError, match="in parts"):
        read("x\n" * (MOST_ROWS + 1))


def test_what_was_guarded_against_formulas_comes_back_as_it_was() -> None:
    assert read("url,reason\nhttps://t.me/a,'=1+1\n")[0].reason == "=1+1"


@given(st.sampled_from([b"", b"url,answer\n", b"reference;answered_at\r"]), st.binary(max_size=300))
def test_whatever_is_returned_is_read_or_refused_in_words(start: bytes, content: bytes) -> None:
    said, rows = "", []
    try:
        rows = read(decode(start + content))
    except ReturnedError as error:
        said = str(error)
    assert said or all(row.problem or row.names for row in rows)


def test_a_cell_longer_than_any_answer_is_refused_in_words() -> None:
    with pytest.raises(ReturnedError, match="cannot be read as CSV"):
        read(f'url,reason\nhttps://t.me/a,"{"x" * 200_000}"\n')
