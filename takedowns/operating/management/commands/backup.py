"""``takedowns backup``: the whole installation, while it runs, into a folder or into a command."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from tqdm import tqdm

from takedowns.operating.backup import making
from takedowns.operating.backup.places import BackupError, Folder, Place, Stream
from takedowns.operating.backup.programs import ProgramError


class Command(BaseCommand):
    help = (
        "Back up the database, what was submitted and attached, and the settings that are no secrets, while people work. In a folder"
        " files that are there from an earlier backup are not written again. Needs DATABASE_OWNER_URL and pg_dump."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Say what may be asked."""
        parser.add_argument(
            "folder", nargs="?", type=Path, help="where backups are kept; BACKUP_FOLDER unless told"
        )
        parser.add_argument(
            "--to-command",
            default="",
            metavar="COMMAND",
            help="send one stream of tar to its standard input instead",
        )
        parser.add_argument(
            "--recipient",
            action="append",
            default=[],
            metavar="AGE1…",
            help="encrypt for whoever has the secret key of this public one (age); BACKUP_RECIPIENTS unless told",
        )
        parser.add_argument(
            "--keep",
            type=int,
            default=0,
            metavar="N",
            help="then delete all but the newest N backups of the folder",
        )

    def handle(
        self, *, folder: Path | None, to_command: str, recipient: list[str], keep: int, **options: Any
    ) -> None:
        """Back up, write down that it was done, and say what came of it."""
        where = folder or (Path(settings.BACKUP_FOLDER) if settings.BACKUP_FOLDER else None)
        recipients = recipient or settings.BACKUP_RECIPIENTS
        if (where is None) == (not to_command):
            raise CommandError(
                "Name a folder (or BACKUP_FOLDER), or a command with --to-command; one of them."
            )
        if keep < 0 or (keep and where is None):
            raise CommandError("--keep is a number of backups in a folder, 1 or more.")
        try:
            with self._place(where, to_command, recipients) as place, _bar(options["verbosity"]) as bar:
                made = making.make(place, lambda done, total: _show(bar, done, total))
                gone = place.keep_newest(keep) if keep and isinstance(place, Folder) else []
        except (BackupError, ProgramError, OSError) as error:
            raise CommandError(str(error)) from error
        told = str(where.resolve()) if where is not None else shlex.split(to_command)[0]
        if "operating_backup" in connection.introspection.table_names():  # not yet, before an upgrade
            making.remember(made, encrypted=bool(recipients), place=told)
        self._tell(made, gone, encrypted=bool(recipients))

    @staticmethod
    def _place(where: Path | None, to_command: str, recipients: list[str]) -> Place:
        name = making.name_now()
        if where is not None:
            return Folder(where, name, recipients)
        return Stream(to_command, name, recipients, Path(settings.VAR_DIR) / "backup")

    def _tell(self, made: making.Made, gone: list[str], *, encrypted: bool) -> None:
        self.stdout.write(
            f"{made.name}: the database ({made.database:,} bytes) and {made.files:,} files, {made.written:,} of them new;"
            f" {made.written_bytes:,} bytes written{', encrypted' if encrypted else ''}. The ledger's last head in it is of"
            f" {made.entries:,} entries."
        )
        if gone:
            self.stdout.write(f"Deleted: {', '.join(gone)}.")
        if made.lost:
            for one in made.lost:
                self.stderr.write(f"{one.path}  {one.size:,} bytes, of {one.sha256}")
            raise CommandError(
                f"The backup was made, without {len(made.lost)} files that are missing or damaged here. Put them back from an"
                " earlier backup, and back up again."
            )


@contextmanager
def _bar(verbosity: int) -> Iterator[Any]:
    with tqdm(unit="B", unit_scale=True, disable=None if verbosity else True) as bar:
        yield bar


def _show(bar: Any, done: int, total: int) -> None:
    bar.total = total
    bar.update(done - bar.n)
