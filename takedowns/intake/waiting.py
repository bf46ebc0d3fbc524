"""Rows on hosts that nobody knew: grouped, taken up when their host becomes a platform, given back when that was wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.models import Count

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.directory.changes import Action, Kind, NotAllowed, keep, may_declare
from takedowns.directory.hosts import HostError, declare
from takedowns.directory.models import Platform, PlatformHost
from takedowns.identity import Identity, identify
from takedowns.intake.load import TakenUp, read_again, take_up_waiting
from takedowns.intake.models import SubmissionRow
from takedowns.referrals.models import Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.referrals.vocabulary import Status

DOMAINS_SHOWN: Final = 100
ROWS_LOOKED_AT: Final = 1000
WITHDRAWN_BECAUSE: Final = "The host was declared by mistake."

_ON_HOST: Final = """
    SELECT id FROM referrals_item
    WHERE platform_id = %(platform)s AND substring(url FROM '^[a-z]+://(?:www\\.)?([^/?#]+)') = %(host)s
"""


@dataclass(frozen=True, slots=True)
class WaitingDomain:
    """Rows that wait for a host below one registrable domain, over all submissions."""

    domain: str
    rows: int
    submissions: int


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What taking a declaration back did: referrals withdrawn, rows that wait again."""

    withdrawn: int
    rows: int


def waiting_domains() -> list[WaitingDomain]:
    """Return what waits, most rows first, at most :data:`DOMAINS_SHOWN`. The caller has checked who asks."""
    with acting_as(SYSTEM):
        grouped = (
            SubmissionRow.objects.waiting()
            .order_by()
            .values_list("domain")
            .annotate(rows=Count("place"), submissions=Count("submission_id", distinct=True))
            .order_by("-rows", "domain")
        )
        return [WaitingDomain(*one) for one in grouped[:DOMAINS_SHOWN]]


def hosts_waiting(domain: str) -> list[tuple[str, int]]:
    """Return the hosts below a domain and their rows, of the first rows that wait for it, most rows first."""
    with acting_as(SYSTEM):
        rows = SubmissionRow.objects.waiting().filter(domain=domain)
        urls = list(rows.values_list("url", flat=True)[:ROWS_LOOKED_AT])
    found = (identify(url) for url in urls)
    hosts = Counter(one.host.removeprefix("www.") for one in found if isinstance(one, Identity))
    return hosts.most_common()


def declare_hosts(hosts: Collection[str], platform: Platform, operator: str, *, by: Actor) -> TakenUp:
    """Say that hosts are a platform, all or none, and take up the rows that waited for them.

    Submissions too long for a page's patience are left to the worker.

    Raises:
        HostError, NotAllowed: as ``directory.hosts.declare``; then none is declared.
    """
    with acting_as(SYSTEM):
        declared = [declare(host, platform.pk, operator, by=by) for host in hosts]
    taken = [take_up_waiting(one.host, inline_bytes=settings.SUBMISSION_INLINE_BYTES) for one in declared]
    return TakenUp(
        sum(one.rows for one in taken),
        sorted({later for one in taken for later in one.later}),
        sorted({busy for one in taken for busy in one.busy}),
    )


def take_back(host: str, *, by: Actor) -> GivenBack:
    """Undo a declaration that was wrong: what it made is withdrawn, and the rows wait again.

    Raises:
        NotAllowed: neither coordinator nor administrator.
        HostError: it is not declared, or something on it went to a platform: then it stays.
        AlreadyLoading: one of its submissions is being loaded.
    """
    if not may_declare(by):
        raise NotAllowed("Declarations are taken back by coordinators and administrators.")
    with acting_as(SYSTEM):
        declared = PlatformHost.objects.select_for_update().filter(pk=host).first()
        if declared is None:
            raise HostError(f"{host} is not declared.")
        with connection.cursor() as cursor:
            cursor.execute(_ON_HOST, {"platform": declared.platform_id, "host": host})
            items = [item for (item,) in cursor.fetchall()]
        referrals = Referral.objects.filter(item_id__in=items)
        if sent := referrals.filter(referred_at__isnull=False).count():
            raise HostError(
                f"{sent} of the referrals on {host} went to its platform, so the declaration stays."
            )
        open_ones = list(
            referrals.filter(status__in=(Status.SUBMITTED, Status.APPROVED)).values_list("pk", flat=True)
        )
        # Whoever declares may do so for every operation; the event names the person.
        acting = replace(SYSTEM, user_id=by.user_id)
        withdrawn = apply_to_all(
            "withdraw", open_ones, by=acting, reason=WITHDRAWN_BECAUSE, atomic=True, passes_on=False
        )
        declared.delete()
        details = {"platform": [declared.platform_id, ""], "operator": [declared.operator, ""]}
        keep(Kind.HOST, Action.REMOVED, host, by=by, details=details)
        rows = list(SubmissionRow.objects.filter(item_id__in=items).values_list("submission_id", "place"))
        for submission_id in sorted({submission_id for submission_id, _ in rows}):
            read_again(submission_id, {place for one, place in rows if one == submission_id})
    return GivenBack(len(withdrawn.moved), len(rows))
