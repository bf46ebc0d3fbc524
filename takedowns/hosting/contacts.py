"""Whom to tell of abuse of a host: asked by RDAP in the background, where the installation allows it, and kept for a month."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from importlib.util import find_spec
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.hosting.models import AbuseContact
from takedowns.installation.identity import is_copy
from takedowns.installation.switches import Way, is_on

#: So long an answer is good; nobody is asked again before.
KEPT: Final = timedelta(days=30)
#: So long a failed try is good.
KEPT_FAILED: Final = timedelta(hours=1)


def registries_are_asked() -> bool:
    """Tell whether this installation asks registries, and has the library for it."""
    return is_on(Way.RDAP) and find_spec("whoisit") is not None


def contacts_of(domain: str) -> list[AbuseContact]:
    """Return what registries said of a host, the network first. One statement; the caller has checked who asks."""
    with acting_as(SYSTEM):
        return list(AbuseContact.objects.filter(domain=domain))


def is_known(contacts: list[AbuseContact]) -> bool:
    """Tell whether what was said of a host is complete and still good."""
    now = timezone.now()
    good = [one for one in contacts if one.found_at > now - (KEPT_FAILED if one.problem else KEPT)]
    return len(good) == len(AbuseContact.Source.values)


def look_up_later(domain: str, host: str) -> bool:
    """Queue the question; False where it is queued already. One statement."""
    task = app.configure_task("hosting.look_up", queueing_lock=f"look up {domain}", allow_unknown=False)
    try:
        task.defer(domain=domain, host=host)
    except AlreadyEnqueued:
        return False
    return True


def look_up(domain: str, host: str) -> None:
    """Ask both registries and keep what they say, or why they could not be asked. Nothing is asked of what is still good.

    A copy of an installation asks nobody, nor does one that does not use RDAP.
    """
    if is_copy() or not registries_are_asked() or is_known(contacts_of(domain)):
        return
    from takedowns.hosting import rdap  # noqa: PLC0415 - its library is an extra

    asked: dict[str, Callable[[], rdap.Named]] = {
        AbuseContact.Source.NETWORK: lambda: rdap.network_of(host),
        AbuseContact.Source.REGISTRAR: lambda: rdap.registrar_of(domain),
    }
    for source, ask in asked.items():
        found, problem = rdap.Named(), ""
        try:
            found = ask()
        except rdap.RdapError as error:
            problem = str(error)
        if found.mail_to and not _is_address(found.mail_to):
            found, problem = rdap.Named(), f"“{found.mail_to[:200]}” is no mail address."
        with acting_as(SYSTEM):
            AbuseContact.objects.update_or_create(
                domain=domain,
                source=source,
                defaults={
                    "mail_to": found.mail_to,
                    "organisation": found.organisation[:200],
                    "problem": problem[:500],
                    "found_at": timezone.now(),
                },
            )


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254
