"""``takedowns upgrade``: bring the database to this version: look first, back up, migrate, look again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.checks import ERROR, CheckMessage, run_checks
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connections

import takedowns
from takedowns.figures.recount import recount
from takedowns.installation.identity import version_of
from takedowns.languages.catalogues import compile_all
from takedowns.operating.readiness import applied_but_unknown, unapplied

#: What an upgrade itself sees to: the database's objects, the collected files, the compiled translations.
_MENDED: Final = {"takedowns.E004", "takedowns.E006", "takedowns.W001"}


class Command(BaseCommand):
    help = (
        "Bring the database to this version, once its package is installed: looks whether it can be done, backs up, migrates without"
        " long locks, collects static files, and checks figures and settings. Then let web and worker begin anew."
    )
    requires_system_checks: list[str] = []  # it runs them itself, and mends what they would find

    def add_arguments(self, parser: CommandParser) -> None:
        """Say what may be asked."""
        parser.add_argument(
            "--backup", type=Path, metavar="FOLDER", help="where to back up; BACKUP_FOLDER unless told"
        )
        parser.add_argument("--no-backup", action="store_true", help="there is one of just now already")
        parser.add_argument(
            "--patience",
            type=float,
            default=300,
            metavar="SECONDS",
            help="for how long to try again where somebody's transaction holds a table (%(default)s)",
        )
        parser.add_argument(
            "--other-identities",
            action="store_true",
            help="go on although this version's rules would tell stored items apart otherwise",
        )

    def handle(
        self, *, backup: Path | None, no_backup: bool, patience: float, other_identities: bool, **_: Any
    ) -> None:
        """Upgrade, saying each step; what stops it before the migrations has changed nothing."""
        self._step("Looking whether it can be done", self._look)
        if not no_backup:
            folder = backup or (Path(settings.BACKUP_FOLDER) if settings.BACKUP_FOLDER else None)
            if folder is None:
                raise CommandError(
                    "Name a folder for the backup (--backup, or BACKUP_FOLDER), or --no-backup."
                )
            self._step("Backing up", lambda: self._run("backup", str(folder)))
        if not other_identities:
            self._step("Comparing identities", lambda: self._run("compare_identities", show=5))
        self._step(
            "Migrating", lambda: self._run("migrate", patience=patience, verbosity=0, interactive=False)
        )
        self._step("Static files and translations", self._collect)
        self._step("Checking", self._check)
        self.stdout.write(
            self.style.SUCCESS(
                f"The database is of Takedowns {takedowns.__version__}. Let web and worker begin anew (SIGHUP to “takedowns serve”)."
            )
        )

    def _step(self, said: str, do: Callable[[], None]) -> None:
        self.stdout.write(f"{said} …")
        self.stdout.flush()
        do()

    def _run(self, *command: str, **options: Any) -> None:
        call_command(*command, stdout=self.stdout, stderr=self.stderr, **options)

    def _look(self) -> None:
        try:
            with connections["owner"].cursor() as cursor:
                cursor.execute(
                    "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('public.referrals_event')"
                )
                row = cursor.fetchone()
        except DatabaseError as error:
            raise CommandError(f"The database does not answer: {' '.join(str(error).split())}") from error
        if row is None:
            raise CommandError("The database holds nothing of Takedowns: run “takedowns migrate”.")
        if not row[0]:
            raise CommandError("The application's role does not own the tables: set DATABASE_OWNER_URL.")
        if unknown := applied_but_unknown():
            raise CommandError(
                f"The database is of a later version: this one does not know {', '.join(unknown[:3])}. Install that version."
            )
        missing = unapplied()
        self.stdout.write(
            f"  From {version_of('owner') or 'an earlier version'} to {takedowns.__version__}: {len(missing)} migrations"
            + (f" ({', '.join(missing)})." if missing else ".")
        )
        self._refuse(one for one in _problems() if one.id not in _MENDED)

    def _collect(self) -> None:
        compile_all()
        self._run("collectstatic", interactive=False, verbosity=0)

    def _check(self) -> None:
        self._refuse(_problems())
        if found := recount():
            raise CommandError(
                f"{len(found)} figures differ from a recount: run “takedowns recount”, which names them."
            )

    def _refuse(self, problems: Any) -> None:
        found = list(problems)
        for one in found:
            self.stderr.write(f"{one.msg} ({one.id}) {one.hint or ''}")
        if found:
            raise CommandError("Mend that first.")


def _problems() -> list[CheckMessage]:
    found = run_checks(include_deployment_checks=not settings.DEBUG, databases=["default"])
    return [one for one in found if one.level >= ERROR]
