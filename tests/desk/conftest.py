"""What the desk's tests share: referrals to Telegram, one of them a removal order, and two clients of its people."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pytest
from django.test import Client

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.intake.models import Submission
from takedowns.intake.receive import receive
from takedowns.referrals.models import Event, Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.sending.dispatch import dispatch
from tests.clients import SignedIn
from tests.orders.test_orders_issuing import EMERGENCY, approved, make_authority
from tests.people import People

LIST = """url;kind;tier
https://t.me/demo_first;channel;4
https://t.me/demo_second/7;message;1
https://t.me/demo_third/8;message;5
https://www.youtube.com/watch?v=demoVIDEO01;video;1
"""


@dataclass
class Desk:
    """What was referred to Telegram, by the name of its channel."""

    people: People
    order: UUID
    by_name: dict[str, UUID]
    responder: Client
    manager: Client

    def status(self, name: str) -> str:
        with acting_as(SYSTEM):
            return Referral.objects.get(pk=self.by_name[name]).status

    def last(self, name: str, kind: str) -> Event:
        with acting_as(SYSTEM):
            return (
                Event.objects.filter(referral_id=self.by_name[name], kind=kind)
                .select_related("actor")
                .latest("id")
            )

    @property
    def foreign(self) -> UUID:
        return self.by_name["demoVIDEO01"]


@pytest.fixture
def desk(people: People, signed_in: SignedIn) -> Desk:
    make_authority(people)
    receive(
        operation=people.operation,
        agency=people.agency,
        user=people.officer,
        source=Submission.Source.FILE,
        filename="list.csv",
        content=LIST.encode(),
    )
    with acting_as(SYSTEM):
        found = {
            url.partition("demo")[2].partition("/")[0]: pk
            for url, pk in Referral.objects.values_list("item__url", "pk")
        }
        apply_to_all("approve", found.values(), by=SYSTEM, exemptions_checked=True)
        apply_to_all("refer", found.values(), by=SYSTEM)
    [order] = approved(people, "https://t.me/demo_order/1", text=EMERGENCY)
    dispatch(people.operation, by=people.actor("coordinator"))
    by_name = {("demo" + name): pk for name, pk in found.items()} | {"demo_order": order}
    return Desk(people, order, by_name, signed_in("platform_contact"), signed_in("platform_manager"))
