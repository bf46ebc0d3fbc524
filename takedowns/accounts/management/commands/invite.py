"""``manage.py invite``: invite somebody, above all the first administrator. Prints the link."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from takedowns.access.actor import SYSTEM
from takedowns.access.roles import OF_PLATFORMS, Role
from takedowns.accounts.invitations import InvitationError, invite
from takedowns.directory.models import Agency


class Command(BaseCommand):
    help = "Invite somebody to an account at an agency, and print the link by which it is made. It works once, for three days."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say what may be asked."""
        parser.add_argument("email")
        parser.add_argument(
            "--agency", required=True, help="slug of the agency; made where --agency-name is given"
        )
        parser.add_argument("--agency-name", help="makes the agency where there is none of this slug")
        parser.add_argument(
            "--role",
            default=str(Role.ADMINISTRATOR),
            choices=[one for one in Role.values if one not in OF_PLATFORMS],
        )
        parser.add_argument("--name", default="", help="of the person")
        parser.add_argument(
            "--url", default=settings.SITE_URL, help="address of the installation (SITE_URL: %(default)s)"
        )

    def handle(self, **options: Any) -> None:
        """Invite."""
        agency = Agency.objects.filter(slug=options["agency"]).first()
        if agency is None and options["agency_name"]:
            agency = Agency.objects.create(slug=options["agency"], name=options["agency_name"])
        if agency is None:
            raise CommandError(
                f"There is no agency “{options['agency']}”. Give its name with --agency-name to make it."
            )
        try:
            _made, secret = invite(
                options["email"], options["name"], options["role"], agency=agency, by=SYSTEM
            )
        except InvitationError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(options["url"].rstrip("/") + reverse("web:invitation", args=[secret]))
