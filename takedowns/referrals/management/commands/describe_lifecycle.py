"""``manage.py describe_lifecycle``: write the lifecycle's picture and table into docs/architecture.md."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from takedowns.referrals.describe import refresh


class Command(BaseCommand):
    help = (
        "Write the lifecycle's diagram and table into docs/architecture.md, from the lifecycle's own table."
    )

    def handle(self, **_: Any) -> None:
        """Rewrite the marked part of the document."""
        path = settings.BASE_DIR / "docs" / "architecture.md"
        path.write_text(refresh(path.read_text(encoding="utf-8")), encoding="utf-8")
        self.stdout.write(f"Wrote {path.relative_to(settings.BASE_DIR)}.")
