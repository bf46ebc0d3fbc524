"""Asking a host that is no platform, and making it one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.directory.changes import NotAllowed, may_declare
from takedowns.directory.hosts import HostError
from takedowns.directory.models import Platform
from takedowns.directory.platforms import DirectoryError, change_platform, make_platform
from takedowns.hosting.models import HostingService
from takedowns.identity import Identity, identify
from takedowns.intake.load import TakenUp
from takedowns.intake.waiting import declare_hosts
from takedowns.orders.models import Addressee
from takedowns.referrals.models import Operation
from takedowns.referrals.operations import Arrangement, OperationError, change, facts_of
from takedowns.referrals.permissions import coordinates


class HostingError(ValueError):
    """Nothing was changed; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Whom:
    """Who is to be asked about a host.

    Attributes:
        name: who runs it.
        mail_to: where reports of abuse go.
    """

    name: str
    mail_to: str


def ask(
    operation: Operation, domain: str, hosts: Collection[str], whom: Whom, *, by: Actor
) -> tuple[HostingService, TakenUp]:
    """Take a host into an operation: its rows become referrals, which are reviewed and sent as all are.

    What is approved goes by mail, with an abuse report for each referral; nothing goes at once.

    Args:
        domain: its registrable domain.
        hosts: names below it.

    Raises:
        HostingError: not a coordinator, a host of another domain, or one that cannot be declared.
    """
    if not (by.is_system or coordinates(by, operation)):
        raise HostingError(_("Hosts are asked by the coordinators of the operation."))
    if not hosts or any(_domain(host) != domain for host in hosts):
        raise HostingError(_("Choose at least one host below this domain."))
    try:
        with transaction.atomic():
            service = _service(domain, whom, by)
            _take_in(operation.pk, service.platform_id, by)
            taken = declare_hosts(hosts, service.platform, whom.name[:200], by=by)
            with acting_as(SYSTEM):
                Addressee.objects.update_or_create(
                    platform=service.platform, defaults={"name": whom.name, "mail_to": whom.mail_to}
                )
    except (DirectoryError, HostError, NotAllowed, OperationError) as error:
        raise HostingError(str(error)) from error
    return service, taken


def promote(slug: str, *, name: str, provider: str, by: Actor) -> Platform:
    """Make a host a platform as others: it gets a name, and no abuse report any more. Its referrals stay as they are.

    Raises:
        HostingError: neither coordinator nor administrator, or it is no host that is asked by mail.
    """
    if not may_declare(by):
        raise HostingError(_("Platforms are for coordinators and administrators."))
    with acting_as(SYSTEM), transaction.atomic():
        changed = HostingService.objects.filter(pk=slug, promoted_at=None).update(
            promoted_at=timezone.now(), promoted_by_id=by.user_id
        )
        if not changed:
            raise HostingError(_("There is no such host, or it is a platform already."))
        return change_platform(slug, name=name, provider=provider, by=by)


def _service(domain: str, whom: Whom, by: Actor) -> HostingService:
    with acting_as(SYSTEM):
        known = HostingService.objects.select_related("platform").filter(domain=domain).first()
        if known is not None:
            return known
        slug = f"host-{slugify(domain.replace('.', '-'))}"[:50].strip("-")
        platform = make_platform(slug=slug, name=domain, provider=whom.name, by=by)
        return HostingService.objects.create(platform=platform, domain=domain, added_by_id=by.user_id)


def _take_in(operation_id: UUID, slug: str, by: Actor) -> None:
    """Let a platform take part; an operation that names none asks all."""
    with acting_as(SYSTEM):
        facts = facts_of(Operation.objects.get(pk=operation_id))
    if facts.platforms and slug not in facts.platforms:
        change(operation_id, replace(facts, platforms={**facts.platforms, slug: Arrangement()}), by=by)


def _domain(host: str) -> str:
    found = identify(host)
    return found.domain or found.host if isinstance(found, Identity) else ""
