"""``manage.py regulation_report``: what two regulations want counted for a calendar year, as a file."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.models import Agency
from takedowns.figures.management.commands.report import moment_argument
from takedowns.figures.moment import NotSettledError
from takedowns.figures.regulation import Return, art8, art21, dsa22
from takedowns.figures.regulation.files import FORMATS
from takedowns.figures.regulation.orders import authorities_of


class Command(BaseCommand):
    help = (
        "Write the figures of a calendar year: Regulation (EU) 2021/784, Art. 8(1) for an authority (art8) or Art. 21(1) for a"
        " Member State (art21); Digital Services Act, Art. 22(3) for a trusted flagger (dsa22)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument("regulation", choices=("art8", "art21", "dsa22"))
        parser.add_argument("--year", type=int, required=True)
        parser.add_argument("--agency", metavar="SLUG", help="for art8 and dsa22")
        parser.add_argument("--member-state", metavar="CODE", help="for art21: two letters, as in NL")
        parser.add_argument("--format", dest="file_format", choices=sorted(FORMATS), default="csv")
        parser.add_argument(
            "--as-of",
            type=moment_argument,
            metavar="MOMENT",
            help="what the ledger said then: 2026-03-31T12:00:00Z; now unless told",
        )
        parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="standard output unless told")

    def handle(
        self,
        *,
        regulation: str,
        year: int,
        agency: str | None,
        member_state: str | None,
        file_format: str,
        as_of: datetime | None,
        output: Path | None,
        **_: Any,
    ) -> None:
        """Count, write."""
        if output is None and sys.stdout.isatty() and file_format in {"xlsx", "pdf"}:
            raise CommandError("That is no text for a terminal; name a file: -o FILE")
        with acting_as(SYSTEM):
            try:
                told = _count(regulation, year, agency, member_state, as_of)
            except (NotSettledError, ValueError) as error:
                raise CommandError(str(error)) from None
        content = FORMATS[file_format](told)
        if output is None:
            self.stdout.flush()
            sys.stdout.buffer.write(content)
            return
        try:
            output.write_bytes(content)
        except OSError as error:
            raise CommandError(f"{output}: {error.strerror}") from None


def _count(
    regulation: str, year: int, slug: str | None, member_state: str | None, as_of: datetime | None
) -> Return:
    if regulation == "art21":
        if slug or not member_state:
            raise CommandError("art21 is of a Member State: --member-state NL")
        authorities = authorities_of(member_state)
        if not authorities:
            raise CommandError(f"No agency here is of {member_state}.")
        return art21(member_state.upper(), authorities, year, as_of=as_of)
    if member_state or not slug:
        raise CommandError(f"{regulation} is of an agency: --agency SLUG")
    agency = Agency.objects.filter(slug=slug).first()
    if agency is None:
        known = ", ".join(Agency.objects.order_by("slug").values_list("slug", flat=True))
        raise CommandError(f"There is no agency {slug}. Known: {known or 'none'}.")
    return (art8 if regulation == "art8" else dsa22)(agency, year, as_of=as_of)
