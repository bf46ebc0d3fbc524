"""Dates, each by itself and decided for a column as a whole (tests/intake/files/dates)."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date, get_month_names
from hypothesis import given, settings
from hypothesis import strategies as st

from takedowns.readers import Choices, HandedInRow, Layout, ReaderError, open_pasted, open_table
from takedowns.readers.date_order import DateOrder
from takedowns.readers.dates import time_reader
from takedowns.readers.vocabulary import plain, words
from tests.readers.conftest import AMSTERDAM, FILES

Read = Callable[..., tuple[Layout, list[HandedInRow]]]

#: The languages whose headers and months are read.
LANGUAGES = [
    "en",
    "fr",
    "de",
    "nl",
    "es",
    "it",
    "pl",
    "cs",
    "hu",
    "ro",
    "el",
    "bg",
    "sv",
    "da",
    "fi",
    "pt",
    "hr",
    "sk",
    "sl",
    "lt",
    "lv",
    "et",
    "mt",
    "ga",
    "nb",
    "is",
    "sr",
    "sr_Latn",
    "mk",
    "uk",
    "ru",
    "tr",
    "ar",
]
AT = datetime(2019, 11, 21, 13, 5, tzinfo=UTC)

read_time = time_reader(AMSTERDAM)


@pytest.mark.parametrize(
    "cell",
    [
        "43790.586805",
        "43790,5868055556",
        "2019-11-21T14:05:00.1234567",
        "2019-11-21T14:05:00,5+01:00",
        "2019-11-21T13:05:00.000Z",
        "2019-11-21 14:05:00.123456789",
        "20191121T140500",
        "21 listopada 2019 r. o godz. 14:05",
        "21. listopadu 2019 v 14:05",
        "2019. november 21. 14:05",
        "21 noiembrie 2019, ora 14:05",
        "21 Νοεμβρίου 2019 14:05",
        "21 ноември 2019 г., 14:05 ч.",
        "den 21 november 2019 kl. 14.05",
        "d. 21. nov. 2019 kl. 14:05",
        "21. marraskuuta 2019 klo 14.05",
        "21 de novembro de 2019 às 14:05",
        "Thursday, 21 November 2019 14:05",
        "Thursday, November 21st, 2019 2:05 PM",
        "jeudi 21 novembre 2019 à 14h05",
        "mar. 21 nov. 2019 14:05",
        "Do. 21.11.2019 14:05",
        "21-Nov-19 14:05",
        "21.11.2019 14:05 (CET)",
        "21.11.2019 15:05 EET",
        "21/11/2019 13:05 WET",
        "21.11.2019 14:05 BST",
        "21.11.2019 15:05 UTC+2",
        "21.11.2019 18:35 GMT+05:30",
        "21.11.2019 08:05 UTC-5",
        "21.11.2019 08:05 EST",
        "2019-11-21 15:05 Europe/Helsinki",
        "21.11.2019 2:05 p. m.",
        "21 nov 2019 2:05 μ.μ.",
        "21. studenoga 2019. u 14:05",
        "21. studenog 2019. godine, 14:05 h",
        "četvrtak, 21. novembra 2019 o 14:05",
        "2019 m. lapkričio 21 d. 14:05 val.",
        "2019. gada 21. novembrī plkst. 14:05",
        "21. november 2019 kell 14.05",
        "21. novembra 2019 ob 14.05",
        "21. новембра 2019. у 14:05",
        "21 ноября 2019 г. в 14:05",
        "21 листопада 2019 р. о 14:05",
        "21 Kasım 2019 Perşembe 14:05",
        "21 KASIM 2019 saat 14:05",
        "٢١ نوفمبر ٢٠١٩ ١٤:٠٥",
        "الخميس، 21 تشرين الثاني 2019 14:05",
        "\u200f21\u200f/11\u200f/2019 14:05",
        "２０１９-１１-２１ １４:０５",
        "21 ta’ Novembru 2019, 14:05",
        "Déardaoin 21 Samhain 2019 14:05",
    ],
)
def test_moments_are_understood_as_people_write_them(cell: str) -> None:
    found, problem = read_time(cell)
    assert problem == ""
    assert found is not None
    assert found.replace(second=0, microsecond=0) == AT


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("03/04/2019", "no date of the column decides it"),
        ("3-4-19 14:05", "no date of the column decides it"),
        ("21.11.2019 14:05 IST", "a time zone that is not known"),
        ("21.11.2019 14:05 CST", "a time zone that is not known"),
        ("21.11.2019 09:00-10:00", "a time zone that is not known"),
        ("do 21.11.2019", "not a date that is understood"),
        ("po 21.11.2019", "not a date that is understood"),
        ("before 21.11.2019", "not a date that is understood"),
        ("21.11.2019 - 23.11.2019", "not a date that is understood"),
        ("21.11.2019 14", "not a date that is understood"),
        ("12345", "not between 1990 and 2100"),
        ("2019-11-21 24:30", "not a date that is understood"),
    ],
)
def test_what_may_mean_two_things_is_told_and_left_empty(cell: str, why: str) -> None:
    found, problem = read_time(cell)
    assert found is None
    assert why in problem
    assert problem.endswith("left empty.")


@pytest.mark.parametrize(
    ("zone", "column", "months"),
    [
        ("UTC", ["21. listopada 2019."], [10]),
        ("UTC", ["21 listopada 2019"], [11]),
        ("UTC", ["21. listopada 2019"], [None]),
        ("Europe/Zagreb", ["21 listopada 2019", "21. lis 2019", "5. srp 2019"], [10, 10, 7]),
        ("Europe/Warsaw", ["21. listopada 2019.", "5-lip-2019"], [11, 7]),
        ("Europe/Warsaw", ["21. listopada 2019", "5. studenoga 2019"], [10, 11]),
        ("Europe/Zagreb", ["21. listopadu 2019", "5. srp 2019"], [11, 8]),
        ("UTC", ["21. lis 2019", "5. studenoga 2019", "5 stycznia 2019"], [None, 11, 1]),
    ],
)
def test_a_month_that_two_languages_call_alike_is_decided_by_the_column(
    zone: str, column: list[str], months: list[int | None]
) -> None:
    lines = [f"https://t.me/abcde/{n},{cell}" for n, cell in enumerate(column)]
    table = open_table(io.BytesIO("\n".join(["url,found", *lines]).encode()), "list.csv", zone=ZoneInfo(zone))
    rows = list(table.rows())
    read = [row.found_at.astimezone(ZoneInfo(zone)).month if row.found_at else None for row in rows]
    assert read == months
    assert all(row.found_at or "Croatian and Polish" in row.problems[0] for row in rows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_months_of_every_language_read_are_known(language: str) -> None:
    known = words("month") | (words("month_croatian") if language == "hr" else {})
    for width in ("wide", "abbreviated"):
        for context in ("format", "stand-alone"):
            for number, name in get_month_names(width, context, locale=language).items():
                assert known.get(plain(name)) == str(number), name


@settings(deadline=None)  # the machine may be busy
@given(
    st.datetimes(datetime(1990, 1, 2), datetime(2099, 12, 30)),
    st.sampled_from(LANGUAGES),
    st.sampled_from(["medium", "long", "full"]),
)
def test_a_date_written_out_by_unicode_s_rules_is_read_as_that_date(
    day: datetime, language: str, width: str
) -> None:
    written = format_date(day.date(), width, locale=language)
    found, _ = time_reader(ZoneInfo("UTC"), DateOrder("day"))(written)
    assert found is not None, written
    assert found.date() == day.date(), written


def moments(read: Read, name: str, **choices: str) -> tuple[Layout, list[str]]:
    """The layout of a file and its moments as local times, "" where a cell was left empty."""
    layout, rows = read((FILES / "dates" / name).read_bytes(), **choices)
    local = (row.found_at.astimezone(AMSTERDAM) if row.found_at else None for row in rows)
    return layout, [f"{one:%Y-%m-%d %H:%M}" if one else "" for one in local]


@pytest.mark.parametrize(
    ("name", "order", "by", "found"),
    [
        ("month-first.csv", "month", "11/21/2019 2:05 PM", ["2019-11-05 09:00", "2019-11-21 14:05"]),
        ("day-first-far-down.csv", "day", "21/11/2019", [*["2019-11-05 00:00"] * 300, "2019-11-21 00:00"]),
        ("points.csv", "", "", ["2019-05-11 00:00", "2019-04-03 14:05"]),
        (
            "dashes-and-names.csv",
            "month",
            "11-21-2019",
            ["2019-11-05 00:00", "2019-11-21 00:00", "2019-11-22 00:00"],
        ),
        ("iso-and-serials.csv", "", "", ["2019-11-05 09:00", "2019-11-21 14:05", "2019-11-21 00:00"]),
        ("headless.csv", "month", "11/21/2019", ["2019-11-05 00:00", "2019-11-21 00:00"]),
    ],
)
def test_one_date_decides_the_order_for_the_column(
    read: Read, name: str, order: str, by: str, found: list[str]
) -> None:
    layout, local = moments(read, name)
    assert local == found
    assert (layout.dates, layout.dates_decided_by, layout.dates_open) == (order, by, [])
    assert layout.zone == "Europe/Amsterdam"


@pytest.mark.parametrize(
    ("name", "shown", "by_day", "by_month"),
    [
        (
            "open.csv",
            ["11/05/2019 9:00", "03/04/2019", "12/01/2019"],
            ["2019-05-11 09:00", "2019-04-03 00:00", "2019-01-12 00:00", "2019-02-01 00:00"],
            ["2019-11-05 09:00", "2019-03-04 00:00", "2019-12-01 00:00", "2019-01-02 00:00"],
        ),
        (
            "contradictory.csv",
            ["11/05/2019"],
            ["2019-11-21 00:00", "2019-11-21 00:00", "2019-05-11 00:00"],
            ["2019-11-21 00:00", "2019-11-21 00:00", "2019-11-05 00:00"],
        ),
    ],
)
def test_where_nothing_decides_dates_are_shown_and_a_person_does(
    read: Read, name: str, shown: list[str], by_day: list[str], by_month: list[str]
) -> None:
    layout, local = moments(read, name)
    assert (layout.dates, layout.dates_open) == ("", shown)
    assert len([one for one in local if not one]) >= len(shown), "nothing is guessed"
    for order, expected in (("day", by_day), ("month", by_month)):
        layout, local = moments(read, name, dates=order)
        assert local == expected
        assert (layout.dates, layout.dates_open) == (order, [])


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("date-and-time.csv", ["2019-11-21 14:05", "2019-11-22 00:10"]),
        ("datum-uhrzeit.csv", ["2019-11-21 14:05", "2019-11-22 00:00", "2019-11-22 01:05"]),
        ("time-alone.csv", ["2019-11-21 14:05", "2019-11-22 00:10"]),
        ("time-before-date.csv", ["2019-11-21 14:05", "2019-11-21 14:05"]),
        ("date-and-time-in-both.csv", ["2019-11-21 14:05", "2019-11-21 14:05", ""]),
    ],
)
def test_date_and_time_in_two_columns_are_joined(read: Read, name: str, found: list[str]) -> None:
    assert moments(read, name)[1] == found


def test_date_and_time_of_a_workbook_are_joined(workbook: Callable[..., bytes], read: Read) -> None:
    content = workbook(
        [
            ["URL", "Date", "Time"],
            ["https://t.me/abcde/1", datetime(2019, 11, 21), timedelta(hours=14, minutes=5)],
            ["https://t.me/abcde/2", "22.11.2019", 0.5],
            ["https://t.me/abcde/3", 43790, "14:05"],
        ]
    )
    _, rows = read(content)
    assert [row.found_at for row in rows] == [AT, datetime(2019, 11, 22, 11, tzinfo=UTC), AT]


@pytest.mark.parametrize("zone", ["Europe/Helsinki", "Europe/Lisbon", "America/New_York", "UTC"])
def test_a_time_without_zone_is_of_the_zone_that_is_told(zone: str) -> None:
    content = b"url,found\nhttps://t.me/abcde/1,21.11.2019 14:05\nhttps://t.me/abcde/2,21.11.2019 14:05 CET\n"
    table = open_table(io.BytesIO(content), "list.csv", zone=ZoneInfo(zone))
    first, second = table.rows()
    assert first.found_at == datetime(2019, 11, 21, 14, 5, tzinfo=ZoneInfo(zone))
    assert second.found_at == AT, "what is written goes before the zone of the agency"
    assert table.layout.zone == zone


def test_a_pasted_table_decides_its_dates_too() -> None:
    text = "Link\tGefunden\nhttps://t.me/abcde/1\t11/05/2019\nhttps://t.me/abcde/2\t11/21/2019\n"
    table = open_pasted(text, zone=AMSTERDAM)
    assert [row.found_at and row.found_at.astimezone(AMSTERDAM).month for row in table.rows()] == [11, 11]
    assert table.layout.dates == "month"


def test_a_pasted_list_keeps_to_the_columns_that_were_said() -> None:
    with pytest.raises(ReaderError):
        open_pasted("a\tb\n", zone=AMSTERDAM, choices=Choices(columns={"url": "No such"}))


@settings(deadline=None)  # the machine may be busy
@given(
    st.lists(st.datetimes(datetime(2001, 1, 1), datetime(2098, 1, 1)), min_size=1, max_size=30),
    st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%Y"]),
)
def test_no_date_of_a_column_is_read_as_another(days: list[datetime], written: str) -> None:
    """Whatever the dates: each is read as it was meant, or as none. Never as another."""
    lines = [f"https://t.me/abcde/{n},{day.strftime(written)}" for n, day in enumerate(days)]
    table = open_table(io.BytesIO("\n".join(["url,found", *lines]).encode()), "list.csv", zone=UTC)
    found = [row.found_at for row in table.rows()]
    for day, read in zip(days, found, strict=True):
        assert read is None or read.date() == day.date()
    decided = any(day.day > 12 for day in days) or "." in written
    if decided:
        assert None not in found
