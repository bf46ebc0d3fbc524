"""``manage.py migrate``, as the role that owns the schema: the application's own role may not change it."""

from __future__ import annotations

import time
from typing import Any, Final

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from psycopg.errors import DeadlockDetected, LockNotAvailable

from takedowns.postgres.grants import grant
from takedowns.postgres.objects import begin_entries, install, keep_log_epoch
from takedowns.postgres.sandbox import rebuild

#: While a statement waits for a table, everybody else who wants it waits behind: so never for long.
LOCK_SECONDS: Final = 5
#: Between two tries.
PAUSE_SECONDS: Final = 5


class Command(migrate.Command):
    help = f"{migrate.Command.help} Runs as the owner (DATABASE_OWNER_URL)."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")
        parser.add_argument(
            "--patience",
            type=float,
            default=300,
            metavar="SECONDS",
            help="for how long to try again where somebody's transaction holds a table (%(default)s)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, install SQL objects, then grant anew: a new table is usable by the application, and no more than that.

        It waits five seconds for a lock, lets the others go on, and tries again: what is done stays done. So it does where its
        statement and somebody's transaction wait for each other.
        """
        if options["plan"] or options["check_unapplied"]:
            super().handle(*args, **options)
            return
        deadline = time.monotonic() + options["patience"]
        while True:
            try:
                self._migrate(*args, **options)
            except OperationalError as error:
                if not isinstance(error.__cause__, LockNotAvailable | DeadlockDetected):
                    raise
                if time.monotonic() + PAUSE_SECONDS > deadline:
                    raise CommandError(
                        "A long transaction holds a table that has to be changed. What was not done yet is unchanged; run this again "
                        "when it has ended (“manage.py doctor” names the oldest transaction)."
                    ) from None
                self.stderr.write(f"Somebody's transaction holds a table; trying again in {PAUSE_SECONDS} s.")
                connections[options["database"]].close()
                # A migration whose last statements fail (foreign keys, which lock two tables) leaves Django's object in its transaction.
                del connections[options["database"]]
                time.sleep(PAUSE_SECONDS)
            else:
                return

    def _migrate(self, *args: Any, **options: Any) -> None:
        using = options["database"]
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{LOCK_SECONDS}s"])
        # Columns have defaults that are functions: those rest on no table, and come first.
        install(using, only=["postgres"])
        super().handle(*args, **options)
        made = install(using)
        if options["verbosity"] > 0 and made:
            self.stdout.write(f"  Installed {len(made)} SQL objects.")
        if options["verbosity"] > 1:
            self.stdout.writelines(f"    {key}\n" for key in made)
        keep_log_epoch(using)
        begin_entries(using)
        rebuild(using)
        grant(using)
