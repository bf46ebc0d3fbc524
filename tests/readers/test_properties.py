"""What holds for any file: our own tables come back as they were, and no bytes do harm."""

from __future__ import annotations

import io
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from takedowns.readers import HandedInRow, ReaderError, open_table
from takedowns.readers.encoding import misfits
from takedowns.tabular import write_csv
from takedowns.tabular.signs import shown

ZONE = ZoneInfo("Europe/Amsterdam")

# White space at the ends of a cell is not kept; inside, everything is.
WORDS = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=["Cs", "Cc"]), max_size=20
)
NOTES = st.builds(
    lambda parts, sign: sign.join(parts).strip(),
    st.lists(WORDS, max_size=3),
    st.sampled_from(["\n", "\r\n", '"', ",", ";", "\t", "=", "'"]),
)
SIGNS = [*"abXY 01=+-@'\",;|\n"]
# Words with the accents of one language; a cell of nothing but accents could be any code page.
WINDOWS = {
    "cp1252": (
        ["für", "straße", "Überfall", "größer"],
        ["déjà", "où", "garçon", "œuvre", "être", "naïf"],
        ["señal", "¿qué", "vídeo", "acción"],
        ["così", "perché", "più", "però"],
        ["geïnd", "zoëven", "één"],
        ["não", "ações", "conteúdo"],
        ["på", "även", "ändå", "göra"],
        ["også", "både", "ære", "død"],
    ),
    "cp1250": (
        ["zdjęcie", "ćwiczyć", "źródło", "żółw"],
        ["příspěvek", "účet", "ďábel", "kůň"],
        ["üzenet", "bűn", "őrizet", "erőszak"],
        ["grupă", "mesaj în", "reţea", "poşta"],
        ["priča", "žrtva", "kuća", "šuma"],
    ),
    "cp1254": (["içerik", "ışık", "ağız", "şiddet", "görüntü"],),
}


def cells_of(*words: str, between: str = "") -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from([*SIGNS, *words]), max_size=12).map(
        lambda parts: between.join(parts).strip()
    )


LATIN = cells_of(*(word for words in WINDOWS["cp1252"] for word in words))


def written(rows: list[tuple[str, str, str]], delimiter: str, encoding: str, *, bom: bool = False) -> bytes:
    stream = io.StringIO(newline="")
    write_csv([("URL", "Outlet", "Note"), *rows], stream, delimiter=delimiter, bom=bom)
    return stream.getvalue().encode(encoding)


def read_again(content: bytes) -> list[tuple[str, str, str]]:
    rows = list(open_table(io.BytesIO(content), "report.csv", zone=ZONE).rows())
    assert [row.problems for row in rows] == [()] * len(rows)
    return [(row.url, row.outlet, row.note) for row in rows]


def numbered(cells: list[tuple[str, str]]) -> list[tuple[str, str, str]]:
    return [(f"https://t.me/demo_{n}", outlet, note) for n, (outlet, note) in enumerate(cells)]


@settings(deadline=None)  # the machine may be busy
@given(
    st.lists(st.tuples(NOTES, NOTES), min_size=1, max_size=8).map(numbered),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]),
)
def test_our_own_report_read_again_gives_the_same_cells(
    rows: list[tuple[str, str, str]], delimiter: str, encoding: str
) -> None:
    visible = [tuple(shown(cell.replace("\ufffd", "").replace("\u2400", "")) for cell in row) for row in rows]
    assert read_again(written(visible, delimiter, encoding)) == visible  # type: ignore[arg-type]


