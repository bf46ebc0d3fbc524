"""``manage.py this_is_production``: what was restored here is the installation from now on, and calls and mails again."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from takedowns.installation.identity import claim, is_copy


class Command(BaseCommand):
    help = (
        "Say that this is the installation itself and no copy: after it was restored on another server, or got another SITE_URL. "
        "Until then no webhook is called, no address probed and no mail sent."
    )

    def handle(self, **_: Any) -> None:
        """Claim."""
        was = is_copy()
        claim()
        self.stdout.write(
            f"This is the installation at {settings.SITE_URL}."
            + (" Webhooks, probes and mail go out again." if was else " It was before.")
        )
