"""Hand-off files: what a platform without the API is told, as CSV that no spreadsheet runs as a formula."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final
from uuid import UUID

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
        referrals = (
            Referral.objects.filter(pk__in=referral_ids)
            .select_related("item", "agency", "operation")
            .order_by("platform_id", "tier", "pk")
        )
        made = []
        for platform_id, of_platform in groupby(referrals, key=lambda one: one.platform_id):
            rows = list(of_platform)
            content = "".join(csv_lines(_cells(rows), bom=True)).encode()
            made.append(
                HandOff(
                    dispatch=dispatch, platform_id=platform_id, made_by_id=dispatch.by_id, made_at=dispatch.at,
                    rows=len(rows), sha256=hashlib.sha256(content).hexdigest(), content=content,
                )
            )  # fmt: skip
        return HandOff.objects.bulk_create(made)


def _cells(referrals: Iterable[Referral]) -> Iterable[Sequence[object]]:
    yield (*TOLD, *ANSWERED)
    for one in referrals:
        yield (
            reference_of(one.operation.reference, one.pk), one.item.url, one.item.kind, one.instrument, one.tier,
            one.language, one.listed_group, one.ground, one.agency, one.referred_at, *("" for _ in ANSWERED),
        )  # fmt: skip
