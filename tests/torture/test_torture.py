"""Every injury once, in one round; more of them, and for longer, by hand: ``make torture ARGS="--seconds 3600 --seed 7"``."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import pytest

from tests.torture.followers import AGENCIES, PLATFORMS
from tests.torture.rounds import torture_shortly

pytestmark = pytest.mark.torture


def test_whatever_is_killed_starved_or_set_back_nothing_is_lost_or_done_twice(tmp_path: Path) -> None:
    outcome = torture_shortly(tmp_path, os.environ.get("TORTURE_SEED", "1"))
    for one in outcome.missing:
        warnings.warn(f"Left out of the torture: {one}", stacklevel=1)
    assert not outcome.broken, str(outcome)
    assert outcome.said["referrals decided"], str(outcome)
    assert outcome.looked_at["lists"] > 5, str(outcome)
    assert outcome.looked_at["followers told"] == len(PLATFORMS) + len(AGENCIES), str(outcome)
