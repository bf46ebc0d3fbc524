"""``manage.py verify``: check the ledger and all that rests on it."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from takedowns.ledger import witnesses
from takedowns.ledger.countersigning import witness_keys
from takedowns.ledger.keys import signing_keys
from takedowns.ledger.notes import NoteError, PublicKey
from takedowns.ledger.receivers import NotTakenError
from takedowns.ledger.timestamps import authorities
from takedowns.ledger.verifying import Report, verify


class Command(BaseCommand):
    help = (
        "Check that nothing of the record was altered, removed, inserted or moved: every entry against its seal, every signed"
        " head, what a witness kept, and every row of the tables against the entries. Changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--witness",
            action="append",
            default=[],
            metavar="FILE",
            help="tree heads that a witness kept, a line each; LEDGER_WITNESS_FILE unless told",
        )
        parser.add_argument(
            "--key",
            action="append",
            default=[],
            metavar="NAME+HASH+KEY",
            help="a public key to trust, and no other; unless told, LEDGER_TRUSTED_KEYS and that of the key that signs",
        )

        parser.add_argument(
            "--timestamp-ca",
            default="",
            metavar="FILE",
            help="certificates of the time-stamp authority, as PEM; LEDGER_TIMESTAMP_CA unless told",
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """Say what was checked; end with an error, and what is wrong first, where something is."""
        files = [Path(one) for one in options["witness"]]
        if not files and settings.LEDGER_WITNESS_FILE:
            files = [Path(settings.LEDGER_WITNESS_FILE)]
        started = time.perf_counter()
        try:
            keys = _keys(options["key"])
            notes = [note for one in files for note in witnesses.read(one)]
            authority = options["timestamp_ca"] or settings.LEDGER_TIMESTAMP_CA
            trusted = authorities(authority) if authority else None
            with tqdm(unit=" entries", unit_scale=True, disable=None) as bar:
                report = verify(
                    keys, notes, lambda done, total: _show(bar, done, total), trusted, witness_keys()
                )
        except (NoteError, NotTakenError, ImproperlyConfigured, OSError) as error:
            raise CommandError(str(error)) from error
        self._tell(report, time.perf_counter() - started, len(notes), stamps_checked=trusted is not None)

    def _tell(self, report: Report, seconds: float, witnessed: int, *, stamps_checked: bool) -> None:
        self.stdout.write(
            f"{report.entries:,} entries, {report.heads:,} signed heads ({witnessed:,} of a witness) and {report.rows:,} rows"
            f" checked in {seconds:.1f} s; {report.waiting:,} entries wait to be sealed."
        )
        if report.countersigned:
            self.stdout.write(
                f"{report.countersigned:,} countersignatures of witnesses; the last: {report.last_countersigned}. They stand in"
                " this database: for a check that does not trust it, name what the witness kept with --witness."
            )
        elif not witnessed:
            self.stdout.write(
                "No witness: a ledger that was rewritten and signed anew would not be found (LEDGER_WITNESS_FILE, LEDGER_WITNESS_URLS)."
            )
        if report.stamps:
            checked = "" if stamps_checked else ", not checked: name the authority with --timestamp-ca"
            self.stdout.write(f"{report.stamps:,} time stamps{checked}; the last: {report.last_stamp}.")
        if report.is_sound:
            self.stdout.write(self.style.SUCCESS("Nothing was altered."))
            return
        for finding in report.findings:
            self.stderr.write(str(finding))
        counts = ", ".join(f"{count:,} {kind}" for kind, count in report.counts.items())
        raise CommandError(f"The record was tampered with, or is damaged: {counts}.")


def _keys(given: list[str]) -> list[PublicKey]:
    if given:
        return [PublicKey.parse(one) for one in given]
    trusted = [PublicKey.parse(one) for one in settings.LEDGER_TRUSTED_KEYS]
    has_key = settings.LEDGER_KEY or Path(settings.LEDGER_KEY_FILE).exists()
    return trusted + ([one.public for one in signing_keys()] if has_key else [])


def _show(bar: Any, done: int, total: int) -> None:
    bar.total = total
    bar.update(done - bar.n)
