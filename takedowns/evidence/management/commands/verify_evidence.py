"""``manage.py verify_evidence``: is every file of evidence there, and does it have the digest it was recorded with?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Max

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.evidence import store
from takedowns.evidence.models import Evidence


class Command(BaseCommand):
    help = "Read every file of evidence and compare it with its SHA-256; list what is missing, damaged, or known to no record."

    def handle(self, **_: Any) -> None:
        """Compare; exit with an error where a file is missing or damaged."""
        # The folder first: what is attached meanwhile has its record then, and is not taken for a stray.
        in_folder = set(store.kept())
        with acting_as(SYSTEM):
            recorded = list(
                Evidence.objects.order_by("sha256").values_list("sha256").annotate(size=Max("size"))
            )
        missing = damaged = 0
        for sha256, size in recorded:
            if not store.path_of(sha256).exists():
                missing += 1
                self.stdout.write(f"MISSING  {sha256}  {size:,} bytes")
                continue
            try:
                store.open_whole(sha256).close()
            except store.DamagedError:
                damaged += 1
                self.stdout.write(f"DAMAGED  {sha256}  {size:,} bytes")
        extra = sorted(in_folder - {sha256 for sha256, _ in recorded})
        for sha256 in extra:
            self.stdout.write(
                f"extra    {sha256}  of no record: its request was cut off, or it is of a later state than the database"
            )
        summary = (
            f"{len(recorded):,} files of evidence: {len(recorded) - missing - damaged:,} whole, {missing:,} missing, "
            f"{damaged:,} damaged; {len(extra):,} of no record."
        )
        if missing or damaged:
            raise CommandError(summary)
        self.stdout.write(summary)
