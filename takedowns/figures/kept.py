"""Figures that are read from referrals and looks one by one, kept while nothing they rest on has changed."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime

from takedowns.access.actor import Actor
from takedowns.figures.board import fingerprint
from takedowns.figures.detail import Detail, changes, settled_detail
from takedowns.figures.part import Slice
from takedowns.figures.resurfacing import Resurfacing, settled_resurfacing
from takedowns.figures.slices import time_limit
from takedowns.pages.single_flight import SingleFlight
from takedowns.referrals.models import Operation

DETAIL: SingleFlight[Detail] = SingleFlight(16)
RESURFACING: SingleFlight[Resurfacing] = SingleFlight(16)


def state_of(
    operation: Operation,
    actor: Actor,
    as_of: datetime | None,
    part: Slice | None = None,
    *,
    happened: bool = False,
) -> tuple[Hashable, ...]:
    """Return what names all that an operation's report rests on, and who asks. Three statements; take it before the figures.

    Looks, links and names of outlets write events, which the fingerprint knows; what came back also rests on the
    operations whose items the actor may see; rows that repeat others, and an hour that passes, write no event.
    """
    seen = tuple(sorted(Operation.objects.visible_to(actor).order_by().values_list("pk", flat=True)))
    return fingerprint(operation, actor, beside=seen), seen, changes(operation), as_of, part, happened


def kept_detail(
    operation: Operation,
    actor: Actor,
    *,
    part: Slice | None = None,
    as_of: datetime | None,
    happened: bool = False,
) -> Detail:
    """Return the closer look.

    Raises:
        TooLargeError, NotSettledError, ValueError: see :func:`takedowns.figures.detail.settled_detail` and ``patience``.
    """
    with time_limit():
        return DETAIL.get(
            state_of(operation, actor, as_of, part, happened=happened),
            lambda: settled_detail(operation, actor, part=part, as_of=as_of, happened=happened),
        )


def kept_resurfacing(
    operation: Operation,
    actor: Actor,
    *,
    part: Slice | None = None,
    as_of: datetime | None,
    happened: bool = False,
) -> Resurfacing:
    """Return what came back.

    Raises:
        TooLargeError, NotSettledError, ValueError: as above.
    """
    with time_limit():
        return RESURFACING.get(
            state_of(operation, actor, as_of, part, happened=happened),
            lambda: settled_resurfacing(operation, actor, part=part, as_of=as_of, happened=happened),
        )
