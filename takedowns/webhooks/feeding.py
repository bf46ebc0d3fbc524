"""From the log to deliveries: each endpoint reads its owner's changes from its own place, misses none, repeats none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals.lifecycle import AT_THE_PLATFORM
from takedowns.referrals.log import Position
from takedowns.referrals.visibility import agency_sees
from takedowns.referrals.vocabulary import Availability, EventKind, Instrument, Status
from takedowns.representation.changes import changes
from takedowns.representation.reader import AgencyReader, PlatformReader, Reader
from takedowns.representation.referrals import among, shown, visible
from takedowns.representation.wire import dumps
from takedowns.webhooks.bodies import ENVELOPE, body
from takedowns.webhooks.models import LANES, ORDER_LANES, PING_LANE, Delivery, Endpoint, EventType, Owner

#: Changes told in one call, at most.
BATCH: Final = 100
#: From one delivery's number to the next: whatever parts it is divided into come before that.
STEP: Final = 128
#: Changes read from the log in one transaction, at most.
READ: Final = 2_000


def feed(endpoint_id: UUID) -> int:
    """Make deliveries of all that the endpoint was not told yet. Two that feed at once wait for each other.

    Returns:
        How many deliveries were made.
    """
    made = 0
    more = True
    while more:
        with acting_as(SYSTEM):
            endpoint = Endpoint.objects.select_for_update().filter(pk=endpoint_id, disabled_at=None).first()
            if endpoint is None:
                return made
            reader = _reader_of(endpoint)
            with acting_as(reader.actor):
                reading, found = changes(reader, Position(endpoint.xid, endpoint.event_id), READ)
            made += _deliver(endpoint, ({"type": type_of(one), **one} for one in found))
            endpoint.xid, endpoint.event_id = reading.position
            endpoint.save(update_fields=["xid", "event_id", "numbered"])
            more = reading.more
    return made


def _reader_of(endpoint: Endpoint) -> Reader:
    """Return whoever reads what the endpoint is told: what its owner reads in the change feed, and no more."""
    owner = endpoint.owner
    return PlatformReader(owner) if isinstance(owner, str) else AgencyReader(owner)


def type_of(change: Mapping[str, Any]) -> EventType:
    """Say in a webhook's words what a change is; ``change`` as the change feed shows it."""
    if change["change"] == "refer":
        return EventType.CREATED
    if change["change"] == "withdraw":
        return EventType.WITHDRAWN
    if (
        change["change"] == EventKind.CHECK
        and change["details"].get("seen") == Availability.ONLINE
        and change["referral"]["status"] == Status.REMOVED
    ):
        return EventType.ONLINE_AFTER_REMOVAL
    return EventType.UPDATED


def tell_due_soon(now: datetime | None = None) -> set[UUID]:
    """Tell of referrals that are due within ``WEBHOOK_DUE_SOON_MINUTES`` and not decided: each owner of each once.

    Returns:
        The endpoints that have something new to be told.
    """
    now = now or timezone.now()
    until = now + timedelta(minutes=settings.WEBHOOK_DUE_SOON_MINUTES)
    fed: set[UUID] = set()
    with acting_as(SYSTEM):
        wanting = Endpoint.objects.select_for_update().filter(
            disabled_at=None, types__contains=[EventType.DUE_SOON]
        )
        endpoints = list(wanting.order_by("pk"))
        due = _newly_due({one.owner for one in endpoints}, now, until) if endpoints else {}
        for endpoint in endpoints:
            if not due.get(endpoint.owner):
                continue
            reader = _reader_of(endpoint)
            with acting_as(reader.actor):
                referrals = shown(visible(reader).filter(among(due[endpoint.owner])), reader)
            told = [
                {"type": EventType.DUE_SOON, "at": now, "referral_id": one["id"], "referral": one}
                for one in referrals
            ]
            if _deliver(endpoint, told):
                endpoint.save(update_fields=["numbered"])
                fed.add(endpoint.pk)
    return fed


