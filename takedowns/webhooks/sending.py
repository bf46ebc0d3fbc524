"""Sending: one delivery after the other in each lane, tried again until the endpoint answers or three days have passed.

A try is leased in one transaction, made outside any, and recorded in another. A worker that dies in between leaves a
lease that runs out; the delivery is then sent again with the same ``webhook-id``. At least once, in order per referral.
"""

from __future__ import annotations

import logging
import random
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from takedowns.access.actor import SYSTEM, acting_as, works_in_sandbox
from takedowns.installation.identity import is_copy
from takedowns.outbound import Answer, Limits, Refused, Unreachable, networks, proxy_of, send
from takedowns.webhooks import secrets
from takedowns.webhooks.bodies import halves
from takedowns.webhooks.models import ORDER_LANES, Delivery, Endpoint, Try
from takedowns.webhooks.notices import tell_of_disabling

log = logging.getLogger(__name__)

FIRST_WAIT_S: Final = 5.0
LONGEST_WAIT_S: Final = 4 * 3600.0
#: Of a removal order, whose hour runs.
LONGEST_WAIT_OF_ORDERS_S: Final = 5 * 60.0
TRIED_FOR: Final = timedelta(days=3)
#: Stands in calls about invented referrals, so that a receiver of both kinds can tell them apart.
SANDBOX_HEADER: Final = "takedowns-sandbox"
GONE: Final = 410
TOO_LARGE: Final = 413
#: A lease outlives its try by this much, so that a slow machine does not send twice.
GRACE_S: Final = 15.0


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a lane's next delivery.

    Attributes:
        delivered: it arrived; there may be another.
        try_at: when to look at the lane again; None where nothing waits.
        was_tried: whether a call was made.
        seconds: how long it took.
    """

    delivered: bool = False
    try_at: datetime | None = None
    was_tried: bool = False
    seconds: float = 0.0


def send_next(endpoint_id: UUID, lane: int) -> Sent:
    """Try the next delivery of a lane, if it is due."""
    if is_copy():
        return Sent()  # it waits for the installation itself
    leased = _lease(endpoint_id, lane)
    if isinstance(leased, Sent):
        return leased
    delivery, endpoint = leased
    if not connection.in_atomic_block:
        connection.close()  # others use it while this one waits for an answer
    started = time.monotonic()
    answer, problem = _call(delivery, endpoint)
    seconds = time.monotonic() - started
    return replace(_record(delivery, answer, problem, int(seconds * 1000)), seconds=seconds)


def wait_s(tries: int, longest: float = LONGEST_WAIT_S) -> float:
    """Return the seconds to wait after so many failed tries: doubling from 5 s up to ``longest``, less up to half by chance."""
    most: float = min(longest, FIRST_WAIT_S * 2 ** min(tries - 1, 30))
    return most * random.uniform(0.5, 1.0)  # noqa: S311 - spreads calls, guards nothing


def _lease(endpoint_id: UUID, lane: int) -> Sent | tuple[Delivery, Endpoint]:
    now = timezone.now()
    with acting_as(SYSTEM):
        waiting = Delivery.objects.filter(
            endpoint_id=endpoint_id, endpoint__disabled_at=None, lane=lane, state=Delivery.State.WAITING
        )
        head = waiting.select_for_update(of=("self",)).order_by("number").first()
        if head is None:
            return Sent()
        free_at = max(head.next_at, head.calling_until or head.next_at)
        if free_at > now:
            return Sent(try_at=free_at)
        head.calling_until = now + timedelta(seconds=settings.WEBHOOK_TIMEOUT_SECONDS + GRACE_S)
        head.first_tried_at = head.first_tried_at or now
        head.tries += 1
        head.save(update_fields=["calling_until", "first_tried_at", "tries"])
        return head, Endpoint.objects.get(pk=endpoint_id)


def _call(delivery: Delivery, endpoint: Endpoint) -> tuple[Answer | None, str]:
    body = bytes(delivery.payload)
    limits = Limits(total_s=settings.WEBHOOK_TIMEOUT_SECONDS, max_bytes=1024)
    try:
        headers = _headers(delivery, endpoint, body)
    except InvalidToken:
        return (
            None,
            "Not called: its secret cannot be opened with SECRET_KEY or a fallback. Make it a new one.",
        )
    try:
        answer = send(
            "POST",
            endpoint.url,
            headers=headers,
            body=body,
            limits=limits,
            allow=networks(settings.WEBHOOK_ALLOW_NETWORKS),
            ports=None,
            plain_http=settings.WEBHOOK_PLAIN_HTTP,
            proxy=proxy_of(settings.HTTPS_PROXY, settings.NO_PROXY),
        )
    except (Refused, Unreachable) as error:
        return None, str(error)[:300]
    if 300 <= answer.status < 400:
        return answer, "It answered with a redirect; those are not followed."
    return answer, "" if 200 <= answer.status < 300 else f"It answered {answer.status}."


def _headers(delivery: Delivery, endpoint: Endpoint, body: bytes) -> list[tuple[str, str]]:
    now = timezone.now()
    sealed = [endpoint.secret]
    if endpoint.former_until is not None and endpoint.former_until > now:
        sealed.append(endpoint.former_secret)
    signed = [Webhook(secrets.unseal(one)).sign(str(delivery.pk), now, body.decode()) for one in sealed]
    return [
        ("content-type", "application/json"),
        ("user-agent", "Takedowns-Webhooks/1"),
        ("webhook-id", str(delivery.pk)),
        ("webhook-timestamp", str(int(now.timestamp()))),
        ("webhook-signature", " ".join(signed)),
        *([(SANDBOX_HEADER, "true")] if works_in_sandbox() else []),
    ]


def _record(delivery: Delivery, answer: Answer | None, problem: str, milliseconds: int) -> Sent:
    now = timezone.now()
    status = answer.status if answer else None
    with acting_as(SYSTEM):
        endpoint = Endpoint.objects.select_for_update().filter(pk=delivery.endpoint_id).first()
        if endpoint is None:
            return Sent()  # removed meanwhile, with its log
        Try.objects.create(
            delivery=delivery, at=now, status=status, problem=problem, milliseconds=milliseconds
        )
        this = Delivery.objects.filter(pk=delivery.pk)
        if not problem:
            this.update(state=Delivery.State.DELIVERED, ended_at=now, calling_until=None)
            if delivery.is_ping:
                try_at_once(endpoint)  # whoever mended it asked so that the rest comes
            return Sent(delivered=True, was_tried=True)
        if status == TOO_LARGE and not delivery.is_ping:
            _divide(delivery, now)
            return Sent(was_tried=True, try_at=now)
        if status == GONE:
            _disable(endpoint, now, "It answered 410 Gone.")
        elif delivery.is_ping:
            # A ping is a question of the moment; changes behind it do not wait three days for its answer.
            this.update(state=Delivery.State.GIVEN_UP, ended_at=now, calling_until=None)
            return Sent(was_tried=True, try_at=now)
        elif delivery.first_tried_at is not None and now - delivery.first_tried_at >= TRIED_FOR:
            _disable(
                endpoint, now, f"It did not take a delivery for three days. The last time: {problem}"[:300]
            )
        at = now + timedelta(seconds=_wait_after(delivery, answer))
        this.update(next_at=at, calling_until=None)
        return Sent(was_tried=True, try_at=None if endpoint.disabled_at else at)


def follow_the_clock(now: datetime | None = None) -> int:
    """Let nothing wait for the moment from which the machine's clock was set back; return how much did.

    What was made or tried at a moment that is still to come waits by a clock that went ahead; and no call is leased for longer
    than it may take.
    """
    now = now or timezone.now()
    to_come = now + timedelta(seconds=GRACE_S)
    longest = to_come + timedelta(seconds=settings.WEBHOOK_TIMEOUT_SECONDS)
    with acting_as(SYSTEM):
        waiting = Delivery.objects.filter(state=Delivery.State.WAITING)
        leased = waiting.filter(calling_until__gt=longest).update(calling_until=longest)
        late = waiting.filter(next_at__gt=now).filter(
            Q(made_at__gt=to_come) | Exists(Try.objects.filter(delivery=OuterRef("pk"), at__gt=to_come))
        )
        return leased + late.update(next_at=now)


def try_at_once(endpoint: Endpoint) -> None:
    """Let whatever waits for its next try be tried now."""
    now = timezone.now()
    Delivery.objects.filter(endpoint=endpoint, state=Delivery.State.WAITING, next_at__gt=now).update(
        next_at=now
    )


def _divide(delivery: Delivery, now: datetime) -> None:
    """Put two halves in the place of a call that is too large for its receiver; one change alone is given up.

    Its changes keep their order: the second half's number says which change it begins with.
    """
    state = Delivery.State.GIVEN_UP if delivery.events == 1 else Delivery.State.DIVIDED
    Delivery.objects.filter(pk=delivery.pk).update(state=state, ended_at=now, calling_until=None)
    if state == Delivery.State.GIVEN_UP:
        log.error("Webhook delivery %s: one change alone is too large for its receiver", delivery.pk)
        return
    (first, one), (second, other) = halves(bytes(delivery.payload))
    facts: dict[str, Any] = {
        "endpoint_id": delivery.endpoint_id,
        "lane": delivery.lane,
        "made_at": delivery.made_at,
        "next_at": now,
    }
    Delivery.objects.bulk_create(
        [
            Delivery(number=delivery.number, events=first, payload=one, **facts),
            Delivery(number=delivery.number + first, events=second, payload=other, **facts),
        ]
    )


def _wait_after(delivery: Delivery, answer: Answer | None) -> float:
    """Wait as long as the receiver asks for (RFC 9110, Retry-After in seconds), within our own bounds."""
    longest = LONGEST_WAIT_OF_ORDERS_S if delivery.lane in ORDER_LANES else LONGEST_WAIT_S
    asked = answer.headers.get("retry-after", "") if answer else ""
    if asked.isascii() and asked.isdigit():
        return min(max(float(asked[:9]), FIRST_WAIT_S), longest)
    return wait_s(delivery.tries, longest)


def _disable(endpoint: Endpoint, now: datetime, why: str) -> None:
    if endpoint.disabled_at is not None:
        return
    endpoint.disabled_at, endpoint.disabled_because = now, why
    endpoint.save(update_fields=["disabled_at", "disabled_because"])
    if works_in_sandbox():
        return  # whoever tries it reads it in the endpoint's own words; nobody else is concerned
    log.error("Webhook endpoint %s of %s is disabled: %s", endpoint.pk, endpoint.owner, why)
    tell_of_disabling(endpoint)
