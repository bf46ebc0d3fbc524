"""``manage.py report OPERATION``: an operation's figures as a file."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.figures.exports import FORMATS
from takedowns.figures.models import Publication
from takedowns.figures.moment import NotSettledError
from takedowns.figures.register.services import file_of
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
            "--publication",
            type=int,
            metavar="NUMBER",
            help="the figures as they were published, in English; publications are made on the operation's pages",
        )
        parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="standard output unless told")

    def handle(
        self,
        *,
        operation: str,
        file_format: str,
        as_of: datetime | None,
        publication: int | None,
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
            if publication is not None:
                content = self._published(found, publication, file_format)
            else:
                try:
                    content = FORMATS[file_format](report(found, SYSTEM, as_of=as_of))
                except (NotSettledError, ValueError) as error:
                    raise CommandError(str(error)) from None
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

    def _published(self, operation: Operation, number: int, file_format: str) -> bytes:
        """Return a publication's file, the same as its page gives."""
        found = Publication.objects.select_related("operation", "agency", "revises").filter(
            operation=operation
        )
        one = found.filter(number=number).first()
        if one is None:
            known = ", ".join(map(str, found.values_list("number", flat=True))) or "none"
            raise CommandError(f"{operation} has no publication {number}. Known: {known}.")
        return bytes(file_of(one, file_format).content)


def moment_argument(text: str) -> datetime:
    """Read a moment with a time zone from the command line; complain in words."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"“{text}” is no moment. Write it as 2019-11-22T18:00:00Z.") from None
    if moment.tzinfo is None:
        raise CommandError(f"“{text}” has no time zone. Write it as {text}Z or {text}+01:00.")
    return moment