# A language whose letters are also a commoner code page's is read as that: "ř" alone is "ø" of Danish.
@pytest.mark.parametrize(
    ("encoding", "words"), [(page, words) for page, languages in WINDOWS.items() for words in languages]
)
@settings(deadline=None)  # the machine may be busy
@given(st.data(), st.sampled_from([",", ";", "\t", "|"]))
def test_a_windows_file_of_one_language_read_again_gives_the_same_cells(
    encoding: str, words: list[str], data: st.DataObject, delimiter: str
) -> None:
    cells = cells_of(*words, between=" ")
    rows = data.draw(st.lists(st.tuples(cells, cells), min_size=1, max_size=8).map(numbered))
    if encoding != "cp1252":
        rows.append(("https://t.me/demo_all", "", " ".join(words)))
    assert read_again(written(rows, delimiter, encoding)) == rows


@settings(deadline=None)  # the machine may be busy
@given(
    st.lists(st.tuples(LATIN, LATIN), min_size=1, max_size=8).map(numbered),
    st.sampled_from([",", ";", "\t", "|"]),
)
@example([("https://t.me/demo_0", "", "a\ndéjàcosì")], ",")
@example([("https://t.me/demo_0", "", "astraßestraßestraßegeïnd")], ",")
def test_a_windows_file_read_again_gives_the_same_cells(
    rows: list[tuple[str, str, str]], delimiter: str
) -> None:
    """Of several languages, wherever their letters are no better those of one language of another code page."""
    content = written(rows, delimiter, "cp1252")
    text = b"\n".join(line for line in content.splitlines() if not line.isascii())
    fits = {page: misfits(text, page) for page in ("cp1252", "cp1250", "iso8859_2", "cp1254")}
    assume(fits["cp1252"] == min(fits.values()))
    assert read_again(content) == rows


def test_what_is_good_italian_with_dutch_and_good_czech_cannot_be_told() -> None:
    both = "così geïnd".encode("cp1252")
    assert both.decode("cp1250") == "cosě geďnd"
    assert misfits(both, "cp1252") == 1
    assert misfits(both, "cp1250") == 0


PIECES = st.sampled_from(
    [
        b"URL",
        b"Link,Note",
        b"https://t.me/demo_a",
        b",",
        b";",
        b"\t",
        b"|",
        b'"',
        b'""',
        b"\r",
        b"\n",
        b"\r\n",
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xe9",
        b"\xc3\xa9",
        b"sep=;\n",
        b"PK\x03\x04",
        b"'=",
        b" ",
    ]
)
FILES = st.one_of(
    st.binary(max_size=400), st.lists(st.one_of(PIECES, st.binary(max_size=4)), max_size=60).map(b"".join)
)


@settings(max_examples=500, deadline=None)
@given(FILES)
@example(b"sep=\n\nURL")
@example(b"\xff\xfe\x00\xd8\x00\xd8U\x00R\x00L\x00\n\x00x\x00")
@example(b"URL\n" + b'"\n' * 300)
def test_no_bytes_raise_anything_but_a_refusal(content: bytes) -> None:
    try:
        rows = list(open_table(io.BytesIO(content), "anything", zone=ZONE).rows())
    except ReaderError:
        return
    for row in rows:
        assert isinstance(row, HandedInRow)
        assert "\0" not in "".join((row.raw, row.url, row.kind, row.outlet, row.note))
        row.raw.encode()
        row.url.encode()


@settings(deadline=None)  # the machine may be busy
@given(
    st.lists(
        st.sampled_from(
            [
                'https://t.me/demo_a,"open',
                'https://t.me/demo_b,"shut"',
                "https://t.me/demo_c,plain",
                'https://t.me/demo_d,in"side',
                ',"',
            ]
        ),
        max_size=40,
    )
)
def test_every_line_is_found_in_some_row(lines: list[str]) -> None:
    """Whatever the quotes do, no line vanishes: each that holds a link is in the raw text of exactly one row."""
    content = "\n".join(["URL,Note", "https://t.me/demo_0,first", *lines]).encode()
    rows = list(open_table(io.BytesIO(content), "list.csv", zone=ZONE).rows())
    expected = [line for line in lines if line.startswith("https")]
    found = [line for row in rows for line in row.raw.split("\n") if line.startswith("https")]
    assert found == ["https://t.me/demo_0,first", *expected]
