"""``manage.py create_api_key``: make a key for a platform's or an agency's program and print it once."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from takedowns.directory.keys import AGENCY_SCOPES, PLATFORM_SCOPES, KeyNotMade, create
from takedowns.directory.models import Agency, Platform, User


class Command(BaseCommand):
    help = "Make an API key for a platform or an agency. The key is printed once and cannot be read again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what may be asked."""
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument(
            "--platform", metavar="SLUG", help="The platform it answers for, such as telegram."
        )
        whose.add_argument("--agency", metavar="SLUG", help="The agency it submits for.")
        parser.add_argument(
            "--person",
            metavar="EMAIL",
            help="Of an agency's key: who is behind what it submits where a list names nobody, and does not review it.",
        )
        parser.add_argument(
            "--name", required=True, help="Whose program it is, so that people know it again."
        )
        parser.add_argument(
            "--scope",
            action="append",
            default=[],
            metavar="SCOPE",
            help=f"May be repeated; all of its kind where left out. Platforms: {', '.join(PLATFORM_SCOPES)}."
            f" Agencies: {', '.join(AGENCY_SCOPES)}.",
        )
        parser.add_argument(
            "--address",
            action="append",
            default=[],
            metavar="CIDR",
            help="May be repeated; any where left out.",
        )
        parser.add_argument(
            "--certificate",
            action="append",
            default=[],
            metavar="SHA256",
            help="Fingerprint of a client certificate, one of which it must come with; may be repeated; none where left out.",
        )
        parser.add_argument("--days", type=int, help="How long it lasts; for ever where left out.")
        parser.add_argument("--requests-per-minute", type=int, default=3000)
        parser.add_argument(
            "--test", action="store_true", help="a test key: works on invented referrals, never on real ones"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Make the key."""
        platform = self._find(Platform, options["platform"])
        agency = self._find(Agency, options["agency"])
        days = options["days"]
        try:
            key, text = create(
                name=options["name"],
                platform=platform,
                agency=agency,
                scopes=options["scope"],
                addresses=options["address"],
                certificates=options["certificate"],
                requests_per_minute=options["requests_per_minute"],
                test=options["test"],
                person=self._person(options["person"]),
                expires_at=timezone.now() + timedelta(days=days) if days is not None else None,
            )
        except (KeyNotMade, OverflowError) as error:
            raise CommandError(str(error)) from error
        self.stderr.write(
            f"{'Test key' if key.test else 'Key'} {key.prefix} for {platform or agency}: {', '.join(key.scopes)}. Keep it; it is not shown again."
        )
        self.stdout.write(text)

    def _person(self, email: str | None) -> User | None:
        if email is None:
            return None
        found = User.objects.filter(email__iexact=email).first()
        if found is None:
            raise CommandError(f"There is no account of {email}.")
        return found

    def _find(self, model: Any, slug: str | None) -> Any:
        if slug is None:
            return None
        found = model.objects.filter(slug=slug).first()
        if found is None:
            known = ", ".join(model.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no {model._meta.verbose_name} “{slug}”. Known: {known}.")
        return found
