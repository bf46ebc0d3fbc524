"""What an officer pastes: a list of links, or a piece of a spreadsheet."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from takedowns.identity import Identity, extract
from takedowns.readers import HandedInRow, open_pasted


def read_pasted(text: str, *, zone: ZoneInfo) -> list[HandedInRow]:
    return list(open_pasted(text, zone=zone).rows())


def test_each_line_is_a_row_under_its_own_number(zone: ZoneInfo) -> None:
    rows = list(read_pasted("\nhttps://t.me/demo_a\r\n\r\n  t.me/demo_b  \nnot a link, surely\n", zone=zone))
    assert [(row.line, row.url) for row in rows] == [
        (2, "https://t.me/demo_a"),
        (4, "t.me/demo_b"),
        (5, "not a link, surely"),
    ]
    assert rows[1].raw == "  t.me/demo_b  "


def test_quotes_and_commas_in_a_list_are_left_alone(zone: ZoneInfo) -> None:
    rows = list(read_pasted('"https://example.org/a,b\nhttps://example.org/c;d"\n', zone=zone))
    assert [row.url for row in rows] == ['"https://example.org/a,b', 'https://example.org/c;d"']
    assert [row.problems for row in rows] == [(), ()]


def test_bullets_are_taken_off(zone: ZoneInfo) -> None:
    rows = list(read_pasted("1. https://t.me/demo_a\n• https://t.me/demo_b\n", zone=zone))
    assert [row.url for row in rows] == ["https://t.me/demo_a", "https://t.me/demo_b"]
    assert rows[0].raw == "1. https://t.me/demo_a"


@pytest.mark.parametrize("tab", ["\t", ";", ","])
def test_a_table_with_a_header_is_read_as_a_table(zone: ZoneInfo, tab: str) -> None:
    text = (
        'Adresse\tArt\tBemerkung\nhttps://t.me/demo_a\tKanal\t"zwei\nZeilen"\nhttps://t.me/demo_b\tVideo\tx\n'
    )
    rows = list(read_pasted(text.replace("\t", tab), zone=zone))
    assert [(row.line, row.url, row.kind, row.note) for row in rows] == [
        (2, "https://t.me/demo_a", "channel", "zwei\nZeilen"),
        (4, "https://t.me/demo_b", "video", "x"),
    ]


def test_a_header_over_a_plain_list_is_no_row(zone: ZoneInfo) -> None:
    rows = list(read_pasted("Links\nhttps://example.org/a,b\n", zone=zone))
    assert [(row.line, row.url) for row in rows] == [(2, "https://example.org/a,b")]


def test_of_cells_without_header_the_link_is_taken(zone: ZoneInfo) -> None:
    rows = list(read_pasted("12\thttps://t.me/demo_a\tseen\n13\tno link\n", zone=zone))
    assert [row.url for row in rows] == ["https://t.me/demo_a", "13\tno link"]


def test_nothing_pasted_gives_nothing(zone: ZoneInfo) -> None:
    assert list(read_pasted(" \n\n\t\n", zone=zone)) == []


def test_broken_signs_become_visible(zone: ZoneInfo) -> None:
    (row,) = read_pasted("https://t.me/demo\ud800_a\0b", zone=zone)
    assert row.url == "https://t.me/demo\ufffd_a\u2400b"
    assert len(row.problems) == 2
    row.raw.encode()


@settings(deadline=None)  # the machine may be busy
@given(st.text(st.characters(exclude_categories=[])))
def test_any_text_can_be_pasted(text: str) -> None:
    rows = list(read_pasted(text, zone=ZoneInfo("Europe/Amsterdam")))
    for row in rows:
        row.raw.encode()
        row.url.encode()
        assert "\0" not in row.raw + row.url + row.note


@pytest.mark.parametrize(
    "above",
    [
        "> https://t.me/abcde/12",
        "Kanal: https://t.me/abcde/12",
        "Voir aussi t.me/abcde/12, merci",
        "1. hxxps://t[.]me/abcde/12 (video)",
        "<https://t.me/abcde/12> hoofdkanaal",
    ],
)
@pytest.mark.parametrize("header", ["URL", "Link;Notiz", "Adresse\tRemarque"])
def test_an_address_above_what_looks_like_a_header_is_not_lost(
    above: str, header: str, zone: ZoneInfo
) -> None:
    rows = read_pasted(f"{above}\n{header}\nhttps://t.me/abcde/13\n", zone=zone)
    found = [one.result for row in rows for one in extract(row.url)]
    named = {one.key for one in found if isinstance(one, Identity)}
    assert named == {"abcde/12", "abcde/13"}
