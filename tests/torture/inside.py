"""What is looked at in the installation itself (``manage.py shell``): ledger, figures, files, and what each referral went through."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.figures.recount import recount
from takedowns.intake.models import Submission
from takedowns.ledger.keys import signing_keys
from takedowns.ledger.verifying import verify
from takedowns.referrals.models import Event
from tests.attack.races import INVARIANTS


def look() -> None:
    """Print what is broken, and how much was looked at."""
    report = verify([key.public for key in signing_keys()])
    broken = [f"the ledger: {one}" for one in report.findings]
    broken += [f"the figures: {one}" for one in recount()]
    broken += _files()
    with acting_as(SYSTEM), connection.cursor() as cursor:
        for what, statement in INVARIANTS.items():
            cursor.execute(statement)
            if found := cursor.fetchmany(3):
                broken.append(f"{what}: {found}")
        events = Event.objects.count()
    looked_at = {"entries": report.entries, "events": events}
    print("FOUND", json.dumps({"broken": broken[:20], "looked_at": looked_at}), flush=True)


def _files() -> Iterator[str]:
    """Say which files of lists are not there or not whole."""
    with acting_as(SYSTEM):
        for one in Submission.objects.all():
            path = Path(settings.MEDIA_ROOT) / one.content.name
            if not path.exists():
                yield f"the file of the list {one.sha256[:12]} is not there"
            elif hashlib.sha256(path.read_bytes()).hexdigest() != one.sha256:
                yield f"the file of the list {one.sha256[:12]} is not whole"
