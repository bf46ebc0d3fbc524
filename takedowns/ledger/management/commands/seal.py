"""``manage.py seal``: what the worker does every 20 seconds, now."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from takedowns.ledger.sealing import seal


class Command(BaseCommand):
    help = "Seal every entry that is final, sign what they come to, and tell the witness. The worker does so every 20 seconds."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """Seal, and say how many."""
        try:
            self.stdout.write(f"{seal():,} entries sealed.")
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
