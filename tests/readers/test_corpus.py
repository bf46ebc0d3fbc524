"""Real links, as a file an officer could hand in: each comes out as it went in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from takedowns.readers import HandedInRow, Layout
from takedowns.tabular import csv_lines


@pytest.mark.parametrize("delimiter", [",", ";", "|"])
def test_every_real_link_arrives_whole(
    corpus: Path, read: Callable[..., tuple[Layout, list[HandedInRow]]], delimiter: str
) -> None:
    lines = (corpus / "identify.tsv").read_text(encoding="utf-8").splitlines()[1:]
    links = [line.split("\t")[0].strip() for line in lines]
    table = "".join(csv_lines([["URL", "Note"], *([link, "x"] for link in links)], delimiter=delimiter))
    assert [row.url for row in read(table)[1]] == links
    # Without a header and without quotes too, although commas and semicolons stand in some of them.
    assert [row.url for row in read("\n".join(links))[1]] == links


def test_the_file_itself_is_a_table_with_a_row_for_every_line(
    corpus: Path, read: Callable[..., tuple[Layout, list[HandedInRow]]]
) -> None:
    content = (corpus / "identify.tsv").read_bytes()
    layout, rows = read(content)
    assert (layout.delimiter, layout.columns["url"]) == ("\t", "url")
    assert [row.line for row in rows] == list(range(2, content.count(b"\n") + 1))
