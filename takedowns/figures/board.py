"""The figures of an operation as its board shows them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet

from takedowns.access.actor import Actor
from takedowns.directory.models import Platform
from takedowns.figures.counts import count
from takedowns.figures.fingerprint import fingerprint
from takedowns.figures.models import SelfReport
from takedowns.figures.moment import first_id_of, require_settled
from takedowns.figures.values import Board, Counts, Hour, PlatformRow, SelfReportTotal, Share
from takedowns.referrals.models import Operation, OperationPlatform

__all__ = ["Board", "Counts", "Hour", "PlatformRow", "SelfReportTotal", "Share", "board", "fingerprint"]


def board(
    operation: Operation, actor: Actor, *, etag: str | None = None, as_of: datetime | None = None
) -> Board:
    """Return the figures of ``operation`` that ``actor`` may see, in four SQL statements.

    Args:
        operation: whose figures.
        actor: who asks; the running transaction asks as the same person (or as the system).
        etag: a fingerprint taken before in the same request, so that it is not taken twice (three statements then).
        as_of: what the ledger said at that past moment, from the events alone. Asked again it is the same, to the byte:
            so it shows the platforms that had figures then, not those that take part now. Names are those of now.

    Raises:
        NotSettledError: ``as_of`` is to come, or what began before it is still being written.
        ValueError: ``as_of`` has no time zone, or lies before 1970.
    """
    if as_of is not None:
        first_id_of(as_of)
        require_settled(as_of)
        etag = etag or hashlib.sha256(repr((operation.pk, actor, as_of)).encode()).hexdigest()[:32]
    etag = etag or fingerprint(operation, actor)
    figures = count(operation, actor, as_of=as_of)
    reported = _self_reports(operation, actor, as_of)
    shown = {*figures.platforms, *reported}
    rows = [
        PlatformRow(
            slug=platform.slug,
            name=platform.name,
            provider=platform.provider.name if platform.provider else "",
            counts=figures.platforms.get(platform.slug, Counts()),
            self_reports=reported.get(platform.slug, ()),
        )
        for platform in _platforms(operation, actor, shown, taking_part=as_of is None)
    ]
    return Board(
        operation_id=operation.pk,
        reference=operation.reference,
        name=operation.name,
        starts=operation.starts,
        ends=operation.ends,
        rows=tuple(sorted(rows, key=lambda row: (-row.counts.handed_in, row.name, row.slug))),
        total=figures.total,
        hours=figures.hours,
        as_of=figures.as_of,
        etag=etag,
    )


def _platforms(
    operation: Operation, actor: Actor, found: Collection[str], *, taking_part: bool
) -> Iterable[Platform]:
    """Return the platforms with figures, and on demand those that take part: a zero is a figure too."""
    wanted = Q(slug__in=found)
    if taking_part:
        wanted |= Q(slug__in=_taking_part(operation, actor))
    return Platform.objects.filter(wanted).select_related("provider")


def _taking_part(operation: Operation, actor: Actor) -> QuerySet[Any, Any]:
    seen = Operation.objects.visible_to(actor).filter(pk=operation.pk)
    taking_part = OperationPlatform.objects.filter(operation_id__in=seen.values("pk"))
    return taking_part.values("platform_id")


def _self_reports(
    operation: Operation, actor: Actor, as_of: datetime | None
) -> Mapping[str, tuple[SelfReportTotal, ...]]:
    """Return, by platform, its own counts: those about one thing added over the days, and to nothing else."""
    seen = Operation.objects.visible_to(actor).filter(pk=operation.pk)
    reports = (
        SelfReport.objects.filter(operation=operation)
        .filter(Q(operation__in=seen) | Q(platform_id__in=actor.platforms))
        .filter(Q() if as_of is None else Q(recorded_at__lt=as_of))
        .order_by("platform_id", "what", "day")
        .values_list("platform_id", "what", "day", "count")
    )
    totals: dict[str, tuple[SelfReportTotal, ...]] = {}
    for (platform, what), group in groupby(reports, key=lambda report: (report[0], report[1])):
        days = tuple((day, counted) for _, _, day, counted in group)
        total = SelfReportTotal(what, sum(counted for _, counted in days), days)
        totals[platform] = (*totals.get(platform, ()), total)
    return totals
