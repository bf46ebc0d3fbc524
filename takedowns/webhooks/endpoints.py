"""Endpoints: made, changed, turned off and on, given new secrets. Each function works for one owner."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from takedowns.access.actor import SYSTEM, acting_as, works_in_sandbox
from takedowns.outbound import Refused, check_url
from takedowns.referrals.log import latest
from takedowns.webhooks import secrets
from takedowns.webhooks.models import Delivery, Endpoint, EventType, Owner

MOST: Final = 10
LONGEST_OVERLAP: Final = timedelta(days=7)
TURNED_OFF: Final = "Turned off by hand."


class EndpointError(ValueError):
    """An endpoint cannot be made or changed; the message says why, ``field`` what."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def create(
    owner: Owner, *, url: str, types: Collection[str] = (), description: str = ""
) -> tuple[Endpoint, str]:
    """Make an endpoint. It is told what changes from now on.

    Args:
        owner: whose it is: the platform whose referrals it is told of, or the agency, which is told of all that it may see.
        url: https only, unless the operator allows plain http (``WEBHOOK_PLAIN_HTTP``).
        types: what it wants to be told; everything where empty.

    Returns:
        The endpoint and its secret, which is not shown again.

    Raises:
        EndpointError: the address cannot be asked, is there already, or there are ten.
    """
    _check_url(url)
    place = latest()
    with acting_as(SYSTEM):
        others = list(Endpoint.objects.select_for_update().filter(**of(owner)).values_list("url", flat=True))
        if url in others:
            raise EndpointError("url", "There is an endpoint with this address already.")
        if len(others) >= MOST:
            raise EndpointError("url", f"Nobody has more than {MOST} endpoints. Remove one first.")
        secret = secrets.make()
        endpoint = Endpoint.objects.create(
            **of(owner),
            url=url,
            types=_types(types),
            description=description,
            secret=secrets.seal(secret),
            created_at=timezone.now(),
            xid=place.xid,
            event_id=place.event_id,
        )
        endpoint.refresh_from_db()
    return endpoint, secret


def change(
    owner: Owner,
    endpoint_id: UUID,
    *,
    url: str | None = None,
    types: Collection[str] | None = None,
    description: str | None = None,
    active: bool | None = None,
) -> Endpoint:
    """Change an endpoint; what is None stays. Turned on again it is told what happened meanwhile.

    Raises:
        EndpointError: the address cannot be asked.
        Endpoint.DoesNotExist: the owner has none of that id.
    """
    if url is not None:
        _check_url(url)
    with acting_as(SYSTEM):
        endpoint = _locked(owner, endpoint_id)
        endpoint.url = endpoint.url if url is None else url
        endpoint.types = endpoint.types if types is None else _types(types)
        endpoint.description = endpoint.description if description is None else description
        if active and endpoint.disabled_at is not None:
            endpoint.disabled_at, endpoint.disabled_because = None, ""
            # What was waiting is tried at once, and has its three days anew.
            Delivery.objects.filter(endpoint=endpoint, state=Delivery.State.WAITING).update(
                next_at=timezone.now(), first_tried_at=None
            )
            wake(endpoint.pk)
        elif active is False and endpoint.disabled_at is None:
            endpoint.disabled_at, endpoint.disabled_because = timezone.now(), TURNED_OFF
        endpoint.save()
    return endpoint


def remove(owner: Owner, endpoint_id: UUID) -> None:
    """Remove an endpoint with its log.

    Raises:
        Endpoint.DoesNotExist: the owner has none of that id.
    """
    with acting_as(SYSTEM):
        _locked(owner, endpoint_id).delete()


def rotate(
    owner: Owner, endpoint_id: UUID, *, overlap: timedelta = timedelta(days=1)
) -> tuple[Endpoint, str]:
    """Give an endpoint a new secret. Until the overlap ends, calls are signed with both (Standard Webhooks).

    Returns:
        The endpoint and the new secret, which is not shown again.

    Raises:
        EndpointError: the overlap is negative or above a week.
        Endpoint.DoesNotExist: the owner has none of that id.
    """
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise EndpointError("overlap_hours", "The overlap is between 0 hours and 7 days.")
    secret = secrets.make()
    with acting_as(SYSTEM):
        endpoint = _locked(owner, endpoint_id)
        endpoint.former_secret, endpoint.former_until = endpoint.secret, timezone.now() + overlap
        endpoint.secret = secrets.seal(secret)
        endpoint.save(update_fields=["secret", "former_secret", "former_until"])
    return endpoint, secret


def wake(endpoint_id: UUID) -> None:
    """Have the worker look at the endpoint's place in the log and at what waits."""
    app.configure_task("webhooks.feed", allow_unknown=False, lock=f"webhook {endpoint_id}").defer(
        endpoint_id=str(endpoint_id), **({"sandbox": True} if works_in_sandbox() else {})
    )


def of(owner: Owner) -> dict[str, Owner]:
    """Return the condition that an endpoint is an owner's; also what makes it theirs."""
    return {"platform_id": owner} if isinstance(owner, str) else {"agency_id": owner}


def _locked(owner: Owner, endpoint_id: UUID) -> Endpoint:
    return Endpoint.objects.select_for_update().get(pk=endpoint_id, **of(owner))


def _types(types: Collection[str]) -> list[str]:
    if unknown := sorted({*types} - {*EventType.values}):
        raise EndpointError(
            "types", f"No such type: {', '.join(unknown)}. There are: {', '.join(EventType.values)}."
        )
    return [one for one in EventType.values if not types or one in types]


def _check_url(url: str) -> None:
    try:
        check_url(url, plain_http=settings.WEBHOOK_PLAIN_HTTP, ports=None)
    except Refused as error:
        raise EndpointError("url", str(error)) from None
    if urlsplit(url).fragment:
        raise EndpointError("url", "An address with a fragment (#…) is not called; leave that part off.")


def shown(endpoint: Endpoint) -> dict[str, Any]:
    """Return what an endpoint's owner reads of it; never its secret."""
    return {
        "id": endpoint.pk,
        "url": endpoint.url,
        "description": endpoint.description,
        "types": endpoint.types,
        "active": endpoint.disabled_at is None,
        "disabled_at": endpoint.disabled_at,
        "disabled_because": endpoint.disabled_because or None,
        "former_secret_until": endpoint.former_until,
        "created_at": endpoint.created_at,
    }
