"""``manage.py doctor``: one screen of what is right, what is wrong, and how to mend it."""

from __future__ import annotations

import json
import sys
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandParser

from takedowns.operating.doctor import examine
from takedowns.operating.findings import Level

_MARKS: Final = {Level.RIGHT: "ok   ", Level.LOOK: "look ", Level.WRONG: "WRONG"}


class Command(BaseCommand):
    help = "Look over the installation. Ends with 1 where something is wrong, else with 0."
    requires_system_checks: list[str] = []  # it tells of them itself

    def add_arguments(self, parser: CommandParser) -> None:
        """Say what may be asked."""
        parser.add_argument("--json", action="store_true", help="for programs: a list of findings")
        parser.add_argument("--mail", default="", metavar="ADDRESS", help="send a mail there")
        parser.add_argument("--over-http", action="store_true", help="ask SITE_URL, through proxy and TLS")

    def handle(self, **options: Any) -> None:
        """Examine."""
        found = []
        for one in examine(mail_to=options["mail"], over_http=options["over_http"]):
            found.append(one)
            if not options["json"]:
                self.stdout.write(f"{_MARKS[one.level]}  {one.what + ':':<22} {one.said}")
                if one.mend:
                    self.stdout.write(f"       {'':<22} → {one.mend}")
        if options["json"]:
            self.stdout.write(json.dumps([one.as_dict() for one in found], indent=1))
        if any(one.level is Level.WRONG for one in found):
            sys.exit(1)
