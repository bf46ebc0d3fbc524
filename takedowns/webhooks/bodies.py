"""What a call says: its bytes, put together from those of its changes, and taken apart again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import orjson

from takedowns.representation.wire import dumps

#: Bytes around the changes, at most.
ENVELOPE: Final = 120


def body(kind: str, at: datetime, events: Sequence[bytes]) -> bytes:
    """Return the body of a call.

    Args:
        kind: ``changes`` or ``ping``.
        at: when it was made up.
        events: each change as JSON.
    """
    head = b'{"type":%s,"timestamp":%s,"data":{"events":[' % (dumps(kind), dumps(at))
    return head + b",".join(events) + b"]}}"


def halves(whole: bytes) -> tuple[tuple[int, bytes], tuple[int, bytes]]:
    """Return the two halves of a body of several changes, each with how many it holds."""
    read: dict[str, Any] = orjson.loads(whole)
    events = [dumps(one) for one in read["data"]["events"]]
    middle = len(events) // 2
    parts = (events[:middle], events[middle:])
    at = datetime.fromisoformat(read["timestamp"])
    first, second = ((len(part), body(read["type"], at, part)) for part in parts)
    return first, second
