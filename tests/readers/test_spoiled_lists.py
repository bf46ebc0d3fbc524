"""Lists that a spreadsheet of another locale, or an old saving, spoiled (tests/intake/files/wrapped, layout, returned)."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from takedowns.readers import (
    HandedInRow,
    Layout,
    NamedRow,
    ReaderError,
    open_named,
    open_table,
    vocabulary_of,
)
from tests.readers.conftest import AMSTERDAM, FILES

Read = Callable[..., tuple[Layout, list[HandedInRow]]]

ONE, TWO, THREE = (f"https://t.me/abcde/{n}" for n in (1, 2, 3))


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("german-excel.csv", [(ONE, "video", "Aufruf"), (TWO, "channel", "")]),
        ("with-header.csv", [(ONE, "video", "seen, twice"), (TWO, "channel", "plain")]),
        (
            "quotes-only-where-needed.csv",
            [(ONE, "video", "plain"), (TWO, "channel", "seen, twice"), (THREE, "post", "first; second")],
        ),
        ("empty-columns-behind.csv", [(ONE, "video", "seen, twice"), (TWO, "channel", "plain")]),
        ("semicolons-in-a-comma-locale.csv", [(ONE, "video", "vu, revu"), (TWO, "channel", "")]),
        ("line-break-inside.csv", [(ONE, "video", "first line\nsecond line"), (TWO, "channel", "x")]),
        ("same-separator-behind.csv", [(ONE, "video", "seen, twice"), (TWO, "channel", "plain")]),
        ("same-semicolon-behind.csv", [(ONE, "video", "seen, twice"), (TWO, "channel", "plain")]),
        (
            "same-separator-one-without-cells.csv",
            [("https://t.me/abcde/0", "", ""), (ONE, "post", "x"), (TWO, "video", "")],
        ),
        ("one-row-whole-with-cells-behind.csv", [(TWO, "channel", "plain"), (ONE, "video", "seen, twice")]),
    ],
)
def test_a_row_that_stands_whole_in_the_first_column_is_split_again(
    read: Read, name: str, rows: list[tuple[str, str, str]]
) -> None:
    _, found = read((FILES / "wrapped" / name).read_bytes())
    assert [(row.url, row.kind, row.note) for row in found] == rows
    assert not any(row.problems for row in found)


def test_the_layout_says_that_rows_were_split_again(read: Read) -> None:
    layout, _ = read((FILES / "wrapped" / "german-excel.csv").read_bytes())
    assert layout.wrapped
    assert layout.delimiter == ","
    assert layout.columns == {"url": "Column 1", "kind": "Column 2", "note": "Column 3"}
    assert layout.guessed == ("url", "kind", "note"), "a person may want to confirm what no header says"
    assert not read("URL,Note\nhttps://t.me/abcde/1,x\n")[0].wrapped


@pytest.mark.parametrize(
    ("name", "links"),
    [
        (
            "no-wrapping-quoted-links.csv",
            ["https://example.org/a,1", "https://example.org/b,2", "https://example.org/c,3"],
        ),
        ("no-wrapping-short-row.csv", ["https://example.org/a,b", "https://example.org/c,d"]),
        (
            "no-wrapping-empty-behind.csv",
            ["https://example.org/a,1", "https://example.org/b,2", "https://example.org/c,3"],
        ),
        ("no-wrapping-commas-in-links.csv", ["https://example.org/a,b", "https://example.org/c,d,e"]),
        (
            "no-wrapping-one-column.csv",
            ["https://example.org/a,1", "https://example.org/b,2", "https://example.org/c,3"],
        ),
    ],
)
def test_a_quoted_link_with_a_comma_is_no_row(read: Read, name: str, links: list[str]) -> None:
    _, rows = read((FILES / "wrapped" / name).read_bytes())
    assert [row.url for row in rows] == links


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("title-and-blank-columns.csv", [(3, ONE, "video", "seen"), (4, TWO, "channel", "")]),
        ("sep-line-and-title.csv", [(5, ONE, "", "one"), (6, TWO, "", "two")]),
        ("sep-line-of-an-older-saving.csv", [(3, ONE, "", "one, two"), (4, TWO, "", "three")]),
        ("sep-line-utf16.csv", [(3, ONE, "", "one"), (4, TWO, "", "two")]),
        ("two-header-rows.csv", [(3, ONE, "channel", "eins"), (4, TWO, "channel", "zwei")]),
    ],
)
def test_titles_blank_columns_and_separator_lines_hide_nothing(
    read: Read, name: str, rows: list[tuple[int, str, str, str]]
) -> None:
    _, found = read((FILES / "layout" / name).read_bytes())
    assert [(row.line, row.url, row.kind, row.note) for row in found] == rows
    assert not any(row.problems for row in found)


RETURNED = vocabulary_of(
    {"reference": ["ID"], "url": ["Link"], "answer": ["Verdict"], "reason": ["Comment"]}, ("reference", "url")
)


def returned(content: bytes) -> list[NamedRow]:
    return list(open_named(io.BytesIO(content), "returned.csv", RETURNED).rows())


@pytest.mark.parametrize(
    ("name", "line", "cells", "others"),
    [
        (
            "title-and-other-headers.csv",
            3,
            {"reference": "RAD19-XXXX", "url": ONE, "answer": "declined", "reason": "not in breach"},
            {"kind": "video"},
        ),
        ("wrapped.csv", 2, {"reference": "RAD19-XXXX", "url": ONE, "answer": "declined"}, {}),
        ("sep-line.csv", 3, {"reference": "RAD19-XXXX", "answer": "declined", "reason": "a; b"}, {}),
        (
            "more-cells-than-headers.csv",
            2,
            {"reference": "RAD19-XXXX", "answer": "declined"},
            {"Column 3": "beyond"},
        ),
        ("latin.csv", 2, {"reference": "RAD19-XXXX", "answer": "gelöscht"}, {}),
    ],
)
def test_what_a_platform_returns_is_read_by_the_same_reader(
    name: str, line: int, cells: dict[str, str], others: dict[str, str]
) -> None:
    (row,) = returned((FILES / "returned" / name).read_bytes())
    assert (row.line, row.cells, row.others) == (line, cells, others)
    assert bool(row.problems) == (name == "more-cells-than-headers.csv")


def test_a_returned_workbook_is_read_by_the_same_reader(xlsx: Callable[..., bytes]) -> None:
    title: list[list[object]] = [
        ["Weekly list"],
        ["ID", "Verdict", None, "Comment"],
        ["RAD19-XXXX", "declined", None, "x"],
    ]
    (row,) = returned(xlsx({"A": title}))
    assert (row.line, row.cells) == (
        3,
        {"reference": "RAD19-XXXX", "answer": "declined", "reason": "x"},
    )


def test_a_table_without_a_column_that_is_needed_is_refused() -> None:
    with pytest.raises(ReaderError) as caught:
        returned(b"verdict;comment\ndeclined;x\n")
    assert caught.value.code == "no_url_column"


CELLS = st.text(st.sampled_from("abc ,;\"'\n"), max_size=12).map(str.strip)


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


@settings(deadline=None)  # the machine may be busy
@given(
    st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6),
    st.sampled_from(",;"),
    st.sampled_from(["", ";", ";;", ",", ",,"]),
)
def test_wrapping_every_row_of_a_list_changes_nothing_of_what_is_read(
    notes: list[tuple[str, str]], inner: str, behind: str
) -> None:
    """Whatever stands in the cells: quoted once more, with or without empty columns behind, it is the same list."""
    table = [
        ("URL", "Outlet", "Note"),
        *((f"https://t.me/abcde/{n}", *cells) for n, cells in enumerate(notes)),
    ]
    lines = [inner.join(quoted(cell) if set(cell) & set(',;"\n') else cell for cell in row) for row in table]
    plain, wrapped = "\r\n".join(lines), "\r\n".join(quoted(line) + behind for line in lines)

    def rows(text: str) -> list[tuple[str, str, str]]:
        table = open_table(io.BytesIO(text.encode()), "list.csv", zone=AMSTERDAM)
        return [(row.url, row.outlet, row.note) for row in table.rows()]

    assert rows(wrapped) == rows(plain)


def test_a_list_whose_every_cell_is_quoted_is_read_as_it_is(read: Read) -> None:
    for sign in ",;\t|":
        layout, found = read(f'"URL"{sign}"Note"\n"{ONE}"{sign}"a{sign}b"\n"{TWO}"{sign}"plain"\n')
        assert not layout.wrapped
        assert [(row.url, row.note, row.problems) for row in found] == [
            (ONE, f"a{sign}b", ()),
            (TWO, "plain", ()),
        ]


@pytest.mark.parametrize(
    "bullets", [("1. ", "2. ", "3. "), ("- ", "- ", "- "), ("\u2022 ", "", "3) "), ("", "", "")]
)
def test_a_file_of_bulleted_addresses_among_words_is_a_list(
    read: Read, bullets: tuple[str, str, str]
) -> None:
    lines = [f"{bullets[0]}{ONE} (12k subs)", f"{bullets[1]}{TWO} - kanaal", f"{bullets[2]}{THREE}"]
    layout, found = read("\n".join(lines) + "\n")
    assert layout.header_line is None
    assert [row.url for row in found] == [ONE, TWO, THREE]
    assert [row.note for row in found] == ["(12k subs)", "kanaal", ""]


def test_a_table_whose_column_of_links_is_not_clear_is_still_asked_about(read: Read) -> None:
    with pytest.raises(ReaderError, match="No column with links"):
        read("Nummer;Wat;Wie\n1;iets;jan\n2;anders;piet\n")


@pytest.mark.parametrize(
    "header", ["Link,Link 2,Link 3", "URL 1,URL 2,URL 3", "URL,URL,URL", "Adresse 1,Adresse 2,Adresse 3"]
)
def test_columns_of_addresses_with_the_same_header_are_all_read(read: Read, header: str) -> None:
    layout, found = read(f"{header},Note\n{ONE},{TWO},,seen\n{THREE},,{ONE},\n")
    assert [(row.line, row.part, row.parts, row.url) for row in found] == [
        (2, 1, 2, ONE),
        (2, 2, 2, TWO),
        (3, 1, 2, THREE),
        (3, 2, 2, ONE),
    ]
    assert not layout.unrecognised


def test_the_page_of_an_item_beside_it_is_no_further_item(read: Read) -> None:
    layout, found = read(f"URL,Page URL\n{ONE},https://t.me/abcde\n")
    assert [row.url for row in found] == [ONE]
    assert layout.unrecognised == ["Page URL"]


@pytest.mark.parametrize(
    "header",
    ["Platform,Account", "Plattform;Benutzername", "Platform,Handle", "Plateforme;Compte", "Platforma,Konto"],
)
def test_a_platform_and_a_bare_name_in_two_columns_name_an_account(read: Read, header: str) -> None:
    sign = ";" if ";" in header else ","
    _, found = read(f"{header}\nTelegram{sign}@abcde\nX{sign}foo\n")
    assert [(row.platform, row.url) for row in found] == [("telegram", "@abcde"), ("twitter", "foo")]
