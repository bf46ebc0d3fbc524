"""``manage.py report OPERATION``: an operation's figures as a file."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.figures.exports import FORMATS
from takedowns.figures.moment import NotSettledError
from takedowns.figures.report import report
from takedowns.referrals.models import Operation


class Command(BaseCommand):
    help = "Write an operation's figures to a file: csv, json, jsonstat, xlsx or pdf."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument("operation", help="its reference, as RAD19")
        parser.add_argument("--format", dest="file_format", choices=sorted(FORMATS), default="csv")
        parser.add_argument(
            "--as-of",
            type=moment_argument,
            metavar="MOMENT",
            help="what the ledger said then: 2019-11-22T18:00:00Z; now unless told",
        )
        parser.add_argument(
            "--public",
            action="store_true",
            help="for publication: small figures withheld (PUBLICATION_THRESHOLD), and all that would give them away",
        )
        parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="standard output unless told")

    def handle(
        self,
        *,
        operation: str,
        file_format: str,
        as_of: datetime | None,
        public: bool,
        output: Path | None,
        **_: Any,
    ) -> None:
        """Count, write."""
        with acting_as(SYSTEM):
            try:
                found = Operation.objects.get(reference=operation)
            except Operation.DoesNotExist:
                known = ", ".join(Operation.objects.order_by("reference").values_list("reference", flat=True))
                raise CommandError(f"There is no operation {operation}. Known: {known or 'none'}.") from None
            try:
                figures = report(
                    found, SYSTEM, as_of=as_of, threshold=settings.PUBLICATION_THRESHOLD if public else 0
                )
            except (NotSettledError, ValueError) as error:
                raise CommandError(str(error)) from None
        content = FORMATS[file_format](figures)
        if output is None:
            if sys.stdout.isatty() and file_format in {"xlsx", "pdf"}:
                raise CommandError("That is no text for a terminal; name a file: -o FILE")
            self.stdout.flush()
            sys.stdout.buffer.write(content)
            return
        try:
            output.write_bytes(content)
        except OSError as error:
            raise CommandError(f"{output}: {error.strerror}") from None


def moment_argument(text: str) -> datetime:
    """Read a moment with a time zone from the command line; complain in words."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"“{text}” is no moment. Write it as 2019-11-22T18:00:00Z.") from None
    if moment.tzinfo is None:
        raise CommandError(f"“{text}” has no time zone. Write it as {text}Z or {text}+01:00.")
    return moment
