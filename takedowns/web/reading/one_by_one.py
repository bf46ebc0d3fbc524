"""Figures that are read from referrals and looks one by one, kept while nothing they rest on has changed."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime

from takedowns.directory.asking import Asker
from takedowns.referrals.models import Operation
from takedowns.statistics.board import fingerprint
from takedowns.statistics.closer import Closer, changes, settled_closer
from takedowns.statistics.returns import CameBack, settled_came_back
from takedowns.statistics.slices import patience
from takedowns.web.reading.once import Once

CLOSER: Once[Closer] = Once(16)
CAME_BACK: Once[CameBack] = Once(16)


def state_of(operation: Operation, asker: Asker, as_of: datetime | None) -> tuple[Hashable, ...]:
    """Return what names all that an operation's report rests on, and who asks. Three statements; take it before the figures.

    Looks, links and names of outlets write events, which the fingerprint knows; what came back also rests on the
    operations whose items the asker may see; rows that repeat others, and an hour that passes, write no event.
    """
    seen = tuple(
        sorted(map(str, Operation.objects.visible_to(asker).order_by().values_list("pk", flat=True)))
    )
    return fingerprint(operation, asker), seen, changes(operation), as_of


def closer_of(operation: Operation, asker: Asker, *, as_of: datetime | None) -> Closer:
    """Return the closer look.

    Raises:
        TooLargeError, NotSettledError, ValueError: see :func:`takedowns.statistics.closer.settled_closer` and ``patience``.
    """
    with patience():
        return CLOSER.get(state_of(operation, asker, as_of), lambda: settled_closer(operation, as_of=as_of))


def came_back_of(operation: Operation, asker: Asker, *, as_of: datetime | None) -> CameBack:
    """Return what came back.

    Raises:
        TooLargeError, NotSettledError, ValueError: as above.
    """
    with patience():
        return CAME_BACK.get(
            state_of(operation, asker, as_of), lambda: settled_came_back(operation, as_of=as_of)
        )
