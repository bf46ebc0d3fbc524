"""What the pages' tests share: a browser-like client for each of the cast, and an operation with some work in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.intake.models import Submission
from takedowns.intake.receive import Received, receive
from takedowns.referrals.models import Referral
from tests.people import People

SignedIn = Callable[[str], Client]

HANDED_IN = """url;kind;note
https://t.me/demo_lantern/12;message;first
https://telegram.me/s/demo_lantern/12?single;;same again
https://www.youtube.com/watch?v=demoVIDEO01&utm_source=x;video;
youtu.be/demoVIDEO02;video;
https://twitter.com/demo_quay;account;
https://files.example.org/a;;unknown host
https://files.example.org/b;;unknown host
=HYPERLINK("https://t.me/x");;a formula
not an address;;
"""


@dataclass
class Work:
    """An operation's day: one submission loaded, its referrals by address."""

    people: People
    received: Received

    @property
    def submission(self) -> Submission:
        return self.received.submission

    def referral(self, url: str) -> Referral:
        with acting_as(SYSTEM):
            return Referral.objects.get(item__url=url)

    @property
    def referral_ids(self) -> list[UUID]:
        with acting_as(SYSTEM):
            return list(Referral.objects.order_by("-id").values_list("pk", flat=True))


@pytest.fixture(autouse=True, scope="session")
def _static_root() -> None:
    # WhiteNoise warns of a missing folder; collecting the static files is not what these tests are about.
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def signed_in(people: People) -> SignedIn:
    """Return a function that gives the client of a person of the cast, or of nobody for "anonymous"."""

    def client(name: str) -> Client:
        one = Client()
        if name != "anonymous":
            one.force_login(getattr(people, name))
        return one

    return client


@pytest.fixture
def work(people: People) -> Work:
    """Hand in one small file as the officer."""
    received = receive(
        operation=people.operation,
        agency=people.agency,
        user=people.officer,
        source=Submission.Source.FILE,
        filename="lantern.csv",
        content=HANDED_IN.encode(),
    )
    return Work(people, received)
