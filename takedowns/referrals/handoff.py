"""Hand-off files: what a platform without the API is told, as CSV that no spreadsheet runs as a formula."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from django.db.models.expressions import RawSQL

from takedowns.directory.asking import SYSTEM, asking_as
from takedowns.referrals.models import Dispatch, HandOff, Referral
from takedowns.referrals.reference import reference_of
from takedowns.tabular import csv_lines

#: What the platform is told. What agencies say among themselves (outlet, notes, who decided) is not in it.
TOLD: Final = (
    "reference", "url", "kind", "instrument", "tier", "language", "listed_group", "legal_ground", "agency", "referred_at",
)  # fmt: skip
#: Left empty for the platform; the pages take the file back as it returns it.
ANSWERED: Final = ("answer", "action", "reason", "answered_at")


def make_hand_offs(dispatch: Dispatch, referral_ids: Sequence[UUID]) -> list[HandOff]:
    """Make and keep one file for each platform among the referrals. Two statements, however many."""
    if not referral_ids:
        return []
    with asking_as(SYSTEM):
        told = (
            # One array, not a parameter for each of tens of thousands; tuples, not as many objects.
            Referral.objects.filter(pk__in=RawSQL("SELECT unnest(%s::uuid[])", [list(referral_ids)]))
            .order_by("platform_id", "tier", "pk")
            .values_list(
                "platform_id", "operation__reference", "pk", "item__url", "item__kind", "instrument", "tier", "language",
                "listed_group", "ground", "agency__name", "referred_at",
            )
        )  # fmt: skip
        made = []
        for platform_id, of_platform in groupby(told, key=itemgetter(0)):
            rows = list(of_platform)
            content = "".join(csv_lines(_cells(rows), bom=True)).encode()
            made.append(
                HandOff(
                    dispatch=dispatch, platform_id=platform_id, made_by_id=dispatch.by_id, made_at=dispatch.at,
                    rows=len(rows), sha256=hashlib.sha256(content).hexdigest(), content=content,
                )
            )  # fmt: skip
        return HandOff.objects.bulk_create(made)


def _cells(told: Iterable[tuple[Any, ...]]) -> Iterator[Sequence[object]]:
    """Yield the header, then the cells of each: its reference instead of its id, and room for the answer."""
    yield (*TOLD, *ANSWERED)
    for _, operation, referral_id, *facts in told:
        yield (reference_of(operation, referral_id), *facts, *("" for _ in ANSWERED))
