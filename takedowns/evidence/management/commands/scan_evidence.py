"""``manage.py scan_evidence``: scan evidence for malware now; ``--again`` with the signatures of today what was scanned before."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.models import User
from takedowns.evidence.clamd import ScannerAwayError
from takedowns.evidence.scanning import ReleaseError, is_on, release, scan_waiting, standing


class Command(BaseCommand):
    help = (
        "Scan what of the evidence no scanner looked through yet. With --again everything: what is found then is kept away. What was found"
        " before stays so, also where nothing is found any more, until --harmless says that it was wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Say what may be asked."""
        parser.add_argument("--again", action="store_true", help="also what was scanned before")
        parser.add_argument(
            "--harmless",
            metavar="SHA256",
            default="",
            help="scan nothing: what was found in this file is no malware",
        )
        parser.add_argument("--by", metavar="E-MAIL", default="", help="the administrator who says so")
        parser.add_argument("--reason", default="", help="why; everybody who may see the evidence reads it")

    def handle(self, *, again: bool, harmless: str, by: str, reason: str, **_: Any) -> None:
        """Scan, or release a file; exit with an error where there is no scanner, or nobody to answer for it."""
        if harmless:
            return self._release(harmless, by, reason)
        if not is_on():
            raise CommandError("MALWARE_SCANNER names no scanner.")
        try:
            done = scan_waiting(again=again)
        except ScannerAwayError as error:
            raise CommandError(f"The scanner does not answer: {error}") from None
        now = standing()
        self.stdout.write(
            f"{done.files:,} scanned. Of {now.files:,} files malware was found in {now.found:,}; {now.waiting:,} are not scanned."
        )
        for sha256 in done.found_no_more:
            self.stdout.write(f"Nothing is found any more in {sha256}. It stays kept away; see --harmless.")
        return None

    def _release(self, sha256: str, by: str, reason: str) -> None:
        try:
            with acting_as(SYSTEM):
                person = User.objects.get_by_natural_key(by)
            count = release(sha256.strip().lower(), reason=reason, by=person)
        except User.DoesNotExist:
            raise CommandError(
                "Nobody has this e-mail address. Name the administrator who answers for it: --by E-MAIL."
            ) from None
        except ReleaseError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"It is opened again: {count:,} pieces of evidence.")
