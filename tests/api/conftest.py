"""What the API's tests share: keys of three programs, and referrals made to two platforms."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.complaints.services import Complained, record_complaints
from takedowns.directory.keys import create
from takedowns.directory.models import Platform
from takedowns.duties.models import Outcome
from takedowns.duties.services import Told, record
from takedowns.evidence.services import Brought, attach
from takedowns.holds.services import place_on_address
from takedowns.referrals.models import Referral
from takedowns.referrals.reference import reference_of
from takedowns.referrals.transitions import apply_to_all
from takedowns.sending.dispatch import dispatch
from tests.evidence.hostile import picture
from tests.factories import make_referrals
from tests.orders.test_orders_issuing import EMERGENCY, approved, make_authority
from tests.people import People

TELEGRAM = tuple(f"https://t.me/demo_lantern/{number}" for number in range(1, 7))
YOUTUBE = ("https://www.youtube.com/watch?v=demoVIDEO01", "https://www.youtube.com/watch?v=demoVIDEO02")
UNRELEASED = ("https://t.me/demo_quay/1",)


class Program:
    """A caller with a key: JSON in, JSON out; bytes as the file they are."""

    def __init__(self, text: str, client: Client | None = None) -> None:
        self.text = text
        self.client = client or Client()

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        extra = {} if body is None else {"data": body, "content_type": "application/json"}
        return self.client.generic(
            method.upper(),
            f"/api/v1/{path}",
            **({"data": _bytes(body), "content_type": kind} if extra else {}),
            headers={"Authorization": f"Bearer {self.text}", **headers},
        )

    def get(self, path: str, **headers: str) -> Any:
        return self.call("get", path, **headers)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.call("post", path, body, **headers)


def _bytes(body: Any) -> bytes:
    import orjson

    if isinstance(body, bytes):
        return body
    return orjson.dumps(body)


@dataclass
class World:
    """Keys and referrals."""

    people: People
    telegram: Program
    youtube: Program
    north: Program
    south: Program
    absent: Program
    texts: dict[str, str] = field(default_factory=dict)
    made: list[UUID] = field(default_factory=list)
    made_to_youtube: list[UUID] = field(default_factory=list)
    unreleased: list[UUID] = field(default_factory=list)
    ordered: UUID | None = None

    def program(self, name: str) -> Program:
        return getattr(self, name)  # type: ignore[no-any-return]

    def reference(self, referral_id: UUID) -> str:
        return reference_of(self.people.operation.reference, referral_id)


def refer(people: People, urls: tuple[str, ...], tier: int = 4) -> list[UUID]:
    """Make referrals and release them to their platforms."""
    ids = make_referrals(people.operation, people.agency, urls, submitted_by=people.officer, tier=tier)
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", ids, by=SYSTEM)
    return ids


def make_world(people: People) -> World:
    """Make the keys and refer eight items."""
    keys: dict[str, str] = {}
    for slug in ("telegram", "youtube"):
        keys[slug] = create(name=f"{slug} program", platform=Platform.objects.get(pk=slug))[1]
    for agency, person in (
        (people.agency, people.officer),
        (people.other_agency, people.other_officer),
        (people.absent_agency, people.absent_officer),
    ):
        keys[agency.slug] = create(name=f"{agency} program", agency=agency, person=person)[1]
    return World(
        people,
        **{name: Program(text) for name, text in keys.items()},
        texts=keys,
        made=refer(people, TELEGRAM),
        made_to_youtube=refer(people, YOUTUBE, tier=2),
        unreleased=make_referrals(people.operation, people.agency, UNRELEASED, submitted_by=people.officer),
    )


@pytest.fixture
def world(people: People) -> World:
    """Eight referrals at two platforms, one not yet released, and a key for each of the programs."""
    return make_world(people)


def complaint_of(world: World) -> UUID:
    """Let Telegram remove its first, and record that somebody complains about that; return the complaint's id."""
    apply_to_all("remove", world.made[:1], by=SYSTEM, action="visibility_removed")
    told = [Complained(world.made[0], timezone.now())]
    return record_complaints(told, by=SYSTEM).complaints[0]


def hold_of(world: World) -> UUID:
    """Let North place a hold on an item that nobody handed in; return its id."""
    return place_on_address(
        "https://t.me/demo_held/1",
        {},
        agency_id=world.people.agency.pk,
        by=world.people.actor("officer"),
        reason="Ours.",
        ends_at=timezone.now() + timedelta(days=2),
    ).pk


def duty_of(world: World) -> UUID:
    """Let South record that it passed a notice on; return its id."""
    told = Told(world.people.other_agency.pk, Outcome.EUROPOL_INFORMED, timezone.now())
    return record(told, by=world.people.actor("coordinator")).pk


def evidence_of(world: World) -> UUID:
    """Let North attach a file to the first referral; return the evidence's id."""
    with acting_as(SYSTEM):
        referral = Referral.objects.get(pk=world.made[0])
    by = world.people.actor("officer")
    with acting_as(by):
        done = attach([Brought("before.png", io.BytesIO(picture()))], referral, by=by, note="Before.")
    return next(iter(done.evidence.values()))


def preview_of(world: World) -> UUID:
    """Let North's program bring a list that is not handed in yet; return its id."""
    lines = [f"https://t.me/demo_looked_at/{number};eilt;" for number in range(2, 7)]
    content = "\n".join(["Fundstelle;Dringlichkeit;Bemerkung", *lines, "demo stone bench;1;"]).encode()
    answer = world.north.client.post(
        "/api/v1/previews?operation=RAD19",
        content,
        content_type="text/csv",
        headers={"Authorization": f"Bearer {world.north.text}"},
    )
    return UUID(answer.json()["id"])


def unwritten_order_of(world: World) -> UUID:
    """Hand in a removal order of which nothing is written; return its referral's id."""
    people = world.people
    urls = ["https://t.me/demo_order/7"]
    return make_referrals(
        people.operation, people.agency, urls, submitted_by=people.officer, instrument="removal_order"
    )[0]


def order_of(world: World) -> UUID:
    """Issue a removal order to Telegram, an hour ago, unless there is one; return its referral's id."""
    if world.ordered is None:
        make_authority(world.people)
        [world.ordered] = approved(world.people, "https://t.me/demo_order", text=EMERGENCY)
        dispatch(world.people.operation, by=SYSTEM, at=timezone.now() - timedelta(hours=1))
    return world.ordered


@pytest.fixture
def count_of(world: World) -> Callable[[str], int]:
    """Return a function that counts the events of a kind, as the system."""
    from takedowns.referrals.models import Event

    def count(kind: str) -> int:
        with acting_as(SYSTEM):
            return int(Event.objects.filter(kind=kind).count())

    return count
