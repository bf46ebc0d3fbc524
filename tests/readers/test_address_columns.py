"""Tables with several columns of addresses: which of them is read, and that the others are named."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.readers.conftest import FILES

Read = Callable[..., tuple]


@pytest.mark.parametrize(
    ("name", "read_from", "named", "items"),
    [
        ("account-and-post.csv", "Post URL", ["Account URL"], 2),
        ("lien-du-compte.csv", "Élément signalé", ["Lien du compte"], 2),
        ("url-and-screenshot.csv", "URL", ["Beweis"], 2),
        ("channel-and-message.csv", "URL", ["Message link"], 2),
        ("quelle-weit-unten.csv", "URL", ["Quelle"], 39),
        ("address-in-the-note.csv", "URL", [], 2),
    ],
)
def test_a_column_of_addresses_that_is_not_read_is_named(
    read: Read, name: str, read_from: str, named: list[str], items: int
) -> None:
    layout, rows = read((FILES / "address-columns" / name).read_bytes())
    assert (layout.columns["url"], layout.other_links) == (read_from, named)
    assert [row.url for row in rows] == [f"https://t.me/abcde/{number}" for number in range(1, items + 1)]


def test_in_a_workbook_too(read: Read, xlsx: Callable[..., bytes]) -> None:
    table = [["Profile", "URL"], ["https://t.me/abcde", "https://t.me/abcde/1"]]
    layout, rows = read(xlsx({"list": table}))
    assert (layout.other_links, [row.url for row in rows]) == (["Profile"], ["https://t.me/abcde/1"])


def test_once_a_person_chose_the_column_it_is_that_one(read: Read) -> None:
    content = (FILES / "address-columns" / "account-and-post.csv").read_bytes()
    _, rows = read(content, {"url": "Account URL"})
    assert {row.url for row in rows} == {"https://t.me/abcde"}
