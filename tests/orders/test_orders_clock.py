"""The hour of a removal order: what holds whatever is told, in whatever order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from takedowns.orders.clock import Clock
from takedowns.orders.vocabulary import HOUR, ClockState

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
minutes = st.integers(0, 600).map(lambda number: NOON + number * MINUTE)
tellings = st.lists(st.tuples(st.sampled_from(["started", "stopped", "resumed"]), minutes), max_size=12)


def told(clock: Clock, steps: list[tuple[str, datetime]]) -> Clock:
    for step, at in steps:
        clock = getattr(clock, step)(at)
    return clock


@given(tellings)
def test_the_clock_runs_or_stands_still_but_never_both(steps: list[tuple[str, datetime]]) -> None:
    clock = told(Clock(), steps)
    if clock.received_at is None:
        assert clock == Clock()
        return
    assert (clock.due_at is None) == (clock.stopped_at is not None)
    if clock.due_at:
        assert clock.due_at >= clock.received_at + HOUR, "nobody gets less than an hour"
    if clock.stopped_at:
        assert clock.stopped_at >= clock.received_at


@given(tellings)
def test_receipt_is_told_once(steps: list[tuple[str, datetime]]) -> None:
    first = next((at for step, at in steps if step == "started"), None)
    assert told(Clock(), steps).received_at == first


@given(tellings, tellings)
def test_no_later_telling_undoes_a_breach(
    before: list[tuple[str, datetime]], after: list[tuple[str, datetime]]
) -> None:
    clock = told(Clock(), before)
    if clock.due_at is None:
        return
    late = clock.due_at + MINUTE
    later = [(step, max(at, late)) for step, at in after]
    assert told(clock, later) == clock
    assert clock.state("acknowledged", None, late) == ClockState.OVERDUE


@given(minutes, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 600)), max_size=6))
def test_each_impediment_within_the_hour_gives_a_whole_hour_anew(
    received: datetime, impediments: list[tuple[int, int]]
) -> None:
    """A plain account beside it: run up to an hour, stand still however long, and begin again."""
    clock, starts = Clock().started(received), received
    for ran, stood in impediments:
        stops = starts + ran * MINUTE
        clock = clock.stopped(stops)
        assert clock.due_at is None
        assert clock.stopped_at == stops
        starts = stops + stood * MINUTE
        clock = clock.resumed(starts)
        assert clock.due_at == starts + HOUR


def test_what_each_state_is_called() -> None:
    clock = Clock().started(NOON)
    second = timedelta(seconds=1)

    def state(status: str, decided: datetime | None = None, now: datetime = NOON) -> ClockState:
        return clock.state(status, decided, now)

    assert state("acknowledged", now=NOON + HOUR) == "running"
    assert state("acknowledged", now=NOON + HOUR + second) == "overdue"
    assert state("removed", NOON + HOUR) == "met"
    assert state("removed", NOON + HOUR + second) == "late"
    assert state("restricted", NOON) == "met"
    assert state("declined", NOON, NOON + HOUR + second) == "overdue", "declining is not acting"
    assert state("withdrawn", now=NOON + 2 * HOUR) == "ended"
    stopped = clock.stopped(NOON + MINUTE)
    assert stopped.state("acknowledged", None, NOON + 9 * HOUR) == "stopped"
    assert stopped.state("removed", NOON + 9 * HOUR, NOON + 9 * HOUR) == "met"
    assert Clock().state("referred", None, NOON) == "unreceived"
    assert Clock().state("approved", None, NOON, issued=False) == "not_issued"
