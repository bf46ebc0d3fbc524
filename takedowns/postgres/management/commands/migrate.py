"""``manage.py migrate``, as the role that owns the schema: the application's own role may not change it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands import migrate

from takedowns.postgres.grants import grant
from takedowns.postgres.sandbox import rebuild


class Command(migrate.Command):
    help = f"{migrate.Command.help} Runs as the owner (DATABASE_OWNER_URL)."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, then grant anew, so that a new table is usable by the application, and no more than that."""
        super().handle(*args, **options)
        rebuild(options["database"])
        grant(options["database"])
