"""Reading what platforms return: every word is understood or stops its row, and a file is read as people save it."""

from __future__ import annotations

import io
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from takedowns.answers import words
from takedowns.answers.pieces import said
from takedowns.answers.reading import MOST_ROWS, ReturnedError, read, read_all
from takedowns.answers.rows import NOTHING, Reading, Row
from takedowns.answers.signs import comparable
from takedowns.readers.vocabulary import plain
from takedowns.referrals.lifecycle import ANSWERS
from takedowns.referrals.vocabulary import Action, DeclineReason

FILES = Path(__file__).parent / "files"
HEADER = "reference,url,kind,answer,action,reason,answered_at\n"


def rows(content: str | bytes, **reading: dict[str, str]) -> tuple[Row, ...]:
    data = content.encode() if isinstance(content, str) else content
    return read(data, "returned.csv", {}, Reading(**reading)).rows


def in_words(row: Row) -> str:
    """What a row is read as, as the files beside the lists say it."""
    if row.problem:
        return f"stop {row.problem.code}"
    if row.left_open:
        return "open"
    if not row.answer:
        return "default"
    said_besides = [
        row.action,
        row.decline_reason,
        f"{row.at.astimezone(UTC):%Y-%m-%dT%H:%M}" if row.at else "",
    ]
    return " ".join(filter(None, [row.answer, *said_besides, f"“{row.text}”" if row.text else ""]))


def lists() -> list[Path]:
    return [expected.with_suffix("") for expected in sorted(FILES.glob("*/*.expected"))]


def normal(text: str) -> list[str]:
    return [" ".join(sorted(line.split())) for line in text.splitlines()]


