"""What is published tells no small number, and none can be worked out from it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from takedowns.figures import charts
from takedowns.figures.exports import FORMATS, json_of
from takedowns.figures.publication import publish
from takedowns.figures.values import Board, Counts, Hour, PlatformRow, SelfReportTotal
from tests.figures.attack import ATOMS, COUNTS, STEPS, System, hours_of, platforms_of, value

THRESHOLD = 5
NAMES = ("archive", "telegram", "youtube", "twitter", "facebook", "tamtam")
PARTS = (*ATOMS, "other_online", "other_gone", "undecided_acknowledged", "co")
MORNING = datetime(2019, 11, 21, 6, tzinfo=UTC)

#: Mostly the numbers that matter: nothing, small ones, and those just large enough.
numbers = st.one_of(
    st.just(0), st.integers(1, THRESHOLD - 1), st.integers(THRESHOLD, THRESHOLD + 3), st.integers(10, 400)
)
rows = st.tuples(*[numbers] * len(ATOMS), *[st.integers(0, 100)] * 4)


def counts_of(numbers: Sequence[int]) -> Counts:
    """Return counts as a board would hold them; the last four numbers are shares in per cent of what they split."""
    part = dict(zip(ATOMS, numbers, strict=False))
    online, gone, acknowledged, co = numbers[len(ATOMS) :]
    undecided = part["open"] + part["withdrawn_after"]
    other = undecided + sum(part[name] for name in ("restricted", "declined", "unavailable", "reinstated"))
    split = dict.fromkeys(("other_online", "other_gone", "other_unseen", "undecided_acknowledged", "co"), 0)
    split["other_online"] = other * online // 100
    split["other_gone"] = (other - split["other_online"]) * gone // 100
    split["other_unseen"] = other - split["other_online"] - split["other_gone"]
    split["undecided_acknowledged"] = undecided * acknowledged // 100
    split["co"] = sum(part.values()) * co // 100
    part |= split
    return Counts(
        **{name: sum(part[atom] for atom in atoms) for name, atoms in COUNTS.items()},
        median_time_to_action=timedelta(hours=1),
        p90_time_to_action=timedelta(hours=5),
    )


def board_of(platforms: Mapping[str, Counts], hours: Sequence[Hour] = ()) -> Board:
    total = Counts(
        **{name: sum(getattr(counts, name) for counts in platforms.values()) for name in COUNTS},
        median_time_to_action=timedelta(hours=1),
        p90_time_to_action=timedelta(hours=5),
    )
    return Board(
        operation_id=UUID(int=0),
        reference="RAD19",
        name="A day",
        starts=date(2019, 11, 21),
        ends=date(2019, 11, 22),
        rows=tuple(PlatformRow(slug, slug.title(), "", counts) for slug, counts in platforms.items()),
        total=total,
        hours=tuple(hours),
        as_of=MORNING + timedelta(days=3),
        etag="",
    )


def withheld_small(board: Board, report: Mapping[str, Any]) -> list[tuple[str, str, int]]:
    """Return each small count of the full board, as (platform or nothing, measure, number); none may be in the report."""
    told = {row["slug"]: row for row in report["figures"]["platforms"]}
    told[""] = report["figures"]["total"]
    found = []
    for slug, counts in [("", board.total), *((row.slug, row.counts) for row in board.rows)]:
        for name in COUNTS:
            number = getattr(counts, name)
            if 0 < number < THRESHOLD:
                assert slug not in told or value(told[slug][name]) == "withheld", (slug, name)
                found.append((slug, name, number))
    return found


def width(system: System, terms: Sequence[int], number: int, what: object, *, whole: bool = False) -> float:
    """Return how wide the range is that the number is known to lie in; it is at least as wide as the threshold."""
    low, high = system.range(terms, whole=whole)
    assert low - 1e-6 <= number <= high + 1e-6, f"{what}: the attack is wrong about what is known"
    assert high - low >= THRESHOLD - 1e-6, f"{what} is {number}: known to lie from {low} to {high}"
    return high - low


def assert_hidden(board: Board, report: Mapping[str, Any]) -> int:
    """No small count of the board can be told from the report; return how many there are."""
    slugs = [row.slug for row in board.rows]
    system = platforms_of(report, slugs)
    widths = []
    for slug, name, number in withheld_small(board, report):
        terms = [system.unknown(of, part) for of in ([slug] if slug else slugs) for part in COUNTS[name]]
        widths.append((width(system, terms, number, (slug, name)), slug, name, number, terms))
    # Whole numbers can only narrow a range: the narrowest are asked once more.
    for _, slug, name, number, terms in sorted(widths)[:3]:
        width(system, terms, number, (slug, name), whole=True)
    return len(widths)


@given(st.lists(rows, min_size=1, max_size=len(NAMES)))
@example(
    [(3, *[40] * 11, 50, 50, 50, 50), (0, *[40] * 11, 50, 50, 50, 50)]
)  # one small number, whole lines beside it
@example([(40, 4, *[60] * 10, 50, 50, 50, 50)] * 3)
@example([(*[0] * 3, 5, *[0] * 4, 5, 1, *[0] * 2, 0, 0, 0, 0)] * 5)
@settings(deadline=None, max_examples=40)
def test_no_small_count_can_be_worked_out(drawn: Sequence[Sequence[int]]) -> None:
    board = board_of({name: counts_of(row) for name, row in zip(NAMES, drawn, strict=False)})
    report = json.loads(json_of(publish(board, THRESHOLD)))
    assert_hidden(board, report)


steps = st.lists(st.tuples(st.integers(1, 4), *[st.integers(0, 9)] * len(STEPS)), min_size=1, max_size=8)


@given(steps)
@settings(deadline=None, max_examples=40)
def test_no_small_hour_can_be_worked_out(drawn: Sequence[Sequence[int]]) -> None:
    so_far, at, hours = dict.fromkeys(STEPS, 0), MORNING, []
    for gap, *more in drawn:
        at += timedelta(hours=gap)
        room = 10**6
        for step, grown in zip(STEPS, more, strict=True):
            so_far[step] = room = min(so_far[step] + grown * 2, room)
        hours.append(Hour(at, **so_far))
    acknowledged = so_far["acknowledged"] - so_far["removed"]
    part = dict.fromkeys(PARTS, 0) | {
        "in_review": so_far["handed_in"] - so_far["referred"],
        "removed_and_gone": so_far["removed_and_gone"],
        "removed_not_seen": so_far["removed"] - so_far["removed_and_gone"],
        "open": so_far["referred"] - so_far["removed"],
    }
    share = -(-100 * acknowledged // part["open"]) if part["open"] else 0
    counts = replace(
        counts_of([*(part[atom] for atom in ATOMS), 0, 0, share, 0]), acknowledged=so_far["acknowledged"]
    )
    board = board_of({"telegram": counts}, hours)
    report = json.loads(json_of(publish(board, THRESHOLD)))
    names = [(MORNING + timedelta(hours=number)).strftime("%Y-%m-%dT%H:%MZ") for number in range(40)]
    system = hours_of(report, names)
    before = dict.fromkeys(STEPS, 0)
    for hour in hours:
        for step in STEPS:
            grown = getattr(hour, step) - before[step]
            before[step] = getattr(hour, step)
            if 0 < grown < THRESHOLD:
                term = system.unknown(hour.start.strftime("%Y-%m-%dT%H:%MZ"), step)
                low, high = system.range([term])
                assert high - low >= THRESHOLD - 1e-6, (hour.start, step, grown, low, high)
    for told in report["hours"]:
        shown = [told[step] for step in STEPS if told[step] != "withheld"]
        for wider, narrower in pairwise(shown):
            assert wider - narrower == 0 or wider - narrower >= THRESHOLD, told


def test_what_is_withheld_is_not_in_the_board() -> None:
    """Two days that differ in withheld numbers only are published alike, in every format and picture."""

    def day_with(*pairs: tuple[int, int]) -> Board:
        rows = [
            (*[0] * 3, 50, 40, 30, 30, 25, 40, declined, 60, put_back, 0, 0, 0, 0)
            for declined, put_back in pairs
        ]
        return board_of({name: counts_of(row) for name, row in zip(NAMES, rows, strict=False)})

    first, second = day_with((17, 3), (11, 9)), day_with((16, 4), (12, 8))
    assert first != second
    published = [publish(board, THRESHOLD) for board in (first, second)]
    assert published[0] == published[1]
    for write in FORMATS.values():
        assert write(published[0]) == write(published[1])
    assert charts.funnel_svg(published[0]) == charts.funnel_svg(published[1])


def test_the_attack_works_out_what_is_only_blanked() -> None:
    """Were small numbers blanked and no more, their lines and columns would give them away."""
    rows = [(*[0] * 3, 50, 40, 30, 30, 25, 40, 20, 60, put_back, 0, 0, 0, 0) for put_back in (3, 9)]
    board = board_of({name: counts_of(row) for name, row in zip(NAMES, rows, strict=False)})
    blanked = replace(board, suppressed=frozenset({("archive", "reinstated")}), threshold=THRESHOLD)
    system = platforms_of(json.loads(json_of(blanked)), [row.slug for row in board.rows])
    assert system.range([system.unknown("archive", "reinstated")]) == (3, 3)


def test_an_operation_that_is_small_as_a_whole_tells_nothing() -> None:
    board = board_of({"telegram": counts_of((*[0] * 3, 2, *[0] * 12))}, [Hour(MORNING, 2, 2, 2, 2, 2)])
    published = publish(board, THRESHOLD)
    assert not published.rows
    assert not published.hours
    assert published.total == Counts()
    for write in FORMATS.values():
        assert write(published)
    assert "withheld" in charts.funnel_svg(published) + charts.hours_svg(published)


def test_small_platforms_stand_together() -> None:
    large, small = (counts_of((*[0] * 3, number, *[0] * 8, 0, 0, 100, 0)) for number in (90, 3))
    report = json.loads(
        json_of(publish(board_of({"telegram": large, "tamtam": small, "hoop": small}), THRESHOLD))
    )
    rows = {row["slug"]: row for row in report["figures"]["platforms"]}
    assert {slug: row["referred"] for slug, row in rows.items()} == {"telegram": 90, ":others": 6}
    assert report["publication"]["threshold"] == THRESHOLD


def test_a_small_platform_of_its_own_takes_another_with_it() -> None:
    large, middle, small = (counts_of((*[0] * 3, number, *[0] * 12)) for number in (90, 30, 3))
    board = board_of({"telegram": large, "youtube": middle, "tamtam": small})
    report = json.loads(json_of(publish(board, THRESHOLD)))
    told = {row["slug"]: row["referred"] for row in report["figures"]["platforms"]}
    assert told == {"telegram": 90, ":others": 33}


def test_a_platforms_own_small_count_is_left_out() -> None:
    board = board_of({"telegram": counts_of((*[0] * 3, 90, *[0] * 12))})
    own = (
        SelfReportTotal("bots", 3, ((date(2019, 11, 22), 3),)),
        SelfReportTotal("accounts", 99, ((date(2019, 11, 22), 97), (date(2019, 11, 23), 2))),
    )
    board = replace(board, rows=(replace(board.rows[0], self_reports=own),))
    assert publish(board, THRESHOLD).rows[0].self_reports == (SelfReportTotal("accounts", 99, ()),)


def test_a_time_needs_enough_on_either_side() -> None:
    for removed, told in ((9, {False}), (10, {True, False}), (50, {True})):
        total = publish(board_of({"telegram": counts_of((*[0] * 3, removed, *[0] * 12))}), THRESHOLD).total
        assert {total.median_time_to_action is not None, total.p90_time_to_action is not None} == told


@pytest.mark.parametrize("threshold", [0, 1])
def test_a_threshold_that_withholds_nothing_is_refused(threshold: int) -> None:
    with pytest.raises(ValueError, match="withholds nothing"):
        publish(board_of({}), threshold)
