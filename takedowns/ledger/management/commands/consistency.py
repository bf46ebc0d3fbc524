"""``manage.py consistency``: the proof that one signed head grew out of another."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from takedowns.ledger.consistency import ConsistencyError, as_file, between, last_note, note_named
from takedowns.ledger.proofs import SCRIPT


class Command(BaseCommand):
    help = (
        "Write the proof that a signed head grew out of an older one (RFC 9162, section 2.1.4): that nothing the older covered was altered,"
        f" taken out or moved. {SCRIPT.name} checks it without this program."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        heads = "the size of one of our heads, a witness's file, of which the last head is meant, or a file with one signed note"
        parser.add_argument("older", help=heads)
        parser.add_argument("newer", nargs="?", help=f"the last head unless told: {heads}")
        parser.add_argument(
            "--output", type=Path, metavar="FILE", help="where to write it; standard output unless told"
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """Write it."""
        try:
            newer = note_named(options["newer"]) if options["newer"] else last_note()
            content = as_file(between(note_named(options["older"]), newer))
        except ConsistencyError as error:
            raise CommandError(str(error)) from error
        if options["output"] is None:
            self.stdout.write(content.decode(), ending="")
        else:
            options["output"].write_bytes(content)
            self.stdout.write(f"Written to {options['output'].name}. Check it with {SCRIPT.name}.")
