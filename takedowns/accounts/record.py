"""The record of what was done to accounts."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.accounts.models import AccountEvent
from takedowns.directory.models import User

SHOWN: Final = 200


def keep(
    kind: str, email: str, *, by: User | None = None, request: HttpRequest | None = None, **details: Any
) -> None:
    """Keep what was done, in the transaction in which it is done. One statement.

    Args:
        details: never a secret.
    """
    with acting_as(SYSTEM):
        AccountEvent.objects.create(
            kind=kind, email=email[:254], by=by, address=address_of(request), details=details
        )


def events(actor: Actor, email: str = "") -> list[AccountEvent]:
    """Return what was done, the latest first, to one account or to all. Row-level security shows it to administrators."""
    found = AccountEvent.objects.select_related("by")
    return list((found.filter(email=email) if email else found)[:SHOWN]) if actor.sees_everything else []


def address_of(request: HttpRequest | None) -> str | None:
    """Return the caller's address; behind our own proxy, the one that the proxy itself wrote, which is the last.

    None where there is none, or what the proxy wrote is no address: nobody is kept from signing in for that.
    """
    if request is None:
        return None
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.API_TRUST_FORWARDED_FOR else ""
    written = forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
    try:
        return str(ip_address(written))
    except ValueError:
        return None