@pytest.mark.parametrize("path", lists(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_list_is_read_as_stands_beside_it(path: Path) -> None:
    found = [row for one in read_all(path.read_bytes(), path.name, {}) for row in one.rows]
    expected = Path(f"{path}.expected").read_text(encoding="utf-8")
    assert normal("\n".join(f"{row.line}: {in_words(row)}" for row in found)) == normal(expected)


def test_a_heading_that_a_person_calls_empty_stops_nothing() -> None:
    content = "Dear colleague, please find enclosed:\nhttps://t.me/abcde/1\n"
    heading, below = rows(content)
    assert [one.problem and one.problem.params["said"] for one in (heading, below)] == [
        "Dear colleague, please find enclosed:"
    ] * 2
    assert rows(content, words={plain("Dear colleague, please find enclosed:"): NOTHING}) == (
        Row(2, ("https://t.me/abcde/1",)),
    )


def test_a_hidden_sheet_is_named_and_the_name_of_a_file_can_be_said_to_mean_nothing() -> None:
    hidden = FILES / "sheets-and-names" / "hidden-sheet.xlsx"
    assert [one.not_read for one in read_all(hidden.read_bytes(), hidden.name, {})] == [("Old",)]
    called = {comparable("telegram_declined"): NOTHING}
    [told] = read_all(b"https://t.me/abcde/1", "telegram_declined.csv", {}, Reading(words=called))
    assert [in_words(row) for row in told.rows] == ["default"]


def test_a_sheet_of_words_is_named_and_can_be_said_to_mean_nothing() -> None:
    path = FILES / "sheets-and-names" / "sheet-of-words.xlsx"
    [told] = read_all(path.read_bytes(), path.name, {})
    assert told.of_words == (("Letter", "We could not remove these. Kind regards"),)
    meant = {comparable(said): NOTHING for _, said in told.of_words}
    [told] = read_all(path.read_bytes(), path.name, {}, Reading(words=meant))
    assert [in_words(row) for row in told.rows] == ["default", "default"]


def test_there_are_five_lists_and_more_of_each_kind() -> None:
    for kind in (one.name for one in FILES.iterdir() if one.is_dir()):
        assert len(list((FILES / kind).glob("*.expected"))) >= 5, kind


def test_a_plain_list_names_one_a_line_and_empty_lines_count_as_lines() -> None:
    assert rows('RAD19-7F3K-22QX5\n\n "https://t.me/demo" \n') == (
        Row(1, ("RAD19-7F3K-22QX5",)),
        Row(3, ("https://t.me/demo",)),
    )


@pytest.mark.parametrize("move", ANSWERS.values(), ids=list(ANSWERS))
@pytest.mark.parametrize("language", dict(site.LANGUAGES))
def test_every_answer_is_understood_by_its_name_its_button_and_its_status(move, language: str) -> None:
    with translation.override(language):
        label = str(move.label)
    for word in (move.name, label, str(move.enters), label.upper(), str(move.enters).replace("_", "-")):
        [row] = rows(f"url,answer\nhttps://t.me/a,{word}\n")
        assert (row.answer, row.problem) == (move.name, None), word


def test_no_word_means_two_things() -> None:
    """Of one subject, in any language: else which of them is meant would depend on the order of a file."""
    for subject in ("answer", "action", "decline_reason", "header"):
        meanings: dict[str, set[str]] = {}
        for key, listed in words._table()[subject].items():
            for word in listed:
                meanings.setdefault(plain(word), set()).add(key)
        for word in words._table()["open"]["open"] if subject == "answer" else ():
            meanings.setdefault(plain(word), set()).add("open")
        assert not {word: keys for word, keys in meanings.items() if len(keys) > 1 or not word}


@pytest.mark.parametrize(
    ("read", "said", "labels"),
    [
        (words.answers, lambda word: word.transition, {name: move.label for name, move in ANSWERS.items()}),
        (words.actions, str, {str(one): one.label for one in Action}),
        (words.decline_reasons, str, {str(one): one.label for one in DeclineReason}),
    ],
    ids=["answers", "actions", "decline_reasons"],
)
def test_a_name_on_the_pages_means_the_same_in_every_language(read: Any, said: Any, labels: Any) -> None:
    """A name in Polish may be another answer's in Italian: what is meant would then depend on the order of languages."""
    for language, _name in site.LANGUAGES:
        with translation.override(language):
            spoken = {str(label): code for code, label in labels.items()}
        assert {word: said(read()[plain(word)]) for word in spoken} == spoken, language


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_read_as_spreadsheets_save_it(delimiter: str, encoding: str) -> None:
    text = HEADER + 'R,https://t.me/a,video,Removed,Account suspended,"Größe, étage",2019-11-22T17:00+01:00\n'
    if delimiter != ",":
        text = text.replace(",", delimiter).replace(f"Größe{delimiter}", "Größe,")
    [row] = rows(text.encode(encoding))
    assert (row.names, row.answer, row.action, row.text) == (
        ("https://t.me/a",),
        "remove",
        "account_suspended",
        "Größe, étage",
    )
    assert row.at is not None
    assert f"{row.at.astimezone(UTC):%H:%M}" == "16:00"


def test_a_person_says_what_a_column_holds_and_what_a_word_means() -> None:
    text = "url;zzz\nhttps://t.me/abcde/1;blocked\nhttps://t.me/abcde/2;hidden\n"
    assert [in_words(one) for one in rows(text)] == ["stop unknown_column"] * 2
    assert [in_words(one) for one in rows(text, columns={"zzz": "answer"})] == ["stop not_understood"] * 2
    meant = {"blocked": "restrict/geo_blocked", "hidden": NOTHING}
    assert [in_words(one) for one in rows(text, columns={"zzz": "answer"}, words=meant)] == [
        "restrict geo_blocked",
        "open",
    ]
    assert [in_words(one) for one in rows(text, columns={"zzz": "ignored"})] == ["default"] * 2


def test_what_a_doubtful_word_is_said_to_mean_is_not_what_the_plain_word_means() -> None:
    text = "url;status\nhttps://t.me/abcde/1;removed\nhttps://t.me/abcde/2;removed?\nhttps://t.me/abcde/3;👎 Removed\n"
    meant = {comparable("removed?"): "open", comparable("👎 Removed"): "decline"}
    assert [in_words(one) for one in rows(text, words=meant)] == ["remove", "open", "decline"]


@given(st.characters(categories=["So", "Sm", "Sc"]), st.booleans())
@settings(deadline=None)
def test_a_sign_beside_a_word_never_turns_it_into_another_answer(sign: str, before: bool) -> None:
    """It says what the word says, or it stops."""
    word = f"{sign} removed" if before else f"removed {sign}"
    [row] = rows(f"https://t.me/abcde/1 {word}")
    assert in_words(row) == "remove" or row.problem, word


def test_a_person_says_whether_the_day_or_the_month_stands_first() -> None:
    text = "url,answer,date\nhttps://t.me/abcde/1,removed,05/11/2026\n"
    found = [read(text.encode(), "x", {}, Reading(dates=first)).rows[0] for first in ("", "day", "month")]
    assert [in_words(one) for one in found] == [
        "stop time_order",
        "remove 2026-11-04T23:00",
        "remove 2026-05-10T22:00",
    ]


def test_a_column_that_was_taken_for_the_answer_can_be_said_to_be_none() -> None:
    text = "url;status\nhttps://t.me/abcde/1;removed\n"
    assert [in_words(one) for one in rows(text)] == ["remove"]
    assert [in_words(one) for one in rows(text, columns={"status": "ignored"})] == ["default"]


def test_columns_of_the_same_name_are_all_read() -> None:
    text = "url,answer,comment,comment,comment\nhttps://t.me/abcde/1,declined,a,b,c\n"
    assert [row.text for row in rows(text)] == ["a; b; c"]


def test_what_was_guarded_against_formulas_comes_back_as_it_was() -> None:
    assert rows("url,answer,reason\nhttps://t.me/a,declined,'=1+1\n")[0].text == "=1+1"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"%PDF-1.7 ...", "unreadable"),
        (b"PK\x03\x04\x00\x00", "unreadable"),
        (b"", "unreadable"),
        ("\n".join(f"https://t.me/abcde/{one}" for one in range(MOST_ROWS + 1)).encode(), "too_many"),
    ],
)
def test_what_cannot_be_read_at_all_is_refused_as_a_whole(content: bytes, code: str) -> None:
    with pytest.raises(ReturnedError) as caught:
        rows(content)
    assert caught.value.problem.code == code


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30)


