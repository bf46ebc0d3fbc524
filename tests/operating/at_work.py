"""What the tests of backups let an installation do: work that the log tells of, and every reader of the log.

Run in the installation itself (``manage.py shell``), as what it prints shows.
"""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.models import Agency, User
from takedowns.figures.fold import fold
from takedowns.figures.recount import recount
from takedowns.intake.models import Submission
from takedowns.intake.receive import receive
from takedowns.ledger.keys import signing_keys
from takedowns.ledger.sealing import seal
from takedowns.ledger.verifying import verify
from takedowns.notices.building import build_notices
from takedowns.notices.models import Notice
from takedowns.referrals.log import Position, latest
from takedowns.referrals.models import Event, Operation
from takedowns.referrals.transitions import apply_to_all
from takedowns.representation.changes import changes
from takedowns.representation.reader import PlatformReader
from takedowns.webhooks.endpoints import create
from takedowns.webhooks.feeding import feed
from takedowns.webhooks.models import Delivery, Endpoint
from tests.factories import make_referrals, wait_for_the_log


def listen() -> None:
    """Let Telegram have an endpoint."""
    create("telegram", url="https://example.com/hook")


def work(name: str, times: int = 1, until: str = "") -> None:
    """Hand a list in, and refer two links to Telegram, which removes them: so many times, and until a file is there."""
    with acting_as(SYSTEM):
        operation = Operation.objects.get(reference="RAD19")
    agency = Agency.objects.get(slug="north")
    officer = User.objects.get(email="officer@example.org")
    number = 0
    while number < times or (until and not Path(until).exists()):
        made = make_referrals(
            operation, agency, [f"https://t.me/{name}/{number * 2 + one}" for one in (1, 2)]
        )
        apply_to_all("approve", made, by=SYSTEM, exemptions_checked=True)
        apply_to_all("refer", made, by=SYSTEM)
        apply_to_all("remove", made, by=SYSTEM, action="visibility_removed")
        pasted = f"https://t.me/pasted_{name}/{number + 1}\n".encode()
        receive(
            operation=operation,
            agency=agency,
            user=officer,
            source=Submission.Source.PASTE,
            filename="",
            content=pasted,
        )
        number += 1
        print("worked", number, flush=True)


def readers(*after: str) -> None:
    """Let every reader of the log go on; print what each was told in all, and what the feed tells from places on."""
    wait_for_the_log()
    with acting_as(SYSTEM):
        endpoints = list(Endpoint.objects.values_list("pk", flat=True))
    for one in endpoints:
        feed(one)
    build_notices()
    fold()
    seal()
    report = verify([key.public for key in signing_keys()])
    with acting_as(SYSTEM):
        bodies = Delivery.objects.order_by("number").values_list("payload", flat=True)
        delivered = [change["id"] for body in bodies for change in json.loads(bytes(body))["data"]["events"]]
        noticed = [str(one) for one in Notice.objects.order_by("number").values_list("event_id", flat=True)]
        place = Event.objects.filter(kind__in=("refer", "remove")).order_by("xid", "pk")
        logged = [(str(one.pk), one.kind) for one in place]
    found = {
        "feeds": [_feed(one) for one in ("", *after)],
        "delivered": delivered,
        "noticed": noticed,
        "logged": logged,
        "findings": [str(one) for one in report.findings],
        "sealed": report.entries,
        "differences": [str(one) for one in recount()],
        "place": _text(latest()),
    }
    print("FOUND", json.dumps(found), flush=True)


def _feed(after: str) -> list[str]:
    """Walk the feed as a platform does, three changes at a time, and return the ids of the changes."""
    reader = PlatformReader("telegram")
    position = (
        Position(0, UUID(int=0))
        if not after
        else Position(int(after.split(maxsplit=1)[0]), UUID(after.split()[1]))
    )
    told: list[str] = []
    more = True
    while more:
        with acting_as(reader.actor):
            reading, found = changes(reader, position, 3)
        told += [str(one["id"]) for one in found]
        position, more = reading.position, reading.more
    return told


def _text(position: Position) -> str:
    return f"{position.xid} {position.event_id}"
