"""The record of what was done to accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.access.origin import address_of
from takedowns.accounts.models import AccountEvent
from takedowns.directory.models import User
from takedowns.pages.versions import Changed

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


def keep_all(
    kind: str,
    emails: Sequence[str],
    *,
    by_id: UUID | None,
    request: HttpRequest | None = None,
    **details: Any,
) -> None:
    """Keep what was done to several accounts at once, as :func:`keep`. One statement."""
    with acting_as(SYSTEM):
        AccountEvent.objects.bulk_create(
            [
                AccountEvent(
                    kind=kind, email=email[:254], by_id=by_id, address=address_of(request), details=details
                )
                for email in emails
            ]
        )


def last_change(actor: Actor, email: str) -> Changed | None:
    """Return when something was last done to an account by somebody else, and by whom. One statement."""
    found = AccountEvent.objects.select_related("by").filter(email=email).exclude(by=None)
    last = found.first() if actor.sees_everything else None
    return Changed(last.at, last.by) if last else None


def events(actor: Actor, email: str = "") -> list[AccountEvent]:
    """Return what was done, the latest first, to one account or to all. Row-level security shows it to administrators."""
    found = AccountEvent.objects.select_related("by")
    return list((found.filter(email=email) if email else found)[:SHOWN]) if actor.sees_everything else []
