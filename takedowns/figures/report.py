"""The figures of a report: the board's, and what came back. What is published of them: ``publication/``."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from takedowns.access.actor import Actor
from takedowns.figures.board import Board, board
from takedowns.figures.detail import detail_of
from takedowns.figures.resurfacing import resurfacing_of
from takedowns.referrals.models import Operation

#: Referrals up to which somebody who waits for a file gets the figures that are read one by one, too.
WAITED_FOR: Final = 100_000


def report(
    operation: Operation,
    actor: Actor,
    *,
    as_of: datetime | None = None,
    closely_up_to: int | None = None,
) -> Board:
    """Return all that a report says of an operation, as far as ``actor`` may see. Six statements, as of a moment seven.

    Args:
        operation: whose figures.
        actor: who asks; the running transaction asks as the same.
        as_of: what had been recorded before this moment.
        closely_up_to: leave out what is read one by one of an operation with more referrals; never unless told.

    Raises:
        NotSettledError, ValueError: see :func:`takedowns.figures.board.board`.
    """
    figures = board(operation, actor, as_of=as_of)
    told = replace(figures, came_back=resurfacing_of(operation, actor, as_of=as_of))
    if closely_up_to is not None and figures.total.handed_in > closely_up_to:
        return told
    return replace(told, closer=detail_of(operation, actor, as_of=as_of))
