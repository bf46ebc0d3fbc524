"""What is looked at in the installation itself (``manage.py shell``): ledger, figures, files, and what each referral went through."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.figures.recount import recount
from takedowns.intake.models import Submission
from takedowns.ledger.keys import signing_keys
from takedowns.ledger.verifying import verify
from takedowns.referrals.models import Event
from tests.attack.races import INVARIANTS
from tests.factories import wait_for_the_log
from tests.operating.at_work import work


def look() -> None:
    """Print what is broken, and how much was looked at."""
    print("FOUND", json.dumps(_found()), flush=True)


def go_on(after: str, key: str) -> None:
    """Work a little where a backup was restored; print what is broken, and what a platform is told that reads on from a cursor of before."""
    work("restored")
    wait_for_the_log()
    caller = Client(
        headers={"Authorization": f"Bearer {key}", "Host": settings.ALLOWED_HOSTS[0]},
    )
    told: list[str] = []
    more = True
    while more:
        answer = caller.get("/api/v1/changes", {"after": after, "limit": "500"}, secure=settings.HTTPS)
        page = answer.json()
        told += [one["id"] for one in page["changes"]]
        after, more = page["next"], page["more"]
    print("FOUND", json.dumps(_found() | {"told": told}), flush=True)


def _found() -> dict[str, Any]:
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
    return {"broken": broken[:20], "looked_at": looked_at}


def _files() -> Iterator[str]:
    """Say which files of lists are not there or not whole."""
    with acting_as(SYSTEM):
        for one in Submission.objects.all():
            path = Path(settings.MEDIA_ROOT) / one.content.name
            if not path.exists():
                yield f"the file of the list {one.sha256[:12]} is not there"
            elif hashlib.sha256(path.read_bytes()).hexdigest() != one.sha256:
                yield f"the file of the list {one.sha256[:12]} is not whole"
