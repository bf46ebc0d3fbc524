"""Sending: one delivery after the other in each lane, tried again until the endpoint answers or three days have passed.

A try is leased in one transaction, made outside any, and recorded in another. A worker that dies in between leaves a
lease that runs out; the delivery is then sent again with the same ``webhook-id``. At least once, in order per referral.
"""

from __future__ import annotations

import logging
import random
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.outbound import Answer, Limits, Refused, Unreachable, networks, send
from takedowns.webhooks import secrets
from takedowns.webhooks.models import Delivery, Endpoint, Try
from takedowns.webhooks.notices import tell_of_disabling

log = logging.getLogger(__name__)

FIRST_WAIT_S: Final = 5.0
LONGEST_WAIT_S: Final = 4 * 3600.0
TRIED_FOR: Final = timedelta(days=3)
GONE: Final = 410
#: A lease outlives its try by this much, so that a slow machine does not send twice.
GRACE_S: Final = 15.0


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a lane's next delivery.

    Attributes:
        delivered: it arrived; there may be another.
        try_at: when to look at the lane again; None where nothing waits.
        was_tried: whether a call was made.
    """

    delivered: bool = False
    try_at: datetime | None = None
    was_tried: bool = False


def send_next(endpoint_id: UUID, lane: int) -> Sent:
    """Try the next delivery of a lane, if it is due."""
    leased = _lease(endpoint_id, lane)
    if isinstance(leased, Sent):
        return leased
    delivery, endpoint = leased
    started = time.monotonic()
    answer, problem = _call(delivery, endpoint)
    return _record(delivery, answer, problem, int((time.monotonic() - started) * 1000))


def wait_s(tries: int) -> float:
    """Return the seconds to wait after so many failed tries: doubling from 5 s to 4 h, less up to half by chance."""
    longest: float = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (tries - 1))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads calls, guards nothing


def _lease(endpoint_id: UUID, lane: int) -> Sent | tuple[Delivery, Endpoint]:
    now = timezone.now()
    with acting_as(SYSTEM):
        waiting = Delivery.objects.filter(
            endpoint_id=endpoint_id, endpoint__disabled_at=None, lane=lane, state=Delivery.State.WAITING
        )
        head = waiting.select_for_update(of=("self",)).order_by("number").first()
        if head is None:
            return Sent()
        if head.next_at > now:
            return Sent(try_at=head.next_at)
        head.next_at = now + timedelta(seconds=settings.WEBHOOK_TIMEOUT_SECONDS + GRACE_S)
        head.first_tried_at = head.first_tried_at or now
        head.tries += 1
        head.save(update_fields=["next_at", "first_tried_at", "tries"])
        return head, Endpoint.objects.get(pk=endpoint_id)


def _call(delivery: Delivery, endpoint: Endpoint) -> tuple[Answer | None, str]:
    body = bytes(delivery.payload)
    limits = Limits(total_s=settings.WEBHOOK_TIMEOUT_SECONDS, max_bytes=1024)
    try:
        answer = send(
            "POST", endpoint.url, headers=_headers(delivery, endpoint, body), body=body, limits=limits,
            allow=networks(settings.WEBHOOK_ALLOW_NETWORKS), ports=None, plain_http=settings.WEBHOOK_PLAIN_HTTP,
        )  # fmt: skip
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
        if not problem:
            Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.DELIVERED, ended_at=now)
            return Sent(delivered=True, was_tried=True)
        if status == GONE:
            _disable(endpoint, now, "It answered 410 Gone.")
        elif delivery.is_ping:
            # A ping is a question of the moment; changes behind it do not wait three days for its answer.
            Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.GIVEN_UP, ended_at=now)
            return Sent(was_tried=True, try_at=now)
        elif delivery.first_tried_at is not None and now - delivery.first_tried_at >= TRIED_FOR:
            _disable(
                endpoint, now, f"It did not take a delivery for three days. The last time: {problem}"[:300]
            )
        at = now + timedelta(seconds=_wait_after(delivery, answer))
        Delivery.objects.filter(pk=delivery.pk).update(next_at=at)
        return Sent(was_tried=True, try_at=None if endpoint.disabled_at else at)


def _wait_after(delivery: Delivery, answer: Answer | None) -> float:
    """Wait as long as the receiver asks for (RFC 9110, Retry-After in seconds), within our own bounds."""
    asked = answer.headers.get("retry-after", "") if answer else ""
    if asked.isascii() and asked.isdigit():
        return min(max(float(asked), FIRST_WAIT_S), LONGEST_WAIT_S)
    return wait_s(delivery.tries)


def _disable(endpoint: Endpoint, now: datetime, why: str) -> None:
    if endpoint.disabled_at is not None:
        return
    endpoint.disabled_at, endpoint.disabled_because = now, why
    endpoint.save(update_fields=["disabled_at", "disabled_because"])
    log.error("Webhook endpoint %s of %s is disabled: %s", endpoint.pk, endpoint.platform_id, why)
    tell_of_disabling(endpoint)
