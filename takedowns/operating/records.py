"""What the doctor looks at of the ledger: whether it is sealed, and whether those outside take its heads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.ledger import countersigning, forks, receivers, timestamps
from takedowns.ledger.models import Receiver
from takedowns.ledger.sealing import MOST_COUNTED, lag
from takedowns.operating.findings import Finding, Level

#: What fails for longer is wrong; before that it is worth a look, and is tried again.
PATIENCE: Final = timedelta(hours=6)
#: Where entries wait longer to be sealed, in seconds, something is wrong: the worker seals every 20.
LATE: Final = 300


def _seals() -> Iterator[Finding]:
    now = timezone.now()
    with acting_as(SYSTEM):
        found = lag()
    signed = (
        f"the last head was signed {_ago(now - found.signed_at)} ago"
        if found.signed_at
        else "none was signed"
    )
    more = " or more" if found.waiting >= MOST_COUNTED else ""
    waiting = (
        f"{found.waiting:,}{more} entries wait to be sealed, one for {found.seconds(now):.0f} s; {signed}."
    )
    if found.seconds(now) > LATE:
        yield Finding(
            "seals",
            Level.WRONG,
            waiting,
            "See on the page Jobs why ledger.seal fails or whether no worker of the queue ledger is alive;"
            " with a lost key: docs/operators/records.md.",
        )
    else:
        yield Finding("seals", Level.RIGHT, waiting if found.waiting else f"Nothing waits; {signed}.")


def _ago(since: timedelta) -> str:
    seconds = max(0, int(since.total_seconds()))
    days, hours, minutes = seconds // 86_400, seconds // 3600 % 24, seconds // 60 % 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min" if minutes else f"{seconds} s"


def _time_stamps() -> Iterator[Finding]:
    if not settings.LEDGER_TIMESTAMP_URL:
        return
    with acting_as(SYSTEM):
        last, problems = timestamps.last(), receivers.failing([timestamps.NAME])
    yield from (
        _failing(one, "Compare LEDGER_TIMESTAMP_URL, LEDGER_TIMESTAMP_CA and the way out.")
        for one in problems
    )
    if not problems:
        said = f"The last: {last}." if last else "None was asked for yet; the worker does."
        yield Finding(timestamps.NAME, Level.RIGHT, said)


def _witnesses() -> Iterator[Finding]:
    with acting_as(SYSTEM):
        forked = forks.standing()
        last = {one.witness: one for one in countersigning.last_of_each()}
        urls = [url.rstrip("/") for url in settings.LEDGER_WITNESS_URLS]
        problems = {one.name: one for one in receivers.failing(urls)}
    for fork in forked:
        yield Finding(
            "witness",
            Level.WRONG,
            f"The ledger {fork.ledger} has two histories ({fork.at:%Y-%m-%d %H:%M} UTC): {fork.said}",
            "See the page /ledger/ and docs/operators/records.md, “Two histories”.",
        )
    for url in urls:
        if url in problems:
            yield _failing(problems[url], "Compare LEDGER_WITNESS_URLS, LEDGER_WITNESS_KEYS and the way out.")
        else:
            said = f"The last: {last[url]}." if url in last else "None was asked for yet; the worker does."
            yield Finding(url, Level.RIGHT, said)


def _failing(one: Receiver, mend: str) -> Finding:
    since = one.failing_since or timezone.now()
    level = Level.WRONG if timezone.now() - since > PATIENCE else Level.LOOK
    said = f"It has taken no head since {since:%Y-%m-%d %H:%M} UTC ({one.tries} tries): {one.problem}"
    return Finding(one.name, level, said, mend)


LOOKS: Final[tuple[Callable[[], Iterator[Finding]], ...]] = (_seals, _time_stamps, _witnesses)
