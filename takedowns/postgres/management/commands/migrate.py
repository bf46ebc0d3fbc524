"""``manage.py migrate``, as the role that owns the schema: the application's own role may not change it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands import migrate

from takedowns.postgres.grants import grant
from takedowns.postgres.objects import install
from takedowns.postgres.sandbox import rebuild


class Command(migrate.Command):
    help = f"{migrate.Command.help} Runs as the owner (DATABASE_OWNER_URL)."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, install SQL objects, then grant anew: a new table is usable by the application, and no more than that."""
        using = options["database"]
        if options["plan"] or options["check_unapplied"]:
            super().handle(*args, **options)
            return
        # Columns have defaults that are functions: those rest on no table, and come first.
        install(using, only=["postgres"])
        super().handle(*args, **options)
        made = install(using)
        if options["verbosity"] > 0 and made:
            self.stdout.write(f"  Installed {len(made)} SQL objects.")
        if options["verbosity"] > 1:
            self.stdout.writelines(f"    {key}\n" for key in made)
        rebuild(using)
        grant(using)
