"""The demo day in small, played once by each process and copied for each test that looks at it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.deconfliction.pairing import Facts, offer
from takedowns.demo.play import play, publish_the_day
from takedowns.demo.practice import REFERENCE, make_practice
from takedowns.demo.scenario import build
from takedowns.demo.scenario.cast import MAIN
from takedowns.directory import keys
from takedowns.directory.models import Platform
from takedowns.notices.building import build_notices
from takedowns.orders.issuing import issue
from takedowns.orders.models import IssuingAuthority
from takedowns.orders.writing import OrderText, write_orders
from takedowns.referrals.models import Operation
from takedowns.referrals.transitions import apply_to_all
from takedowns.referrals.vocabulary import Instrument
from tests.databases import Run
from tests.factories import make_referrals, wait_for_the_log
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
    """Let one more order be followed, so that there is something that is preserved; those of the demo go on."""
    with acting_as(SYSTEM):
        authority = IssuingAuthority.objects.select_related("agency").first()
        operation = Operation.objects.get(reference=REFERENCE)
    assert authority is not None
    [one] = make_referrals(
        operation, authority.agency, ["https://t.me/demo_preserved"], instrument=Instrument.REMOVAL_ORDER
    )
    write_orders([one], OrderText(("incites",), "It calls for attacks."), by=SYSTEM)
    apply_to_all("approve", [one], by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", [one], by=SYSTEM)
    issue([one], timezone.now())
    assert apply_to_all("remove", [one], by=SYSTEM, action="visibility_removed").moved == [one]


@pytest.fixture
def stops(practised_day: None) -> list[Stop]:
    """Return each page that each role reaches by links on the practised day; walked once by each process."""
    if not _walked:
        _walked.extend(stop for _, of_one in everybody(REFERENCE) for stop in of_one)
    return list(_walked)
