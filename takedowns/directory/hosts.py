"""Declaring hosts of self-hosted software: which Rocket.Chat, Element, Mastodon or PeerTube runs where."""

from __future__ import annotations

from takedowns.directory.models import Platform, PlatformHost
from takedowns.identity import Identity, identify

UNKNOWN_HOST = "web"


class HostError(ValueError):
    """A host cannot be declared; the message says why."""


def declare(host: str, platform_slug: str, operator: str = "") -> PlatformHost:
    """Say that ``host`` runs the software of a platform, and who is to be asked there. Repeating it changes nothing.

    Args:
        host: a host name, or any address on it.

    Raises:
        HostError: it is no public host, it belongs to a platform already, or there is no such platform.
    """
    found = identify(host)
    if found.platform not in ("", UNKNOWN_HOST):
        raise HostError(f"{found.host} is {found.platform}; its addresses are read already.")
    if not isinstance(found, Identity):
        raise HostError(f"“{host}” is no public host: {found.message}")
    if not Platform.objects.filter(pk=platform_slug).exists():
        raise HostError(f"There is no platform “{platform_slug}”.")
    declared, new = PlatformHost.objects.get_or_create(
        host=found.host, defaults={"platform_id": platform_slug, "operator": operator}
    )
    if not new and declared.platform_id != platform_slug:
        raise HostError(f"{found.host} is declared as {declared.platform_id}; remove that first.")
    return declared
