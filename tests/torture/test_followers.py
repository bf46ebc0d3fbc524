"""Followers at the head of the log, by feed and by webhook, while several connections write into cells that are new: nothing missed, nothing twice.

A few seconds in the suite; ``TORTURE_SECONDS=600`` makes it ten minutes.
"""

from __future__ import annotations

import json
import os
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.directory.models import Agency, Platform
from takedowns.referrals import log
from takedowns.referrals.cells import Dimensions, ensure_cells
from takedowns.referrals.models import Event, Item, Operation, Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.representation.changes import changes
from takedowns.representation.reader import PlatformReader, Reader
from takedowns.webhooks.endpoints import create
from takedowns.webhooks.feeding import feed
from takedowns.webhooks.models import Delivery
from tests.factories import MORNING, wait_for_the_log
from tests.people import People, make_people

pytestmark = [pytest.mark.torture, pytest.mark.django_db(transaction=True)]
SECONDS = float(os.environ.get("TORTURE_SECONDS", "5"))
PLATFORMS = 12
WRITERS = 3
#: A platform is told of a referral from its making on.
BEFORE = ("submit", "co_refer", "approve", "reject")
NEXT = {
    "submitted": ("approve", {"exemptions_checked": True}),
    "approved": ("refer", {}),
    "referred": ("acknowledge", {}),
    "acknowledged": ("remove", {"action": "visibility_removed"}),
    "removed": ("reinstate", {"reason": "Appeal."}),
}


@dataclass(frozen=True)
class AgencyReader:
    """An agency's program."""

    actor: Actor
    platform_id: str | None = None


@dataclass
class Follower:
    """One reader, where it is, and what it was told."""

    reader: Reader
    position: log.Position
    told: list[UUID] = field(default_factory=list)
    steps: dict[UUID, list[tuple[str | None, str | None]]] = field(default_factory=dict)

    def read(self, limit: int) -> bool:
        """Read once, in portions of this size; return whether there was anything."""
        with acting_as(self.reader.actor):
            reading, found = changes(self.reader, self.position, limit)
        self.position = reading.position
        for change in found:
            self.told.append(change["id"])
            self.steps.setdefault(change["referral_id"], []).append(
                (change["from_status"], change["to_status"])
            )
        return bool(found) or reading.more


@dataclass
class Told(Follower):
    """Whoever is told by webhooks: the worker's part, and a receiver that fails at times."""

    endpoint: UUID = field(default_factory=uuid4)
    calls: set[UUID] = field(default_factory=set)

    def read(self, limit: int) -> bool:
        """Feed the endpoint, and take what waits in each lane, in order, up to one that fails."""
        made = feed(self.endpoint)
        with acting_as(SYSTEM):
            waiting = Delivery.objects.filter(endpoint_id=self.endpoint, state="waiting").order_by("number")
            failing: set[int] = set()
            for one in waiting[:limit]:
                if one.lane in failing or random.random() < 0.1:
                    failing.add(one.lane)
                    continue
                Delivery.objects.filter(pk=one.pk).update(state="delivered", ended_at=MORNING)
                self._take(one)
            return bool(made) or waiting.exists()

    def _take(self, one: Delivery) -> None:
        assert one.pk not in self.calls, "taken twice"
        self.calls.add(one.pk)
        for change in json.loads(bytes(one.payload))["data"]["events"]:
            self.told.append(UUID(change["id"]))
            self.steps.setdefault(UUID(change["referral_id"]), []).append(
                (change["from_status"], change["to_status"])
            )


class Writer:
    """Hands in, approves, refers and decides, over and over, in operations of its own that become new all the time."""

    def __init__(self, people: People, platforms: Sequence[str], seed: int, until: float) -> None:
        self.people, self.platforms, self.until = people, platforms, until
        self.chance = random.Random(seed)
        self.seed, self.made = seed, 0
        self.ids: list[UUID] = []

    def run(self) -> None:
        while time.monotonic() < self.until:
            with acting_as(SYSTEM):
                for _ in range(self.chance.randint(1, 4)):
                    self.chance.choice((self.hand_in, self.move, self.move, self.move))()
                time.sleep(self.chance.choice((0, 0, 0.01, 0.05)))
        connections.close_all()

    def hand_in(self) -> None:
        self.made += 1
        operation = Operation.objects.create(
            reference=f"T{self.seed}N{self.made}",
            name="New",
            starts=date(2019, 11, 21),
            default_ground="Art. 5",
        )
        operation.refresh_from_db()
        operation.agencies.set([self.people.agency, self.people.other_agency])
        for platform in self.chance.sample(list(self.platforms), 3):
            self.ids.append(make_referral(operation, self.people.agency, platform))

    def move(self) -> None:
        """Move some of this writer's referrals, each by its next step."""
        some = sorted(self.chance.sample(self.ids, min(len(self.ids), 4)))
        statuses = dict(Referral.objects.filter(pk__in=some).values_list("pk", "status"))
        for one in some:
            if (step := NEXT.get(statuses[one])) is not None:
                assert apply_to_all(step[0], [one], by=SYSTEM, **step[1]).moved == [one]  # type: ignore[arg-type]


