"""``manage.py scan_evidence``: scan evidence for malware now; ``--again`` with the signatures of today what was scanned before."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from takedowns.evidence.clamd import ScannerAwayError
from takedowns.evidence.scanning import is_on, scan_waiting, standing


class Command(BaseCommand):
    help = "Scan what of the evidence no scanner looked through yet. With --again everything: what is found then is kept away, what is found no more can be opened again."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say what may be asked."""
        parser.add_argument("--again", action="store_true", help="also what was scanned before")

    def handle(self, **options: Any) -> None:
        """Scan; exit with an error where there is no scanner."""
        if not is_on():
            raise CommandError("MALWARE_SCANNER names no scanner.")
        try:
            done = scan_waiting(again=options["again"])
        except ScannerAwayError as error:
            raise CommandError(f"The scanner does not answer: {error}") from None
        now = standing()
        self.stdout.write(
            f"{done:,} scanned. Of {now.files:,} files malware was found in {now.found:,}; {now.waiting:,} are not scanned."
        )
