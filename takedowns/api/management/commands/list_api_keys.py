"""``manage.py list_api_keys``: which programs have keys, what these may do, and when each was last used."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Q
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.models import ApiKey


class Command(BaseCommand):
    help = "List the API keys that work, the newest first. Secrets are stored nowhere and cannot be listed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what may be asked."""
        parser.add_argument("--all", action="store_true", help="also those that expired or were revoked")

    def handle(self, *_: Any, **options: Any) -> None:
        """Print a block for each key."""
        now = timezone.now()
        asked = ApiKey.objects.select_related("platform", "agency")
        if not options["all"]:
            asked = asked.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)
        with acting_as(SYSTEM):
            keys = list(asked)
        for key in keys:
            self.stdout.write(f"{key} – {key.platform or key.agency}")
            self.stdout.write(
                f"    scopes: {', '.join(key.scopes)}; from: {', '.join(key.addresses) or 'anywhere'}"
            )
            self.stdout.write(
                f"    made {_moment(key.created_at)}; last used {_moment(key.last_used_at)}; {_end(key, now)}"
            )
        if not keys:
            self.stdout.write("There is no key that works. Make one with “manage.py create_api_key”.")


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "never"


def _end(key: ApiKey, now: datetime) -> str:
    if key.revoked_at is not None:
        return f"revoked {_moment(key.revoked_at)}"
    if key.expires_at is None:
        return "no end"
    return f"{'expired' if key.expires_at <= now else 'ends'} {_moment(key.expires_at)}"
