"""What is past its time: say what would go and why, or let it go now instead of by night."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from takedowns.retention.services import Going, classes, forget, plan
from takedowns.retention.words import lasts


class Command(BaseCommand):
    """Shows or does what the night does."""

    help = "Says what would be deleted because its time is over, and why (--dry-run); or deletes now what the worker deletes by night (--now)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what is to be done: nothing is deleted by leaving an option out."""
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")
        parser.add_argument("--json", action="store_true", help="say it as JSON, for a program")
        parser.add_argument("--now", action="store_true", help="delete now what goes by night")

    def handle(self, *, dry_run: bool, now: bool, **options: Any) -> None:
        """Say it, and do it where that is asked for."""
        if dry_run == now:
            raise CommandError("Say --dry-run to see what would go, or --now to let it go.")
        moment = timezone.now()
        with translation.override("en"):
            going = plan(moment)
            if options["json"]:
                gone = forget(moment) if now else {}
                told = {"at": moment.isoformat(), "classes": [*map(_told, going)], "deleted": dict(gone)}
                self.stdout.write(json.dumps(told, indent=1))
                return
            for one in going:
                self.stdout.write(_line(one, of_night=now))
            kept = [str(one.name) for one in classes() if not one.table]
        self.stdout.write(f"Kept for good: {', '.join(kept)}.")
        if now:
            gone = forget(moment)
            self.stdout.write(self.style.SUCCESS(f"Deleted: {sum(gone.values()):,} rows."))
        else:
            self.stdout.write("Nothing was deleted.")


def _told(one: Going) -> dict[str, Any]:
    """Return what would go of a class as a program reads it; ``rows`` go, ``held`` stay because of a legal hold, or of an order whose content is preserved."""
    kept = one.kept
    return {
        "class": str(kept.name),
        "table": kept.table,
        "why": str(kept.why),
        "rule": kept.past % {"before": one.before.isoformat()},
        "days": kept.lasts.total_seconds() / 86400 if kept.lasts is not None else None,
        "setting": kept.days,
        "before": one.before.isoformat(),
        "how": "by night" if kept.nightly else str(kept.by),
        "rows": one.rows,
        "oldest": one.oldest.isoformat() if one.oldest else None,
        "held": one.held,
    }


def _line(one: Going, *, of_night: bool) -> str:
    kept = one.kept
    how = "by night" if kept.nightly else str(kept.by).rstrip(".")
    verb = ("go" if kept.nightly else "stay here") if of_night else "would go"
    period = f"for {lasts(kept)}" if kept.lasts else (lasts(kept) or "until it is decided").lower()
    setting = f" ({kept.days})" if kept.days else ""
    oldest = f" The oldest is of {one.oldest:%Y-%m-%d %H:%M} UTC." if one.oldest else ""
    held = f" {one.held:,} more stay: a legal hold, or a preservation period, keeps them." if one.held else ""
    return (
        f"{kept.name}: {one.rows:,} of {kept.table} {verb} ({how}). "
        f"Kept {period}{setting}, so until {one.before:%Y-%m-%d %H:%M} UTC.{oldest}{held} {kept.why}"
    )
