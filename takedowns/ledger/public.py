"""What everybody may know of the ledger: its keys, and what others said of it."""

from __future__ import annotations

import base64
from typing import Any

from django.conf import settings

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.ledger import countersigning, timestamps, witnessing
from takedowns.ledger.models import SigningKey, TimeStamp


def published() -> dict[str, Any]:
    """Return the ledger's name and public keys, each with what ties it to the one before; its last time stamp and countersignatures;

    and where this installation is a witness, the key that it countersigns with, and the last head of each ledger that it saw.
    """
    with acting_as(SYSTEM):
        rows = list(SigningKey.objects.order_by("since"))
        stamp = timestamps.last()
        countersigned = countersigning.last_of_each()
        witnessed = witnessing.last_of_each() if settings.LEDGER_WITNESSED_KEYS else []
    return {
        "ledger": settings.LEDGER_NAME,
        "keys": [
            {"key": row.name, "since": row.since.isoformat(), "statement": row.statement} for row in rows
        ],
        "time_stamp": _stamped(stamp) if stamp else None,
        "countersigned": [
            {"witness": one.witness, "key": one.key, "at": one.at.isoformat(), "head": one.note}
            for one in countersigned
        ],
        "witness": str(witnessing.cosigner()) if settings.LEDGER_WITNESSED_KEYS else None,
        "witnessed": [
            {"ledger": one.ledger, "at": one.at.isoformat(), "head": one.note} for one in witnessed
        ],
    }


def _stamped(stamp: TimeStamp) -> dict[str, str]:
    return {
        "head": stamp.head.note,
        "at": stamp.at.isoformat(),
        "authority": stamp.authority,
        "response": base64.b64encode(stamp.response).decode(),
    }
