"""What is past its time: say what would go and why, or let it go now instead of by night."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from takedowns.retention.services import Going, classes, forget, plan


class Command(BaseCommand):
    """Shows or does what the night does."""

    help = "Says what would be deleted because its time is over, and why (--dry-run); or deletes now what the worker deletes by night (--now)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what is to be done: nothing is deleted by leaving an option out."""
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")
        parser.add_argument("--now", action="store_true", help="delete now what goes by night")

    def handle(self, *, dry_run: bool, now: bool, **options: Any) -> None:  # noqa: ARG002
        """Say it, and do it where that is asked for."""
        if dry_run == now:
            raise CommandError("Say --dry-run to see what would go, or --now to let it go.")
        moment = timezone.now()
        with translation.override("en"):
            going = plan(moment)
            for one in going:
                self.stdout.write(_line(one, of_night=now))
            kept = [str(one.name) for one in classes() if not one.table]
        self.stdout.write(f"Kept for good: {', '.join(kept)}.")
        if now:
            gone = forget(moment)
            self.stdout.write(self.style.SUCCESS(f"Deleted: {sum(gone.values()):,} rows."))
        else:
            self.stdout.write("Nothing was deleted.")


def _line(one: Going, *, of_night: bool) -> str:
    kept = one.kept
    how = "by night" if kept.nightly else str(kept.by).rstrip(".")
    verb = ("go" if kept.nightly else "stay here") if of_night else "would go"
    period = (
        f"{kept.lasts.days} days"
        if kept.lasts and kept.lasts.days
        else f"{kept.lasts}"
        if kept.lasts
        else "no longer than it says itself"
    )
    setting = f" ({kept.days})" if kept.days else ""
    return (
        f"{kept.name}: {one.rows:,} of {kept.table} {verb} ({how}). "
        f"Kept for {period}{setting}, so until {one.before:%Y-%m-%d %H:%M} UTC. {kept.why}"
    )
