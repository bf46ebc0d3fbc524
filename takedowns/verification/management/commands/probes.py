"""``manage.py probes``: which platforms a robot asks, and how often."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from takedowns.directory.models import Platform
from takedowns.verification.models import ProbeLane

FASTEST_SECONDS = 5


class Command(BaseCommand):
    help = (
        "Show or set which platforms are asked whether an address answers. Nothing is asked without PROBES=1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument("platform", nargs="?", help="slug of a platform; none: show all that are asked")
        parser.add_argument(
            "--every", type=int, metavar="SECONDS", help="ask it, at most once in so many seconds"
        )
        parser.add_argument("--off", action="store_true", help="ask it no more")

    def handle(self, *, platform: str | None, every: int | None, off: bool, **_: Any) -> None:
        """Change one platform, then show all."""
        if platform is None:
            if every is not None or off:
                raise CommandError("Name the platform this is about, as in: probes telegram --every 30")
        else:
            self._change(platform, every, off=off)
        if not settings.PROBES:
            self.stdout.write("PROBES is not set: nothing is asked.")
        for lane in ProbeLane.objects.order_by("platform_id"):
            self.stdout.write(f"{lane.platform_id}: at most every {lane.seconds} s")

    def _change(self, slug: str, every: int | None, *, off: bool) -> None:
        if (every is None) != off:
            raise CommandError("Say either --every SECONDS or --off.")
        if not Platform.objects.filter(pk=slug).exists():
            raise CommandError(
                f"There is no platform “{slug}” here; its slug is the one in its address on the board."
            )
        if every is None:
            ProbeLane.objects.filter(pk=slug).delete()
            return
        if every < FASTEST_SECONDS:
            raise CommandError(f"Ask no faster than every {FASTEST_SECONDS} s: it is somebody else's server.")
        ProbeLane.objects.update_or_create(
            platform_id=slug,
            defaults={"seconds": every},
            create_defaults={"seconds": every, "next_at": timezone.now()},
        )