def ping(endpoint: Endpoint) -> Delivery:
    """Make a delivery that tells nothing, so that whoever runs the endpoint sees that calls arrive."""
    with acting_as(SYSTEM):
        locked = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
        _insert(locked, [(PING_LANE, [])], is_ping=True)
        locked.save(update_fields=["numbered"])
        return Delivery.objects.get(endpoint=locked, number=locked.numbered)


def _newly_due(owners: Collection[Owner], now: datetime, until: datetime) -> dict[Owner, list[UUID]]:
    """Note down what is soon due and was told to none of these owners yet; return it by owner. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH due AS (
                SELECT id, platform_id, operation_id, agency_id, referred_at, due_at FROM referrals_referral
                WHERE due_at > %(now)s AND due_at <= %(until)s
                  AND status = ANY(%(statuses)s) AND referred_at IS NOT NULL
            ), told AS (
                INSERT INTO webhooks_tolddue (referral_id, agency_id, due_at, told_at)
                SELECT id, NULL, due_at, %(now)s FROM due WHERE platform_id = ANY(%(platforms)s)
                UNION ALL
                SELECT referral.id, asking.agency, referral.due_at, %(now)s
                FROM due AS referral CROSS JOIN unnest(%(agencies)s::uuid[]) AS asking (agency)
                WHERE {agency_sees("asking.agency")}
                ON CONFLICT DO NOTHING RETURNING referral_id, agency_id
            )
            SELECT told.agency_id, due.platform_id, array_agg(due.id ORDER BY due.id)
            FROM told JOIN due ON due.id = told.referral_id GROUP BY 1, 2
            """,
            {
                "now": now,
                "until": until,
                "platforms": [one for one in owners if isinstance(one, str)],
                "agencies": [one for one in owners if not isinstance(one, str)],
                "statuses": [str(one) for one in AT_THE_PLATFORM],
            },
        )
        due: dict[Owner, list[UUID]] = {}
        for agency_id, platform_id, referrals in cursor.fetchall():
            due.setdefault(agency_id or platform_id, []).extend(referrals)
    return due


def _deliver(endpoint: Endpoint, events: Iterable[dict[str, Any]]) -> int:
    """Put events into lanes and batches; a referral's events take one lane, in their order."""
    lanes: dict[int, list[bytes]] = {}
    for event in events:
        if event["type"] in endpoint.types:
            lanes.setdefault(_lane_of(event), []).append(dumps(event))
    batches = [(lane, batch) for lane, told in sorted(lanes.items()) for batch in _batches(told)]
    _insert(endpoint, batches)
    return len(batches)


def _lane_of(event: Mapping[str, Any]) -> int:
    number: int = event["referral_id"].int
    if event["referral"]["instrument"] == Instrument.REMOVAL_ORDER:
        return ORDER_LANES[number % len(ORDER_LANES)]
    return number % LANES


def _batches(told: list[bytes]) -> Iterator[list[bytes]]:
    """Cut events into calls of at most ``BATCH`` changes and ``WEBHOOK_MAX_BYTES`` bytes; one alone may be longer."""
    batch: list[bytes] = []
    room = settings.WEBHOOK_MAX_BYTES - ENVELOPE
    for event in told:
        if batch and (len(batch) == BATCH or room < len(event) + 1):
            yield batch
            batch, room = [], settings.WEBHOOK_MAX_BYTES - ENVELOPE
        batch.append(event)
        room -= len(event) + 1
    if batch:
        yield batch


def _insert(endpoint: Endpoint, batches: list[tuple[int, list[bytes]]], *, is_ping: bool = False) -> None:
    now = timezone.now()
    deliveries = []
    for lane, told in batches:
        endpoint.numbered += STEP
        deliveries.append(
            Delivery(
                endpoint=endpoint,
                number=endpoint.numbered,
                lane=lane,
                events=len(told),
                is_ping=is_ping,
                payload=body("ping" if is_ping else "changes", now, told),
                made_at=now,
                next_at=now,
            )
        )
    Delivery.objects.bulk_create(deliveries)
