"""How much an agency learns of what others have: of so many addresses a day, and only while it takes part in something."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.keys import create
from takedowns.holds.services import place
from takedowns.operating.doctor import _asked_of_others
from takedowns.operating.findings import Level
from takedowns.referrals.corrections import Correction, correct
from takedowns.referrals.models import Operation
from takedowns.search.models import Asked
from tests.api.conftest import Program
from tests.clients import SignedIn, Work
from tests.people import People

THEIRS = "https://t.me/demo_lantern/12"
ELSEWHERE = "Already referred by another agency"
HELD = "There is a hold on it"


@pytest.fixture
def secret(work: Work) -> Work:
    """North's operation alone, with a hold on what it referred; South takes part in another one, Absent in none."""
    people = work.people
    with acting_as(SYSTEM):
        people.operation.agencies.set([people.agency])
        other = Operation.objects.create(reference="RAD20", name="Another", starts=people.operation.starts)
        other.refresh_from_db()
        other.agencies.set([people.other_agency])
    one = work.referral(THEIRS)
    correct([Correction(one.pk, kind="document")], by=SYSTEM)
    place(
        agency_id=people.agency.pk,
        by=SYSTEM,
        reason="r",
        ends_at=timezone.now() + timedelta(days=1),
        item_id=one.item_id,
    )
    return work


def program(people: People, agency: str) -> Program:
    return Program(create(name="n", agency=getattr(people, agency))[1])


def asked(signed_in: SignedIn, who: str, page: str = "identify") -> str:
    field = "q" if page == "find" else "url"
    return signed_in(who).post(reverse(f"web:{page}"), {field: THEIRS}, follow=True).content.decode()


def test_who_takes_part_in_nothing_learns_nothing_of_others(secret: Work, signed_in: SignedIn) -> None:
    page = asked(signed_in, "absent_officer")
    assert ELSEWHERE not in page
    assert HELD not in page
    assert "Nobody has submitted it" not in page, "nor the opposite"
    assert "is not told here" in page
    told = program(secret.people, "absent_agency").post("identify", {"urls": [THEIRS]}).json()["results"][0]
    assert (told["elsewhere"], told["on_hold"], told["identity"]["platform"]) == (None, None, "telegram")


def test_who_takes_part_learns_it_and_not_what_others_made_of_it(secret: Work, signed_in: SignedIn) -> None:
    page = asked(signed_in, "other_officer")
    assert ELSEWHERE in page
    assert HELD in page
    assert "Document" not in page, "the kind that others gave it"


def test_the_box_that_finds_anything_tells_of_ones_own_alone(secret: Work, signed_in: SignedIn) -> None:
    page = asked(signed_in, "other_officer", "find")
    assert "Canonical address" in page
    assert ELSEWHERE not in page
    assert HELD not in page
    with acting_as(SYSTEM):
        assert not Asked.objects.exists(), "what is not told is not counted"


def test_of_so_many_a_day_and_then_it_is_told_to_the_operator(
    secret: Work, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.IDENTIFY_MOST_A_DAY = 3
    south = program(secret.people, "other_agency")
    first = south.post("identify", {"urls": [THEIRS, "nonsense", THEIRS]}).json()["results"]
    assert [one["elsewhere"] for one in first] == [True, False, True]
    assert not any(one.level != Level.RIGHT for one in _asked_of_others())
    second = south.post("identify", {"urls": [THEIRS, "https://t.me/demo_x"]}).json()["results"]
    assert [one["elsewhere"] for one in second] == [True, None], "of the third, and of no more"
    assert south.get(f"identify?url={THEIRS}").json()["elsewhere"] is None
    assert caplog.text.count("has asked of 4 addresses today") == 1
    [alarm] = _asked_of_others()
    assert (alarm.level, "South Unit asked of 5 addresses" in alarm.said) == (Level.LOOK, True)
    with acting_as(SYSTEM):
        counted = Asked.objects.get()
        assert (counted.asked, counted.told) == (5, 3)


def test_an_agency_whose_operations_are_closed_is_told_nothing(secret: Work) -> None:
    with acting_as(SYSTEM):
        Operation.objects.filter(reference="RAD20").update(closed_at=timezone.now())
    assert program(secret.people, "other_agency").get(f"identify?url={THEIRS}").json()["on_hold"] is None
