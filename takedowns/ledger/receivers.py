"""Those outside to whom signed heads go over the network, and trying again where one does not answer: after half a minute, then after
twice as long each time, at most after half an hour. What fails is kept for the doctor; the next head makes up for all before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from takedowns.ledger.models import Receiver
from takedowns.outbound import Answer, Limits, networks, proxy_of, send

_FIRST_S: Final = 30
_MOST_S: Final = 30 * 60
_LIMITS: Final = Limits(total_s=15, max_bytes=64 * 1024)


class NotTakenError(Exception):
    """A receiver did not do with a head what it is there for; the message says why, for whoever runs this installation."""


def is_due(name: str) -> bool:
    """Tell whether a receiver may be asked now: its last failure, or success, is long enough ago. As the system."""
    found = Receiver.objects.filter(name=name).first()
    return found is None or found.next_at is None or found.next_at <= timezone.now()


def took(name: str) -> None:
    """Write down that a receiver has the last head. As the system."""
    now = timezone.now()
    Receiver.objects.update_or_create(
        name=name,
        defaults={
            "succeeded_at": now,
            "failing_since": None,
            "tries": 0,
            "next_at": now + timedelta(minutes=settings.LEDGER_OUTSIDE_MINUTES),
            "problem": "",
        },
    )


def failed(name: str, problem: str) -> None:
    """Write down that a receiver does not have it, and when it is tried again. As the system."""
    now = timezone.now()
    found, _ = Receiver.objects.get_or_create(name=name)
    Receiver.objects.filter(pk=name).update(
        failing_since=found.failing_since or now,
        tries=F("tries") + 1,
        next_at=now + timedelta(seconds=min(_FIRST_S * 2 ** min(found.tries, 20), _MOST_S)),
        problem=problem[:300],
    )


def failing(names: Iterable[str]) -> list[Receiver]:
    """Return those that do not take heads now. As the system."""
    return list(Receiver.objects.filter(name__in=names).exclude(failing_since=None).order_by("name"))


def post(url: str, media_type: str, body: bytes, headers: Iterable[tuple[str, str]] = ()) -> Answer:
    """Send a head, by the way out and to the addresses that all calls of this installation go by.

    Plain HTTP is let pass: heads hold no content, and what comes back is signed.

    Raises:
        Refused, Unreachable: see :mod:`takedowns.outbound`.
    """
    return send(
        "POST",
        url,
        headers=[("content-type", media_type), ("user-agent", "Takedowns-Ledger/1"), *headers],
        body=body,
        limits=_LIMITS,
        allow=networks(settings.LEDGER_ALLOW_NETWORKS),
        ports=None,
        proxy=proxy_of(settings.HTTPS_PROXY, settings.NO_PROXY),
    )
