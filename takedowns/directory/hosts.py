"""Declaring hosts: which Rocket.Chat, Element, Mastodon or PeerTube runs where, and where a platform without rules is."""

from __future__ import annotations

from django.db import transaction

from takedowns.access.actor import SYSTEM, Actor
from takedowns.directory.changes import Action, Kind, NotAllowed, keep, may_declare
from takedowns.directory.models import Platform, PlatformHost
from takedowns.identity import PLATFORMS, Identity, identify

UNKNOWN_HOST = "web"


class HostError(ValueError):
    """A host cannot be declared; the message says why."""


def declare(host: str, platform_slug: str, operator: str = "", *, by: Actor = SYSTEM) -> PlatformHost:
    """Say that ``host`` is a platform or runs its software, and who is to be asked there. Repeating it changes nothing.

    Args:
        host: a host name, or any address on it.
        operator: who runs it.

    Raises:
        NotAllowed: neither coordinator nor administrator.
        HostError: it is no public host, it belongs to a platform already, or there is no such platform.
    """
    if not may_declare(by):
        raise NotAllowed("Hosts are declared by coordinators and administrators.")
    found = identify(host)
    if found.platform not in ("", UNKNOWN_HOST):
        raise HostError(f"{found.host} is {found.platform}; its addresses are read already.")
    if not isinstance(found, Identity):
        raise HostError(f"“{host}” is no public host: {found.message}")
    if not Platform.objects.filter(pk=platform_slug).exists():
        raise HostError(f"There is no platform “{platform_slug}”.")
    rules = PLATFORMS.get(platform_slug)
    if rules is not None and not rules.self_hosted:
        raise HostError(
            f"{rules.name} runs on its own hosts only, which are known: {', '.join(rules.hosts)}."
        )
    with transaction.atomic():
        declared, new = PlatformHost.objects.get_or_create(
            host=found.host, defaults={"platform_id": platform_slug, "operator": operator}
        )
        if not new and declared.platform_id != platform_slug:
            raise HostError(f"{found.host} is declared as {declared.platform_id}; remove that first.")
        if new:
            details = {"platform": ["", platform_slug], "operator": ["", operator]}
            keep(Kind.HOST, Action.ADDED, found.host, by=by, details=details)
    return declared


def self_hosted() -> dict[str, str]:
    """Return the platforms whose software anybody may run on a host of their own: slug to name. No statement."""
    return {slug: rules.name for slug, rules in PLATFORMS.items() if rules.self_hosted}


def declared_hosts() -> dict[str, str]:
    """Return the hosts declared to run a platform's software, as identify() takes them. One statement."""
    return dict(PlatformHost.objects.values_list("host", "platform_id"))
