"""The races, for a quarter of a minute; for longer by hand: ``make attack ARGS="--seconds 3600 --seed 7"``."""

from __future__ import annotations

import os
import random

import pytest

from tests.attack.races import RACES, Attack, play
from tests.orders.test_orders_issuing import make_authority
from tests.people import make_people


@pytest.mark.django_db(transaction=True)
def test_no_race_breaks_what_is_promised() -> None:
    seconds, seed = float(os.environ.get("ATTACK_SECONDS", "15")), os.environ.get("ATTACK_SEED", "1")
    people = make_people()
    make_authority(people)
    attack = Attack(people, random.Random(seed))
    number = 0
    try:
        for number, _name in enumerate(play(attack, seconds), 1):
            if number % 500 == 0:
                print(f"{number} races: {attack.played}", flush=True)
    except BaseException:
        print(f"Seed {seed}, race {number + 1}. Played before: {attack.played}")
        raise
    print(f"Seed {seed}, {number} races, nothing broken: {attack.played}")
    assert attack.played.keys() == RACES.keys()
