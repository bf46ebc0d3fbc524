"""``manage.py witness``: what this installation countersigned of others' ledgers."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.ledger import witnessing
from takedowns.ledger.models import WitnessedHead
from takedowns.ledger.notes import NoteError


class Command(BaseCommand):
    help = (
        "Say with which key this installation countersigns, and the last head of each ledger that it saw; or write all that it"
        " kept of one, for its “verify --witness”; or let one begin anew."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument(
            "--kept", metavar="LEDGER", help="write the heads that were countersigned, a line each"
        )
        which.add_argument(
            "--begin-anew",
            metavar="LEDGER",
            help="after it was restored from a backup: compare its next head with nothing. What was kept stays",
        )
        parser.add_argument("--reason", default="", help="why it begins anew, and who asked for it")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """Do what was asked."""
        try:
            keys = witnessing.witnessed_keys()
            cosigner = witnessing.cosigner() if keys else None
        except (NoteError, ImproperlyConfigured) as error:
            raise CommandError(str(error)) from error
        with acting_as(SYSTEM):
            if options["kept"]:
                self._write(options["kept"])
            elif options["begin_anew"]:
                self._begin_anew(options["begin_anew"], options["reason"].strip())
            else:
                self._tell(str(cosigner) if cosigner else "")

    def _write(self, ledger: str) -> None:
        for note in (
            WitnessedHead.objects.filter(ledger=ledger)
            .exclude(note="")
            .order_by("id")
            .values_list("note", flat=True)
        ):
            self.stdout.write(orjson.dumps({"note": note}).decode())

    def _begin_anew(self, ledger: str, reason: str) -> None:
        if not reason:
            raise CommandError("Say why, and who asked for it: --reason.")
        last = witnessing.last_of(ledger)
        if last is None or last.size == 0:
            raise CommandError(
                f"Nothing of the ledger {ledger} was countersigned that its next head is compared with."
            )
        witnessing.begin_anew(ledger, reason[:300])
        self.stdout.write(
            f"The next head of {ledger} is compared with nothing. The last one was over {last.size} entries."
        )

    def _tell(self, cosigner: str) -> None:
        if not cosigner:
            self.stdout.write("This installation countersigns for no ledger (LEDGER_WITNESSED_KEYS).")
            return
        self.stdout.write(f"It takes heads at {settings.SITE_URL}/witness and countersigns with\n{cosigner}")
        for one in witnessing.last_of_each():
            self.stdout.write(f"{one}, {one.at:%Y-%m-%d %H:%M} UTC")
