"""Small workbooks that unfold, in every disguise: refused before the library that reads cells is asked."""

from __future__ import annotations

import contextlib
import io
import time
import zipfile
from collections.abc import Callable

import pytest

from takedowns.readers import HandedInRow, Layout, ReaderError

Read = Callable[..., tuple[Layout, list[HandedInRow]]]
Refused = Callable[..., ReaderError]
Make = Callable[..., bytes]

HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>URL</t></is></c></row>'


def changed(content: bytes, change: Callable[[str, bytes], tuple[str, bytes]], **more: bytes) -> bytes:
    """The workbook with each part renamed or rewritten, and with further parts."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            written, text = change(name, old.read(name))
            new.writestr(written, text)
        for name, text in more.items():
            new.writestr(name.replace("__", "/"), text)
    return stream.getvalue()


def kept(name: str, text: bytes) -> tuple[str, bytes]:
    return name, text


def replacing(old: str, new: str) -> Callable[[str, bytes], tuple[str, bytes]]:
    return lambda name, text: (name.replace(old, new), text.replace(old.encode(), new.encode()))


@pytest.mark.parametrize(
    "rows",
    [
        HEAD + '<row r="1048576"><c r="xfd1048576"><v>1</v></c></row>',
        HEAD + '<row r="1048576"><c r="XfD1048576"><v>1</v></c></row>',
        HEAD + '<row r="1048576"><c r="&#88;FD1048576"><v>1</v></c></row>',
        HEAD + '<row r="1"><c r="XFD1"><v>1</v></c></row><row r="1048576"><c r="a1048576"><f>1</f></c></row>',
        HEAD
        + '<x:row xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r="1048576"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>',
        HEAD + '<row r="1048576"><!-- > --><c a=">" r="XFD1048576"><v>1</v></c></row>',
    ],
)
def test_a_far_corner_is_found_however_it_is_written(refused: Refused, xlsx: Make, rows: str) -> None:
    assert refused(xlsx({"A": rows})).code == "too_large"


BOMB = HEAD + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("worksheets/sheet1.xml", "elsewhere/list.dat"),
        ("worksheets/sheet1.xml", "sharedStrings.xml"),
        ("xl/worksheets/sheet1.xml", "XL/Worksheets/Sheet1.XML"),
        ("worksheets/sheet1.xml", "worksheets/deep/er/sheet1.xml"),
        ("worksheets/sheet1.xml", "media/image1.png"),
    ],
)
def test_a_far_corner_is_found_wherever_the_sheet_stands(
    refused: Refused, xlsx: Make, old: str, new: str
) -> None:
    assert refused(changed(xlsx({"A": BOMB}), replacing(old, new))).code == "too_large"


def test_a_sheet_that_no_list_of_sheets_names_counts_too(refused: Refused, xlsx: Make) -> None:
    bomb = xlsx({"A": BOMB})
    with zipfile.ZipFile(io.BytesIO(bomb)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    whole = xlsx({"A": [["URL"], ["https://t.me/abcde/1"]]})
    assert refused(changed(whole, kept, xl__other=sheet)).code == "too_large"


def test_the_limit_is_that_of_the_whole_file(refused: Refused, read: Read, xlsx: Make) -> None:
    part = HEAD + '<row r="3000"><c r="ALL3000"><v>1</v></c></row>'  # three million cells
    assert len(read(xlsx({f"S{n}": part for n in range(2)}))[0].sheets) == 2
    assert refused(xlsx({f"S{n}": part for n in range(7)})).code == "too_large"


def test_the_same_part_under_many_names_counts_as_often(refused: Refused, xlsx: Make) -> None:
    part = HEAD + '<row r="3000"><c r="ALL3000"><v>1</v></c></row>'
    many = xlsx({f"S{n}": part if not n else [["URL"]] for n in range(9)})
    merged = changed(
        many,
        lambda name, text: (
            name,
            text if not name.endswith("workbook.xml.rels") else _all_to_the_first(text),
        ),
    )
    assert refused(merged).code == "too_large"


def _all_to_the_first(text: bytes) -> bytes:
    for number in range(2, 10):
        text = text.replace(f"worksheets/sheet{number}.xml".encode(), b"worksheets/sheet1.xml")
    return text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("xl/workbook.bin", b"\x83\x01\x00"),
        ("content.xml", b"<office:document-content/>"),
        ("XL/workbook.xml", b"<workbook/>"),
        ("xl\\worksheets\\sheet1.xml", b"<worksheet/>"),
    ],
)
def test_an_archive_that_is_two_workbooks_is_refused(
    refused: Refused, xlsx: Make, name: str, text: bytes
) -> None:
    assert refused(changed(xlsx({"A": [["URL"], ["t.me/abcde"]]}), kept, **{name: text})).code == "unreadable"


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"]
)
def test_entities_are_not_read(refused: Refused, xlsx: Make, part: str) -> None:
    content = changed(
        xlsx({"A": [["URL"], ["t.me/abcde"]]}),
        lambda name, text: (name, ENTITIES.encode() + text if name == part else text),
    )
    assert refused(content).code == "unreadable"


@pytest.mark.parametrize("filler", [" ", "<a/>", "<", "<a b='", "<!--", "x"])
def test_megabytes_of_the_same_take_seconds(refused: Refused, xlsx: Make, filler: str) -> None:
    """What packs to less than a megabyte: no reading of it is quadratic."""
    size = 24 << 20
    body = filler * (size // len(filler)) if filler in {" ", "<a/>", "x"} else filler + "x" * size
    content = xlsx({"A": HEAD + body})
    assert len(content) < 1 << 20
    began = time.process_time()
    with contextlib.suppress(pytest.fail.Exception):  # some are read, and hold no list
        assert refused(content).code in {"too_large", "unreadable", "no_url_column"}
    assert time.process_time() - began < 15


def test_more_hidden_rows_than_a_sheet_has_are_refused(refused: Refused, ods: Make) -> None:
    hidden = '<table:table-row table:visibility="collapse" table:number-rows-repeated="1000000"><table:table-cell/></table:table-row>'
    assert refused(ods(hidden * 3)).code in {"too_large", "empty"}
    endless = hidden.replace("1000000", "999999999")
    assert refused(ods(endless)).code == "too_large"
