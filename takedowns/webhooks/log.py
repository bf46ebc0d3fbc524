"""The log of deliveries: what waits, what was told, and telling it again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.retention.services import not_held
from takedowns.webhooks.endpoints import of, wake
from takedowns.webhooks.models import Delivery, Endpoint, Owner
from takedowns.webhooks.sending import try_at_once

#: A call tells up to a hundred changes; one of them about what is under a legal hold keeps it.
HELD: Final = "takedowns_names_legal_hold(webhooks_delivery.payload)"


def deliveries_of(
    endpoint: Endpoint, *, state: str | None = None, before: tuple[int, UUID] | None = None, most: int = 100
) -> list[Delivery]:
    """Return an endpoint's deliveries with their tries, the latest first; two statements.

    Args:
        state: only those in it.
        before: number and id of the last one seen, to go on.
    """
    found = Delivery.objects.filter(endpoint=endpoint).defer("payload").prefetch_related("tries_made")
    if state is not None:
        found = found.filter(state=state)
    if before is not None:
        number, pk = before
        found = found.filter(Q(number__lt=number) | Q(number=number, pk__lt=pk))
    return list(found.order_by("-number", "-pk")[:most])


def shown_delivery(delivery: Delivery) -> dict[str, Any]:
    """Return what the owner of a delivery's endpoint reads of it."""
    return {
        "id": delivery.pk,
        "state": delivery.state,
        "is_ping": delivery.is_ping,
        "events": delivery.events,
        "made_at": delivery.made_at,
        "next_try_at": delivery.next_at if delivery.state == Delivery.State.WAITING else None,
        "ended_at": delivery.ended_at,
        "tries": [
            {
                "at": one.at,
                "status": one.status,
                "problem": one.problem or None,
                "milliseconds": one.milliseconds,
            }
            for one in delivery.tries_made.all()
        ],
    }


def replay(
    owner: Owner, endpoint_id: UUID, *, delivery_id: UUID | None = None, since: datetime | None = None
) -> int:
    """Send deliveries again: one, or all that were made since a moment; with the same ids, in their old order.

    What waits for its next try is tried at once, too: whoever asks has mended something.

    Returns:
        How many will be sent again; those that wait anyway are not counted.

    Raises:
        Endpoint.DoesNotExist: the owner has none of that id.
        Delivery.DoesNotExist: the endpoint has none of that id.
    """
    with acting_as(SYSTEM):
        endpoint = Endpoint.objects.get(pk=endpoint_id, **of(owner))
        deliveries = Delivery.objects.filter(endpoint=endpoint)
        if delivery_id is not None:
            deliveries = deliveries.filter(pk=delivery_id)
            deliveries.get()
        if since is not None:
            deliveries = deliveries.filter(made_at__gte=since, is_ping=False)
        ended = deliveries.filter(state__in=[Delivery.State.DELIVERED, Delivery.State.GIVEN_UP])
        number = ended.update(
            state=Delivery.State.WAITING, next_at=timezone.now(), first_tried_at=None, ended_at=None
        )
        try_at_once(endpoint)
        wake(endpoint.pk)
    return number


def forget_old(now: datetime | None = None) -> int:
    """Drop deliveries that ended ``KEEP_DELIVERIES_DAYS`` ago; return how many."""
    kept = timedelta(days=settings.KEEP_DELIVERIES_DAYS)
    with acting_as(SYSTEM):
        old = Delivery.objects.filter(not_held(HELD), ended_at__lt=(now or timezone.now()) - kept)
        return old.delete()[1].get("webhooks.Delivery", 0)
