"""``manage.py declare_host chat.example.org rocketchat``: a host that is a platform, and the rows that waited for it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from takedowns.directory.hosts import HostError, declare
from takedowns.intake.load import take_up_waiting


class Command(BaseCommand):
    help = "Declare that a host runs a platform's software, and refer the rows submitted that waited for it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument("host")
        parser.add_argument("platform", help="the software: rocketchat, matrix, mastodon, peertube")
        parser.add_argument("--operator", default="", help="who runs the host and is to be asked")

    def handle(self, *, host: str, platform: str, operator: str, **_: Any) -> None:
        """Declare, then read waiting rows again."""
        try:
            declared = declare(host, platform, operator)
        except HostError as error:
            raise CommandError(str(error)) from error
        taken_up = take_up_waiting(declared.host)
        for submission_id in taken_up.busy:
            self.stderr.write(f"Submission {submission_id} is being loaded; run this again for its rows.")
        self.stdout.write(
            f"{declared.host} is {platform}. {taken_up.rows} rows that waited for it were taken up."
        )
