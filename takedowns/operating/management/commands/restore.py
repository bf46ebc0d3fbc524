"""``takedowns restore``: a backup into an empty installation of the same version."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from takedowns.operating.backup.places import BackupError
from takedowns.operating.backup.programs import ProgramError
from takedowns.operating.backup.reading import Source, identities, in_folder, in_stream
from takedowns.operating.backup.restoring import Restored, Steps, restore


class Command(BaseCommand):
    help = (
        "Restore a backup into a database without tables and empty folders, and check it: the ledger, and every figure against a"
        " recount. What was restored calls and mails nobody until “takedowns this-is-production”. Needs DATABASE_OWNER_URL and"
        " pg_restore."
    )
    # The database is empty: nothing is there to be checked.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Say what may be asked."""
        parser.add_argument(
            "backup",
            help="a backup, or a folder of backups (the newest); a file of tar, or - for standard input",
        )
        parser.add_argument(
            "--identity", type=Path, metavar="FILE", help="age's secret key, where it is encrypted"
        )
        parser.add_argument("--check", action="store_true", help="only look whether the backup is whole")

    def handle(self, *, backup: str, identity: Path | None, check: bool, **_: Any) -> None:
        """Restore, and say what came of it; end with an error where the checks found something."""
        try:
            with self._source(backup, identity) as source, _Bars(self.stdout) as steps:
                if check:
                    source.check_whole(steps.at)
                    files = len(source.header["files"])
                    self.stdout.write(
                        f"{source.name} is whole: {files:,} files, made {source.header['made_at']}."
                    )
                    return
                found = restore(source, steps)
        except (BackupError, ProgramError, OSError) as error:
            raise CommandError(str(error)) from error
        self._tell(source.name, found)

    @contextmanager
    def _source(self, backup: str, identity: Path | None) -> Iterator[Source]:
        keys = identities(identity) if identity else []
        path = Path(backup)
        if backup == "-":
            with in_stream(sys.stdin.buffer, Path(settings.VAR_DIR) / "backup", keys) as source:
                yield source
        elif path.is_file():
            with (
                path.open("rb") as stream,
                in_stream(stream, Path(settings.VAR_DIR) / "backup", keys) as source,
            ):
                yield source
        else:
            yield in_folder(path, keys)

    def _tell(self, name: str, found: Restored) -> None:
        manifest = found.manifest
        self.stdout.write(
            f"{name}, made {manifest['made_at']}: {manifest['referrals']:,} referrals, {manifest['events']:,} events,"
            f" {len(manifest['files']):,} files; {found.entries:,} entries of the ledger checked."
        )
        for setting, (then, here) in found.settings.items():
            self.stdout.write(f"{setting} was {then!r}, and is {here!r} here.")
        if found.wrong:
            for line in found.wrong:
                self.stderr.write(line)
            raise CommandError(
                f"It was restored, and {len(found.wrong)} things are not as they were; see above."
            )
        self.stdout.write(self.style.SUCCESS("The ledger is whole, and every figure agrees with a recount."))
        self.stdout.write(
            "No webhook, probe or mail goes out until “takedowns this-is-production”. Then start web and worker."
        )


class _Bars(Steps):
    """Shows each step as a bar on a terminal, as a line elsewhere."""

    def __init__(self, output: Any) -> None:
        self._output = output
        self._bar: Any = None

    def __enter__(self) -> _Bars:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def begin(self, what: str) -> None:
        """Tell what begins."""
        self.__exit__()
        self._output.write(f"{what} …")
        self._output.flush()
        self._bar = tqdm(unit_scale=True, disable=None)

    def at(self, done: int, total: int) -> None:
        """Tell how far it is."""
        if self._bar is not None:
            self._bar.total = total
            self._bar.update(done - self._bar.n)
