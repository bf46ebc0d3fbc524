"""``manage.py account_requests``: what waits for a second administrator; approve or refuse it where none is left who could."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.accounts.deciding import approve, refuse
from takedowns.accounts.models import AccountRequest
from takedowns.accounts.second import PeopleError, requests


class Command(BaseCommand):
    help = "List what waits for a second administrator; with --approve or --refuse decide on one, as the operator. It is recorded as done by a command."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say what may be asked."""
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--approve", type=UUID, metavar="ID", help="do what this request asks for")
        which.add_argument("--refuse", type=UUID, metavar="ID", help="refuse this request")
        parser.add_argument(
            "--url", default=settings.SITE_URL, help="address of the installation (SITE_URL: %(default)s)"
        )

    def handle(self, **options: Any) -> None:
        """List, or decide."""
        address = options["url"].rstrip("/")
        try:
            if options["approve"]:
                done = approve(options["approve"], by=SYSTEM)
                self.stdout.write("Approved, and done.")
                if done.link:
                    self.stdout.write(address + done.link)
                for one, secret in done.invited:
                    self.stdout.write(f"{one.email} {address}{reverse('web:invitation', args=[secret])}")
            elif options["refuse"]:
                refuse(options["refuse"], by=SYSTEM)
                self.stdout.write("Refused.")
            else:
                self._list()
        except PeopleError as error:
            raise CommandError(str(error)) from None

    def _list(self) -> None:
        with acting_as(SYSTEM):
            waiting = [one for one in requests(SYSTEM) if one.is_open]
        for one in waiting:
            self.stdout.write(_line(one))
        if not waiting:
            self.stdout.write("Nothing waits.")


def _line(one: AccountRequest) -> str:
    """Say in a line what is asked for, for whom, by whom, until when."""
    whom = str(one.person.email) if one.person else ", ".join(guest.email for guest in one.invitations.all())
    role = f" ({one.role}, {one.agency or one.platform})" if one.role else ""
    return f"{one.pk}  {one.kind}{role} for {whom}, asked by {one.asked_by.email}, until {one.expires_at:%Y-%m-%d %H:%M %Z}"
