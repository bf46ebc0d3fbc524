"""Choices that are fair enough and lose nothing."""

from hypothesis import given
from hypothesis import strategies as st

from takedowns.demo.scenario.dice import Dice, portions


@given(total=st.integers(0, 10_000_000), weights=st.lists(st.floats(0.01, 1000), min_size=1, max_size=60))
def test_portions_add_up_and_none_is_negative(total: int, weights: list[float]) -> None:
    parts = portions(total, weights)
    assert len(parts) == len(weights)
    assert sum(parts) == total
    assert min(parts) >= 0


@given(seed=st.integers(), things=st.lists(st.integers(), max_size=50))
def test_a_shuffle_keeps_every_thing(seed: int, things: list[int]) -> None:
    shuffled = list(things)
    Dice(seed, "test").shuffle(shuffled)
    assert sorted(shuffled) == sorted(things)


@given(seed=st.integers(), values=st.lists(st.floats(0, 1e6), min_size=2, max_size=8))
def test_a_drawn_value_lies_within_its_distribution(seed: int, values: list[float]) -> None:
    values.sort()
    quantiles = [(place / (len(values) - 1), value) for place, value in enumerate(values)]
    dice = Dice(seed, "test")
    for _ in range(20):
        assert values[0] <= dice.along(quantiles) <= values[-1] * (1 + 1e-9)


def test_half_of_the_drawn_values_lie_below_the_median() -> None:
    dice = Dice(1, "test")
    drawn = [dice.along(((0.0, 0.0), (0.5, 10.0), (1.0, 1000.0))) for _ in range(10_000)]
    assert 0.48 < sum(value < 10 for value in drawn) / len(drawn) < 0.52


def test_purposes_do_not_disturb_each_other() -> None:
    undisturbed = [Dice(1, "files").roll() for _ in range(3)]
    other = Dice(1, "items")
    assert [Dice(1, "files").roll() for _ in range(3) if other.roll() >= 0] == undisturbed


def test_weights_are_kept() -> None:
    dice = Dice(1, "test")
    drawn = [dice.weighted((("often", 3.0), ("seldom", 1.0), ("never", 0.0))) for _ in range(10_000)]
    assert 0.73 < drawn.count("often") / len(drawn) < 0.77
    assert "never" not in drawn
