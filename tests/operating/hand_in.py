"""What a test has done inside an installation that it started: lists handed in, a hold placed. Run by its ``manage.py shell``."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.directory.models import Agency, User
from takedowns.holds.services import place
from takedowns.intake.models import Submission
from takedowns.intake.receive import Loading, receive
from takedowns.referrals.models import Item, Operation


def hand_in(first: int, number: int) -> int:
    """Hand in a list of so many channels, as the officer of the cast; return how many rows it has."""
    with acting_as(SYSTEM):
        operation = Operation.objects.get(reference="RAD19")
        agency, officer = Agency.objects.get(slug="north"), User.objects.get(email="officer@example.org")
    actor = Actor.of(officer)
    content = "".join(f"https://t.me/demo_shared_{n}\n" for n in range(first, first + number)).encode()
    with acting_as(actor):
        made = receive(
            operation=operation,
            agency=agency,
            user=officer,
            source=Submission.Source.PASTE,
            filename="",
            content=content,
            loading=Loading.HERE,
        )
    return sum(made.submission.counts.values())


def hold(url: str) -> None:
    """Place a hold on an item that was handed in."""
    with acting_as(SYSTEM):
        item, agency = Item.objects.get(url=url), Agency.objects.get(slug="north")
    ends = timezone.now() + timedelta(days=1)
    place(agency_id=agency.pk, by=SYSTEM, reason="We read it.", ends_at=ends, item_id=item.pk)
