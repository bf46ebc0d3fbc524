"""Cells that show one thing and lead to another, in workbooks of Excel and LibreOffice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from takedowns.readers import HandedInRow, Layout
from takedowns.readers.facts import Formula
from takedowns.readers.formulas import target_of
from tests import workbooks
from tests.readers.conftest import FILES

Read = Callable[..., tuple[Layout, list[HandedInRow]]]
Make = Callable[..., bytes]

ONE, TWO = "https://t.me/abcde/1", "https://t.me/abcde/2"


def linked(*cells: tuple[str, str]) -> bytes:
    """A workbook with a column of links: (target, text); a text of "" is that of the target."""

    def shape(book: Any, sheet: Any) -> None:
        for number, (target, text) in enumerate(cells, 1):
            sheet.write_url(number, 1, target, string=text or None)

    return workbooks.written(
        [["Nr", "Link", "Note"], *([n, None, f"note {n}"] for n in range(1, len(cells) + 1))], shape
    )


@pytest.mark.parametrize(
    ("target", "text", "url"),
    [
        (ONE, "klik hier", ONE),
        (ONE, "Link to post", ONE),
        (ONE, "amber.lantern", ONE),
        (ONE, "", ONE),
        ("http://telegram.me/abcde/1", ONE, ONE),
        ("https://t.me/abcde/1/", "t.me/abcde/1", "t.me/abcde/1"),
        (ONE, "https://t.me/abcde/…", ONE),
        ("https://t.me/s/abcde#1", "open", "https://t.me/s/abcde#1"),
        ("mailto:desk@police.example", ONE, ONE),
        (
            "https://eur03.safelinks.protection.outlook.com/?url=https%3A%2F%2Ft.me%2Fabcde%2F1&data=05",
            ONE,
            ONE,
        ),
    ],
)
def test_a_link_is_read_by_where_it_leads(read: Read, target: str, text: str, url: str) -> None:
    _, (row,) = read(linked((target, text)))
    assert row.url == url
    assert row.asks == ()
    assert row.note == "note 1"


def test_a_link_to_one_of_several_addresses_of_its_cell_changes_none_of_them(read: Read) -> None:
    _, rows = read(linked((TWO, f"{ONE}\n{TWO}")))
    assert [(row.url, row.part, row.parts, row.asks) for row in rows] == [(ONE, 1, 2, ()), (TWO, 2, 2, ())]


def test_a_link_to_none_of_several_addresses_of_its_cell_is_asked_about_once(read: Read) -> None:
    both = f"{ONE}\n{TWO}"
    _, rows = read(linked(("https://t.me/abcde/3", both)))
    assert [(row.url, row.parts, row.asks) for row in rows] == [(both, 1, (both, "https://t.me/abcde/3"))]
    _, rows = read(linked(("https://t.me/abcde/3", both)), rows={rows[0].place: {"url": both}})
    assert [(row.url, row.part, row.parts, row.asks) for row in rows] == [(ONE, 1, 2, ()), (TWO, 2, 2, ())]


@pytest.mark.parametrize(
    ("target", "text"),
    [
        (TWO, ONE),
        ("https://t.me/other", "t.me/abcde"),
        ("https://t.me/abcde/3", f"{ONE}\n{TWO}"),
        ("https://www.youtube.com/watch?v=demoVIDEO01", "https://www.youtube.com/watch?v=demoVIDEO02"),
        ("https://files.example.org/b", "https://files.example.org/a"),
    ],
)
def test_where_text_and_target_are_two_addresses_the_row_asks(read: Read, target: str, text: str) -> None:
    _, (row,) = read(linked((target, text)))
    assert row.asks == (text, target)


def test_the_workbook_of_the_trial_is_read_by_its_targets(read: Read) -> None:
    layout, rows = read((FILES / "workbooks" / "links.xlsx").read_bytes())
    assert [(row.sheet, row.line, row.url, row.asks) for row in rows] == [
        (0, 2, "https://t.me/uxlink_01", ()),
        (0, 3, "https://t.me/uxlink_02", ()),
        (0, 4, "https://t.me/uxlink_03", ()),
        (0, 5, "https://t.me/uxlink_old", ("https://t.me/uxlink_old", "https://t.me/uxlink_04")),
        (1, 2, "https://t.me/uxlink_11", ()),
    ]
    assert [(one.name, one.read) for one in layout.sheets] == [("Lijst", True), ("Blad2", True)]


FORMULAS = [
    ('=HYPERLINK("https://t.me/abcde/1","open")', ONE),
    ('=HYPERLINK("https://t.me/abcde/1")', ONE),
    ('=HYPERLINK(C2,"open")', ONE),
    ('=HYPERLINK("https://t.me/"&D2&"/1","open")', ONE),
    ('=HYPERLINK("https://t.me/" & $D$2 & "/" & E2, D2)', ONE),
    ('=hyperlink("https://t.me/abcde/1","say ""open""")', ONE),
]


