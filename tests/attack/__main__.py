"""Plays the races and sends what is hostile, each for a third of the time, as the seed says: ``python -m tests.attack --seconds 3600 --seed 7``."""

from __future__ import annotations

import argparse
import os
import secrets
import sys

import pytest


def main() -> int:
    """Play; return pytest's status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument(
        "--seed",
        default="",
        help="What was played before is played again; another one each time where left out.",
    )
    given = parser.parse_args()
    os.environ["ATTACK_SECONDS"] = str(given.seconds / 3)  # the races, the pages, the calls
    os.environ["ATTACK_SEED"] = given.seed or secrets.token_hex(4)
    return int(pytest.main(["-q", "-s", "-n", "0", "-p", "no:cacheprovider", "tests/attack"]))


if __name__ == "__main__":
    sys.exit(main())
