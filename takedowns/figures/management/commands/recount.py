"""``manage.py recount``: count again, say what differs, repair only when told."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from takedowns.figures.recount import Difference, recount, repair


class Command(BaseCommand):
    help = "Recount every figure from the referrals and every tally from the events, and report what differs."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take ``--repair``."""
        parser.add_argument(
            "--repair", action="store_true", help="replace the tallies by what the events add up to"
        )

    def handle(self, *, repair: bool, **_: Any) -> None:
        """Recount, report, and repair when told; the exit code is 1 while anything differs."""
        found = recount()
        self._report(found)
        if not found:
            self.stdout.write("Every figure agrees with the recount.")
            return
        if repair and any(difference.repairable for difference in found):
            _repair()
            found = recount()
            self._report(found)
            if not found:
                self.stdout.write("The tallies were replaced; every figure agrees with the recount.")
                return
        if any(difference.repairable for difference in found):
            raise CommandError("Tallies differ from the events. To replace them: manage.py recount --repair")
        raise CommandError(
            "Figures differ from the referrals, although the tallies agree with the events: an event is missing or a"
            " referral was changed without one. No tally can mend that; look at the referrals of the cells named."
        )

    def _report(self, found: list[Difference]) -> None:
        for difference in found:
            self.stdout.write(
                f"{difference.operation}, {difference.platform or 'all platforms'}, {difference.what}:"
                f" {difference.shown} shown, {difference.recounted} recounted"
            )


_repair = repair
