"""XLSX and ODS workbooks, whole, untidy, damaged and hostile."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest

from takedowns.readers import HandedInRow, Layout, ReaderError, open_table

Read = Callable[..., tuple[Layout, list[HandedInRow]]]
Refused = Callable[..., ReaderError]
Make = Callable[..., bytes]

HEADER: list[object] = ["Lien", "Type", "Priorité", "Date", "Remarque"]


def test_a_workbook_from_excel_comes_through(read: Read, xlsx: Make) -> None:
    layout, rows = read(
        xlsx({"Liste": [HEADER, ["https://t.me/demo_a", "vidéo", 2, "2019-11-21 14:05", 'deux, "trois"']]})
    )
    assert rows == [
        HandedInRow(
            line=2,
            raw='https://t.me/demo_a,vidéo,2,2019-11-21 14:05,"deux, ""trois"""',
            url="https://t.me/demo_a",
            kind="video",
            tier=2,
            found_at=datetime(2019, 11, 21, 13, 5, tzinfo=UTC),
            note='deux, "trois"',
        )
    ]
    assert (layout.format, layout.sheet, layout.encoding, [one.name for one in layout.sheets]) == (
        "xlsx",
        "Liste",
        "",
        ["Liste"],
    )


def test_a_workbook_from_libreoffice_comes_through(read: Read, ods: Make) -> None:
    layout, rows = read(
        ods([HEADER, ["https://t.me/demo_a", "canal", "3", "21/11/2019", "x"], ["https://t.me/demo_b"]])
    )
    assert layout.format == "ods"
    assert [(row.line, row.url, row.kind, row.tier) for row in rows] == [
        (2, "https://t.me/demo_a", "channel", 3),
        (3, "https://t.me/demo_b", "", None),
    ]


def test_titles_blank_rows_and_columns_keep_the_row_numbers_of_the_sheet(read: Read, xlsx: Make) -> None:
    rows = [
        [None, "Action day"],
        [],
        [None, "URL", "Tier"],
        [],
        [None, "https://t.me/demo_a", 1],
        [],
        [None, "t.me/demo_b", 7],
    ]
    layout, found = read(xlsx({"A": rows}))
    assert layout.titles == ["Action day"]
    assert [(row.line, row.url, row.tier) for row in found] == [
        (5, "https://t.me/demo_a", 1),
        (7, "t.me/demo_b", None),
    ]
    assert found[1].problems == ("Priority '7' is not a number from 1 to 5; left empty.",)


def test_dates_of_a_sheet_are_local_times(read: Read, xlsx: Make) -> None:
    # 43790.586805… is 21 November 2019, 14:05, as Excel counts; the style makes it a date.
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>URL</t></is></c><c r="B1" t="inlineStr"><is><t>Date</t></is></c></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t>https://t.me/demo_a</t></is></c><c r="B2" t="d"><v>2019-11-21T14:05:00</v></c></row>'
    )
    _, found = read(xlsx({"A": rows}))
    assert found[0].found_at == datetime(2019, 11, 21, 13, 5, tzinfo=UTC)


def test_the_sheet_with_the_links_is_found_and_others_with_links_are_named(read: Read, xlsx: Make) -> None:
    cover: list[list[object]] = [["Unit", "Demo"], ["Officer", "Anna"]]
    loose: list[list[object]] = [["https://example.org/loose"]]
    layout, rows = read(xlsx({"Cover": cover, "Loose": loose, "Links": [["URL"], ["https://t.me/demo_a"]]}))
    assert layout.sheet == "Links"
    assert [(one.name, one.read) for one in layout.sheets] == [("Loose", False), ("Links", True)]
    assert [row.url for row in rows] == ["https://t.me/demo_a"]


def test_long_numbers_stay_whole(read: Read, xlsx: Make) -> None:
    _, rows = read(xlsx({"A": [["URL", "Note"], ["https://t.me/demo_a", 1234567890123]]}))
    assert rows[0].note == "1234567890123"


def test_progress_ends_at_the_size(xlsx: Make, zone: ZoneInfo) -> None:
    content = xlsx({"A": [["URL"], *([f"https://t.me/demo_{n}"] for n in range(500))]})
    table = open_table(io.BytesIO(content), "list.xlsx", zone=zone)
    rows = table.rows()
    next(rows)
    assert 0 < table.bytes_read < len(content)
    assert sum(1 for _ in rows) == 499
    assert table.bytes_read == table.size == len(content)


