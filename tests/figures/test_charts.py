"""The pictures: well-formed whatever a platform is called, told in words, and free of what a strict page forbids."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID
from xml.etree.ElementTree import Element, fromstring
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from takedowns.figures.charts import funnel_svg, hours_svg, scale
from takedowns.figures.values import Board, Counts, Hour, PlatformRow

SVG = "{http://www.w3.org/2000/svg}"
STEPS = ("handed_in", "referred", "acknowledged", "removed", "removed_and_gone")
NINE = datetime(2019, 11, 21, 9, tzinfo=UTC)


def counts(*steps: int) -> Counts:
    return Counts(**dict(zip(STEPS, steps, strict=True)))


def hour(after: float, *steps: int) -> Hour:
    return Hour(NINE + timedelta(hours=after), **dict(zip(STEPS, steps, strict=True)))


def a_board(
    rows: list[PlatformRow] | None = None, hours: list[Hour] | None = None, total: Counts | None = None
) -> Board:
    hours = [hour(0, 100, 0, 0, 0, 0), hour(3, 200, 190, 180, 150, 90)] if hours is None else hours
    return Board(
        operation_id=UUID(int=1),
        reference="RAD19",
        name="Action day",
        starts=date(2019, 11, 21),
        ends=date(2019, 11, 22),
        rows=tuple(
            rows
            if rows is not None
            else [PlatformRow("telegram", "Telegram", "", counts(200, 190, 180, 150, 90))]
        ),
        total=total or counts(200, 190, 180, 150, 90),
        hours=tuple(hours),
        as_of=NINE,
        etag="x",
    )


def words(root: Element) -> list[str]:
    return [text.text or "" for text in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("draw", [funnel_svg, hours_svg])
@pytest.mark.parametrize(
    "board",
    [
        a_board(),
        a_board(rows=[], hours=[], total=Counts()),
        a_board(rows=[PlatformRow("x", "x", "", Counts())], hours=[]),
        a_board(hours=[hour(0, 1, 0, 0, 0, 0), hour(24 * 30, 9, 9, 9, 9, 9)]),
        a_board(hours=[hour(-24 * 30, 1, 0, 0, 0, 0), hour(5, 9, 9, 9, 9, 9)]),
        a_board(hours=[hour(24 * 30, 9, 9, 9, 9, 9)]),
        dataclasses.replace(a_board(), ends=None),
    ],
)
def test_a_picture_is_well_formed_told_in_words_and_keeps_to_the_policy(draw: object, board: Board) -> None:
    root = fromstring(draw(board))  # type: ignore[operator]
    assert root.get("role") == "img"
    named = [root.find(f"{SVG}{tag}") for tag in ("title", "desc")]
    assert root.get("aria-labelledby") == " ".join(str(one.get("id")) for one in named)
    assert all(one.text for one in named)
    for element in root.iter():
        assert element.tag not in {f"{SVG}style", f"{SVG}script", f"{SVG}foreignObject", f"{SVG}image"}
        assert not {name for name in element.attrib if name == "style" or name.startswith("on")}
        for value in element.attrib.values():
            assert "nan" not in value
            assert "inf" not in value


def test_the_gap_between_the_platforms_word_and_what_was_seen_is_told_and_hatched() -> None:
    root = fromstring(funnel_svg(a_board()))
    assert "gap 60" in words(root)
    hatched = [one for one in root.iter(f"{SVG}rect") if str(one.get("fill")).startswith("url(#")]
    assert ("45%", "30%") in {(one.get("x"), one.get("width")) for one in hatched}, "from 90 to 150 of 200"
    assert "60 removed but not seen gone" in (root.findtext(f"{SVG}desc") or "")


def test_what_a_platform_is_called_does_not_break_the_picture() -> None:
    name = "<script>alert('x')</script> & \x01\x0b " + "x" * 150
    root = fromstring(funnel_svg(a_board([PlatformRow("x", name, "", counts(1, 1, 1, 1, 0))])))
    shown = next(text for text in words(root) if text.startswith("<script>"))
    assert len(shown) <= 28
    assert root.find(f".//{SVG}script") is None


def test_the_hours_are_marked_in_local_time() -> None:
    with timezone.override(ZoneInfo("Europe/Amsterdam")):
        board = a_board(hours=[hour(0, 1, 1, 1, 1, 1), hour(3, 2, 2, 2, 2, 2)])
        marks = words(fromstring(hours_svg(board)))
    assert "11:00" in marks
    assert "09:00" not in marks
    assert "21 Nov" in marks
    assert "Times in CET" in marks


def test_what_happened_weeks_later_is_one_step_and_not_an_axis_of_weeks() -> None:
    later = a_board(hours=[hour(0, 100, 90, 80, 70, 10), hour(24 * 20, 100, 90, 80, 70, 60)])
    root = fromstring(hours_svg(later))
    assert "later" in words(root)
    assert "11 Dec" in words(root)
    assert "later" not in words(fromstring(hours_svg(a_board())))


@given(st.integers(0, 10**9))
def test_an_axis_reaches_the_largest_number_with_few_even_marks(largest: int) -> None:
    marks = scale.axis(largest)
    assert marks[0] == 0
    assert marks[-1] >= largest
    assert 4 <= len(marks) <= 6
    assert len({after - before for before, after in pairwise(marks)}) == 1


@given(
    st.datetimes(datetime(2019, 1, 1), datetime(2020, 12, 31), timezones=st.just(UTC)),
    st.integers(1, 24 * 400),
    st.sampled_from(["UTC", "Europe/Amsterdam", "Asia/Kolkata"]),
)
def test_marks_of_time_stand_at_full_hours_within_the_axis(first: datetime, hours: int, zone: str) -> None:
    last = first + timedelta(hours=hours)
    marks = scale.ticks(first, last, ZoneInfo(zone))
    assert len(marks) <= 6
    for mark in marks:
        assert first - timedelta(hours=1) <= mark <= last + timedelta(hours=1)
        assert mark.minute == 0
    assert marks or hours <= 24, "a day or more has a mark"
