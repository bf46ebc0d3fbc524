"""``manage.py import_submission FILE --operation RAD19 --by officer@example.org``: hand a file in from the shell."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.models import Agency, Membership, User
from takedowns.intake.load import AlreadyLoading, load
from takedowns.intake.models import Outcome, Submission
from takedowns.intake.receive import IntakeError, Loading, receive
from takedowns.intake.unattended import DATES, IN_OR_OUT, Said, decided
from takedowns.readers import ReaderError
from takedowns.referrals.models import Operation


class Command(BaseCommand):
    help = "Submit a file for an operation, as an officer would, and load it here and now."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--operation", required=True, metavar="REFERENCE")
        parser.add_argument("--by", required=True, metavar="E-MAIL", help="the officer who submits it")
        parser.add_argument("--agency", metavar="SLUG", help="where the officer works for several")
        parser.add_argument(
            "--dates", choices=DATES, default="", help="which stands first where none decides it"
        )
        parser.add_argument("--hidden", choices=IN_OR_OUT, default="", help="rows that a workbook hides")
        parser.add_argument(
            "--sheets", metavar="NAME", action="append", help="of a workbook; may be repeated"
        )
        parser.add_argument(
            "--outside", choices=IN_OR_OUT, default="", help="platforms outside the operation; in unless said"
        )

    def handle(self, *, file: Path, operation: str, by: str, agency: str | None, **given: Any) -> None:
        """Hand in and load; print what became of the rows."""
        started = time.monotonic()
        said = Said(given["dates"], given["hidden"], tuple(given["sheets"] or ()), given["outside"])
        try:
            with acting_as(SYSTEM):
                user = User.objects.get_by_natural_key(by)
                whole = Operation.objects.get(reference=operation)
                unit = _agency_of(user, agency)
                with file.open("rb") as content:
                    received = receive(
                        operation=whole,
                        agency=unit,
                        user=user,
                        source=Submission.Source.FILE,
                        filename=file.name,
                        content=content,
                        loading=Loading.CALLER,
                        decisions=decided(content, file.name, unit, said),
                    )
            already_in = received.submission.state == Submission.State.LOADED
            submission = load(received.submission.pk, self._progress)
        except ReaderError as error:
            raise CommandError(error.message) from error
        except FileNotFoundError as error:
            raise CommandError(f"There is no file {file}.") from error
        except (User.DoesNotExist, Operation.DoesNotExist) as error:
            raise CommandError(f"{error} ({by}, {operation})") from error
        except (IntakeError, AlreadyLoading) as error:
            raise CommandError(str(error)) from error
        if submission.state == Submission.State.FAILED:
            raise CommandError(submission.error)
        if already_in:
            self.stdout.write(
                f"{file.name} was submitted before ({submission.received_at:%Y-%m-%d %H:%M} UTC); nothing changed."
            )
        seconds = time.monotonic() - started
        rows = sum(submission.counts.values())
        self.stdout.write(f"{file.name}: {rows:,} rows in {seconds:.2f} s")
        for outcome, count in sorted(submission.counts.items(), key=lambda pair: -pair[1]):
            self.stdout.write(f"  {count:>9,}  {Outcome(outcome).label}")

    def _progress(self, bytes_read: int, rows_read: int) -> None:
        if sys.stderr.isatty() and rows_read % 5000 == 0:
            self.stderr.write(f"\r  {rows_read:,} rows, {bytes_read / 2**20:.1f} MiB read", ending="")


def _agency_of(user: User, slug: str | None) -> Agency:
    """Return the agency the officer works for, the named one where there are several.

    Raises:
        CommandError: none, or several and none named.
    """
    agencies = Agency.objects.filter(pk__in=Membership.objects.filter(user=user).values("agency_id"))
    if slug:
        agencies = agencies.filter(slug=slug)
    found = list(agencies)
    if len(found) != 1:
        names = ", ".join(agency.slug for agency in found) or "none"
        raise CommandError(f"{user} works for {names} here; name one agency with --agency.")
    return found[0]
