"""Several publications of one operation: subtracted or combined, they give no small number away."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from takedowns.figures.exports import json_of
from takedowns.figures.publication import disclosure, publish
from takedowns.figures.publication.disclosure import GivenAway, UncheckedError, given_away
from takedowns.figures.publication.earlier import Earlier
from takedowns.figures.publication.ranges import ranges
from takedowns.figures.values import Board, Counts, Hour, SelfReportTotal
from tests.figures.attack import ATOMS, COUNTS, System, platforms_of, value
from tests.figures.test_publication import MORNING, NAMES, THRESHOLD, board_of, counts_of, rows


@pytest.fixture(autouse=True)
def solved_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Solve in this process: a new one for each of some hundred drawn days would cost a minute."""
    monkeypatch.setattr(disclosure, "_solved", lambda question: ranges(**json.loads(json.dumps(question))))


#: Something happens to some referrals: which platform's, which part they leave (the last: they are new) and enter, how many.
moves = st.lists(
    st.tuples(
        st.integers(0, len(NAMES) - 1),
        st.integers(0, len(ATOMS)),
        st.integers(0, len(ATOMS) - 1),
        st.one_of(st.integers(1, THRESHOLD - 1), st.integers(THRESHOLD, 40)),
    ),
    max_size=6,
)
Row = Sequence[int]


def after(before: Sequence[Row], happened: Sequence[tuple[int, int, int, int]]) -> list[Row]:
    """Return the parts of each platform after what happened to them."""
    found = [list(row) for row in before]
    for platform, left, entered, number in happened:
        row = found[platform % len(found)]
        moved = min(number, row[left]) if left < len(ATOMS) else number
        if left < len(ATOMS):
            row[left] -= moved
        row[entered] += moved
    return found


def of(drawn: Sequence[Row]) -> Board:
    return board_of({name: counts_of(row) for name, row in zip(NAMES, drawn, strict=False)})


def published(board: Board, earlier: Sequence[Earlier] = ()) -> Earlier:
    """Return a board as the publication that follows the earlier ones."""
    return naively(board, len(earlier) + 1, publish(board, THRESHOLD, earlier))


def naively(board: Board, number: int, told: Board | None = None) -> Earlier:
    """Return a board as a publication, told with no eye on the earlier ones unless ``told``."""
    return Earlier(
        number,
        told or publish(board, THRESHOLD),
        {row.slug: row.counts for row in board.rows},
        board.total,
    )


def changes_known(
    boards: Sequence[Board], reports: Sequence[Mapping[str, Any]]
) -> list[tuple[str, str, int]]:
    """Return each small change from the first to the second board that both reports tell."""
    slugs = [row.slug for row in boards[0].rows]
    system = System()
    for at, report in zip("12", reports, strict=True):
        platforms_of(report, slugs, system, at)
    found = []
    for slug in ("", *slugs):
        among = [slug] if slug else slugs
        for name, parts in COUNTS.items():
            first, second = (
                getattr(next((row.counts for row in board.rows if row.slug == slug), board.total), name)
                for board in boards
            )
            if not 0 < abs(second - first) < THRESHOLD:
                continue
            ends = [
                system.range([system.unknown(at + one, part) for one in among for part in parts])
                for at in "12"
            ]
            # Each moment is known for itself: what is known of the change is the one range less the other.
            if (ends[1][1] - ends[0][0]) - (ends[1][0] - ends[0][1]) < THRESHOLD - 1e-6:
                found.append((slug, name, second - first))
    return found


@given(st.lists(rows, min_size=1, max_size=4), moves, moves)
@example([(*[40] * 12, 0, 0, 0, 0)] * 3, [(0, 3, 6, 2)], [(0, 3, 6, 40)])
@example([(*[40] * 12, 50, 50, 50, 50)] * 3, [(1, 12, 3, 1)], [(2, 3, 11, 6)])
@settings(deadline=None, max_examples=25)
def test_no_small_number_and_no_small_change_is_told(
    drawn: Sequence[Row],
    first: Sequence[tuple[int, int, int, int]],
    second: Sequence[tuple[int, int, int, int]],
) -> None:
    boards = [of(drawn), of(after(drawn, first)), of(after(after(drawn, first), second))]
    earlier: list[Earlier] = []
    for board in boards:
        one = published(board, earlier)
        # What parts of several publications give away together is refused; what is not refused gives nothing away.
        if not given_away([*earlier, one], THRESHOLD):
            earlier.append(one)
    reports = [json.loads(json_of(one.told)) for one in earlier]
    for number in range(1, len(earlier)):
        pair = [board_at(earlier[number - 1], boards[0]), board_at(earlier[number], boards[0])]
        assert changes_known(pair, reports[number - 1 : number + 1]) == []


def board_at(one: Earlier, like: Board) -> Board:
    """Return the full board that a publication rests on."""
    return replace(
        like, rows=tuple(replace(row, counts=one.counts[row.slug]) for row in like.rows), total=one.all
    )


