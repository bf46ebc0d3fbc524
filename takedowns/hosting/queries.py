"""What stands on hosts that are no platform: rows that wait, and what became of those whose host is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.hosting.models import HostingService
from takedowns.identity import Identity, identify
from takedowns.intake.models import SubmissionRow
from takedowns.referrals.lifecycle import AT_THE_PLATFORM
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.vocabulary import Status

SHOWN: Final = 100
ROWS_LOOKED_AT: Final = 1_000
#: A host with so many rows or referrals, or in so many operations, is proposed as a platform.
OFTEN_ROWS: Final = 20
OFTEN_OPERATIONS: Final = 2


@dataclass(frozen=True, slots=True)
class Waiting:
    """Rows of an operation on the hosts below one domain that nobody asked.

    Attributes:
        submissions: the lists that name them.
        oldest: when the first of them was handed in.
        comes_often: whether it comes up often, here and elsewhere.
    """

    domain: str
    rows: int
    submissions: list[UUID]
    oldest: datetime
    comes_often: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """Referrals of an operation to one host that is asked by mail."""

    slug: str
    name: str
    domain: str
    mail_to: str
    is_platform: bool
    comes_often: bool
    referrals: int = 0
    in_review: int = 0
    approved: int = 0
    sent: int = 0
    answered: int = 0
    oldest: datetime | None = None


def standing(operation: Operation, actor: Actor, *, leads: bool) -> tuple[list[Waiting], list[Asked]]:
    """Return what waits, most rows first, and the hosts that are asked, most referrals first. Three statements.

    Args:
        leads: whether the actor coordinates the operation and so sees the rows of all its agencies.
    """
    with acting_as(SYSTEM):
        waiting = list(_waiting(operation, actor, leads=leads)[:SHOWN])
        services = HostingService.objects.select_related("platform__addressee").annotate(
            referrals=_of_referrals(Count("pk")),
            operations=_of_referrals(Count("operation_id", distinct=True)),
        )
        hosts = [(one, _comes_often(one.referrals, one.operations)) for one in services]
    return [
        Waiting(domain, rows, lists, oldest, _comes_often(every, operations))
        for domain, every, operations, rows, lists, oldest in waiting
    ], _asked(operation, actor, hosts)


def _comes_often(number: int, operations: int) -> bool:
    """Tell whether so many rows or referrals, in so many operations, here and elsewhere, make a host one to be proposed."""
    return number >= OFTEN_ROWS or operations >= OFTEN_OPERATIONS


def _of_referrals(counted: Count) -> Coalesce:
    """Return a count over the referrals to a host, in every operation."""
    of_host = Referral.objects.filter(platform=OuterRef("pk")).order_by().values("platform")
    return Coalesce(Subquery(of_host.annotate(found=counted).values("found")), 0)


def _waiting(operation: Operation, actor: Actor, *, leads: bool) -> QuerySet[SubmissionRow, tuple[Any, ...]]:
    here = Q(submission__operation=operation)
    if not (leads or actor.sees_everything):
        here &= Q(submission__agency__in=actor.agencies)
    return (
        SubmissionRow.objects.waiting()
        .order_by()
        .values_list("domain")
        .annotate(
            every=Count("place"),
            operations=Count("submission__operation_id", distinct=True),
            rows=Count("place", filter=here),
            lists=ArrayAgg("submission_id", distinct=True, filter=here),
            oldest=Min("submission__received_at", filter=here),
        )
        .filter(rows__gt=0)
        .order_by("-rows", "domain")
    )


def _asked(
    operation: Operation, actor: Actor, services: Sequence[tuple[HostingService, bool]]
) -> list[Asked]:
    counted = {
        slug: counts
        for slug, *counts in Referral.objects.visible_to(actor)
        .filter(operation=operation, platform__in=[one.pk for one, _often in services])
        .order_by()
        .values_list("platform_id")
        .annotate(
            referrals=Count("pk"),
            in_review=Count("pk", filter=Q(status=Status.SUBMITTED)),
            approved=Count("pk", filter=Q(status=Status.APPROVED)),
            sent=Count("pk", filter=Q(status__in=AT_THE_PLATFORM)),
            answered=Count("pk", filter=Q(decided_at__isnull=False)),
            oldest=Min("submitted_at"),
        )
    }
    found = [
        Asked(
            one.platform_id,
            one.platform.name,
            one.domain,
            addressee.mail_to if (addressee := getattr(one.platform, "addressee", None)) else "",
            one.promoted_at is not None,
            comes_often,
            *counted[one.platform_id],
        )
        for one, comes_often in services
        if one.platform_id in counted
    ]
    return sorted(found, key=lambda one: (-one.referrals, one.domain))


def hosts_of(operation: Operation, domain: str) -> list[str]:
    """Return the hosts below a domain of an operation's rows that wait, most rows first. One statement.

    The caller has checked who asks.
    """
    with acting_as(SYSTEM):
        rows = SubmissionRow.objects.waiting().filter(submission__operation=operation, domain=domain)
        urls = list(rows.values_list("url", flat=True)[:ROWS_LOOKED_AT])
    found = (identify(url) for url in urls)
    hosts = [one.host.removeprefix("www.") for one in found if isinstance(one, Identity)]
    rows_on = Counter(hosts)
    return sorted(rows_on, key=lambda host: (-rows_on[host], host))


def service_of(slug: str) -> HostingService | None:
    """Return a host that is asked by mail and is no platform yet. One statement; the caller has checked who asks."""
    with acting_as(SYSTEM):
        return HostingService.objects.select_related("platform").filter(pk=slug, promoted_at=None).first()