def test_a_person_can_say_which_column_is_which(read: Read, xlsx: Make) -> None:
    _, rows = read(xlsx({"A": [["X", "Y"], ["Amber", "t.me"]]}), mapping={"url": "Y", "outlet": "X"})
    assert [(row.url, row.outlet) for row in rows] == [("t.me", "Amber")]


def test_workbooks_without_links_or_with_a_password_are_refused(
    refused: Refused, xlsx: Make, ods: Make
) -> None:
    assert refused(xlsx({"A": [["Name"], ["Anna"]]})).headers == ["Name"]
    assert refused(xlsx({"A": [["Name"], ["Anna"]]})).code == "no_url_column"
    assert refused(xlsx({"A": []})).code == "empty"
    assert refused(ods([["URL"]], password=True)).code == "encrypted_workbook"
    assert refused(xlsx({"A": [[*(f"h{n}" for n in range(300))]]})).code == "too_wide"


def test_archives_that_are_no_workbook_are_refused(refused: Refused) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")
    assert refused(stream.getvalue()).code == "unsupported_format"
    assert refused(b"PK\x03\x04 and no more").code == "unreadable"
    assert refused(stream.getvalue()[:-20]).code == "unreadable"


CORNER = '<row r="1"><c r="A1" t="inlineStr"><is><t>URL</t></is></c></row>'


@pytest.mark.parametrize(
    "rows",
    [
        CORNER + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        CORNER + "<row r='1048576'><c r = 'XFD1048576'><v>1</v></c></row>",
        '<row r="1"><c r="XFD1"><v>1</v></c></row><row r="1048576"><c><v>1</v></c></row>',
    ],
)
def test_a_small_workbook_that_unfolds_to_terabytes_is_refused(
    refused: Refused, xlsx: Make, rows: str
) -> None:
    assert refused(xlsx({"A": rows})).code == "too_large"


def test_formats_far_from_the_list_do_no_harm(read: Read, xlsx: Make) -> None:
    styled = '<row r="2"><c r="A2" t="inlineStr"><is><t>https://t.me/demo_a</t></is></c></row><row r="1048576"><c r="XFD1048576" s="1"/></row>'
    _, rows = read(xlsx({"A": CORNER + styled}))
    assert [row.url for row in rows] == ["https://t.me/demo_a"]


def test_repeated_cells_of_ods_are_counted_out(refused: Refused, read: Read, ods: Make) -> None:
    def cell(text: str, columns: int = 1) -> str:
        kind = 'office:value-type="string"'
        return f'<table:table-cell {kind} table:number-columns-repeated="{columns}"><text:p>{text}</text:p></table:table-cell>'

    def row(cells: str, rows: int = 1) -> str:
        return f'<table:table-row table:number-rows-repeated="{rows}">{cells}</table:table-row>'

    bomb = row(cell("URL")) + row(cell("x", 16_384), 1_000_000)
    assert refused(ods(bomb)).code == "too_large"
    # What LibreOffice writes below every sheet: empty cells to the end of the world.
    usual = (
        row(cell("URL"))
        + row(cell("t.me/demo_a"))
        + row('<table:table-cell table:number-columns-repeated="16384"/>', 1_048_574)
    )
    assert [found.url for found in read(ods(usual))[1]] == ["t.me/demo_a"]


def test_damaged_workbooks_are_refused_or_read_never_worse(xlsx: Make, ods: Make, zone: ZoneInfo) -> None:
    whole: list[list[object]] = [["URL", "Tier"], *([f"https://t.me/demo_{n}", n] for n in range(6))]
    random = Random(2019)
    for content in (xlsx({"A": whole}), ods(whole)):
        for _ in range(150):
            spoiled = bytearray(content)
            for _ in range(random.randrange(1, 9)):
                spoiled[random.randrange(len(spoiled))] = random.randrange(256)
            try:
                rows = list(open_table(io.BytesIO(bytes(spoiled)), "list.xlsx", zone=zone).rows())
            except ReaderError:
                continue
            assert all(isinstance(row, HandedInRow) for row in rows)