def day(**more: int) -> Sequence[Row]:
    """Return three platforms with forty referrals in each part; further ones of the first as told."""
    row = [40] * len(ATOMS)
    for name, number in more.items():
        row[ATOMS.index(name)] += number
    return [(*row, 0, 0, 0, 0), (*[40] * len(ATOMS), 0, 0, 0, 0), (*[30] * len(ATOMS), 0, 0, 0, 0)]


def test_a_small_change_is_not_told() -> None:
    """Two removals since yesterday: the platform's removals stand with what they were before."""
    first = published(of(day()))
    second = published(of(day(removed_not_seen=2, open=-2)), [first])
    report = json.loads(json_of(second.told))
    assert value(report["figures"]["total"]["removed"]) == "withheld"
    assert value(report["figures"]["total"]["referred"]) == 40 * 9 * 2 + 30 * 9, "that stayed the same"
    assert given_away([first, second], THRESHOLD) == []


def test_a_change_that_is_large_enough_is_told() -> None:
    first = published(of(day()))
    second = published(of(day(removed_not_seen=20, open=-20)), [first])
    report = json.loads(json_of(second.told))
    assert value(report["figures"]["total"]["removed"]) == 40 * 3 * 2 + 30 * 3 + 20
    assert given_away([first, second], THRESHOLD) == []


def test_too_few_new_items_leave_nothing_to_tell() -> None:
    first = published(of(day()))
    second = published(of(day(in_review=3)), [first])
    assert second.told.tells("", "referred"), "of what platforms were asked, nothing changed"
    assert not second.told.tells("", "handed_in")


def test_subtracting_two_publications_that_know_nothing_of_each_other_is_found() -> None:
    first, second = naively(of(day()), 1), naively(of(day(removed_not_seen=2, open=-2)), 2)
    assert GivenAway(2, 1, NAMES[0], "removed") in given_away([first, second], THRESHOLD)
    assert GivenAway(2, 1, "", "removed") in given_away([first, second], THRESHOLD)


def test_two_ways_to_put_parts_together_are_found() -> None:
    """Each tells no small number, and they are of the same moment: side by side they tell how many were put back."""
    board = of([(*[0] * 3, 50, 40, 30, 30, 25, 40, 17, 60, put_back, 0, 0, 0, 0) for put_back in (3, 11, 12)])
    first = naively(board, 1)
    assert given_away([first], THRESHOLD) == []
    other = replace(first.told, suppressed=frozenset(), threshold=THRESHOLD)
    kept = {(slug, name) for slug, name in first.told.suppressed if name != "declined"}
    other = replace(other, suppressed=frozenset(kept))
    other = replace(
        other,
        rows=tuple(
            replace(row, counts=replace(row.counts, declined=one.counts.declined))
            for row, one in zip(first.told.rows, board.rows, strict=True)
        ),
    )
    assert not first.told.tells(NAMES[0], "declined")
    found = given_away([first, naively(board, 2, other)], THRESHOLD)
    assert GivenAway(1, 0, NAMES[0], "reinstated") in found


def test_published_figures_that_contradict_each_other_are_no_answer() -> None:
    one = naively(of(day()), 1)
    wrong = replace(
        one, told=replace(one.told, total=replace(one.told.total, referred=1)), all=Counts(open=3)
    )
    with pytest.raises(UncheckedError, match="contradict"):
        given_away([wrong], THRESHOLD)


def test_an_hour_near_one_that_was_told_is_left_out() -> None:
    """At eight, 40; in the next publication 43 at eight, since three came in late: that hour stands with its neighbour."""
    hours = [Hour(MORNING + timedelta(hours=number), 40 * (number + 1), 0, 0, 0, 0) for number in range(3)]
    late = [replace(hour, handed_in=hour.handed_in + (3, 3, 20)[number]) for number, hour in enumerate(hours)]
    parts = [0] * len(ATOMS)
    parts[0] = 120
    first = board_of({"telegram": counts_of((*parts, 0, 0, 0, 0))}, hours)
    parts[0] = 140
    second = board_of({"telegram": counts_of((*parts, 0, 0, 0, 0))}, late)
    told = publish(second, THRESHOLD, [published(first)]).hours
    assert [hour.handed_in for hour in told] == [140]
    assert [hour.handed_in for hour in publish(second, THRESHOLD).hours] == [43, 83, 140]


def test_a_platforms_own_count_that_grew_by_little_is_left_out() -> None:
    def board(number: int) -> Board:
        found = of(day())
        own = SelfReportTotal("accounts", number, ((date(2019, 11, 22), number),))
        return replace(found, rows=(replace(found.rows[0], self_reports=(own,)), *found.rows[1:]))

    first = published(board(90))
    assert published(board(92), [first]).told.rows[0].self_reports == ()
    assert published(board(96), [first]).told.rows[0].self_reports != ()
