"""The same seed gives the same demo, byte for byte."""

import hashlib
import os
import subprocess
import sys

import pytest

from takedowns.demo.scenario import Scenario, build

# Changes only together with the demo itself; the same on Python 3.11, 3.12 and 3.13.
DIGEST = "27e2d832ca337e3492af77ff563b89a2537be04d0d32bfde9c9f766f850b70fd"

PRINT_DIGEST = """
import hashlib
from takedowns.demo.scenario import build
scenario = build(scale=0.05)
digest = hashlib.sha256()
for part in (scenario.submissions, scenario.answers, scenario.checks):
    for thing in part:
        for name in thing.__slots__:
            digest.update(repr(getattr(thing, name)).encode())
digest.update(repr((scenario.people, scenario.operations, scenario.expected)).encode())
print(digest.hexdigest())
"""


def digest_of(scenario: Scenario) -> str:
    digest = hashlib.sha256()
    for part in (scenario.submissions, scenario.answers, scenario.checks):
        for thing in part:
            for name in thing.__slots__:
                digest.update(repr(getattr(thing, name)).encode())
    digest.update(repr((scenario.people, scenario.operations, scenario.expected)).encode())
    return digest.hexdigest()


def test_the_demo_is_the_one_we_know(scenario: Scenario) -> None:
    assert digest_of(scenario) == DIGEST


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_another_process_makes_the_same_bytes(hash_seed: str) -> None:
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)}
    printed = subprocess.run(
        [sys.executable, "-c", PRINT_DIGEST], env=environment, capture_output=True, text=True, check=True
    )
    assert printed.stdout.strip() == digest_of(build(scale=0.05))


def test_another_seed_makes_another_day_of_the_same_size(scenario: Scenario) -> None:
    other = build(seed=7)
    assert other.expected.items == scenario.expected.items
    assert digest_of(other) != digest_of(scenario)


@pytest.mark.parametrize("scale", [0, -1, 51, float("nan")])
def test_a_senseless_scale_is_refused(scale: float) -> None:
    with pytest.raises(ValueError, match="scale must be above 0"):
        build(scale=scale)
