"""What the webhooks' tests share: a receiver, an endpoint of Telegram's, and a way to send all that is due."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.webhooks.endpoints import create
from takedowns.webhooks.feeding import feed
from takedowns.webhooks.models import ALL_LANES, Delivery, Endpoint
from takedowns.webhooks.sending import send_next
from tests.people import People, make_people
from tests.webhooks.receiver import Receiver, receiving


@pytest.fixture
def people(transactional_db: None) -> People:
    return make_people()


@pytest.fixture
def receiver(settings: object) -> Iterator[Receiver]:
    settings.WEBHOOK_ALLOW_NETWORKS = ["127.0.0.1/32"]  # type: ignore[attr-defined]
    settings.WEBHOOK_PLAIN_HTTP = True  # type: ignore[attr-defined]
    with receiving() as one:
        yield one


@pytest.fixture
def endpoint(people: People, receiver: Receiver) -> Endpoint:
    made, secret = create("telegram", url=receiver.url)
    receiver.secrets.append(secret)
    return made


@pytest.fixture
def deliver(endpoint: Endpoint) -> Callable[[], None]:
    """Return a function that does what the worker does now: feed, then send each lane until nothing is due."""

    def run() -> None:
        feed(endpoint.pk)
        for lane in ALL_LANES:
            while send_next(endpoint.pk, lane).delivered:
                pass

    return run


@pytest.fixture
def hours_pass() -> Callable[[float], None]:
    """Return a function that lets all that waits have waited for so long."""

    def run(hours: float) -> None:
        with acting_as(SYSTEM):
            for one in Delivery.objects.filter(state=Delivery.State.WAITING):
                one.next_at -= timedelta(hours=hours)
                one.first_tried_at = one.first_tried_at and one.first_tried_at - timedelta(hours=hours)
                one.save()

    return run