def make_referral(operation: Operation, agency: Agency, platform: str) -> UUID:
    """Make a submitted referral of an invented item, on whichever platform."""
    key = uuid4()
    url = f"https://{platform}.example/{key}"
    item = Item.objects.create(
        id=key, platform_id=platform, kind="post", key=str(key), url=url, first_seen_at=MORNING
    )
    cell = Dimensions(operation.pk, platform, "post", agency.pk, "referral", 4, "submitted", "unknown")
    number = ensure_cells([cell])[cell]
    referral = Referral.objects.create(
        item=item,
        operation=operation,
        agency=agency,
        platform_id=platform,
        instrument="referral",
        tier=4,
        ground="Art. 5",
        status="submitted",
        cell_id=number,
        submitted_at=MORNING,
    )
    Event.objects.create(
        item=item, referral=referral, at=MORNING, kind="submit", to_cell_id=number, agency=agency
    )
    return referral.pk


def follow(followers: Sequence[Follower], stopped: threading.Event, seed: int, failed: list[Any]) -> None:
    chance = random.Random(seed)
    try:
        while not stopped.is_set():
            for one in followers:
                one.read(chance.choice((1, 5, 1000)))
    except BaseException as error:
        failed.append(error)
    finally:
        connections.close_all()


def test_followers_at_the_head_miss_nothing_and_see_nothing_twice() -> None:
    people = make_people()
    platforms = list(Platform.objects.order_by("slug").values_list("slug", flat=True)[:PLATFORMS])
    start = log.latest()
    readers: list[Reader] = [PlatformReader(slug) for slug in platforms]
    readers += [AgencyReader(people.actor(name)) for name in ("officer", "coordinator", "absent_officer")]
    followers = [Follower(reader, start) for reader in readers]
    followers += [
        Told(PlatformReader(slug), start, endpoint=create(slug, url=f"https://{slug}.example/in")[0].pk)
        for slug in platforms[:3]
    ]
    followers += [
        Told(
            AgencyReader(people.actor(name)),
            start,
            endpoint=create(agency.pk, url=f"https://{agency.slug}.example/in")[0].pk,
        )
        for name, agency in (
            ("officer", people.agency),
            ("coordinator", people.other_agency),
            ("absent_officer", people.absent_agency),
        )
    ]
    failed: list[Any] = []
    stopped = threading.Event()
    until = time.monotonic() + SECONDS
    writers = [Writer(people, platforms, seed, until) for seed in range(WRITERS)]
    threads = [threading.Thread(target=_caught, args=(writer.run, failed)) for writer in writers]
    reading = [
        threading.Thread(target=follow, args=(followers[number::3], stopped, number, failed))
        for number in range(3)
    ]
    for thread in (*threads, *reading):
        thread.start()
    for thread in threads:
        thread.join(SECONDS + 120)
    wait_for_the_log()
    stopped.set()
    for thread in reading:
        thread.join(120)
    assert not failed, failed
    for one in followers:
        while one.read(1000):
            pass
    with acting_as(SYSTEM):
        events = list(
            Event.objects.order_by("xid", "pk").values_list("pk", "kind", "to_cell__platform_id", named=True)
        )
    assert len({row.kind for row in events}) > 3, "too little was written for a test"
    for one in followers:
        if one.reader.platform_id is not None:
            mine = [
                row.pk
                for row in events
                if row.to_cell__platform_id == one.reader.platform_id and row.kind not in BEFORE
            ]
        elif one.reader.actor == people.actor("absent_officer"):
            mine = []
        else:
            mine = [row.pk for row in events]
        if isinstance(one, Told):  # in order for each referral; calls of several lanes overtake each other
            assert sorted(one.told) == sorted(mine), one.reader
        else:
            assert one.told == mine, one.reader
        for steps in one.steps.values():  # each goes on where the last one ended
            assert all(before[1] == after[0] for before, after in pairwise(steps))


def _caught(run: Any, failed: list[Any]) -> None:
    try:
        run()
    except BaseException as error:
        failed.append(error)
    finally:
        connections.close_all()
