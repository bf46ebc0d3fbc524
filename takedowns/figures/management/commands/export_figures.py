"""``manage.py export_figures``: what the worker does each night, now."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from takedowns.figures.management.commands.report import moment_argument
from takedowns.figures.nightly import NightlyError, write_nightly


class Command(BaseCommand):
    help = "Write every operation's figures to EXPORT_FOLDER, as the worker does each night."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument("--as-of", type=moment_argument, metavar="MOMENT", help="now unless told")

    def handle(self, *, as_of: datetime | None, **_: Any) -> None:
        """Write, and name what was written."""
        if not settings.EXPORT_FOLDER:
            raise CommandError("EXPORT_FOLDER is not set.")
        try:
            written = write_nightly(as_of or timezone.now().replace(microsecond=0))
        except NightlyError as error:
            raise CommandError(str(error)) from None
        for path in written:
            self.stdout.write(str(path))
