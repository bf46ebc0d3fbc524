"""Single cells, as people of sixteen languages write them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from takedowns.readers.cells import read_kind, read_language, read_tier
from takedowns.readers.dates import time_reader
from takedowns.readers.vocabulary import _table, plain, words

read_time = time_reader(ZoneInfo("Europe/Amsterdam"))


@pytest.mark.parametrize(
    "cell",
    [
        "2019-11-21 14:05",
        "2019-11-21T14:05:00",
        "2019-11-21T13:05:00Z",
        "2019-11-21T15:05:00+02:00",
        "2019-11-21 13:05 UTC",
        "2019/11/21 14:05",
        "21.11.2019 14:05",
        "21.11.2019, 14:05 Uhr",
        "21/11/2019 14:05",
        "21-11-2019 14:05:00",
        "21/11/19 14:05",
        "21/11/2019 14h05",
        "21/11/2019 à 14:05",
        "11/21/2019 2:05 PM",
        "21 Nov 2019 14:05",
        "21 novembre 2019 14:05",
        "21. November 2019 14:05",
        "21 noviembre 2019 14:05",
        "Nov 21, 2019 14:05",
        "21.11.2019 14:05 CET",
        " 2019-11-21 14:05 ",
    ],
)
def test_times_are_understood_as_people_write_them(cell: str) -> None:
    assert read_time(cell) == (datetime(2019, 11, 21, 13, 5, tzinfo=UTC), "")


def test_with_points_the_day_stands_before_the_month() -> None:
    assert read_time("03.04.2019")[0] == datetime(2019, 4, 2, 22, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "cell",
    ["soon", "31.02.2019", "21.11.2019 25:00", "0001-01-01", "9999-12-31", "21.11.", "1 2 3 4"],
)
def test_what_is_no_time_is_told_and_left_empty(cell: str) -> None:
    found, problem = read_time(cell)
    assert found is None
    assert cell in problem
    assert problem.endswith("left empty.")


def test_the_words_for_kinds_mean_what_identity_knows() -> None:
    from takedowns.identity import Kind

    assert set(words("kind").values()) == {kind.value for kind in Kind}
    assert all(read_kind(kind.value) == (kind.value, "") for kind in Kind)


def test_no_word_means_two_things() -> None:
    for filename in ("headers.toml", "languages.toml"):
        check_unambiguous(_table(filename))
    for subject in ("kind", "tier", "month"):
        check_unambiguous(_table("words.toml")[subject])


LIST = "URL;Stufe;Art;Sprache\nt.me/abcde/1;hoch;Flugblatt;x\nt.me/abcde/2;2;video;ar\nt.me/abcde/3;;Flugblatt;\n"


def test_words_are_told_to_be_mapped_and_numbers_are_not(read: Callable[..., Any]) -> None:
    _, rows = read(LIST)
    assert [row.words for row in rows] == [
        (("kind", "Flugblatt"), ("tier", "hoch"), ("language", "x")),
        (),
        (("kind", "Flugblatt"),),
    ]
    assert [row.tier for row in rows] == [2, 2, None], "empty stays empty"


@pytest.mark.parametrize(
    ("said", "read_as"),
    [
        ({("tier", "hoch"): "1"}, (1, "flugblatt", "")),
        ({("tier", "hoch"): ""}, (None, "flugblatt", "")),
        ({("kind", "flugblatt"): "document"}, (2, "document", "")),
        ({("language", "x"): "fa"}, (2, "flugblatt", "fa")),
        ({("kind", "flugblatt"): "", ("language", "x"): ""}, (2, "", "")),
    ],
)
def test_a_word_means_in_every_row_what_a_person_said(
    read: Callable[..., Any], said: dict[tuple[str, str], str], read_as: tuple[int | None, str, str]
) -> None:
    _, rows = read(LIST, words=said)
    assert (rows[0].tier, rows[0].kind, rows[0].language) == read_as
    said_fields = {field for field, _ in said}
    assert not any(one.lower().startswith(field) for field in said_fields for one in rows[0].problems)
    assert rows[2].kind == read_as[1]
    assert (rows[2].tier, rows[1].kind) == (None, "video")


def check_unambiguous(table: dict[str, list[str]]) -> None:
    seen: dict[str, str] = {}
    for meaning, synonyms in table.items():
        for word in {plain(synonym) for synonym in [meaning, *synonyms]}:
            assert word
            assert seen.setdefault(word, meaning) == meaning, f"{word} means {seen[word]} and {meaning}"


@settings(deadline=None)  # the machine may be busy
@given(st.text())
def test_no_cell_breaks_the_reading(cell: str) -> None:
    found, problem = read_time(cell)
    assert found is None or not problem
    tier, _ = read_tier(cell)
    assert tier in {None, 1, 2, 3, 4, 5}
    read_kind(cell)
    read_language(cell)


@pytest.mark.parametrize(
    ("cell", "tier"),
    [
        ("1", 1),
        ("2.0", 2),
        ("Tier 3", 3),
        ("T4", 4),
        ("p5", 5),
        ("2 - crisis", 2),
        ("Threat to life", 1),
        ("Priorité 1", 1),
        ("P1", 1),
        ("3/5", 3),
        ("hoch", 2),
        ("haute", 2),
        ("hoog", 2),
        ("alta", 2),
        ("wysoki", 2),
        ("mittel", 3),
        ("niski", 4),
        ("matala", 4),
        ("висока", 2),
        ("mycket hög", 1),
        ("soon", None),
        ("Stufe 2", 2),
        ("group 3", None),
        ("0", None),
        ("6", None),
        ("12", None),
        ("", None),
    ],
)
def test_tiers(cell: str, tier: int | None) -> None:
    assert read_tier(cell)[0] == tier


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("ar", "ar"),
        ("AR", "ar"),
        ("ar-SY", "ar"),
        ("ara", "ar"),
        ("arabe", "ar"),
        ("Arabisch", "ar"),
        ("árabe", "ar"),
        ("allemand", "de"),
        ("ger", "de"),
        ("français", "fr"),
        ("Farsi", "fa"),
        ("arabisch", "ar"),
        ("arabski", "ar"),
        ("arabština", "ar"),
        ("αραβικά", "ar"),
        ("арабски", "ar"),
        ("العربية", "ar"),
        ("kurdiska", "ku"),
        ("xx", ""),
    ],
)
def test_languages(cell: str, code: str) -> None:
    assert read_language(cell)[0] == code


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("Videos", "video"),
        ("VIDÉO", "video"),
        ("Kanäle", "channel"),
        ("chaîne", "channel"),
        ("Publication", "document"),
        ("bot", "account"),
        ("Gruppe", "group"),
        ("berichten", "post"),
        ("applicazione", "app"),
        ("kanał", "channel"),
        ("příspěvek", "post"),
        ("csatorna", "channel"),
        ("βίντεο", "video"),
        ("група", "group"),
        ("konto", "account"),
        ("billede", "photo"),
        ("ryhmä", "group"),
        ("Leaflet", "leaflet"),
        ("", ""),
    ],
)
def test_kinds(cell: str, kind: str) -> None:
    assert read_kind(cell)[0] == kind