@pytest.mark.parametrize(("formula", "url"), FORMULAS)
def test_a_formula_is_read_by_where_it_leads(read: Read, formula: str, url: str) -> None:
    def shape(book: Any, sheet: Any) -> None:
        sheet.write_formula(1, 1, formula, None, "open")

    content = workbooks.written([["Nr", "Link", "Base", "Name", "Post"], [1, None, ONE, "abcde", 1]], shape)
    _, (row,) = read(content)
    assert (row.url, row.asks) == (url, ())


def test_a_formula_that_was_filled_down_leads_to_another_address_in_each_row(read: Read, xlsx: Make) -> None:
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>URL</t></is></c><c r="B1" t="inlineStr"><is><t>Base</t></is></c></row>'
        '<row r="2"><c r="A2" t="str"><f t="shared" ref="A2:A3" si="0">HYPERLINK(B2,"open")</f><v>open</v></c>'
        f'<c r="B2" t="inlineStr"><is><t>{ONE}</t></is></c></row>'
        '<row r="3"><c r="A3" t="str"><f t="shared" si="0"/><v>open</v></c>'
        f'<c r="B3" t="inlineStr"><is><t>{TWO}</t></is></c></row>'
    )
    assert [row.url for row in read(xlsx({"A": rows}))[1]] == [ONE, TWO]


@pytest.mark.parametrize(
    "formula",
    [
        '=HYPERLINK(VLOOKUP(A2,Z:Z,1),"open")',
        '=HYPERLINK("https://t.me/abcde/"&ROW(),"open")',
        '=HYPERLINK("#Sheet2!A1","open")',
    ],
)
def test_a_formula_that_is_not_followed_gives_no_address(read: Read, formula: str) -> None:
    def shape(book: Any, sheet: Any) -> None:
        sheet.write_formula(1, 1, formula, None, "open")

    _, rows = read(workbooks.written([["Nr", "Link"], [1, None], [2, ONE]], shape))
    assert [row.url for row in rows] == ["open", ONE]


def test_links_of_libreoffice_are_read_too(read: Read, ods: Make) -> None:
    kind = 'office:value-type="string"'
    remark = '<office:annotation><text:p><text:a xlink:href="https://t.me/remark">see</text:a></text:p></office:annotation>'
    rows = (
        f"<table:table-row><table:table-cell {kind}><text:p>URL</text:p></table:table-cell></table:table-row>"
        f'<table:table-row><table:table-cell {kind}>{remark}<text:p><text:a xlink:href="{ONE}">klik hier</text:a></text:p></table:table-cell></table:table-row>'
        f'<table:table-row><table:table-cell {kind} table:formula="of:=HYPERLINK(&quot;{TWO}&quot;;&quot;open&quot;)"><text:p>open</text:p></table:table-cell></table:table-row>'
        f'<table:table-row><table:table-cell {kind} table:formula="of:=HYPERLINK([.B4];&quot;open&quot;)"><text:p>open</text:p></table:table-cell>'
        f"<table:table-cell {kind}><text:p>{ONE}</text:p></table:table-cell></table:table-row>"
    )
    _, found = read(ods(rows))
    assert [row.url for row in found] == [ONE, TWO, ONE]


def test_a_column_of_nothing_but_texts_with_links_is_found_without_a_header(read: Read) -> None:
    def shape(book: Any, sheet: Any) -> None:
        for number in range(4):
            sheet.write_url(number, 1, f"https://t.me/abcde/{number}", string="click here")

    _, rows = read(workbooks.written([[n, None, "seen it today"] for n in range(4)], shape))
    assert [row.url for row in rows] == [f"https://t.me/abcde/{n}" for n in range(4)]


@settings(deadline=None)  # the machine may be busy
@given(st.text(max_size=60), st.integers(0, 9), st.integers(0, 9))
def test_no_formula_breaks_the_reading(text: str, rows: int, columns: int) -> None:
    for formula in (text, f"HYPERLINK({text}", f'HYPERLINK("{text}"&A1)'):
        assert isinstance(target_of(Formula(formula, rows, columns), lambda row, column: "x"), str)
