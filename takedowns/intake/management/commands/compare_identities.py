"""``manage.py compare_identities``: what the rules of this version would do to the items that are stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.models import PlatformHost
from takedowns.identity import RULES_VERSION, Identity, compare

# Every item under its canonical address and under each spelling in which it was handed in.
SPELLINGS = """
SELECT item.platform_id, item.key, item.url FROM referrals_item AS item
UNION ALL
SELECT item.platform_id, item.key, handed.url
FROM intake_submissionrow AS handed JOIN referrals_item AS item ON item.id = handed.item_id
"""
BATCH = 5000


class Command(BaseCommand):
    help = "Read every stored address again and say which items a change of the identity rules would merge or split."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument("--show", type=int, default=50, metavar="N", help="list at most N of each")

    def handle(self, *, show: int, **_: Any) -> None:
        """Compare; exit with an error where an item would be merged with another or split."""
        with acting_as(SYSTEM):
            hosts = dict(PlatformHost.objects.values_list("host", "platform_id"))
            found = compare(_stored(), hosts)
        self.stdout.write(f"Rules {RULES_VERSION}: {found.checked:,} stored addresses read again.")
        for change in found.changed[:show]:
            now = (
                f"{change.new.platform}:{change.new.key}"
                if isinstance(change.new, Identity)
                else change.new.code
            )
            self.stdout.write(f"  changed  {':'.join(change.old)} -> {now}  {change.url}")
        for new, olds in list(found.merged.items())[:show]:
            self.stdout.write(f"  MERGED   {', '.join(':'.join(old) for old in olds)} -> {':'.join(new)}")
        for old, news in list(found.split.items())[:show]:
            self.stdout.write(f"  SPLIT    {':'.join(old)} -> {', '.join(':'.join(new) for new in news)}")
        self.stdout.write(
            f"{len(found.changed):,} addresses changed, {len(found.merged):,} items merged, {len(found.split):,} split."
        )
        if found.merged or found.split:
            raise CommandError(
                "These rules would merge or split stored items; do not apply them without a migration."
            )


def _stored() -> Iterator[tuple[str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("DECLARE stored NO SCROLL CURSOR FOR " + SPELLINGS)
        while True:
            cursor.execute(f"FETCH {BATCH} FROM stored")
            rows = cursor.fetchall()
            if not rows:
                break
            yield from rows
        cursor.execute("CLOSE stored")
