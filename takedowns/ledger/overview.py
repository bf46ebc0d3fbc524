"""What the page about the whole ledger shows."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.ledger import countersigning, forks, receivers, timestamps, witnessing
from takedowns.ledger.models import (
    Countersignature,
    Fork,
    Head,
    Receiver,
    SigningKey,
    TimeStamp,
    WitnessedHead,
)

#: Forks are shown so many, the last first.
SHOWN = 20


@dataclass(frozen=True)
class Overview:
    """The ledger, its keys, and those outside: who stamped and countersigned it, whose heads we countersign."""

    head: Head | None
    keys: list[str]
    stamp: TimeStamp | None
    countersigned: list[Countersignature]
    failing: list[Receiver]
    witnessed: list[WitnessedHead]
    forks: list[Fork]
    standing: list[Fork]


def overview() -> Overview:
    """Return it. A fixed number of statements. The caller has seen to it that the actor may read it."""
    with acting_as(SYSTEM):
        countersigned, witnessed = countersigning.last_of_each(), witnessing.last_of_each()
        found = list(Fork.objects.order_by("-id"))
        return Overview(
            head=Head.objects.order_by("-size").first(),
            keys=list(SigningKey.objects.order_by("-since").values_list("name", flat=True)),
            stamp=timestamps.last(),
            countersigned=countersigned,
            failing=receivers.failing(receiver_names()),
            witnessed=witnessed,
            forks=found[:SHOWN],
            standing=forks.still_standing(found, countersigned, witnessed),
        )


def receiver_names() -> list[str]:
    """Return those to whom heads go over the network, as the settings say."""
    urls = [url.rstrip("/") for url in settings.LEDGER_WITNESS_URLS]
    return [*([timestamps.NAME] if settings.LEDGER_TIMESTAMP_URL else []), *urls]