@given(WORDS)
@settings(deadline=None)
def test_no_text_beside_an_address_goes_unread(text: str) -> None:
    """Whatever stands beside it: the row says an answer that is known, or stops; it is never answered by default."""
    line = f"https://t.me/abcde/1 {text}"
    try:
        found = rows(line)
    except ReturnedError:  # signs that no text holds
        return
    for row in found:
        silent = not row.problem and not row.answer and not row.left_open
        if silent and row.line == 1 and "\n" not in text and "\r" not in text:
            others = said(text, {})
            assert not others.words, (text, row)


@given(st.lists(st.sampled_from("abcdefgxyzäéπж"), min_size=3, max_size=12).map("".join), st.booleans())
@settings(deadline=None)
def test_no_word_below_an_address_leaves_it_to_the_default(word: str, gap: bool) -> None:
    """It may be about the address. Only a person can say that it says nothing."""
    found = rows(f"https://t.me/abcde/1\n{'' if gap else word}\n{word}\n")
    assert found[0].problem or found[0].answer, word
    assert (
        in_words(rows(f"https://t.me/abcde/1\n\n{word}\n", words={comparable(word): NOTHING})[0]) == "default"
    )


@given(
    st.sampled_from([b"", b"url,answer\n", b"reference;answered_at\r", b"PK\x03\x04", b"\xff\xfe"]),
    st.binary(max_size=300),
)
@settings(deadline=None)
def test_whatever_is_returned_is_read_or_refused_in_words(start: bytes, content: bytes) -> None:
    try:
        found = read(start + content, "x", {}).rows
    except ReturnedError:
        return
    for row in found:
        assert row.problem or row.names
        for text in (*row.names, row.text):
            assert "\0" not in text
            io.StringIO().write(text.encode("utf-8").decode("utf-8"))


def test_a_cell_longer_than_any_answer_stops_its_row_alone() -> None:
    bad, good = rows(
        f'url,answer,reason\nhttps://t.me/a,removed,"{"x" * 200_000}"\nhttps://t.me/b,removed,\n'
    )
    assert bad.problem
    assert good.answer == "remove"
