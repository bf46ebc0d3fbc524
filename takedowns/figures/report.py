"""The figures of a report: the board's, and what came back. What is for publication is cut down here, nowhere later."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from takedowns.access.actor import Actor
from takedowns.figures.board import Board, board
from takedowns.figures.detail import detail_of
from takedowns.figures.publication import publish
from takedowns.figures.resurfacing import resurfacing_of
from takedowns.referrals.models import Operation

#: Referrals up to which somebody who waits for a file gets the figures that are read one by one, too.
WAITED_FOR: Final = 100_000


def report(
    operation: Operation,
    actor: Actor,
    *,
    as_of: datetime | None = None,
    threshold: int = 0,
    closely_up_to: int | None = None,
) -> Board:
    """Return all that a report says of an operation, as far as ``actor`` may see. Six statements, as of a moment seven.

    Args:
        operation: whose figures.
        actor: who asks; the running transaction asks as the same.
        as_of: what had been recorded before this moment.
        threshold: for publication: the smallest count but 0 that is told. What came back and what is read one by one are
            left out then: nothing says yet which of these figures would give a small one away.

        closely_up_to: leave out what is read one by one of an operation with more referrals; never unless told.

    Raises:
        NotSettledError, ValueError: see :func:`takedowns.figures.board.board`.
    """
    figures = board(operation, actor, as_of=as_of)
    if threshold:
        return publish(figures, threshold)
    told = replace(figures, came_back=resurfacing_of(operation, as_of=as_of))
    if closely_up_to is not None and figures.total.handed_in > closely_up_to:
        return told
    return replace(told, closer=detail_of(operation, as_of=as_of))
