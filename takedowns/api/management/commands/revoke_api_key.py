"""``manage.py revoke_api_key PREFIX``: end a key now."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.keys import revoke
from takedowns.directory.models import ApiKey


class Command(BaseCommand):
    help = "End an API key now. Its prefix is the middle part of tkd_<prefix>_<secret>."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what may be asked."""
        parser.add_argument("prefix")

    def handle(self, *_: Any, **options: Any) -> None:
        """Revoke the key."""
        try:
            key = revoke(options["prefix"])
        except ApiKey.DoesNotExist:
            with acting_as(SYSTEM):
                working = list(ApiKey.objects.filter(revoked_at=None).values_list("prefix", flat=True))
            known = ", ".join(working) or "none"
            raise CommandError(f"No key has this prefix. Not revoked: {known}.") from None
        self.stdout.write(f"{key} ended at {key.revoked_at:%Y-%m-%d %H:%M:%S} UTC.")
