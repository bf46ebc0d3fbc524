"""The demo day in small, played once by each process and copied for each test that looks at it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.deconfliction.pairing import Facts, offer
from takedowns.demo.play import play, publish_the_day
from takedowns.demo.practice import REFERENCE, make_practice
from takedowns.demo.scenario import build
from takedowns.demo.scenario.cast import MAIN
from takedowns.directory import keys
from takedowns.directory.models import Platform
from takedowns.notices.building import build_notices
from takedowns.referrals.models import Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.referrals.vocabulary import Instrument, Status
from tests.databases import Run
from tests.factories import wait_for_the_log
from tour.walk import Stop, everybody

#: Name of the API key that exists on the practised day.
KEY = "Trust and safety"
PlayOnce = Callable[[float], Path]

_walked: list[Stop] = []


@pytest.fixture
def play_once(transactional_db: None, database_run: Run) -> PlayOnce:
    """Return a function that begins with the day played at a scale; it returns the folder of the lists that were handed in."""

    def at(scale: float) -> Path:
        lists = database_run.files / f"lists {scale}"
        database_run.use(f"day {scale}", lambda: play(build(scale=scale), lists, lambda *_: None))
        return lists

    return at


@pytest.fixture
def practised_day(transactional_db: None, database_run: Run) -> None:
    """Begin with a small day, the operation to practise on, a platform's key, and everybody told of what changed."""

    def fill() -> None:
        play(build(scale=0.02), database_run.files / "lists practised", lambda *_: None)
        make_practice()
        _pair()
        _remove_what_was_ordered()
        keys.create(name=KEY, platform=Platform.objects.get(pk="telegram"))
        wait_for_the_log()
        build_notices()
        publish_the_day(MAIN)

    database_run.use("practised", fill)


def _pair() -> None:
    """Know another installation, which nobody asks: the demo itself has none."""
    offer(Facts("Partner of the demo", "https://partner.example", "desk@partner.example"), by=SYSTEM)


def _remove_what_was_ordered() -> None:
    """Let an order be followed, so that it has something that is preserved."""
    with acting_as(SYSTEM):
        ordered = Referral.objects.filter(
            operation__reference=REFERENCE, instrument=Instrument.REMOVAL_ORDER, status=Status.REFERRED
        )
        ids = list(ordered.values_list("pk", flat=True)[:1])
    assert apply_to_all("remove", ids, by=SYSTEM, action="visibility_removed").moved == ids != []


@pytest.fixture
def stops(practised_day: None) -> list[Stop]:
    """Return each page that each role reaches by links on the practised day; walked once by each process."""
    if not _walked:
        _walked.extend(stop for _, of_one in everybody(REFERENCE) for stop in of_one)
    return list(_walked)
